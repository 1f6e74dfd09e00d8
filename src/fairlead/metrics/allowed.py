"""Which SQL of users may run: one reading statement, without files, settings and other schemas.

DuckDB's own parser judges: its syntax tree must be made of known tables and harmless functions. Without the owner's
scope names resolve in the schema `shown`, whose views lack the columns that name or describe people; a star, an alias
or `COLUMNS()` can only reach what a view has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fairlead.metrics.faulty import told
from fairlead.metrics.shown import SHOWN
from fairlead.model.errors import Denied

if TYPE_CHECKING:
    import duckdb

_EXPLAIN = re.compile(r"\s*explain\b\s*(analyze\b)?\s*(\([^()]*\))?", re.IGNORECASE)
_READING = "only statements that read: SELECT, WITH, DESCRIBE, SUMMARIZE, SHOW TABLES, EXPLAIN"
_LISTINGS = ("tables", "__show_tables_expanded")
"""What DuckDB makes of `show tables`, and of `show all tables` and a bare `describe`."""
_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "repeat"})
_FUNCTIONS_REFUSED = re.compile(
    r"^(getenv|getvariable|nextval|currval|setseed|write_log|current_setting|txid_current|pg_.*|duckdb_.*|pragma_.*"
    r"|read_.*|sniff_.*|glob|query|query_table|parquet_.*|json_execute_.*|from_substrait.*|get_substrait.*"
    r"|sql_auto_complete|enable_.*|disable_.*|add_parquet_key|checkpoint|force_checkpoint|current_.*schema.*"
    r"|in_search_path|getclipboard|shell.*|http_.*|parse_duckdb_.*|json_serialize_.*|json_deserialize_.*)$"
)

_LENGTHENING = frozenset({"repeat", "lpad", "rpad", "bitstring", "list_resize", "array_resize"})
_LONGEST = 100_000
"""Most that one of these may be asked for in plain numbers: it works on a value for seconds, and nothing stops it."""
_WIDENING, _WIDE = frozenset({"printf", "format"}), re.compile(r"\d{4}|\*|\{[^}]*\{")


@dataclass(frozen=True, slots=True)
class Allowed:
    """A statement that only reads."""

    text: str
    """What is read: the statement itself, or the one that is explained."""
    listing: bool
    """Whether it is `show tables`: DuckDB would list every step and each name twice."""


def check(con: duckdb.DuckDBPyConnection, sql: str, *, owner: bool = False) -> Allowed:
    """Raises `Denied` unless the text is one statement that only reads the tables open to this reader."""
    text = asked(sql)
    found = con.execute("select json_serialize_sql(?)", [text]).fetchone()
    tree = json.loads(found[0]) if found else {"error": True}
    if tree.get("error"):
        raise Denied(_READING)
    if _is_listing(tree):
        return Allowed(text, listing=True)
    closed = frozenset() if owner else _closed(con)
    for node in _nodes(tree):
        _judge(node)
        name = _table(node)
        if node.get("type") in ("BASE_TABLE", "SHOW_REF") and name in closed:
            raise Denied(f"`{name}` is open to owners only")
    return Allowed(text, listing=False)


def asked(sql: str) -> str:
    """The one statement of a text; of `explain` the statement that is explained, since that is what is read."""
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
        raise told(fault) from fault
    if kind != duckdb.StatementType.SELECT:
        raise Denied(_READING)
    return text


def _is_listing(tree: Any) -> bool:
    node = tree["statements"][0].get("node", {})
    place = node.get("from_table") or {}
    return place.get("type") == "SHOW_REF" and _table(place) in _LISTINGS


def _table(node: dict[str, Any]) -> str:
    return str(node.get("table_name", "")).strip('"').lower()


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
    kind, name = node.get("type"), _table(node)
    if kind in ("BASE_TABLE", "SHOW_REF") and (node.get("schema_name") or node.get("catalog_name")):
        raise Denied("name tables without a schema")
    if kind == "SHOW_REF" and name in (*_LISTINGS, "databases", "__show_tables_from_database"):
        raise Denied("`show tables` lists what there is, as a statement of its own")
    if kind == "BASE_TABLE" and _is_catalogue(name):
        raise Denied("the catalogue is not open", hint="`show tables` lists what there is")
    if kind == "TABLE_FUNCTION":
        function = str(node.get("function", {}).get("function_name", "")).lower()
        if function not in _TABLE_FUNCTIONS:
            raise Denied(f"the table function `{function}` is not allowed")
    if node.get("class") == "FUNCTION":
        function = str(node.get("function_name", "")).lower()
        if node.get("schema") or node.get("catalog") or _FUNCTIONS_REFUSED.match(function):
            raise Denied(f"the function `{function}` is not allowed")
        if function in _WIDENING and any(_WIDE.search(text) for text in _texts(node)):
            raise Denied(f"`{function}` pads to less than 1,000 signs here")
        if function in _LENGTHENING and any(number > _LONGEST for number in _numbers(node)):
            raise Denied(f"`{function}` makes at most {_LONGEST:,} signs or items here")


def _numbers(call: dict[str, Any]) -> Iterator[int]:
    """Whole numbers that are written out as arguments of a call."""
    yield from (int(text) for text in _texts(call) if text.isdecimal() and len(text) < 30)


def _texts(call: dict[str, Any]) -> Iterator[str]:
    for argument in call.get("arguments", ()):
        yield str((argument.get("expression", {}).get("literal") or {}).get("text", ""))


def _is_catalogue(name: str) -> bool:
    """Internal tables answer without a schema too, like `duckdb_views` with the text of every view."""
    return name.startswith(("duckdb_", "sqlite_", "pragma_", "pg_", "delta_", "warehouse_"))
