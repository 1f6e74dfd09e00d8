"""What teams owe each other: entered, agreed with a date, moved, delivered or dropped by people of the two teams.

A date that is moved stays: `dates` holds every earlier one with the day on which it was given up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fairlead.connectors.kit.decided import dependency_entered
from fairlead.governance import entering
from fairlead.governance.entering import Home
from fairlead.model.errors import Skip
from fairlead.model.times import entered_at, iso
from fairlead.store.decided import Row, Table

TABLE: Table = "team_dependencies"
FIELDS = ("from_team", "to_team", "work_item", "waiting_item", "title", "due_at")
"""What somebody can say of one."""
_TOLD = (
    "id", "from_team", "to_team", "title", "work_item", "waiting_item", "agreed_at", "due_at", "delivered_at",
    "dates",
)  # fmt: skip


def add(home: Home, said: Mapping[str, Any], by: str) -> str:
    """Enters that one team waits for another, agreed on nothing yet; gives its id."""
    given = {name: value for name, value in said.items() if value not in (None, "")}
    for name, words in (("from_team", "who waits: --from payments"), ("to_team", "who delivers: --to platform")):
        if not given.get(name):
            raise Skip("a dependency is between two teams", hint=words)
    if given["from_team"] == given["to_team"]:
        raise Skip("a team does not wait for itself here", hint="a link between its items says that")
    if not (str(given.get("title") or "").strip() or given.get("work_item")):
        raise Skip("say what is to be delivered", hint="in words, or as --item ID")
    return entering.enter_new(
        home, dependency_entered, TABLE, "added", {**given, "created_at": entered_at(home.clock)}, by
    )  # fmt: skip


def agree(home: Home, dependency: str, due: datetime, by: str) -> str:
    """The team that delivers agrees on a date; gives the id."""
    row = _open(home, dependency)
    if row["agreed_at"]:
        raise Skip(f"{row['id']} is agreed already", hint="`fairlead dependencies move` changes its date")
    _to_come(home, due)
    said = {"agreed_at": entered_at(home.clock), "due_at": due}
    entering.enter(home, dependency_entered, row["id"], "agreed", said, by)
    return str(row["id"])


def move(home: Home, dependency: str, due: datetime, by: str) -> str:
    """Another date is agreed; the one before is kept. Gives the id."""
    row = _open(home, dependency)
    if not row["agreed_at"] or not row["due_at"]:
        raise Skip(f"{row['id']} has no date yet", hint="`fairlead dependencies agree` gives it one")
    if row["due_at"] == due:
        raise Skip(f"{row['id']} has that date already")
    _to_come(home, due)
    now = entered_at(home.clock)
    before = f"{now:%Y-%m-%d} {row['due_at']:%Y-%m-%d}"
    said = {"due_at": due, "dates": (*(row["dates"] or ()), before)}
    entering.enter(home, dependency_entered, row["id"], "moved", said, by)
    return str(row["id"])


def deliver(home: Home, dependency: str, by: str, at: datetime | None = None) -> str:
    """What was agreed is there, now or since a moment; gives the id."""
    row = _open(home, dependency)
    now = entered_at(home.clock)
    if at is not None and at > now:
        raise Skip("it cannot be delivered in time to come", hint="`move` agrees on another date")
    entering.enter(home, dependency_entered, row["id"], "delivered", {"delivered_at": at or now}, by)
    return str(row["id"])


def drop(home: Home, dependency: str, by: str) -> str:
    """Nobody waits for it any more; gives the id."""
    row = _open(home, dependency)
    entering.enter(home, dependency_entered, row["id"], "dropped", {"deleted_at": entered_at(home.clock)}, by)
    return str(row["id"])


def _to_come(home: Home, due: datetime) -> None:
    # a day is meant until its end, in the zone that ends it last
    if due + timedelta(days=1, hours=12) <= home.clock.now():
        raise Skip(f"{due:%Y-%m-%d} is over", hint="agree on a day to come")


def _open(home: Home, dependency: str) -> Row:
    row = entering.one(home, TABLE, dependency)
    if row["delivered_at"]:
        raise Skip(f"{row['id']} was delivered on {row['delivered_at']:%Y-%m-%d}")
    return row


def told(row: Row) -> dict[str, Any]:
    """One as plain values."""
    found = {name: row[name] for name in _TOLD}
    return {
        name: iso(value) if isinstance(value, datetime) else list(value) if isinstance(value, tuple) else value
        for name, value in found.items()
    }


def refuse(home: Home, said: Mapping[str, Any], by: str) -> str:
    """A suggested one is none: it is kept as dropped, and not suggested again."""
    now = entered_at(home.clock)
    fields = {name: said[name] for name in FIELDS if said.get(name)}
    said = {**fields, "created_at": now, "deleted_at": now}
    return entering.enter_new(home, dependency_entered, TABLE, "refused", said, by)
