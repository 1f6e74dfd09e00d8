"""What users may ask by SQL: one reading statement, without files, settings and other schemas.

DuckDB's own parser judges: its syntax tree must be made of known tables and harmless functions. Without the owner's
scope names resolve in the schema `shown`, whose views lack the columns that name or describe people; a star, an alias
or `COLUMNS()` can only reach what a view has.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fairlead.model.errors import Denied, Fault

if TYPE_CHECKING:
    import duckdb

SHOWN = "shown"
"""Schema of the views without person columns."""

_EXPLAIN = re.compile(r"\s*explain\s+(analyze\s+)?", re.IGNORECASE)
_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "repeat"})
_FUNCTIONS_REFUSED = re.compile(
    r"^(getenv|getvariable|nextval|currval|setseed|write_log|current_setting|txid_current|pg_.*|duckdb_.*|pragma_.*"
    r"|read_.*|sniff_.*|glob|query|query_table|parquet_.*|json_execute_.*|from_substrait.*|get_substrait.*"
    r"|sql_auto_complete|enable_.*|disable_.*|add_parquet_key|checkpoint|force_checkpoint|current_.*schema.*"
    r"|in_search_path|getclipboard|shell.*|http_.*|parse_duckdb_.*)$"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a user's query."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    cut: bool
    """Whether there were more rows than are given."""


def check(con: duckdb.DuckDBPyConnection, sql: str, *, owner: bool = False) -> None:
    """Raises `Denied` unless the text is one statement that only reads the tables open to this reader."""
    import duckdb

    try:
        statements = duckdb.extract_statements(sql)
        if len(statements) != 1:
            raise Denied("one statement at a time" if statements else "there is no statement")
        kind: duckdb.StatementType | None = statements[0].type
        text = statements[0].query
        if kind == duckdb.StatementType.EXPLAIN:
            text = _EXPLAIN.sub("", text, count=1)
            inner = duckdb.extract_statements(text)
            kind = inner[0].type if len(inner) == 1 else None
    except duckdb.Error as fault:
        raise Fault(_first_line(fault), hint="DuckDB SQL; `show tables` lists what there is") from fault
    if kind != duckdb.StatementType.SELECT:
        raise Denied("only statements that read: SELECT, WITH, DESCRIBE, SHOW, EXPLAIN")
    found = con.execute("select json_serialize_sql(?)", [text]).fetchone()
    tree = json.loads(found[0]) if found else {"error": True}
    if tree.get("error"):
        raise Denied("only statements that read: SELECT, WITH, DESCRIBE, SHOW, EXPLAIN")
    closed = frozenset() if owner else _closed(con)
    for node in _nodes(tree):
        _judge(node)
        name = str(node.get("table_name", "")).strip('"').lower()
        if node.get("type") in ("BASE_TABLE", "SHOW_REF") and name in closed:
            raise Denied(f"`{name}` is open to owners only")


def _closed(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Tables that have no view: a name that `shown` lacks would resolve in `main`, whatever the search path says.

    A common table expression of such a name is refused too, since it may end before the name is used again.
    """
    found = con.execute(
        "with named as (select schema_name as place, lower(table_name) as name from duckdb_tables() union all "
        "select schema_name, lower(view_name) from duckdb_views()) "
        "select name from named where place = 'main' except select name from named where place = ?",
        [SHOWN],
    ).fetchall()
    return frozenset(name for (name,) in found)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    stack = [tree]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            yield here
            stack.extend(here.values())
        elif isinstance(here, list):
            stack.extend(here)


def _judge(node: dict[str, Any]) -> None:
    kind = node.get("type")
    if kind == "BASE_TABLE" and (node.get("schema_name") or node.get("catalog_name")):
        raise Denied(
            "name tables without a schema",
        )
    if kind == "SHOW_REF" and (node.get("schema_name") or node.get("catalog_name")):
        raise Denied("name tables without a schema")
    if kind == "SHOW_REF" and str(node.get("table_name", "")).strip('"').lower() in (
        "__show_tables_expanded",
        "databases",
        "__show_tables_from_database",
    ):
        raise Denied("`show tables` lists what there is")
    if kind == "BASE_TABLE" and _is_catalogue(str(node.get("table_name", ""))):
        raise Denied(
            "the catalogue is not open",
        )
    if kind == "TABLE_FUNCTION":
        name = str(node.get("function", {}).get("function_name", "")).lower()
        if name not in _TABLE_FUNCTIONS:
            raise Denied(f"the table function `{name}` is not allowed")
    if node.get("class") == "FUNCTION":
        name = str(node.get("function_name", "")).lower()
        if node.get("schema") or node.get("catalog") or _FUNCTIONS_REFUSED.match(name):
            raise Denied(f"the function `{name}` is not allowed")


def _is_catalogue(name: str) -> bool:
    """Internal tables answer without a schema too, like `duckdb_views` with the text of every view."""
    return name.lower().startswith(("duckdb_", "sqlite_", "pragma_", "pg_", "delta_", "warehouse_"))


def answer(con: duckdb.DuckDBPyConnection, sql: str, *, limit: int, seconds: float) -> Answer:
    """Runs a checked statement on a cursor of its own, at most so long and so many rows."""
    import duckdb

    timer = threading.Timer(seconds, con.interrupt)
    timer.daemon = True
    timer.start()
    try:
        found = con.execute(sql)
        names = tuple(column[0] for column in found.description or ())
        rows = found.fetchmany(limit + 1)
    except duckdb.InterruptException as fault:
        raise Fault(f"the query took longer than {seconds:g} s", hint="narrow it, or add a limit") from fault
    except duckdb.Error as fault:
        raise Fault(_first_line(fault), hint="`show tables` and `describe <table>` tell what there is") from fault
    finally:
        timer.cancel()
    return Answer(names, [dict(zip(names, map(plain, row), strict=True)) for row in rows[:limit]], len(rows) > limit)


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


def _first_line(fault: Exception) -> str:
    return str(fault).strip().splitlines()[0]
