"""What the fake holds: people, conversations, messages, views. Plain values, so that a file can hold it too."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from fairlead.model.typed import ready

Json = dict[str, Any]


class Message(msgspec.Struct, kw_only=True):
    """A message of a conversation."""

    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = []
    thread_ts: str = ""
    metadata: Json = {}
    app: bool = False
    """Whether our app posted it."""
    edited: bool = False
    only: str = ""
    """User who alone sees it: it is ephemeral, and in no history."""

    def shown(self, app: App) -> Json:
        """As the API shows it."""
        found: Json = {"type": "message", "ts": self.ts, "user": self.user, "text": self.text}
        if self.app:
            found |= {
                "bot_id": app.bot,
                "app_id": app.id,
                "bot_profile": {"id": app.bot, "app_id": app.id, "name": "fairlead"},
            }
        if self.blocks:
            found["blocks"] = self.blocks
        if self.thread_ts:
            found["thread_ts"] = self.thread_ts
        if self.edited:
            found["edited"] = {"user": self.user, "ts": self.ts}
        return found


class Conversation(msgspec.Struct, kw_only=True):
    """A channel or a conversation with one person."""

    id: str
    name: str = ""
    user: str = ""
    """The other one, of a direct conversation."""
    private: bool = False
    archived: bool = False
    shared: bool = False
    """Whether another organisation is in it."""
    members: list[str] = []
    messages: list[Message] = []


class App(msgspec.Struct, kw_only=True):
    """The installed app."""

    id: str = "A0FAIRLEAD"
    user: str = "U0FAIRLEAD"
    bot: str = "B0FAIRLEAD"
    scopes: list[str] = []


class Workspace(msgspec.Struct, kw_only=True):
    """All of it."""

    team: str = "T0DEMO"
    domain: str = "demo"
    enterprise: str = ""
    app: App = msgspec.field(default_factory=App)
    users: dict[str, Json] = {}
    conversations: dict[str, Conversation] = {}
    homes: dict[str, Json] = {}
    """User -> what their App Home shows."""
    modals: dict[str, Json] = {}
    """View id -> an open modal."""
    triggers: dict[str, str] = {}
    """Trigger -> user for whom it opens a modal, once."""
    answers: dict[str, Json] = {}
    """Secret of a response address -> where it leads and how often it may still be used."""
    most_listed: int = 1000
    """Entries of a page: Slack gives fewer than asked for whenever it likes."""
    numbers: int = 0
    stamps: int = 0

    def number(self, prefix: str) -> str:
        """An id that nothing else has."""
        self.numbers += 1
        return f"{prefix}{self.numbers:08d}"

    def stamp(self, now: datetime) -> str:
        """A message's stamp: later than all before, also where the clock stands still."""
        self.stamps = max(self.stamps + 1, int(now.timestamp()) * 1_000_000)
        return f"{self.stamps // 1_000_000}.{self.stamps % 1_000_000:06d}"


ready(Workspace)


class Held:
    """Where a workspace is kept: in memory, or in a file that several processes share."""

    def __init__(self, workspace: Workspace, file: Path | None = None) -> None:
        self._workspace = workspace
        self._file = file
        self._guard = threading.RLock()
        self._depth = 0
        if file and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._write()

    @contextmanager
    def open(self) -> Iterator[Workspace]:
        """The workspace, to read and to change; nobody else changes it meanwhile."""
        with self._guard:
            # an answer may ask for more: the outermost reads and writes, else the inner would undo the outer
            if self._depth or self._file is None:
                yield self._workspace
                return
            self._depth += 1
            try:
                with self._file.with_suffix(".lock").open("w") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX)
                    self._workspace = msgspec.json.decode(self._file.read_bytes(), type=Workspace)
                    yield self._workspace
                    self._write()
            finally:
                self._depth -= 1

    def _write(self) -> None:
        assert self._file is not None
        # whole or not at all: a process that is killed within leaves the state before
        draft = self._file.with_suffix(".draft")
        draft.write_bytes(msgspec.json.encode(self._workspace))
        draft.replace(self._file)
