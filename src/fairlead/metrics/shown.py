"""Views of every table without the columns that name or describe people, for readers outside the owner's scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairlead.metrics.marts import person_columns
from fairlead.metrics.readonly import SHOWN
from fairlead.model.schema import TABLES, columns

if TYPE_CHECKING:
    import duckdb

_IDS_OF_PEOPLE = frozenset({"people", "accounts", "identity_links", "memberships", "absences", "oncall_shifts"})
"""Tables whose ids are made of handles or addresses."""

_HANDLE_IN_ID = frozenset({"change_events"})
_FIRST_LINE = {"commits": "message", "change_commits": "message"}
"""Texts that end in trailers with names and addresses: only the subject is shown."""
_TRAILERS = {"commits": "trailers"}


def make_views(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the schema of views anew; must run within a transaction."""
    con.execute(f"create schema if not exists {SHOWN}")
    found = con.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns() where schema_name = 'main' "
        "and not internal and database_name = current_database() group by all order by all"
    ).fetchall()
    for table, names in found:
        if table.startswith(("warehouse_", "setup_team_members")):
            continue
        hidden = _hidden(table)
        listed = ", ".join(_column(table, name) for name in names if name not in hidden)
        if listed:
            con.execute(f'create or replace view {SHOWN}."{table}" as select {listed} from main."{table}"')


def _hidden(table: str) -> set[str]:
    if table not in TABLES:
        return person_columns(table)
    hidden = {column.name for column in columns(table) if column.person}
    if table in _IDS_OF_PEOPLE or table in _HANDLE_IN_ID:
        hidden.add("id")
    if table in ("people", "accounts"):
        hidden |= {"url", "external_id"}
    return hidden | {_TRAILERS.get(table, "")}


def _column(table: str, name: str) -> str:
    if _FIRST_LINE.get(table) == name:
        return f'split_part("{name}", chr(10), 1) as "{name}"'
    return f'"{name}"'
