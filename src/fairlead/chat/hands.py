"""What the chat gets from above: who asks, answers, the queue, decisions. It decides and computes nothing itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from fairlead.connectors.slack.web import Web
from fairlead.model.raw import Trust
from fairlead.reports.endings import Ending
from fairlead.reports.wording import Wording

Block = dict[str, Any]
Verdict = Literal["approved", "refused"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer: what notifications and old clients show, and the blocks."""

    text: str
    blocks: Sequence[Block] = ()
    shareable: bool = False
    """Whether it says only what any viewer may see, so that it may be asked for on behalf of a channel."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who sent a request."""

    account: str
    """Account id, like `slack:@T0123.U0456`."""
    user: str
    """Slack's id."""
    person: str = ""
    """Person id; empty where nobody is tied to the account."""
    name: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Team id, or `*` -> role; empty where the person may not sign in."""
    team: str = ""
    """Team that the person belongs to first."""
    stranger: bool = False
    """A guest, or somebody of another organisation."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An action that waits, with all that its approver has to see."""

    id: str
    digest: str
    state: str
    title: str
    tool: str
    subject: str
    why: str
    proposed_by: str
    acts_as: str
    """In whose name the tool will show it."""
    reasons: tuple[str, ...]
    policy_version: str
    calls: tuple[str, ...]
    """The exact requests, each as text."""
    expires_at: datetime | None
    page: str
    ending: Ending
    """What people said on it, and what came of it."""

    @property
    def mark(self) -> str:
        """What a button carries: the action and what an approval is bound to, and nothing of what is done."""
        return f"{self.id}|{self.digest}"


@dataclass(frozen=True, slots=True)
class Item:
    """A line of somebody's own queue."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """What needs somebody."""

    approvals: tuple[Waiting, ...] = ()
    turns: tuple[Item, ...] = ()
    signals: tuple[Item, ...] = ()


class Workplace(Protocol):
    """The workspace, for whoever only posts there."""

    @property
    def source(self) -> str:
        """Source that is the workspace."""
        ...

    @property
    def words(self) -> Wording:
        """Phrases in the organisation's language."""
        ...

    def web(self) -> Web:
        """Slack's Web API, signed in."""
        ...

    def waiting(self, action: str) -> Waiting:
        """An action as it is now, whatever its state."""
        ...


class Hands(Workplace, Protocol):
    """The seam; `wiring/chatting.py` is its one body."""

    @property
    def prefix(self) -> str:
        """What stands before the names of commands."""
        ...

    def home(self) -> Mapping[str, str]:
        """`team_id`, `user_id` and `bot_id` of the installed app; empty while Slack cannot be asked."""
        ...

    def secrets(self) -> Sequence[str]:
        """All live signing secrets."""
        ...

    @property
    def read_channels(self) -> Collection[str]:
        """Ids of the channels whose messages are kept."""
        ...

    def heard(self, kind: str, delivery: str, body: bytes, trust: Trust) -> bool:
        """Notes a request durably, with its body where it has to be kept; false if it came before."""
        ...

    def asker(self, enterprise: str, team: str, user: str) -> Asker:
        """Who that is, looked up anew each time: roles change."""
        ...

    def whom_to_ask(self, asker: Asker | None) -> Sequence[str]:
        """Names of those who can help: owners, and the lead of the team."""
        ...

    def report(self, verb: str, words: Mapping[str, str]) -> Sheet:
        """A report as any viewer may see it; raises the fault of whoever makes it."""
        ...

    def draft(self, asker: Asker) -> Mapping[str, Sequence[str]]:
        """The asker's own lines for the standup, by part."""
        ...

    def blockers(self, team: str) -> Sheet:
        """What is blocked, by the signals of that class."""
        ...

    def queue(self, asker: Asker) -> Queue:
        """What needs the asker."""
        ...

    def decide(self, asker: Asker, action: str, digest: str, verdict: Verdict, reason: str) -> Waiting:
        """The asker's word; raises `Denied` where it does not count. Gives the action after it."""
        ...

    def kept_from(self, channel: str) -> str:
        """Why not all readers of a channel may see what a viewer sees; empty if they may."""
        ...

    def answered(self, asker: Asker, text: str) -> Sheet | None:
        """What somebody writes to us alone: an answer to a question of the standup, if one is open."""
        ...

    def pressed(self, asker: Asker, action: str, value: str) -> Sheet | None:
        """A button of the standup's questions; `None` for any other."""
        ...

    def acknowledge(self, asker: Asker, signal: str) -> None:
        """The asker takes a signal on; raises `Denied` for who is not of its team."""
        ...

    def snooze(self, asker: Asker, signal: str, until: str, reason: str) -> datetime:
        """Nobody hears of a signal until then, by the asker's own working days; raises `Denied` as well."""
        ...

    def mute(self, asker: Asker, topic: str, *, off: bool = False) -> None:
        """The asker hears no more of a topic, or hears of it again."""
        ...

    def mute_team(self, asker: Asker, topic: str, team: str, until: str, reason: str) -> datetime:
        """A team hears nothing of a rule until then; raises `Denied` for who does not manage it."""
        ...

    @property
    def commands(self) -> Sequence[str]:
        """Names of the commands as they are typed here."""
        ...
