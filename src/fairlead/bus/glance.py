"""A look at a log on SQLite without opening it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def latest(path: Path) -> int | None:
    """Highest position of a log's file; `None` where there is none or it cannot be looked at."""
    try:
        # read only: a look must neither make the file nor leave a write-ahead log beside it
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as con:
            (seq,) = con.execute("select coalesce(max(seq), 0) from raw_events").fetchone()
            return int(seq)
    except sqlite3.Error:
        return None
