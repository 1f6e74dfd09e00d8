"""Which columns about people a query reads, for the access log.

DuckDB itself says it: the query is planned on an empty copy of the tables and never run. There every relation is a
plain table, so that a mart that is a view is named as such, and nothing can be concluded from data: on the real ones
`where author = 'x'` may be answered from statistics alone and would leave no trace in the plan.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from threading import Lock
from typing import TYPE_CHECKING, Any

from fairlead.metrics.allowed import asked
from fairlead.metrics.shown import SHOWN, is_cut
from fairlead.model.errors import Fault

if TYPE_CHECKING:
    import duckdb

_KNOWN_FROM_DATA = (
    "statistics_propagation", "row_group_pruner", "expression_rewriter", "empty_result_pullup", "regex_range",
    "join_order", "top_n", "compressed_materialization", "late_materialization", "extension",
)  # fmt: skip
"""Optimisers that look at values or compute constants; those that drop columns nobody needs stay."""
_WORD = re.compile(r"\w+")


class Reads:
    """The tables of a warehouse as they are now, without rows."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        import duckdb

        found = con.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() "
            "where schema_name in ('main', ?) and not internal and database_name = current_database() "
            "order by table_name, column_index",
            [SHOWN],
        ).fetchall()
        self._kinds: dict[str, dict[str, str]] = {}
        for schema, table, column, kind in found:
            if schema == "main":
                self._kinds.setdefault(table, {})[column] = kind
        # What the views leave out is about people: reading that from the schema files took longer than any page.
        opened = {(table, column) for schema, table, column, _ in found if schema == SHOWN}
        self._about_people = {
            (table, column)
            for table, kinds in self._kinds.items()
            for column in kinds
            if (table, column) not in opened or is_cut(table, column)
        }
        self._made: set[str] = set()
        self._making = Lock()
        config: dict[str, str | bool | int | float | list[str]] = {"threads": 1, "memory_limit": "32MB"}
        self._con = duckdb.connect(":memory:", config=config)
        self._con.execute(f"set disabled_optimizers = '{','.join(_KNOWN_FROM_DATA)}'")
        self._con.execute("set python_enable_replacements = false")
        self._con.execute("set enable_external_access = false")

    def about_people(self, sql: str) -> tuple[str, ...]:
        """Columns about people that a statement reads, like `commits.author`; more only where nobody can tell.

        A statement that cannot be planned, since it is refused or wrong, counts with all such columns of the tables
        that its text names: the log keeps what was tried.
        """
        named = {word.casefold() for word in _WORD.findall(sql)} & self._kinds.keys()
        self._make(named)
        read = self._read(sql)
        if read is None:
            read = {(table, column) for table in named for column in self._kinds[table]}
        return tuple(sorted(f"{table}.{column}" for table, column in read & self._about_people))

    def _make(self, tables: set[str]) -> None:
        """Makes what a statement can name and nothing else: all tables would cost the first reader 40 ms."""
        with self._making:
            for table in tables - self._made:
                listed = ", ".join(f'"{column}" {kind}' for column, kind in self._kinds[table].items())
                self._con.execute(f'create table "{table}" ({listed})')
                self._made.add(table)

    def close(self) -> None:
        """Lets go of the empty tables."""
        self._con.close()

    def _read(self, sql: str) -> set[tuple[str, str]] | None:
        try:
            text = asked(sql)
        except Fault:
            return None
        found = self._planned(text, optimised=True)
        return self._planned(text, optimised=False) if found is None else found

    def _planned(self, sql: str, optimised: bool) -> set[tuple[str, str]] | None:
        import duckdb

        # Without the optimiser every column of `select a from (select * ...)` counts; a few plans only exist so.
        asked_for = "select json_serialize_plan(?, optimize := ?)"
        try:
            found = self._con.cursor().execute(asked_for, [sql, optimised]).fetchone()
        except duckdb.Error:
            return None
        plan = json.loads(found[0]) if found else {"error": True}
        return None if plan.get("error") else set(_scanned(plan))


def _scanned(plan: Any) -> Iterator[tuple[str, str]]:
    stack = [plan]
    while stack:
        here = stack.pop()
        if isinstance(here, list):
            stack.extend(here)
        elif isinstance(here, dict):
            stack.extend(here.values())
            table = (here.get("function_data") or {}).get("table") if here.get("type") == "LOGICAL_GET" else None
            if table:
                names = here["names"]
                # A count of rows reads none: its only index is that of the row itself, beyond the last column.
                places = (column["index"] for column in here["column_indexes"])
                yield from ((table, names[place]) for place in places if place < len(names))
