"""The event log's table in a SQLite file of its own, so that no other write delays an acknowledgement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from fairlead.bus import rows
from fairlead.bus.lent import Lent
from fairlead.bus.log import Appended
from fairlead.bus.shelf import Body, RowRefused, ShelfDown
from fairlead.model.raw import StoredRaw
from fairlead.model.times import epoch_us

_SCHEMA = """
CREATE TABLE IF NOT EXISTS raw_events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL, tool TEXT NOT NULL, kind TEXT NOT NULL, delivery TEXT NOT NULL,
  received_us INTEGER NOT NULL, trust TEXT NOT NULL, headers TEXT NOT NULL,
  packed INTEGER NOT NULL, body BLOB NOT NULL,
  UNIQUE (source, delivery)
);
CREATE TABLE IF NOT EXISTS raw_log (key TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""
_NAMES = ", ".join(rows.COLUMNS)
# one statement for each count of rows, made once and found again in the driver's cache
_SLOT = f"({', '.join('?' * (len(rows.COLUMNS) + 1))})"
# AUTOINCREMENT's own memory, not max(seq): a position of an expired event is never given again
_GIVEN = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'raw_events'"
_SELECT = f"SELECT seq, {_NAMES} FROM raw_events"  # noqa: S608 - names of our own
_INSERT = f"INSERT INTO raw_events (seq, {_NAMES}) VALUES "  # noqa: S608


class SqliteShelf:
    """`Shelf` on a SQLite file: WAL, one sync a commit, readers on connections of their own."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lent = Lent(self._connect)
        self._writer: sqlite3.Connection | None = None
        with _translated():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            fresh = not Path(path).exists()
            with self._reading() as con:
                if fresh:
                    con.execute("PRAGMA page_size = 8192")
                # kept by the file itself; readers then never wait for the writer, nor it for them
                con.execute("PRAGMA journal_mode = WAL")
                con.executescript(_SCHEMA)
        if fresh:
            # payloads name people and may quote secrets that somebody pasted into a comment
            Path(path).chmod(0o600)

    def begin_above(self, position: int) -> None:
        """Gives no position up to this one from now on."""
        # a write, and so a sync, only where it is behind: nearly every opening finds it well
        if self._number(_GIVEN) < position:
            with self._transaction() as con:
                [(last,)] = con.execute(_GIVEN)
                if last < position:
                    # the table is SQLite's own and knows no upsert
                    con.execute("DELETE FROM sqlite_sequence WHERE name = 'raw_events'")
                    con.execute("INSERT INTO sqlite_sequence VALUES ('raw_events', ?)", (position,))

    def insert(self, *groups: Sequence[tuple[Any, ...]]) -> list[Appended]:
        """Inserts in order in one transaction, durable on return; what is there already keeps its position."""
        with self._transaction() as con:
            return [receipt for group in groups for receipt in self._insert(con, group)]

    def _insert(self, con: sqlite3.Connection, new: Sequence[tuple[Any, ...]]) -> list[Appended]:
        """One group.

        Positions are given here and all rows go in one statement, because each row fetched or run singly hands the
        interpreter lock to a busy event loop and waits for it again.
        """
        [(last,)] = con.execute(_GIVEN)
        values = [value for at, row in enumerate(new, last + 1) for value in (at, *row)]
        statement = _INSERT + ",".join([_SLOT] * len(new)) + " ON CONFLICT DO NOTHING"
        inserted = con.execute(statement, values).rowcount
        # Without a duplicate, which is the rule, nothing needs to be asked.
        if inserted == len(new):
            return [Appended(at, duplicate=False) for at in range(last + 1, last + 1 + inserted)]
        return [self._receipt(con, row, at) for at, row in enumerate(new, last + 1)]

    def bodies(self, after: int, limit: int) -> list[Body]:
        """Bodies above a position as they are stored."""
        asked = "SELECT seq, packed, body FROM raw_events WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._reading() as con:
            return [Body(*found) for found in con.execute(asked, (after, limit))]

    def pack(self, bodies: Sequence[Body], upto: int) -> None:
        """Puts bodies in place of their former forms and notes that all up to a position are done."""
        with self._transaction() as con:
            con.executemany(
                "UPDATE raw_events SET packed = ?, body = ? WHERE seq = ?",
                [(packed, body, seq) for seq, packed, body in bodies],
            )
            con.execute("INSERT OR REPLACE INTO raw_log VALUES ('packed_upto', ?)", (upto,))

    def packed_upto(self) -> int:
        """Position up to which bodies have been compressed for keeping."""
        return self._number("SELECT coalesce(max(value), 0) FROM raw_log WHERE key = 'packed_upto'")

    def delete(self, before: datetime, upto: int, limit: int) -> int:
        """Drops at most `limit` of the events received before a moment up to a position; gives how many."""
        with self._transaction() as con:
            return con.execute(
                "DELETE FROM raw_events WHERE seq IN"
                " (SELECT seq FROM raw_events WHERE seq <= ? AND received_us < ? ORDER BY seq LIMIT ?)",
                (upto, epoch_us(before), limit),
            ).rowcount

    def read(self, after: int, limit: int, source: str | None = None) -> list[StoredRaw]:
        """Events above a position, in order."""
        where = " WHERE seq > ?" + (" AND source = ?" if source is not None else "") + " ORDER BY seq LIMIT ?"
        given = (after, limit) if source is None else (after, source, limit)
        with self._reading() as con:
            return [rows.stored(found) for found in con.execute(_SELECT + where, given)]

    def get(self, seq: int) -> StoredRaw | None:
        """One event."""
        with self._reading() as con:
            found = con.execute(_SELECT + " WHERE seq = ?", (seq,)).fetchone()
        return rows.stored(found) if found else None

    def latest(self) -> int:
        """Highest position."""
        return self._number("SELECT coalesce(max(seq), 0) FROM raw_events")

    def known(self, source: str, deliveries: Sequence[str]) -> set[str]:
        """Which of these delivery ids are there."""
        found: set[str] = set()
        # SQLite takes a bounded number of parameters
        for start in range(0, len(deliveries), 500):
            some = deliveries[start : start + 500]
            marks = ",".join("?" * len(some))
            asked = f"SELECT delivery FROM raw_events WHERE source = ? AND delivery IN ({marks})"  # noqa: S608
            with self._reading() as con:
                found.update(delivery for (delivery,) in con.execute(asked, (source, *some)))
        return found

    def recover(self) -> None:
        """Drops the writing connection: the next write opens a new one, whatever state the file was left in."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def close(self) -> None:
        """Closes all connections."""
        self.recover()
        self._lent.close()

    def _connect(self) -> sqlite3.Connection:
        con = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=10.0, cached_statements=600
        )
        # NORMAL would sync at checkpoints alone, and a power cut would take what was acknowledged
        con.execute("PRAGMA synchronous = FULL")
        con.execute("PRAGMA busy_timeout = 10000")
        return con

    def _connected(self) -> sqlite3.Connection:
        if self._writer is None:
            with _translated():
                self._writer = self._connect()
        return self._writer

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        con = self._connected()
        with _translated():
            # Waits for its turn here. A transaction that began by reading would fail at its first write instead.
            con.execute("BEGIN IMMEDIATE")
            yield con
            con.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with _translated(), self._lent.one() as con:
            yield con

    def _number(self, asked: str) -> int:
        with self._reading() as con:
            return int(con.execute(asked).fetchone()[0])

    @staticmethod
    def _receipt(con: sqlite3.Connection, row: tuple[Any, ...], given: int) -> Appended:
        asked = "SELECT seq FROM raw_events WHERE source = ? AND delivery = ?"
        [(seq,)] = con.execute(asked, (row[0], row[3]))
        return Appended(seq, duplicate=seq != given)


@contextmanager
def _translated() -> Iterator[None]:
    """SQLite's errors in the words of the port."""
    try:
        yield
    # the row is at fault: its batch can go in without it
    except (sqlite3.DataError, sqlite3.InterfaceError, sqlite3.IntegrityError, OverflowError) as fault:
        raise RowRefused(str(fault)) from fault
    # locked, full or gone: what was to be written is as good as before, and may be tried again
    except (sqlite3.Error, OSError) as fault:
        raise ShelfDown(str(fault)) from fault
