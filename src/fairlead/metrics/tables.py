"""Record tables in the warehouse and the merging of deltas into them.

A delta keeps, beside the new rows, the rows that they replace, in a temporary table `delta_<table>`: the models find
there which keys a delta touches, also where a row moved from one parent to another or vanished. `came` tells the two
apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from fairlead.model.schema import TABLES, Column, columns

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from fairlead.store.database import Transaction

TYPES = {
    "text": "VARCHAR",
    "whole": "BIGINT",
    "number": "DOUBLE",
    "flag": "BOOLEAN",
    "time": "TIMESTAMP",
    "day": "DATE",
    "texts": "VARCHAR[]",
}
"""DuckDB type of each kind of column; times have no zone and mean UTC."""

CHUNK_ROWS = 100_000
"""Rows of a delta handed to DuckDB at once: below, the cost of a statement shows; above, memory does."""


SOUGHT = "using compression uncompressed"
"""How a column is kept in which every delta looks for its keys: unpacking all history took most of the time."""

_LOOKED_UP = {
    ("changes", "id"),
    ("changes", "merge_sha"),
    ("changes", "head_sha"),
    ("change_commits", "change"),
    ("change_events", "change"),
    ("deployments", "id"),
}


class Snapshot(Protocol):
    """One unchanging view of the records."""

    def deltas(self, table: str, after_rev: int) -> Iterator[pa.RecordBatch]:
        """Rows written after a revision, with `rev`; times without zone mean UTC."""
        ...

    def removals(self, table: str, after_rev: int) -> Sequence[str]:
        """Ids of rows that are gone for good since a revision."""
        ...

    def revision(self) -> int:
        """Revision of the last write."""
        ...


class Source(Protocol):
    """Where records come from."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Opens a view that stays the same until it is left."""
        ...


class Reads(Protocol):
    """Whoever gives read transactions of the store: the database, or something that opens it when asked."""

    def read(self) -> AbstractContextManager[Transaction]:
        """One unchanging view for as long as it is open."""
        ...


class StoreSource:
    """The store as a source."""

    def __init__(self, database: Reads) -> None:
        self._database = database

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """A read transaction of the store."""
        with self._database.read() as tx:
            yield _StoreSnapshot(tx)


class _StoreSnapshot:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def deltas(self, table: str, after_rev: int) -> Iterator[pa.RecordBatch]:
        from fairlead.store import records

        return records.deltas(self._tx, table, after_rev)

    def removals(self, table: str, after_rev: int) -> Sequence[str]:
        from fairlead.store import records

        return [identity for identity, _ in records.removals(self._tx, table, after_rev)]

    def revision(self) -> int:
        from fairlead.store import records

        return records.revision(self._tx)


def create_records(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the record tables that are not there yet, and an empty delta of each.

    Within a transaction: outside, each of them would be written out for itself.
    """
    con.execute(_making_records())
    _keep_keys(con)


@cache
def _making_records() -> str:
    made = []
    for table in TABLES:
        listed = ", ".join(
            f'"{column.name}" {TYPES[column.kind]} {SOUGHT if (table, column.name) in _LOOKED_UP else ""}'
            for column in columns(table)
        )
        made.append(f"create table if not exists {table} ({listed})")
        made.append(f"create temp table if not exists delta_{table} ({listed}, came BOOLEAN)")
    return "; ".join(made)


_ALL_KEYS = "select '{table}', hash(id) from {table}"


def _keep_keys(con: duckdb.DuckDBPyConnection) -> None:
    """Numbers for all ids ever held: eight bytes say that an id is new ten times faster than the ids themselves.

    They may name ids that are gone, and two ids may share one: who finds a number here looks the id up. One lacking
    would double a row, so numbers of another version of the engine, which may count otherwise, are made anew.
    """
    version = "select version() as engine"
    con.execute("create table if not exists warehouse_keys (held_in varchar, key ubigint)")
    con.execute("create table if not exists warehouse_keys_made (engine varchar)")
    if con.execute(f"from warehouse_keys_made intersect {version}").fetchall():
        return
    con.execute("delete from warehouse_keys")
    con.execute("insert into warehouse_keys " + " union all ".join(_ALL_KEYS.format(table=table) for table in TABLES))
    con.execute(f"create or replace table warehouse_keys_made as {version}")


def empty(con: duckdb.DuckDBPyConnection) -> None:
    """Forgets all records."""
    con.execute("; ".join(f"delete from {table}" for table in (*TABLES, "warehouse_keys")))  # noqa: S608


def load(con: duckdb.DuckDBPyConnection, snapshot: Snapshot, table: str, after_rev: int, *, first: bool) -> int:
    """Merges what is new of one table and gives how many rows came or went; must run within a transaction.

    The `first` load of a whole warehouse keeps no delta: everything is made from it anyway.
    """
    if first:
        rows = _fill(con, table, snapshot.deltas(table, after_rev))
        if rows:
            con.execute("insert into warehouse_keys " + _ALL_KEYS.format(table=table))
        return rows
    rows = _remove(con, table, snapshot.removals(table, after_rev))
    for chunk in _chunks(snapshot.deltas(table, after_rev)):
        _merge(con, table, chunk)
        rows += chunk.num_rows
    return rows


def _fill(con: duckdb.DuckDBPyConnection, table: str, batches: Iterator[pa.RecordBatch]) -> int:
    """Streams all rows into an empty table in one statement.

    DuckDB then packs and writes row groups on all its threads while the source is still read; in statements smaller
    than a row group all that is left to the commit, which has one thread. A store gives each id once, so that no
    look-up of what is held is needed.
    """
    import pyarrow as pa

    head = next(batches, None)
    if head is None:
        return 0
    faults: list[Exception] = []
    con.register("arriving", pa.RecordBatchReader.from_batches(head.schema, _noting(chain([head], batches), faults)))
    try:
        listed = _listed(table, head.schema.names)
        done = con.execute(f"insert into {table} select {listed} from arriving").fetchall()  # noqa: S608
    except Exception as fault:
        # Arrow and DuckDB pass on the words of a fault of the source, not its kind, by which callers tell what to do.
        if faults:
            raise faults[0] from fault
        raise
    finally:
        _forget(con)
    return int(done[0][0])


def _noting(batches: Iterable[pa.RecordBatch], faults: list[Exception]) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches
    except Exception as fault:
        faults.append(fault)
        raise


def _chunks(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    waiting = 0
    for batch in batches:
        held.append(batch)
        waiting += batch.num_rows
        if waiting >= CHUNK_ROWS:
            yield pa.Table.from_batches(held)
            held, waiting = [], 0
    if waiting:
        yield pa.Table.from_batches(held)


def _remove(con: duckdb.DuckDBPyConnection, table: str, ids: Sequence[str]) -> int:
    if ids:
        gone = "id in (select unnest(?::varchar[]))"
        con.execute(f"insert into delta_{table} select *, false from {table} where {gone}", [list(ids)])  # noqa: S608
        con.execute(f"delete from {table} where {gone}", [list(ids)])  # noqa: S608
    return len(ids)


def _merge(con: duckdb.DuckDBPyConnection, table: str, chunk: pa.Table) -> None:
    con.register("arriving", chunk)
    try:
        known = f"from warehouse_keys where held_in = '{table}'"
        con.execute(
            "create or replace temp table known as "  # noqa: S608 - names of the schema
            f"select key {known} and key in (select hash(id) from arriving)"
        )
        # Most of a delta is new: the ids held are read, which is dear, only where some of it may be among them.
        if con.execute("select 1 from known limit 1").fetchall():
            con.execute(
                "create or replace temp table replaced as select rowid as place "  # noqa: S608
                f"from {table} where id in (select id from arriving where hash(id) in (from known))"
            )
            places = "rowid in (select place from replaced)"
            con.execute(f"insert into delta_{table} select *, false from {table} where {places}")  # noqa: S608
            con.execute(f"delete from {table} where {places}")  # noqa: S608
        con.execute(
            f"insert into warehouse_keys select '{table}', hash(id) from arriving "  # noqa: S608
            "where hash(id) not in (from known)"
        )
        listed = _listed(table, chunk.column_names)
        con.execute(f"insert into {table} select {listed} from arriving")  # noqa: S608
        con.execute(f"insert into delta_{table} select {listed}, true from arriving")  # noqa: S608
    finally:
        _forget(con)


def _listed(table: str, named: Sequence[str]) -> str:
    return ", ".join(_expression(column, set(named)) for column in columns(table))


def _forget(con: duckdb.DuckDBPyConnection) -> None:
    import duckdb

    # In a transaction that failed nothing can be unregistered; the fault on its way out says why.
    with suppress(duckdb.TransactionException):
        con.unregister("arriving")


def _expression(column: Column, named: set[str]) -> str:
    value = f'"{column.name}"' if column.name in named else "null"
    return f'{value}::{TYPES[column.kind]} as "{column.name}"'
