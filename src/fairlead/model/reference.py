"""The record schema as documentation (`docs/records.md`) and as JSON Schema: the contract for import, API and SQL."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from fairlead.model.records.kinds import Record
from fairlead.model.schema import TABLES, Column, ColumnKind, columns

_KIND_WORDS: dict[ColumnKind, str] = {
    "text": "text",
    "whole": "whole number",
    "number": "number",
    "flag": "true or false",
    "time": "time",
    "day": "day",
    "texts": "list of texts",
}

_KIND_SCHEMA: dict[ColumnKind, dict[str, Any]] = {
    "text": {"type": "string"},
    # the same distance on both sides, as `store` checks it
    "whole": {"type": "integer", "minimum": -(2**63) + 1, "maximum": 2**63 - 1},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "format": "date"},
    "texts": {"type": "array", "items": {"type": "string"}},
}

_HEAD = """# Records

Made from `src/fairlead/model/records/` by `fairlead.model.reference`; `tests/model/test_reference.py` says when it is
out of date. This is the contract for `fairlead import records` and `export records`, the API and `fairlead sql`.

- **Ids** are readable and stable and start with the source, like `github:acme/payments#42`; see
  [Architecture](architecture.md#ids).
- **Times** are UTC. In files they are ISO 8601 (a time without zone is taken as UTC, epoch numbers are read too); in
  SQL they are timestamps. **Days** are calendar dates. **Lists** are JSON arrays in CSV files and lists in SQL.
- **Empty** means that the tool says so or that nobody has said anything; a partial payload never empties a field.
- **Deleted** rows stay, with `deleted_at`.
- Fields marked *person* name or describe a person: `sql` and `export` show them only to the owner's scope.
"""


def markdown() -> str:
    """`docs/records.md`."""
    return "\n".join(_lines())


def json_schema() -> dict[str, Any]:
    """JSON Schema of all record types: one definition a table, of one record as JSON."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Fairlead records",
        "$defs": {table: _table_schema(table) for table in TABLES},
    }


def _lines() -> Iterator[str]:
    yield _HEAD
    # any table would do: all begin with the shared fields
    yield from _fields("Every record", columns("people")[: len(Record.__struct_fields__)])
    # tables of one module stand together in `TABLES`, as grouping needs
    for family, tables in groupby(TABLES, key=_family):
        yield f"\n## {family}"
        for table in tables:
            own = columns(table)[len(Record.__struct_fields__) :]
            yield from _fields(f"`{table}`", own, inspect.cleandoc(TABLES[table].__doc__ or ""))


def _family(table: str) -> str:
    module = inspect.getmodule(TABLES[table])
    assert module is not None
    return inspect.cleandoc(module.__doc__ or "").splitlines()[0].rstrip(".")


def _fields(title: str, fields: tuple[Column, ...], about: str = "") -> Iterator[str]:
    yield f"\n### {title}\n"
    if about:
        yield f"{about}\n"
    yield "| field | kind | meaning |\n|---|---|---|"
    for field in fields:
        yield f"| `{field.name}` | {_kind(field)} | {_meaning(field)} |"


def _kind(field: Column) -> str:
    words = _KIND_WORDS[field.kind]
    if field.refers:
        words = f"ids of `{field.refers}`" if field.kind == "texts" else f"id of `{field.refers}`"
    return f"{words}, *person*" if field.person else words


def _meaning(field: Column) -> str:
    # a bar would end the cell of the table
    meaning = " ".join(field.doc.split()).replace("|", "\\|")
    # where the sentence names them all, a list would say it twice
    missing = [word for word in field.words if f"`{word}`" not in meaning]
    return f"{meaning} One of {', '.join(f'`{word}`' for word in field.words)}." if missing else meaning


def _table_schema(table: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": inspect.cleandoc(TABLES[table].__doc__ or ""),
        "properties": {field.name: _field_schema(field) for field in columns(table)},
        "required": ["id"],
        # a misspelt field would be dropped without a word otherwise
        "additionalProperties": False,
    }


def _field_schema(field: Column) -> dict[str, Any]:
    found = {**_KIND_SCHEMA[field.kind], "description": " ".join(field.doc.split())}
    if field.name == "id":
        return {**found, "minLength": 1}
    if field.words:
        # JSON Schema takes an enum literally: null has to be one of its words
        found["enum"] = [*field.words, None]
    return {**found, "type": [found["type"], "null"]}
