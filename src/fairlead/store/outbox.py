"""Messages that leave the program: put in once, claimed by one sender at a time, with what became of each.

A message that was handed over and not noted as such is claimed again: another system cannot take part in our
transaction. So the effect is at least once, and its id lets the receiver see that it is the same message.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from fairlead.store.database import Transaction
from fairlead.store.statements import clean
from fairlead.store.tables import outbox, outbox_contents
from fairlead.store.upserts import insert_new

Status = Literal["waiting", "sending", "sent", "failed"]
STATUSES: tuple[Status, ...] = ("waiting", "sending", "sent", "failed")
"""`waiting` for its time or another try, `sending` by whoever claimed it, `sent`, `failed` for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one address."""

    id: str
    """Made from what asked for it; stable over all tries."""
    kind: str
    """What it is, like `report`."""
    channel: str
    """How it travels: `mail`, `file` or `feed`."""
    address: str
    """Whereto, in the words of the channel."""
    subject: str
    content: str
    """Id of what it says."""
    made_from: str
    """Name of the report."""
    team: str = ""
    """Team id; empty for everybody."""
    language: str = "en"
    asked_by: str
    """`delivery:<key>` of the settings, or who typed it."""
    as_of: datetime
    """Moment that it tells of."""
    made_at: datetime
    status: Status = "waiting"
    attempts: int = 0
    waiting_since: datetime
    """Since when it is tried: a message that nobody takes for a day is given up."""
    next_at: datetime
    claimed_by: str = ""
    claimed_until: datetime | None = None
    done_at: datetime | None = None
    answer: str = ""
    """What the other side said when it took it."""
    error: str = ""
    """Why the last try failed."""


def put(tx: Transaction, message: Message, content: bytes) -> bool:
    """Puts a message in; false if it is there already, whatever became of it."""
    insert_new(tx, outbox_contents, {"id": message.content, "made_at": message.made_at, "content": content})
    row = {name: getattr(message, name) for name in Message.__slots__}
    # a subject may hold what a tool sent, and an answer what a stranger's server says
    row = {name: clean(said) if isinstance(said, str) else said for name, said in row.items()}
    return insert_new(tx, outbox, row)


def is_due(tx: Transaction, now: datetime) -> bool:
    """Whether any message can be claimed."""
    return tx.execute(select(outbox.c.id).where(_due(now)).limit(1)).first() is not None


def claim(
    tx: Transaction, channels: Collection[str], by: str, now: datetime, until: datetime, only: str = ""
) -> Message | None:
    """The message that has waited longest, now being sent by `by`; `None` if none is due. `only` names one by id.

    One whose sender let its time pass is due again: it comes with the status `sending` that it had.
    """
    wanted = outbox.c.id == only if only else outbox.c.channel.in_(channels)
    chosen = select(outbox).where(_due(now), wanted).order_by(outbox.c.next_at, outbox.c.id)
    # on PostgreSQL two senders look at once: each takes what the other has not locked; SQLite has one writer anyway
    row = tx.execute(chosen.limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    found = Message(**row._mapping)
    taken = {"status": "sending", "claimed_by": by, "claimed_until": until, "attempts": found.attempts + 1}
    tx.execute(update(outbox).where(outbox.c.id == found.id).values(**taken))
    return replace(found, claimed_by=by, claimed_until=until, attempts=found.attempts + 1)


def _due(now: datetime) -> ColumnElement[bool]:
    waits = and_(outbox.c.status == "waiting", outbox.c.next_at <= now)
    return or_(waits, and_(outbox.c.status == "sending", outbox.c.claimed_until <= now))


def settle(
    tx: Transaction, message: Message, now: datetime, *, answer: str = "", error: str = "", again_at: datetime | None
) -> bool:
    """Notes how a try ended; false if another sender has taken the message over meanwhile."""
    # whoever holds it now notes the end: a slow sender must not undo that
    mine = and_(outbox.c.id == message.id, outbox.c.claimed_by == message.claimed_by, outbox.c.status == "sending")
    status: Status = "sent" if not error else "failed" if again_at is None else "waiting"
    values = {
        "status": status,
        "next_at": again_at or message.next_at,
        "claimed_by": "",
        "claimed_until": None,
        "done_at": None if status == "waiting" else now,
        "answer": clean(answer),
        "error": clean(error),
    }
    return tx.execute(update(outbox).where(mine).values(**values)).rowcount == 1


def claimed(tx: Transaction) -> list[Message]:
    """What is being sent now, or was when its sender died."""
    return _rows(tx, outbox.c.status == "sending")


def free(tx: Transaction, message: Message, now: datetime) -> None:
    """Ends a claim whose holder is known to be gone."""
    mine = and_(outbox.c.id == message.id, outbox.c.claimed_by == message.claimed_by, outbox.c.status == "sending")
    # still `sending`: whoever claims it next sees that it may have been handed over
    tx.execute(update(outbox).where(mine).values(claimed_until=now))


def again(tx: Transaction, message: str, now: datetime) -> bool:
    """Lets a failed or waiting message be tried at once; false for any other."""
    chosen = and_(outbox.c.id == message, outbox.c.status.in_(("failed", "waiting")))
    fresh = {"status": "waiting", "next_at": now, "waiting_since": now, "attempts": 0, "done_at": None}
    return tx.execute(update(outbox).where(chosen).values(**fresh)).rowcount == 1


def get(tx: Transaction, message: str) -> Message | None:
    """One message."""
    return next(iter(_rows(tx, outbox.c.id == message)), None)


def beginning(tx: Transaction, prefix: str) -> list[Message]:
    """Messages whose id begins so: people type the first letters."""
    # a range and not LIKE: ids are compared byte by byte, and `_` means itself
    return _rows(tx, and_(outbox.c.id >= prefix, outbox.c.id < prefix + "\U0010ffff"))


def rows(
    tx: Transaction,
    *,
    status: str = "",
    channel: str = "",
    made_from: str = "",
    teams: Collection[str] | None = None,
    limit: int = 100,
) -> list[Message]:
    """The newest messages; `teams` limits them to these team ids."""
    parts = [
        column == value
        for column, value in ((outbox.c.status, status), (outbox.c.channel, channel), (outbox.c.made_from, made_from))
        if value
    ]
    if teams is not None:
        parts.append(outbox.c.team.in_(teams))
    return _rows(tx, *parts, limit=limit)


def counts(tx: Transaction) -> dict[str, int]:
    """Messages by status."""
    found = tx.execute(select(outbox.c.status, func.count()).group_by(outbox.c.status))
    return {status: int(count) for status, count in found}


def content(tx: Transaction, content_id: str) -> bytes | None:
    """What a message says, as it was put in."""
    row = tx.execute(select(outbox_contents.c.content).where(outbox_contents.c.id == content_id)).first()
    return None if row is None else bytes(row[0])


def forget(tx: Transaction, before: datetime) -> int:
    """Drops messages that were done before a moment, and contents that none needs any more; gives how many."""
    over = and_(outbox.c.status.in_(("sent", "failed")), outbox.c.done_at < before)
    gone = tx.execute(delete(outbox).where(over)).rowcount
    # by its age as well: a content is put in before its message, by a transaction that may not be over yet
    unused = outbox_contents.c.id.not_in(select(outbox.c.content))
    tx.execute(delete(outbox_contents).where(unused, outbox_contents.c.made_at < before))
    return gone


def _rows(tx: Transaction, *parts: ColumnElement[bool], limit: int = 1000) -> list[Message]:
    chosen = select(outbox).where(*parts).order_by(outbox.c.made_at.desc(), outbox.c.id).limit(limit)
    found: Sequence[Message] = [Message(**row._mapping) for row in tx.execute(chosen)]
    return list(found)
