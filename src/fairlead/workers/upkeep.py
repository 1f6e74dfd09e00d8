"""Keeps the stores small: compresses what was read, drops what is old, forgets sessions that are over."""

from __future__ import annotations

from datetime import timedelta

from fairlead.bus.log import EventLog
from fairlead.model.times import Clock
from fairlead.store import access, notices, offsets, quarantine
from fairlead.store.database import Database


def compress(log: EventLog, database: Database) -> int:
    """Compresses bodies that every consumer has passed; gives how many."""
    with database.read() as tx:
        upto = offsets.lowest(tx)
    return log.compress(upto)


def expire(log: EventLog, database: Database, clock: Clock, keep_days: int) -> int:
    """Drops raw events beyond their days, if days are set; what waits in quarantine says so from then on."""
    if keep_days <= 0:
        return 0
    with database.read() as tx:
        upto = offsets.lowest(tx)
    gone = log.expire(clock.now() - timedelta(days=keep_days), upto)
    if gone:
        with database.read() as tx:
            held = [one.raw_seq for one in quarantine.rows(tx)]
        lost = [seq for seq in held if log.get(seq) is None]
        with database.begin() as tx:
            quarantine.settle(tx, lost, "expired")
    return gone


def forget_notices(database: Database, clock: Clock, keep_days: int) -> None:
    """Drops what people were told so long ago."""
    with database.begin() as tx:
        notices.forget(tx, clock.now() - timedelta(days=keep_days))


def forget_expired(database: Database, clock: Clock) -> None:
    """Drops sessions and links whose time is over."""
    with database.begin() as tx:
        access.forget_expired(tx, clock.now())
