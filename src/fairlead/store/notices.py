"""What people are to be told: one notice for each event and recipient, and where a channel keeps its message of it.

A notice is made once, however often its event is met, and settled once: by being sent, by having healed, or by its
time. Who settles does so by state and id within one write transaction, so that two processes never send it both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from fairlead.store import records
from fairlead.store.database import Transaction
from fairlead.store.statements import clean
from fairlead.store.tables import RECORDS, notice_posts, notice_preferences, notices
from fairlead.store.upserts import insert_new, upsert

Urgency = Literal["now", "today", "digest"]
State = Literal["waiting", "sent", "page", "healed", "expired", "muted", "snoozed", "merged"]
STATES: tuple[State, ...] = ("waiting", "sent", "page", "healed", "expired", "muted", "snoozed", "merged")
"""`page` where no channel reaches the recipient, `merged` where a later notice of the same subject says more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that somebody is to be told."""

    id: str
    """Made from the event and the recipient."""
    recipient: str
    """`person:kim`, or `team:payments` for its channel."""
    subject: str
    """Id of the record that it is about: a channel shows one message of it."""
    about: str
    """Signal or action that it tells of."""
    topic: str
    """Id of the rule, `approval` or `action`: what can be muted."""
    kind: str
    """What happened, like `opened` or `escalated`."""
    urgency: Urgency
    exempt: bool = False
    """Critical: it costs nothing of the budget and passes quiet hours."""
    said: dict[str, Any]
    """What it says and why, as plain values."""
    made_at: datetime
    not_before: datetime
    expires_at: datetime | None = None
    state: State = "waiting"
    reason: str = ""
    """Why it was settled so."""
    settled_at: datetime | None = None
    seen_at: datetime | None = None
    """When its recipient looked at it or acted on it."""
    message: str = ""
    """Message of the outbox that carried it."""
    day: str = ""
    """Local day of the recipient whose budget it took; empty where it took none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The one message about a subject that somebody has in a channel."""

    recipient: str
    subject: str
    channel: str
    """How it travels, like `slack`."""
    handle: dict[str, Any]
    """What the channel needs to find and edit it, in the channel's own words."""
    content: str = ""
    """Id of the letter that it shows now."""
    first_at: datetime
    last_at: datetime


def posted(tx: Transaction, recipient: str, subject: str, channel: str) -> Posted | None:
    """The message that a recipient has of a subject in a channel, if it was posted there before."""
    return next(iter(_posts(tx, *_place(recipient, subject, channel))), None)


def stale_posts(tx: Transaction) -> list[Posted]:
    """Messages that do not say what has happened since."""
    return _posts(tx, notice_posts.c.stale.is_(True))


def mark_stale(tx: Transaction, subjects: Collection[str]) -> None:
    """Notes that messages about these subjects no longer say all."""
    tx.execute(update(notice_posts).where(notice_posts.c.subject.in_(list(subjects))).values(stale=True))


def is_stale(tx: Transaction) -> bool:
    """Whether any message does not say what has happened since."""
    return (
        tx.execute(select(notice_posts.c.subject).where(notice_posts.c.stale.is_(True)).limit(1)).first() is not None
    )


def freshen(tx: Transaction, recipient: str, subject: str, channel: str) -> bool:
    """Takes it on to bring one message up to date; false if somebody else has, or nothing is amiss."""
    mine = and_(*_place(recipient, subject, channel), notice_posts.c.stale.is_(True))
    return tx.execute(update(notice_posts).where(mine).values(stale=False)).rowcount == 1


def moved_on(tx: Transaction, recipient: str, subject: str, rev: int) -> bool:
    """Whether anything that somebody was told of a subject has changed above a revision."""
    told = select(notices.c.about).where(notices.c.recipient == recipient, notices.c.subject == subject)
    looks = (
        select(table.c.id).where(table.c.id.in_(told), table.c.rev > rev).limit(1)
        for table in (RECORDS["signals"], RECORDS["actions"])
    )
    return any(tx.execute(look).first() is not None for look in looks)


def _posts(tx: Transaction, *parts: ColumnElement[bool]) -> list[Posted]:
    chosen = select(*(notice_posts.c[name] for name in Posted.__slots__)).where(*parts)
    return [Posted(**row._mapping) for row in tx.execute(chosen.order_by(notice_posts.c.first_at))]


def keep_posted(tx: Transaction, post: Posted) -> None:
    """Notes where a message stands; called by the way that posted or edited it, once the channel has answered."""
    before = posted(tx, post.recipient, post.subject, post.channel)
    kept = replace(post, first_at=before.first_at) if before else post
    upsert(tx, notice_posts, {name: getattr(kept, name) for name in Posted.__slots__})


def _place(recipient: str, subject: str, channel: str) -> tuple[ColumnElement[bool], ...]:
    return (
        notice_posts.c.recipient == recipient,
        notice_posts.c.subject == subject,
        notice_posts.c.channel == channel,
    )


def put(tx: Transaction, notice: Notice) -> bool:
    """Puts a notice in; false if it is there already, whatever became of it."""
    row = {name: getattr(notice, name) for name in Notice.__slots__}
    return insert_new(
        tx, notices, {name: clean(said) if isinstance(said, str) else said for name, said in row.items()}
    )


def settle(
    tx: Transaction,
    ids: Collection[str],
    state: State,
    at: datetime,
    *,
    reason: str = "",
    message: str = "",
    day: str = "",
) -> int:
    """Ends waiting notices; gives how many were still waiting."""
    mine = and_(notices.c.id.in_(ids), notices.c.state == "waiting")
    values = {"state": state, "settled_at": at, "reason": clean(reason), "message": message, "day": day}
    return tx.execute(update(notices).where(mine).values(**values)).rowcount


def see(tx: Transaction, ids: Collection[str], at: datetime) -> None:
    """Notes that recipients looked at notices, once each."""
    tx.execute(update(notices).where(notices.c.id.in_(ids), notices.c.seen_at.is_(None)).values(seen_at=at))


def see_about(tx: Transaction, recipient: str, about: str, at: datetime) -> None:
    """Notes that a person did something about what they were told."""
    mine = and_(notices.c.recipient == recipient, notices.c.about == about, notices.c.seen_at.is_(None))
    tx.execute(update(notices).where(mine).values(seen_at=at))


def waiting(tx: Transaction, recipient: str = "") -> list[Notice]:
    """What waits to be told, the oldest first."""
    mine = [notices.c.recipient == recipient] if recipient else []
    return _rows(tx, notices.c.state == "waiting", *mine, order=(notices.c.made_at, notices.c.id))


def recipients_waiting(tx: Transaction) -> list[str]:
    """Who has something waiting."""
    chosen = select(notices.c.recipient).where(notices.c.state == "waiting").distinct()
    return sorted(tx.execute(chosen.order_by(notices.c.recipient)).scalars())


def of_recipient(tx: Transaction, recipient: str, *, limit: int = 200) -> list[Notice]:
    """The newest notices of somebody."""
    newest = (notices.c.made_at.desc(), notices.c.id)
    return _rows(tx, notices.c.recipient == recipient, order=newest, limit=limit)


def newest(tx: Transaction, *, limit: int = 200) -> list[Notice]:
    """The newest notices of everybody."""
    return _rows(tx, order=(notices.c.made_at.desc(), notices.c.id), limit=limit)


def about(tx: Transaction, signal: str) -> list[Notice]:
    """Who was told of a signal or action, the oldest first."""
    return _rows(tx, notices.c.about == signal, order=(notices.c.made_at, notices.c.id))


def of_subject(tx: Transaction, recipient: str, subject: str) -> list[Notice]:
    """All that somebody was to be told of a subject, the oldest first."""
    mine = (notices.c.recipient == recipient, notices.c.subject == subject)
    return _rows(tx, *mine, order=(notices.c.made_at, notices.c.id))


def healed(tx: Transaction, recipient: str, since: datetime | None) -> int:
    """How much was over before somebody was told of it, since a moment."""
    mine = [notices.c.recipient == recipient, notices.c.state == "healed"]
    mine += [notices.c.settled_at > since] if since is not None else []
    return tx.execute(select(func.count()).select_from(notices).where(*mine)).scalar() or 0


def beginning(tx: Transaction, prefix: str) -> list[Notice]:
    """Notices whose id begins so: people type the first letters."""
    return _rows(tx, notices.c.id >= prefix, notices.c.id < prefix + "\U0010ffff", order=(notices.c.id,))


def last_sent(tx: Transaction, recipient: str, topic: str, limit: int) -> list[Notice]:
    """What somebody was last told of a topic, the newest first."""
    mine = (notices.c.recipient == recipient, notices.c.topic == topic, notices.c.state == "sent")
    return _rows(tx, *mine, order=(notices.c.settled_at.desc(), notices.c.id), limit=limit)


def spent(tx: Transaction, recipient: str, day: str) -> int:
    """How many messages of a local day somebody's budget was charged with."""
    mine = and_(notices.c.recipient == recipient, notices.c.day == day)
    # one message may hold several notices: it interrupts once
    return tx.execute(select(func.count(notices.c.message.distinct())).where(mine)).scalar() or 0


def counts(tx: Transaction) -> dict[str, int]:
    """Notices by state."""
    return {
        state: int(count)
        for state, count in tx.execute(select(notices.c.state, func.count()).group_by(notices.c.state))
    }


def prefer(tx: Transaction, person: str, said: dict[str, Any], at: datetime) -> None:
    """Keeps what a person said of how to be told; the later word holds, in whatever order they come."""
    latest = tx.execute(select(notice_preferences.c.at).where(notice_preferences.c.person == person)).scalar()
    if latest is None or latest <= at:
        upsert(tx, notice_preferences, {"person": person, "said": said, "at": at})


def preferences(tx: Transaction, people: Iterable[str] | None = None) -> dict[str, dict[str, Any]]:
    """Person -> what they said of how to be told."""
    chosen = select(notice_preferences)
    if people is not None:
        chosen = chosen.where(notice_preferences.c.person.in_(list(people)))
    return {row.person: row.said for row in tx.execute(chosen)}


def forget(tx: Transaction, before: datetime) -> int:
    """Drops notices that were settled before a moment; gives how many."""
    return tx.execute(delete(notices).where(notices.c.settled_at < before)).rowcount


def _rows(
    tx: Transaction, *parts: ColumnElement[bool], order: tuple[ColumnElement[Any], ...], limit: int | None = None
) -> list[Notice]:
    chosen = select(notices).where(*parts).order_by(*order).limit(limit)
    return [Notice(**row._mapping) for row in tx.execute(chosen)]


_FOLLOWED = ("signal_events", "actions")


def news(tx: Transaction, after_rev: int, limit: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Events of signals and actions above a revision, in order, with the revision that they reach: about `limit`.

    A revision is one transaction and never cut: half of what it says would be told as if it were all.
    """
    revisions: list[int] = []
    for table in _FOLLOWED:
        rev = RECORDS[table].c.rev
        revisions += tx.execute(select(rev).where(rev > after_rev).order_by(rev).limit(limit)).scalars()
    upto = max(sorted(revisions)[:limit], default=after_rev)
    events, actions = (_above(tx, table, after_rev, upto) for table in _FOLLOWED)
    return events, actions, upto


def _above(tx: Transaction, table: str, after_rev: int, upto: int) -> list[dict[str, Any]]:
    rows = RECORDS[table].c
    ids = tx.execute(select(rows.id).where(rows.rev > after_rev, rows.rev <= upto)).scalars().all()
    return sorted(records.rows(tx, table, ids), key=lambda row: (row["rev"], row["id"])) if ids else []
