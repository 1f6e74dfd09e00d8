"""Who may see which column: views of every table without the columns about people, and what the tables are for."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from fairlead.metrics import stated
from fairlead.metrics.marts import marts
from fairlead.model.schema import TABLES, columns
from fairlead.model.setup import Setup

if TYPE_CHECKING:
    import duckdb

SHOWN = "shown"
"""Schema of the views without person columns."""

_IDS_OF_PEOPLE = frozenset({"people", "accounts", "identity_links", "memberships", "oncall_shifts"})
"""Tables whose ids are made of handles or addresses."""

_SETUP = ("setup_", "working_slots", "zone_offsets")
_MEMBERS = frozenset({"setup_team_members"})
_HANDLE_IN_ID = frozenset({"change_events", "work_item_changes"})
_FIRST_LINE = {"commits": "message", "change_commits": "message"}
"""Texts that end in trailers with names and addresses: only the subject is shown."""
_FORK = "'^(Merge pull request #[0-9]+ from )[^/ ]+/'"
"""What GitHub writes of a merge: whose fork it came from is the login of a person, and the branch is enough."""
_TRAILERS = {"commits": "trailers"}
_SMALL = "small_team"
"""Column of marts whose rows tell of the people of a team: whether these are too few to tell of."""
_LIMITS = {"incident_events": " where coalesce(kind, '') <> 'notified'"}
"""Rows that say when somebody was paged: of teams `oncall_pages` tells it."""


def make_views(con: duckdb.DuckDBPyConnection, setup: Setup) -> None:
    """Makes the schema of views anew; must run within a transaction."""
    stated.make_views(con, setup)
    con.execute(f"create schema if not exists {SHOWN}")
    for table, names in held(con).items():
        if told := _told(table, tuple(names)):
            con.execute(f'create or replace view {SHOWN}."{table}" as {told}')


@lru_cache(maxsize=512)
def _told(table: str, names: tuple[str, ...]) -> str:
    """What a view of a table with these columns selects; nothing where none may be shown."""
    listed = ", ".join(_column(table, name) for name in names if _may_show(table, name))
    # When somebody of a team of two was woken is known of a person: the rows are kept back like the figure.
    limit = f" where not {_SMALL}" if _SMALL in names else _LIMITS.get(table, "")
    return f"select {listed} from {relation(True, table)}{limit}" if listed else ""  # noqa: S608 - names of ours


def held(con: duckdb.DuckDBPyConnection, schema: str = "main") -> Mapping[str, list[str]]:
    """Tables and views of a schema with their columns in order."""
    found = con.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns() where schema_name = ? "
        "and not internal and database_name = current_database() group by all order by all",
        [schema],
    )
    return dict(found.fetchall())


def documented() -> Mapping[str, str]:
    """The tables that are meant to be read, each with what a row of it is; the rest are steps on the way to them."""
    records = {table: inspect.getdoc(kind) or "" for table, kind in TABLES.items()}
    made = {mart.name: mart.doc for mart in marts().values() if mart.public}
    return {name: _sentence(doc) for name, doc in sorted({**records, **made}.items())}


def search_path(owner: bool) -> str:
    """The schemas in which somebody's own SQL looks for a name, the first that has it."""
    return f"{stated.STATED},main" if owner else SHOWN


def relation(owner: bool, table: str) -> str:
    """From where somebody reads a table, for SQL of ours: API, pages and exports see what `sql` sees."""
    schema = SHOWN if not owner else stated.STATED if table in stated.tables() else "main"
    return f'{schema}."{table}"'


def visible(con: duckdb.DuckDBPyConnection, owner: bool) -> Mapping[str, list[str]]:
    """Tables and views that somebody reads, with their columns in order."""
    return held(con, "main" if owner else SHOWN)


def about_people(table: str, name: str) -> bool:
    """Whether a column names or describes people in full: then only the owner's scope reads it as it is."""
    return not _may_show(table, name) or is_cut(table, name)


def is_cut(table: str, name: str) -> bool:
    """Whether readers outside the owner's scope see of a text its first line only, without whose fork it names."""
    return _FIRST_LINE.get(table) == name


def _sentence(doc: str) -> str:
    return " ".join(doc.split()).partition(". ")[0].rstrip(".")


def _may_show(table: str, name: str) -> bool:
    """Records by their schema, marts by what is written of them: a column that nobody described is not shown."""
    if table in TABLES:
        return name not in _hidden(table)
    if table.startswith(_SETUP):
        return table not in _MEMBERS
    mart = marts().get(table)
    return mart is not None and any(column.name == name and not column.person for column in mart.columns)


def _hidden(table: str) -> set[str]:
    hidden = {column.name for column in columns(table) if column.person}
    if table in _IDS_OF_PEOPLE or table in _HANDLE_IN_ID:
        hidden.add("id")
    if table in ("people", "accounts"):
        hidden |= {"url", "external_id"}
    return hidden | {_TRAILERS.get(table, "")}


def _column(table: str, name: str) -> str:
    if is_cut(table, name):
        return f"""regexp_replace(split_part("{name}", chr(10), 1), {_FORK}, '\\1') as "{name}\""""
    return f'"{name}"'
