"""What every step of an action has at hand: the store, who judges, who writes it down, who acts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from fairlead.connectors.kit.acting import Call, Outcome
from fairlead.connectors.kit.marks import visible
from fairlead.governance.ledger.entries import Entry
from fairlead.governance.lifecycle import State, before
from fairlead.governance.verdict import Need, Verdict
from fairlead.governance.voting import Word
from fairlead.model.acts import Act, read_act
from fairlead.model.errors import Skip
from fairlead.store import actions
from fairlead.store.actions import Row
from fairlead.store.database import Database, Transaction

KEEP_OPEN = timedelta(days=7)
"""How long a proposal waits where the settings say nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """An action before its judge."""

    action: Row
    act: Act
    words: tuple[Word, ...] = ()
    """Approvals so far."""
    emergency: Mapping[str, str] = field(default_factory=dict)
    """`by`, `role` and `reason` where somebody broke the glass; else empty."""


class Book(Protocol):
    """Where every step is written."""

    def record(self, tx: Transaction, entry: Entry) -> int:
        """Adds an entry in the caller's transaction; gives its index."""
        ...


class Hands(Protocol):
    """What reaches the tools."""

    def refused(self, act: Act, tool: str) -> str:
        """Why this source does no such thing: not set up for it, or unable; empty if it does."""
        ...

    def plan(self, action: Row) -> Sequence[Call]:
        """The exact requests."""
        ...

    def act(self, action: Row, tried: bool) -> Outcome:
        """Does it."""
        ...

    def title(self, act: Act, tool: str) -> str:
        """What will be done, in a sentence."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it."""

    database: Database
    judge: Callable[[Case], Verdict]
    ledger: Book
    hands: Hands
    now: Callable[[], datetime]
    team_of: Callable[[Act], str] = lambda _: ""
    """Team that an act concerns."""
    clean: Callable[[str], str] = visible
    """A text without what is kept of none: secrets, and what nobody can see."""
    keep: timedelta = KEEP_OPEN
    known: Callable[[str, str], bool] = lambda _tool, _name: False
    """Whether a name at a tool is that of a single person, whom a text may call."""

    def book(
        self, tx: Transaction, kind: str, subject: str, by: str, said: Mapping[str, Any], personal: Mapping[str, Any]
    ) -> int:
        """Writes a step into the ledger, in the transaction that takes it."""
        return self.ledger.record(tx, Entry(kind, subject, by, said, personal))


def act_of(action: Row) -> Act:
    """What an action does."""
    return read_act(msgspec.json.decode(action["arguments"]))


def needs_of(action: Row) -> tuple[Need, ...]:
    """Approvals that policy asked for when it last judged."""
    return tuple(msgspec.json.decode(action["needs"] or "[]", type=list[Need]))


def words_of(tx: Transaction, action: str) -> tuple[Word, ...]:
    """What people said on an action, the first first."""
    return tuple(word_of(row) for row in actions.approvals(tx, [action]))


def word_of(row: Row) -> Word:
    """A kept word as rules of voting see it."""
    return Word(
        row["person"] or "",
        row["role"] or "",
        row["verdict"],
        row["digest"] or "",
        row["on_behalf_of"] or "",
        bool(row["broke_glass"]),
        row["reason"] or "",
    )


def there(tx: Transaction, action: str) -> Row:
    """An action that must be there."""
    found = actions.one(tx, action)
    if found is None:
        raise Skip(f"no action `{action}`", hint="`fairlead actions list` shows them")
    return found


def move(
    tx: Transaction, action: str, state: State, now: datetime, among: Collection[str] | None = None, **said: Any
) -> Row | None:
    """Takes an action to another state if it is in one that this may follow; gives the row after, else `None`."""
    return actions.change(tx, action, before(state) if among is None else among, now, state=state, **said)
