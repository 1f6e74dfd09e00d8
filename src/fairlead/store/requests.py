"""What workers are to do: an approved act, put in with what permits it, or a run of a schedule whose moment has come.
Each is claimed by one worker at a time.

A row is one try and its id is that of the workflow that makes it. A try that has to be made again is a new row.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, delete, select, update

from fairlead.store.counting import next_value
from fairlead.store.database import Transaction, take_turn
from fairlead.store.holders import Holder
from fairlead.store.statements import clean
from fairlead.store.tables import requests

State = Literal["waiting", "working", "done", "dropped"]

CLAIM_LASTS = timedelta(minutes=15)
"""Longer than any try of an act takes: what is let go earlier would be done by two."""
CHANNEL = "fairlead_requests"
"""What PostgreSQL calls the followers by."""

_bell = threading.Condition()


@dataclass(frozen=True, slots=True)
class Request:
    """Something to do, once."""

    id: str
    kind: str
    subject: str
    """Id of what it is about, like `action:17`."""
    arguments: Mapping[str, Any]
    made_at: datetime
    state: State
    next_at: datetime
    claimed_by: str = ""
    claimed_until: datetime | None = None
    done_at: datetime | None = None
    outcome: str = ""
    """How it ended, in words."""


def put(
    tx: Transaction,
    kind: str,
    subject: str,
    now: datetime,
    *,
    next_at: datetime | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Request:
    """Puts one in; whoever commits should `ring` afterwards."""
    made = Request(
        f"request-{next_value(tx, 'requests')}", kind, subject, arguments or {}, now, "waiting", next_at or now
    )
    tx.execute(requests.insert().values(**{name: getattr(made, name) for name in Request.__slots__}))
    if tx.dialect.name == "postgresql":
        # heard when this transaction commits, never before
        tx.exec_driver_sql(f"NOTIFY {CHANNEL}")
    return made


def get(tx: Transaction, request: str) -> Request | None:
    """One of them."""
    row = tx.execute(select(requests).where(requests.c.id == request)).first()
    return None if row is None else Request(**row._mapping)


def of(tx: Transaction, subject: str) -> list[Request]:
    """All about a subject, the first first."""
    chosen = select(requests).where(requests.c.subject == subject).order_by(requests.c.made_at, requests.c.id)
    return [Request(**row._mapping) for row in tx.execute(chosen)]


def due(tx: Transaction, now: datetime, kinds: Collection[str], limit: int = 100) -> list[Request]:
    """Those that may be claimed: their time has come, or whoever had them is gone."""
    ours = select(requests).where(requests.c.kind.in_(kinds)).order_by(requests.c.next_at, requests.c.id)
    waits = ours.where(requests.c.state == "waiting", requests.c.next_at <= now).limit(limit)
    # apart from the others: whether its holder is gone cannot be asked in SQL, and what many hold must hide nothing
    held = [Request(**row._mapping) for row in tx.execute(ours.where(requests.c.state == "working"))]
    left = [one for one in held if _is_free(one, now)]
    return (left + [Request(**row._mapping) for row in tx.execute(waits)])[:limit]


def claim(tx: Transaction, request: str, by: Holder, now: datetime, lasts: timedelta = CLAIM_LASTS) -> Request | None:
    """The request, now held by `by`, who may have held it before; `None` if it is done or somebody else has it."""
    # two look at once on PostgreSQL: the second waits here and then sees what the first has written
    take_turn(tx)
    found = get(tx, request)
    if found is None or found.state in ("done", "dropped"):
        return None
    mine = found.claimed_by == str(by)
    if found.state == "working" and not mine and not _is_free(found, now):
        return None
    taken: dict[str, Any] = {"state": "working", "claimed_by": str(by), "claimed_until": now + lasts}
    tx.execute(update(requests).where(requests.c.id == request).values(**taken))
    return replace(found, **taken)


def renew(tx: Transaction, held: Collection[str], by: Holder, until: datetime) -> None:
    """Tells that their holder still works on them."""
    mine = and_(requests.c.id.in_(held), requests.c.state == "working", requests.c.claimed_by == str(by))
    tx.execute(update(requests).where(mine).values(claimed_until=until))


def remove(tx: Transaction, request: str) -> None:
    """Takes one away whose end stands elsewhere."""
    tx.execute(delete(requests).where(requests.c.id == request))


def finish(tx: Transaction, request: str, now: datetime, outcome: str, *, dropped: bool = False) -> None:
    """Notes how it ended."""
    values = {"state": "dropped" if dropped else "done", "done_at": now, "outcome": clean(outcome)}
    tx.execute(update(requests).where(requests.c.id == request).values(claimed_by="", claimed_until=None, **values))


def drop(tx: Transaction, subject: str, now: datetime, why: str) -> None:
    """What nobody has begun for a subject is done no more."""
    mine = and_(requests.c.subject == subject, requests.c.state == "waiting")
    tx.execute(update(requests).where(mine).values(state="dropped", done_at=now, outcome=clean(why)))


def hasten(tx: Transaction, subject: str, at: datetime) -> bool:
    """Lets what waits for a subject be done from this moment on; false if nothing waits."""
    mine = and_(requests.c.subject == subject, requests.c.state == "waiting")
    return bool(tx.execute(update(requests).where(mine).values(next_at=at)).rowcount)


def forget(tx: Transaction, before: datetime) -> int:
    """Drops rows that were over before a moment; gives how many."""
    over = and_(requests.c.state.in_(("done", "dropped")), requests.c.done_at < before)
    return tx.execute(delete(requests).where(over)).rowcount


def ring() -> None:
    """Wakes followers of this process; those of other processes see the rows."""
    with _bell:
        _bell.notify_all()


def wait(timeout_s: float) -> bool:
    """Waits until somebody of this process rings, for so long."""
    with _bell:
        return _bell.wait(timeout_s)


def _is_free(found: Request, now: datetime) -> bool:
    ran_out = found.claimed_until is None or found.claimed_until <= now
    return ran_out or Holder.read(found.claimed_by).is_gone()
