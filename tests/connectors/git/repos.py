"""Real repositories for tests, made with the git command line, and their way into a store."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from fairlead.connectors.git.connector import CONNECTOR
from fairlead.connectors.kit.connector import Delivery, Options, Page, Progress, Reading, SyncRequest
from fairlead.store import bulk, records
from fairlead.store.database import Database

NOON = 1_790_000_000


@dataclass
class Repo:
    """A repository with a clock of its own: each commit is ten minutes after the one before."""

    path: Path
    now: int = NOON
    people: tuple[str, str] = ("Kim Doe", "kim@acme.example")

    @classmethod
    def new(cls, path: Path, *arguments: str) -> Repo:
        path.mkdir(parents=True)
        subprocess.run(["git", "init", "-q", "-b", "main", *arguments, str(path)], check=True)
        return cls(path)

    def git(self, *arguments: str, data: bytes | None = None) -> str:
        self.now += 600
        name, email = self.people
        who = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", name), ("EMAIL", email))
        }
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_DATE": f"{self.now} +0200",
            "GIT_COMMITTER_DATE": f"{self.now + 5} +0200",
            **who,
        }
        line = ["git", "-C", str(self.path), "-c", "protocol.file.allow=always", *arguments]
        done = subprocess.run(line, input=data, capture_output=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(self, message: str, files: Mapping[str, str | bytes] | None = None) -> str:
        for name, content in (files or {}).items():
            place = self.path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", message)
        return self.git("rev-parse", "HEAD")

    def merge(self, branch: str, message: str) -> str:
        self.git("merge", "-q", "--no-ff", "-m", message, branch)
        return self.git("rev-parse", "HEAD")


@dataclass
class Loader:
    """Syncs repositories into a database as `ingest` does, and remembers the cursor."""

    database: Database
    settings: dict[str, Any]
    state: Mapping[str, Any] = field(default_factory=dict)
    seconds: int = NOON
    pages: list[Page] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)

    def sync(self, *, full: bool = False) -> list[Page]:
        self.seconds += 1000
        request = SyncRequest(
            options=Options("git"),
            settings=self.settings,
            credentials={},
            state=self.state,
            since=None,
            now=datetime.fromtimestamp(self.seconds, UTC),
            client=None,
            report=self._hear,
            sleep=time.sleep,
            full=full,
        )
        found = []
        for page in CONNECTOR.sync(request):
            found.append(page)
            # the cursor travels through JSON in the store
            self.state = msgspec.json.decode(msgspec.json.encode(page.state))
            self.apply(page)
        self.pages += found
        return found

    def apply(self, page: Page) -> None:
        delivery = Delivery(page.kind, page.headers, page.body, page.delivery)
        options = Options("git")
        for reading in CONNECTOR.expand(delivery, options):
            self._store(reading)
        self._store(CONNECTOR.read(delivery, options))

    def _store(self, reading: Reading) -> None:
        with self.database.begin() as tx:
            bulk.insert(tx, reading.rows, 1)
            records.apply(tx, reading.patches, 1)

    def _hear(self, progress: Progress) -> None:
        if progress.left_out:
            self.left_out.append(progress.left_out)
        if progress.noted:
            self.noted.append(progress.noted)

    def rows(self, table: str) -> dict[str, dict[str, Any]]:
        with self.database.read() as tx:
            return {
                row["id"]: {name: value for name, value in row.items() if name not in ("rev", "raw_seq")}
                for row in records.rows(tx, table)
            }


def load(folder: Path, *paths: Path, **settings: Any) -> Loader:
    """One import into a fresh database."""
    folder.mkdir(parents=True, exist_ok=True)
    database = Database.open(f"sqlite:///{folder / 'facts.db'}")
    loader = Loader(database, {"paths": [str(path) for path in paths], **settings})
    loader.sync()
    return loader
