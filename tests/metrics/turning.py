"""Histories of changes into a small warehouse of their own, and its `change_turns` back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from fairlead.metrics import tables
from fairlead.metrics.turn_tables import Turns
from fairlead.store.arrow import arrow_schema

Row = dict[str, Any]


@cache
def warehouse() -> duckdb.DuckDBPyConnection:
    """Record tables and the two models that turns read beside them."""
    con = duckdb.connect(config={"threads": 1, "preserve_insertion_order": False})
    tables.create_records(con)
    con.execute("create table dim_accounts (account varchar, kind varchar, person varchar)")
    con.execute("create table account_teams (team varchar, account varchar)")
    return con


def turn_rows(
    changes: list[Row],
    events: list[Row],
    checks: list[Row],
    kinds: Mapping[str, str],
    members: Mapping[str, set[str]] | None = None,
    people: Mapping[str, str] | None = None,
) -> list[Row]:
    """Rows of `change_turns`; each check says by `change` what it is a check of, `people` whose an account is."""
    con = warehouse()
    _fill(con, "changes", changes)
    _fill(con, "change_events", events)
    _fill(con, "builds", checks)
    con.execute("delete from dim_accounts")
    whose = people or {}
    known = [(account, kinds.get(account, "human"), whose.get(account, account)) for account in {**kinds, **whose}]
    con.executemany("insert into dim_accounts values (?, ?, ?)", known)
    pairs = [(team, account) for team, accounts in (members or {}).items() for account in accounts]
    con.execute("delete from account_teams")
    con.execute(
        "insert into account_teams select unnest(?), unnest(?)", [[t for t, _ in pairs], [a for _, a in pairs]]
    )
    Turns().run(con, full=True)
    found = con.execute("from change_turns order by change, since, party")
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    schema = pa.schema([field for field in arrow_schema(table) if field.name != "rev"])
    con.execute(f"truncate {table}")
    con.register(
        "filling", pa.Table.from_pylist([{field: row.get(field) for field in schema.names} for row in rows], schema)
    )
    con.execute(f"insert into {table} by name select * from filling")
    con.unregister("filling")
