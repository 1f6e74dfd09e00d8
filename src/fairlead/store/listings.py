"""Full lists of ids as sweeps saw them, kept for rows that arrive after the sweep."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import delete, select

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
    """What an earlier one listed and the last one did not -> first sweep that missed it."""


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
    """What two listings of the same scope know together."""
    older, newer = sorted((one, other), key=lambda listing: listing.at)
    missed = dict.fromkeys(older.ids - newer.ids, newer.at)
    # listed by the last sweep means there, whatever an earlier one missed
    gone = {found: at for found, at in {**missed, **older.gone, **newer.gone}.items() if found not in newer.ids}
    return Listing(newer.at, newer.ids, tuple(sorted({*older.times, *newer.times})), gone)
