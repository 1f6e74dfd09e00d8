"""Rows as Arrow batches, column by column, for the warehouse.

The standard library's driver reads them: a second copy of SQLite in the process (as ADBC brings one) gives wrong
counts on a WAL file while a writer commits, without an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from fairlead.model.schema import ColumnKind, columns
from fairlead.store.database import Transaction
from fairlead.store.lean_arrow import without_pandas

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 8192


def batches(tx: Transaction, table: str, after_rev: int) -> Iterator[pa.RecordBatch]:
    """Rows above a revision; unordered for a full load, which then runs through the table without an index."""
    # heavy to load, and only the warehouse asks
    import pyarrow as pa

    without_pandas()
    schema = arrow_schema(table)
    builders = [_builder(column.kind) for column in columns(table)] + [_builder("whole")]
    cursor = _open(tx, table, after_rev)
    while rows := cursor.fetchmany(_BATCH):
        parts = [
            build(values, part.type)
            for build, values, part in zip(builders, zip(*rows, strict=True), schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(parts, schema=schema)
    cursor.close()


@cache
def arrow_schema(table: str) -> pa.Schema:
    """The Arrow schema of a record table: its columns, then `rev`."""
    import pyarrow as pa

    types: Mapping[ColumnKind, pa.DataType] = {
        "text": pa.string(),
        "whole": pa.int64(),
        "number": pa.float64(),
        "flag": pa.bool_(),
        "time": pa.timestamp("us"),
        "day": pa.date32(),
        "texts": pa.list_(pa.string()),
    }
    own = [pa.field(column.name, types[column.kind]) for column in columns(table)]
    return pa.schema([*own, pa.field("rev", pa.int64())])


def _open(tx: Transaction, table: str, after_rev: int) -> Any:
    connection = tx.connection.driver_connection
    assert connection is not None
    postgres = tx.dialect.name == "postgresql"
    names = [_expression(column.name, column.kind, postgres) for column in columns(table)]
    sql = f"SELECT {', '.join(names)}, rev FROM {table}"  # noqa: S608
    arguments: tuple[int, ...] = ()
    if after_rev > 0:
        sql += f" WHERE rev > {'%s' if postgres else '?'} ORDER BY rev"
        arguments = (after_rev,)
    # A cursor of the server hands rows over in parts; the plain one would hold the whole table in memory.
    cursor = connection.cursor(name=f"deltas_{table}") if postgres else connection.cursor()
    cursor.execute(sql, arguments)
    return cursor


def _expression(name: str, kind: ColumnKind, postgres: bool) -> str:
    if postgres and kind == "time":
        # `extract` gives an exact number, so no microsecond is lost
        return f'(extract(epoch from "{name}") * 1000000)::bigint'
    # as SQLite gives them: a day as text, a flag as 0 or 1
    as_plain = {"day": "::text", "flag": "::int"}.get(kind, "") if postgres else ""
    return f'"{name}"{as_plain}'


def _builder(kind: ColumnKind) -> Callable[[Sequence[Any], Any], Any]:
    import pyarrow as pa

    def plain(values: Sequence[Any], into: Any) -> Any:
        return pa.array(values, type=into)

    def number_as(values: Sequence[Any], into: Any) -> Any:
        return pa.array(values, type=pa.int64()).cast(into)

    def day(values: Sequence[Any], into: Any) -> Any:
        return pa.array(values, type=pa.string()).cast(into)

    def texts(values: Sequence[Any], into: Any) -> Any:
        # one call for the whole column: a call for each cell would take most of the time of a load
        return pa.array(_decode(f"[{','.join(value or 'null' for value in values)}]"), type=into)

    return {"time": number_as, "flag": number_as, "day": day, "texts": texts}.get(kind, plain)


_decode = msgspec.json.Decoder(list[list[str] | None]).decode
