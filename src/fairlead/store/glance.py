"""A look at a store on SQLite without opening it: how far it is, in two milliseconds and without SQLAlchemy.

A question on the command line whose data have not changed since the last one needs no more of the store.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

CONTESTS, CONTESTS_SETTLED = "contests", "contests_settled"
"""Counters of ingestion: while they differ it owes the log another reading, though its offset is at the end."""


@dataclass(frozen=True, slots=True)
class Glance:
    """How far a store is."""

    revision: int
    """Revision of the last write of a record."""
    positions: dict[str, int]
    """Consumer -> its offset."""
    held: dict[str, int]
    """Source -> its payloads in quarantine."""
    owed: bool = False
    """Whether a late rename still waits for the log to be read again."""


def glance(path: Path) -> Glance | None:
    """Looks at a database file; `None` where there is none or it cannot be looked at."""
    try:
        # read-only: a look must not make a file where there is none
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as con:
            (revision,) = con.execute("select max(value) from counters where name = 'rev'").fetchone()
            counts = dict(con.execute("select name, value from counters where name like 'contests%'"))
            owed = counts.get(CONTESTS, 0) > counts.get(CONTESTS_SETTLED, 0)
            held = con.execute("select source, count(*) from quarantine where state = 'open' group by source")
            positions = con.execute("select consumer, position from offsets")
            return Glance(revision or 0, dict(positions), dict(held), owed)
    except sqlite3.Error:
        return None
