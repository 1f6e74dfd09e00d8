"""Full lists of ids as sweeps saw them, kept for rows that arrive after the sweep."""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import delete, select

from fairlead.model.typed import ready
from fairlead.store.database import Transaction
from fairlead.store.tables import sweeps
from fairlead.store.upserts import upsert


@dataclass(frozen=True, slots=True)
class Listing:
    """What the sweeps of one scope have seen."""

    at: datetime
    """The last one."""
    ids: frozenset[str]
    """What it listed."""
    times: tuple[datetime, ...] = ()
    """All sweeps of the scope, oldest first: a row that none of them listed was gone at the first after its birth."""
    gone: Mapping[str, datetime] = field(default_factory=dict)
    """What an earlier one listed and the last one did not -> first sweep that missed it after that."""


ready(Listing)


def get(tx: Transaction, table: str, scope: str) -> Listing | None:
    """Listing of a scope (an id prefix) of a record table."""
    chosen = select(sweeps.c.content).where(sweeps.c.record_table == table, sweeps.c.scope == scope)
    content = tx.execute(chosen).scalar()
    return None if content is None else msgspec.msgpack.decode(zlib.decompress(content), type=Listing)


def put(tx: Transaction, table: str, scope: str, listing: Listing) -> None:
    """Keeps the listing of a scope, over the one before."""
    # level 1: ids of one scope share their beginnings and shrink well at the fastest
    content = zlib.compress(msgspec.msgpack.encode(listing), 1)
    upsert(tx, sweeps, {"record_table": table, "scope": scope, "at": listing.at, "content": content})


def scopes(tx: Transaction) -> dict[str, dict[str, datetime]]:
    """Record table -> scope -> last sweep."""
    found: dict[str, dict[str, datetime]] = {}
    for row in tx.execute(select(sweeps.c.record_table, sweeps.c.scope, sweeps.c.at)):
        found.setdefault(row.record_table, {})[row.scope] = row.at
    return found


def drop(tx: Transaction, table: str, scope: str) -> None:
    """Forgets a scope."""
    tx.execute(delete(sweeps).where(sweeps.c.record_table == table, sweeps.c.scope == scope))


def join(one: Listing, other: Listing) -> Listing:
    """What two listings of the same scope know together; the order in which sweeps are heard of changes nothing."""
    older, newer = sorted((one, other), key=lambda listing: listing.at)
    # two of the same moment contradict each other where they differ: what either saw was there
    ids = newer.ids | older.ids if newer.at == older.at else newer.ids
    times = tuple(sorted({*older.times, *newer.times}))
    last = dict.fromkeys(older.ids - ids, older.at)
    for found, at in (*_last_listed(older), *_last_listed(newer)):
        if found not in ids:
            last[found] = max(at, last.get(found, at))
    return Listing(newer.at, ids, times, {found: times[bisect_right(times, at)] for found, at in last.items()})


def _last_listed(listing: Listing) -> Iterator[tuple[str, datetime]]:
    # Not the time that missed it is carried on, but the one before: a sweep between the two may be heard of late,
    # and it either listed the row still or is the one that missed it first.
    for found, missed in listing.gone.items():
        yield found, listing.times[bisect_left(listing.times, missed) - 1]
