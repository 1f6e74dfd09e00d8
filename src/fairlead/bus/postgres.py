"""The event log's table in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg

from fairlead.bus import rows
from fairlead.bus.lent import Lent
from fairlead.bus.log import Appended
from fairlead.bus.shelf import Body, RowRefused, ShelfDown
from fairlead.model.raw import StoredRaw
from fairlead.model.times import epoch_us

_Connection = psycopg.Connection[tuple[Any, ...]]

_APPEND_LOCK = 0x666C_7261_7731
"""Key of the advisory lock that appends take; any number will do that nobody else uses."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS raw_events (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL, tool text NOT NULL, kind text NOT NULL, delivery text NOT NULL,
  received_us bigint NOT NULL, trust text NOT NULL, headers text NOT NULL,
  packed smallint NOT NULL, body bytea NOT NULL,
  UNIQUE (source, delivery)
);
CREATE TABLE IF NOT EXISTS raw_log (key text PRIMARY KEY, value bigint NOT NULL);
"""
_NAMES = ", ".join(rows.COLUMNS)
# one array for each column: a statement of one size for any number of rows, so it is prepared once
_TYPES = ("text[]", "text[]", "text[]", "text[]", "bigint[]", "text[]", "text[]", "smallint[]", "bytea[]")
_SEQUENCE = "pg_get_serial_sequence('raw_events', 'seq')::regclass"
_GIVEN = f"SELECT coalesce(pg_sequence_last_value({_SEQUENCE}), 0)"
_SELECT = f"SELECT seq, {_NAMES} FROM raw_events"  # noqa: S608 - names of our own
_INSERT = (
    f"INSERT INTO raw_events ({_NAMES})"  # noqa: S608
    f" SELECT {_NAMES} FROM unnest({', '.join(f'%b::{kind}' for kind in _TYPES)})"
    f" WITH ORDINALITY AS given({_NAMES}, place) ORDER BY place"
    " ON CONFLICT DO NOTHING RETURNING source, delivery, seq"
)


class PostgresShelf:
    """`Shelf` on PostgreSQL: appends of all processes take turns, so that positions become visible in order."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lent = Lent(self._connect)
        self._writer: _Connection | None = None
        with self._transaction() as con:
            # Two processes that start at once would both try to make the table.
            con.execute("SELECT pg_advisory_xact_lock(%s)", (_APPEND_LOCK,))
            con.execute(_SCHEMA)

    def begin_above(self, position: int) -> None:
        """Gives no position up to this one from now on."""
        # on the writer's connection, which is open: a reader's would be kept for nobody
        with self._transaction() as con:
            found = con.execute(_GIVEN).fetchone()
            if found and found[0] < position:
                con.execute("SELECT pg_advisory_xact_lock(%s)", (_APPEND_LOCK,))
                con.execute(f"SELECT setval({_SEQUENCE}, greatest(%s, ({_GIVEN})))", (position,))

    def insert(self, *groups: Sequence[tuple[Any, ...]]) -> list[Appended]:
        """Inserts in order in one transaction, durable on return; what is there already keeps its position.

        A sequence gives numbers before the commit: of two transactions the one with the higher number may be seen
        first, and a reader that went past would never see the other. The lock is held until after the commit.
        """
        # in one round trip: over a network it is trips that cost, and the lock is held for all of them
        with self._transaction() as con, con.pipeline():
            # whatever the server's own setting: an acknowledgement means that it is on the disk
            con.execute("SET LOCAL synchronous_commit = on")
            con.execute("SELECT pg_advisory_xact_lock(%s)", (_APPEND_LOCK,))
            return [receipt for group in groups for receipt in self._insert(con, group)]

    def _insert(self, con: _Connection, new: Sequence[tuple[Any, ...]]) -> list[Appended]:
        made = con.execute(_INSERT, [list(column) for column in zip(*new, strict=True)]).fetchall()
        fresh = {(source, delivery): seq for source, delivery, seq in made}
        missing = {(row[0], row[3]) for row in new} - fresh.keys()
        held = self._positions(con, missing) if missing else {}
        receipts = []
        for row in new:
            # The first of the batch under an id is the one that was inserted.
            seq = fresh.pop((row[0], row[3]), None)
            if seq is not None:
                held[row[0], row[3]] = seq
            receipts.append(Appended(held[row[0], row[3]], duplicate=seq is None))
        return receipts

    def bodies(self, after: int, limit: int) -> list[Body]:
        """Bodies above a position as they are stored."""
        asked = "SELECT seq, packed, body FROM raw_events WHERE seq > %s ORDER BY seq LIMIT %s"
        with self._reading() as con:
            return [Body(*found) for found in con.execute(asked, (after, limit), binary=True)]

    def pack(self, bodies: Sequence[Body], upto: int) -> None:
        """Puts bodies in place of their former forms and notes that all up to a position are done."""
        with self._transaction() as con:
            con.cursor().executemany(
                "UPDATE raw_events SET packed = %s, body = %b WHERE seq = %s",
                [(packed, body, seq) for seq, packed, body in bodies],
            )
            con.execute(
                "INSERT INTO raw_log VALUES ('packed_upto', %s)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (upto,),
            )

    def packed_upto(self) -> int:
        """Position up to which bodies have been compressed for keeping."""
        return self._number("SELECT coalesce(max(value), 0) FROM raw_log WHERE key = 'packed_upto'")

    def delete(self, before: datetime, upto: int, limit: int) -> int:
        """Drops at most `limit` of the events received before a moment up to a position; gives how many."""
        with self._transaction() as con:
            return con.execute(
                "DELETE FROM raw_events WHERE seq IN"
                " (SELECT seq FROM raw_events WHERE seq <= %s AND received_us < %s ORDER BY seq LIMIT %s)",
                (upto, epoch_us(before), limit),
            ).rowcount

    def read(self, after: int, limit: int, source: str | None = None) -> list[StoredRaw]:
        """Events above a position, in order."""
        where = " WHERE seq > %s" + (" AND source = %s" if source is not None else "") + " ORDER BY seq LIMIT %s"
        given = (after, limit) if source is None else (after, source, limit)
        with self._reading() as con:
            return [rows.stored(found) for found in con.execute(_SELECT + where, given, binary=True)]

    def get(self, seq: int) -> StoredRaw | None:
        """One event."""
        with self._reading() as con:
            found = con.execute(_SELECT + " WHERE seq = %s", (seq,), binary=True).fetchone()
        return rows.stored(found) if found else None

    def latest(self) -> int:
        """Highest position."""
        return self._number("SELECT coalesce(max(seq), 0) FROM raw_events")

    def known(self, source: str, deliveries: Sequence[str]) -> set[str]:
        """Which of these delivery ids are there."""
        asked = "SELECT delivery FROM raw_events WHERE source = %s AND delivery = ANY(%s)"
        with self._reading() as con:
            return {delivery for (delivery,) in con.execute(asked, (source, list(deliveries)))}

    def recover(self) -> None:
        """Drops the writing connection: the next write makes a new one."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def close(self) -> None:
        """Closes all connections."""
        self.recover()
        self._lent.close()

    def _connect(self) -> _Connection:
        # autocommit, so that a reader holds no snapshot open between two questions
        return psycopg.connect(self._url, autocommit=True, connect_timeout=10, application_name="fairlead raw log")

    @contextmanager
    def _transaction(self) -> Iterator[_Connection]:
        with _translated():
            if self._writer is None:
                self._writer = self._connect()
            with self._writer.transaction():
                yield self._writer

    @contextmanager
    def _reading(self) -> Iterator[_Connection]:
        with _translated(), self._lent.one() as con:
            yield con

    def _number(self, asked: str) -> int:
        with self._reading() as con:
            found = con.execute(asked).fetchone()
        return int(found[0]) if found else 0

    @staticmethod
    def _positions(con: _Connection, ids: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
        # pairs, since the same delivery id may come from two sources
        sources, deliveries = zip(*ids, strict=True)
        found = con.execute(
            "SELECT source, delivery, seq FROM raw_events"
            " WHERE (source, delivery) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
            (list(sources), list(deliveries)),
        )
        return {(source, delivery): seq for source, delivery, seq in found}


@contextmanager
def _translated() -> Iterator[None]:
    """PostgreSQL's errors in the words of the port."""
    try:
        yield
    # the row is at fault: its batch can go in without it
    except (psycopg.DataError, psycopg.IntegrityError) as fault:
        raise RowRefused(str(fault)) from fault
    except psycopg.Error as fault:
        raise ShelfDown(str(fault).strip()) from fault
