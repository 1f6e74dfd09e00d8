"""What runs by time: one row a schedule; `workers` works out `next_at` and keeps the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from fairlead.store.database import Transaction
from fairlead.store.tables import schedules
from fairlead.store.upserts import upsert


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something that runs again and again."""

    name: str
    """Unique, like `sync/github`."""
    what: str
    """Kind of work, like `sync`."""
    rule: str
    """When, in the words that `workers` reads, like `every 300 s` or `Mon-Fri 08:30`."""
    next_at: datetime
    """When it is due next."""
    zone: str = "UTC"
    """IANA zone in which the rule's hours are meant."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    """End of the last run; before `started_at` while it runs or if it was killed."""
    error: str = ""
    """Why the last run failed."""


def put(tx: Transaction, schedule: Schedule) -> None:
    """Adds a schedule, or replaces its rule, arguments and next time; keeps what is known of its last run."""
    row = {name: getattr(schedule, name) for name in Schedule.__slots__}
    if get(tx, schedule.name) is not None:
        # a new rule does not undo what has happened
        row = {name: value for name, value in row.items() if name not in ("started_at", "finished_at", "error")}
        tx.execute(update(schedules).where(schedules.c.name == schedule.name).values(**row))
    else:
        upsert(tx, schedules, row)


def get(tx: Transaction, name: str) -> Schedule | None:
    """One schedule."""
    row = tx.execute(select(schedules).where(schedules.c.name == name)).first()
    return None if row is None else Schedule(**row._mapping)


def rows(tx: Transaction) -> list[Schedule]:
    """All, by name."""
    return [Schedule(**row._mapping) for row in tx.execute(select(schedules).order_by(schedules.c.name))]


def due(tx: Transaction, now: datetime) -> list[Schedule]:
    """Those whose time has come, longest overdue first."""
    chosen = select(schedules).where(schedules.c.next_at <= now).order_by(schedules.c.next_at, schedules.c.name)
    return [Schedule(**row._mapping) for row in tx.execute(chosen)]


def take(tx: Transaction, name: str, expected: datetime, next_at: datetime) -> bool:
    """Takes a due moment: false if another process has taken it since `expected` was read as its time."""
    # the update itself decides, so that of two processes one takes the moment
    taken = update(schedules).where(schedules.c.name == name, schedules.c.next_at == expected)
    return tx.execute(taken.values(next_at=next_at)).rowcount == 1


def start(tx: Transaction, name: str, at: datetime) -> None:
    """Notes that a run has begun."""
    tx.execute(update(schedules).where(schedules.c.name == name).values(started_at=at))


def finish(tx: Transaction, name: str, finished_at: datetime, error: str = "") -> None:
    """Notes how a run ended."""
    tx.execute(update(schedules).where(schedules.c.name == name).values(finished_at=finished_at, error=error))


def hasten(tx: Transaction, name: str, at: datetime) -> None:
    """Brings the next run forward."""
    tx.execute(update(schedules).where(schedules.c.name == name, schedules.c.next_at > at).values(next_at=at))


def drop(tx: Transaction, name: str) -> None:
    """Takes a schedule away."""
    tx.execute(delete(schedules).where(schedules.c.name == name))
