"""Actions and the words of people on them. A state changes by compare-and-set, so that two who try never both win.

The clock of a machine may go back: what is set here is set, whatever was said at which time before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from fairlead.model.patch import Patch
from fairlead.model.records.judgement import Action, Approval
from fairlead.store import records, rowio
from fairlead.store.counting import next_value
from fairlead.store.database import Transaction, take_turn
from fairlead.store.statements import prepare
from fairlead.store.tables import RECORDS

Row = dict[str, Any]


def add(tx: Transaction, now: datetime, **said: Any) -> Row:
    """A new action under the next number, like `action:17`; gives its row."""
    return add_numbered(tx, next_id(tx), now, **said)


def next_id(tx: Transaction) -> str:
    """The id of the next action, which nobody else gets."""
    # numbers are drawn in turn: those of two processes stand in the order in which they commit
    take_turn(tx)
    return f"action:{next_value(tx, 'actions')}"


def add_numbered(tx: Transaction, action: str, now: datetime, **said: Any) -> Row:
    """A new action under an id that was drawn."""
    about = Action(id=action, source="fairlead", created_at=now, updated_at=now, **said)
    records.apply(tx, [Patch(about, at=now)])
    return one(tx, action) or {}


def one(tx: Transaction, action: str) -> Row | None:
    """An action by id."""
    return records.get(tx, "actions", action)


def change(tx: Transaction, action: str, states: Collection[str], now: datetime, **said: Any) -> Row | None:
    """Sets fields if the action is in one of these states; gives the row after it, `None` if it is in another."""
    take_turn(tx)
    found = one(tx, action)
    if found is None or found["state"] not in states:
        return None
    records.overrule(tx, [prepare(Patch(Action(id=action, updated_at=now, **said), at=now))])
    return one(tx, action)


def in_states(tx: Transaction, states: Collection[str]) -> list[Row]:
    """Actions in these states, the oldest first."""
    return _sorted(records.rows(tx, "actions", rowio.having(tx, "actions", "state", states)))


def of_signal(tx: Transaction, signals: Collection[str]) -> list[Row]:
    """Actions that answer these signals, the oldest first."""
    return _sorted(records.rows(tx, "actions", rowio.having(tx, "actions", "signal", signals)))


def newest(tx: Transaction, limit: int) -> list[Row]:
    """The last actions, the newest first."""
    table = RECORDS["actions"]
    chosen = select(table.c.id).order_by(table.c.created_at.desc(), table.c.rev.desc()).limit(limit)
    return _sorted(records.rows(tx, "actions", tx.execute(chosen).scalars().all()))[::-1]


def listed(tx: Transaction, state: str = "", *, limit: int, skip: int = 0) -> list[Row]:
    """A page of all of them or of those in one state, the newest first."""
    table = RECORDS["actions"]
    newest_first = (table.c.created_at.desc(), table.c.rev.desc())
    chosen = select(table.c.id).order_by(*newest_first).limit(limit).offset(skip)
    chosen = chosen.where(table.c.state == state) if state else chosen
    return _sorted(records.rows(tx, "actions", tx.execute(chosen).scalars().all()))[::-1]


def counted(tx: Transaction) -> dict[str, int]:
    """How many there are, by state."""
    column = RECORDS["actions"].c.state
    found = tx.execute(select(column, func.count()).group_by(column))
    return {state: int(number) for state, number in found}


def begun_since(tx: Transaction, moment: datetime, same: Mapping[str, Any]) -> list[Row]:
    """Actions whose last try began after a moment and that agree in these fields."""
    table = RECORDS["actions"]
    agree = [table.c[name] == value for name, value in same.items()]
    chosen = select(table.c.id).where(table.c.started_at > moment, *agree)
    return list(records.rows(tx, "actions", tx.execute(chosen).scalars().all()))


def add_approval(tx: Transaction, action: str, now: datetime, **said: Any) -> Row:
    """A person's word, kept for good, whether it counts or not."""
    take_turn(tx)
    about = Approval(
        id=f"{action}/word/{next_value(tx, 'approvals')}",
        source="fairlead",
        created_at=now,
        updated_at=now,
        action=action,
        at=now,
        **said,
    )
    records.apply(tx, [Patch(about, at=now)])
    return records.get(tx, "approvals", about.id) or {}


def approvals(tx: Transaction, actions: Collection[str]) -> list[Row]:
    """What was said on these actions, the first first."""
    return _sorted(records.rows(tx, "approvals", rowio.having(tx, "approvals", "action", actions)))


def _sorted(rows: Iterable[Row]) -> list[Row]:
    # by number and not by time: clocks go back
    return sorted(rows, key=lambda row: int(row["id"].rpartition("/" if "/" in row["id"] else ":")[2]))
