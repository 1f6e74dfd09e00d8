"""Rows of record tables in and out, straight on the driver: the hot path of ingestion.

SQLAlchemy makes the tables and owns the transaction; rows by the thousand pass it by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

import msgspec

from fairlead.model.patch import Merged, pack_version, pack_versions, unpack_versions
from fairlead.model.schema import column_names, columns
from fairlead.store.columns import from_postgres, to_postgres
from fairlead.store.database import Transaction
from fairlead.store.statements import Statement
from fairlead.store.tables import RECORDS

_CHUNK = 2000
_AFTER_ALL = "\U0010ffff"
"""Sorts after every character that an id can hold."""


@dataclass(slots=True)
class Row:
    """One row on its way through a merge."""

    merged: Merged
    rev: int
    raw_seq: int | None = None


def load(tx: Transaction, table: str, ids: Iterable[str]) -> dict[str, Row]:
    """The rows of these ids that exist, with their versions."""
    names = column_names(table)
    found = {}
    for *values, rev, raw_seq, packed in _select(tx, table, (*names, "rev", "raw_seq", "versions"), ids):
        versions = unpack_versions(table, packed)
        merged = Merged(values[0], dict(zip(names[1:], values[1:], strict=True)), versions)
        found[merged.id] = Row(merged, rev, raw_seq)
    return found


def save(tx: Transaction, table: str, rows: Iterable[Row]) -> None:
    """Inserts or replaces rows."""
    names = column_names(table)[1:]
    out = [
        (
            row.merged.id,
            *map(row.merged.values.get, names),
            row.rev,
            row.raw_seq,
            pack_versions(table, row.merged.versions),
        )
        for row in rows
    ]
    _write(tx, table, out)


def begin(tx: Transaction, table: str, statements: Iterable[Statement], rev: int) -> None:
    """Inserts rows that were not there, each with the one statement that was made about it."""
    names = column_names(table)[1:]
    out = []
    for one in statements:
        said = tuple(one.values)
        # a row of which nothing but the id was said has no version
        packed = pack_version(table, one.version, said) if said else pack_versions(table, {})
        out.append((one.id, *map(one.values.get, names), rev, one.raw_seq, packed))
    _write(tx, table, out)


def _write(tx: Transaction, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        # in the order of the index: neighbours then share its pages, of which a large table has more than fit
        rows.sort(key=itemgetter(0))
        # whole rows: they were loaded in this transaction, so nothing that another said is overwritten unseen
        _driver(tx).executemany(_upsert(tx.dialect.name, table), _outward(tx, table, rows))


def insert(tx: Transaction, table: str, rows: list[tuple[Any, ...]]) -> int:
    """Inserts whole rows in the order of the columns, passing over ids that exist; tells how many went in."""
    cursor = _driver(tx)
    cursor.executemany(_insert(tx.dialect.name, table), _outward(tx, table, rows))
    # both drivers add up over all rows of `executemany`, those passed over left out
    return int(cursor.rowcount)


def older(tx: Transaction, table: str, ids: Iterable[str], rev: int) -> set[str]:
    """Which of these ids have a row from before a revision."""
    # unconverted: conversion goes by the places of a whole row, and this is a part of one
    return {found for found, held in _select(tx, table, ("id", "rev"), ids, convert=False) if held < rev}


def plain(tx: Transaction, table: str, ids: Iterable[str] | None) -> Iterator[Sequence[Any]]:
    """Rows in the plain form of values, in order of id, followed by `rev` and `raw_seq`."""
    yield from _select(tx, table, (*column_names(table), "rev", "raw_seq"), ids)


def below(tx: Transaction, table: str, prefix: str) -> list[str]:
    """Ids that start with a prefix."""
    return column_below(tx, table, "id", prefix)


def column_below(tx: Transaction, table: str, column: str, prefix: str) -> list[str]:
    """Ids of the rows that have a value with this prefix in a column."""
    mark = _mark(tx)
    # only ids are ordered by bytes; under another collation a prefix is no range
    by_bytes = ' COLLATE "C"' if tx.dialect.name == "postgresql" else ""
    sql = f'SELECT id FROM {table} WHERE "{column}"{by_bytes} >= {mark} AND "{column}"{by_bytes} < {mark}'  # noqa: S608
    cursor = _driver(tx)
    cursor.execute(sql, (prefix, prefix + _AFTER_ALL))
    return [found for (found,) in cursor.fetchall()]


def having(tx: Transaction, table: str, column: str, values: Iterable[str]) -> list[str]:
    """Ids of the rows that have one of these values in a column."""
    wanted = list(values)
    cursor = _driver(tx)
    if tx.dialect.name == "postgresql":
        cursor.execute(f'SELECT id FROM {table} WHERE "{column}" = ANY(%s)', (wanted,))  # noqa: S608
    else:
        listed = msgspec.json.encode(wanted).decode()
        cursor.execute(f'SELECT id FROM {table} WHERE "{column}" IN (SELECT value FROM json_each(?))', (listed,))  # noqa: S608
    return [found for (found,) in cursor.fetchall()]


def ending(tx: Transaction, table: str, suffix: str) -> list[str]:
    """Ids that end so."""
    # LIKE would take `_` and `%` in ids as wildcards, and ignores case on SQLite
    tail = "right(id, %s)" if tx.dialect.name == "postgresql" else "substr(id, -?)"
    cursor = _driver(tx)
    cursor.execute(f"SELECT id FROM {table} WHERE {tail} = {_mark(tx)}", (len(suffix), suffix))  # noqa: S608
    return [found for (found,) in cursor.fetchall()]


def column_holding(tx: Transaction, table: str, column: str, part: str) -> list[str]:
    """Ids of the rows whose list in a column has an element that starts with `part`."""
    # The list is JSON text: an element starts after its quotation mark.
    needle = msgspec.json.encode(part).decode()[:-1]
    position = f'strpos("{column}", %s)' if tx.dialect.name == "postgresql" else f'instr("{column}", ?)'
    cursor = _driver(tx)
    cursor.execute(f"SELECT id FROM {table} WHERE {position} > 0", (needle,))  # noqa: S608
    return [found for (found,) in cursor.fetchall()]


def remove(tx: Transaction, table: str, ids: Iterable[str], rev: int) -> int:
    """Deletes rows and notes that they are gone as of a revision."""
    wanted = list(ids)
    mark = _mark(tx)
    cursor = _driver(tx)
    cursor.executemany(f"DELETE FROM {table} WHERE id = {mark}", [(one,) for one in wanted])  # noqa: S608
    count = cursor.rowcount
    cursor = _driver(tx)
    cursor.executemany(
        f"INSERT INTO removed (record_table, id, rev) VALUES ({mark}, {mark}, {mark}) "  # noqa: S608
        # a row may go, come and go again: readers who followed the first time must hear of the second
        "ON CONFLICT (record_table, id) DO UPDATE SET rev = excluded.rev",
        [(table, one, rev) for one in wanted],
    )
    return int(count)


def forget_removal(tx: Transaction, table: str, ids: Iterable[str]) -> None:
    """Rows that were removed once and are there again."""
    mark = _mark(tx)
    cursor = _driver(tx)
    # nearly always empty, and this is asked for each batch with new rows
    cursor.execute("SELECT 1 FROM removed LIMIT 1")
    if cursor.fetchone() is not None:
        cursor.executemany(
            f"DELETE FROM removed WHERE record_table = {mark} AND id = {mark}",  # noqa: S608
            [(table, one) for one in ids],
        )


def removals(tx: Transaction, table: str, after_rev: int) -> list[tuple[str, int]]:
    """Ids gone since a revision."""
    mark = _mark(tx)
    cursor = _driver(tx)
    sql = f"SELECT id, rev FROM removed WHERE record_table = {mark} AND rev > {mark} ORDER BY rev, id"  # noqa: S608
    cursor.execute(sql, (table, after_rev))
    return [(found, rev) for found, rev in cursor.fetchall()]


def count(tx: Transaction, table: str) -> int:
    """Number of rows."""
    cursor = _driver(tx)
    cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
    return int(cursor.fetchone()[0])


def _select(
    tx: Transaction, table: str, names: Sequence[str], ids: Iterable[str] | None, *, convert: bool = True
) -> Iterator[Sequence[Any]]:
    head = f"SELECT {', '.join(map(_quoted, names))} FROM {RECORDS[table].name}"  # noqa: S608
    if ids is None:
        cursor = _driver(tx)
        cursor.execute(f"{head} ORDER BY id")
        while found := cursor.fetchmany(_CHUNK):
            yield from _inward(tx, table, found)
        return
    # letters sort here as their UTF-8 bytes do in the database, so the parts together are in order of id
    wanted = sorted(set(ids))
    postgres = tx.dialect.name == "postgresql"
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        cursor = _driver(tx)
        if postgres:
            cursor.execute(f"{head} WHERE id = ANY(%s) ORDER BY id", (part,))
        else:
            # one bound value for any number of ids: SQLite bounds the number of variables
            listed = msgspec.json.encode(part).decode()
            cursor.execute(head + " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", (listed,))  # noqa: S608
        yield from _inward(tx, table, cursor.fetchall()) if convert else cursor.fetchall()


def _driver(tx: Transaction) -> Any:
    # the connection of SQLAlchemy's own transaction, so that both ways of writing commit together
    connection = tx.connection.driver_connection
    assert connection is not None
    return connection.cursor()


def _mark(tx: Transaction) -> str:
    return "%s" if tx.dialect.name == "postgresql" else "?"


def _quoted(name: str) -> str:
    # some columns bear words of SQL, like `trigger`
    return f'"{name}"'


@cache
def _upsert(dialect: str, table: str) -> str:
    names = (*column_names(table), "rev", "raw_seq", "versions")
    marks = ", ".join(["%s" if dialect == "postgresql" else "?"] * len(names))
    taken = ", ".join(f'"{name}" = excluded."{name}"' for name in names[1:])
    return (
        f"INSERT INTO {table} ({', '.join(map(_quoted, names))}) VALUES ({marks}) "  # noqa: S608
        f"ON CONFLICT (id) DO UPDATE SET {taken}"
    )


@cache
def _insert(dialect: str, table: str) -> str:
    names = (*column_names(table), "rev", "raw_seq", "versions")
    marks = ", ".join(["%s" if dialect == "postgresql" else "?"] * len(names))
    listed = ", ".join(map(_quoted, names))
    return f"INSERT INTO {table} ({listed}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING"  # noqa: S608


@cache
def _own_types(table: str) -> tuple[tuple[int, Any], ...]:
    kinds = [column.kind for column in columns(table)]
    # all other kinds look the same on both databases
    return tuple((place, kind) for place, kind in enumerate(kinds) if kind in ("time", "day"))


def _outward(tx: Transaction, table: str, rows: list[tuple[Any, ...]]) -> list[Any]:
    if tx.dialect.name != "postgresql":
        return rows
    converted = []
    for row in rows:
        changed = list(row)
        for place, kind in _own_types(table):
            changed[place] = to_postgres(kind, changed[place])
        converted.append(changed)
    return converted


def _inward(tx: Transaction, table: str, rows: list[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    if tx.dialect.name != "postgresql":
        return rows
    converted = []
    for row in rows:
        changed = list(row)
        for place, kind in _own_types(table):
            changed[place] = from_postgres(kind, changed[place])
        converted.append(changed)
    return converted
