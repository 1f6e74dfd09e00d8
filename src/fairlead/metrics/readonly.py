"""Answers what users ask by SQL, within bounds of rows, bytes, memory and time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fairlead.metrics.allowed import check
from fairlead.metrics.bounds import bounded
from fairlead.metrics.faulty import told
from fairlead.metrics.shown import documented, search_path, visible
from fairlead.model.errors import Fault
from fairlead.model.schema import TABLES

if TYPE_CHECKING:
    import duckdb

_MOST_BYTES = 64 << 20
"""What the values of an answer may take in memory; as text they are sent in several forms, each about as large."""
_MOST_ROWS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a user's query."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    cut: bool
    """Whether there were more rows than are given."""


def answer(con: duckdb.DuckDBPyConnection, sql: str, *, owner: bool, limit: int, seconds: float) -> Answer:
    """Checks a statement and runs it on this cursor, at most so long and so many rows."""
    import duckdb

    allowed = check(con, sql, owner=owner)
    if allowed.listing:
        return _listing(con, owner)
    con.execute(f"set search_path = '{search_path(owner)}'")
    try:
        with bounded(con, seconds) as watch:
            found = con.execute(sql)
            names = tuple(column[0] for column in found.description or ())
            rows = [dict(zip(names, row, strict=True)) for row in _rows(found, limit + 1)]
    except duckdb.InterruptException as fault:
        if watch.too_large:
            raise told(MemoryError()) from fault
        raise Fault(f"the query took longer than {seconds:g} s", hint="narrow it, or add a limit") from fault
    except (duckdb.Error, MemoryError) as fault:
        raise told(fault) from fault
    return Answer(names, rows[:limit], len(rows) > limit)


def _listing(con: duckdb.DuckDBPyConnection, owner: bool) -> Answer:
    """What `show tables` answers: the tables that are documented, once each."""
    there = visible(con, owner)
    rows = [
        {"name": name, "kind": "record" if name in TABLES else "mart", "about": about}
        for name, about in documented().items()
        if name in there
    ]
    return Answer(("name", "kind", "about"), rows, cut=False)


def _rows(found: duckdb.DuckDBPyConnection, most: int) -> Iterator[tuple[Any, ...]]:
    """Plain rows, fetched in slices that grow: one row may hold as much as a thousand others."""
    size = given = taken = 0
    while given < most:
        # The first slice is one row; each later one is sized by what rows took so far, to a quarter of the budget.
        per_row = max(1, taken // given) if given else _MOST_BYTES
        size = max(1, min(2 * size, _MOST_ROWS_AT_ONCE, _MOST_BYTES // 4 // per_row, most - given))
        for row in (some := found.fetchmany(size)):
            values = tuple(map(plain, row))
            taken += sum(map(_bytes, values))
            if taken > _MOST_BYTES:
                words = f"the answer takes more than {_MOST_BYTES >> 20} MB after {given} rows"
                raise Fault(words, hint="select fewer columns or rows; `fairlead export records` writes all")
            given += 1
            yield values
        if len(some) < size:
            return


def _bytes(value: Any) -> int:
    if isinstance(value, list):
        return sys.getsizeof(value) + sum(map(_bytes, value))
    if isinstance(value, dict):
        return sys.getsizeof(value) + sum(sys.getsizeof(key) + _bytes(item) for key, item in value.items())
    return sys.getsizeof(value)


def plain(value: Any) -> Any:
    """A value as JSON can carry it: times as ISO 8601 in UTC."""
    match value:
        case datetime():
            return value.isoformat() + "Z" if value.tzinfo is None else value.isoformat()
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case float() if value != value or value in (float("inf"), float("-inf")):
            return None
        case list() | tuple():
            return [plain(item) for item in value]
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return value.hex()
    return str(value)
