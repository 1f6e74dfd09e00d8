"""Users read what they may, whatever they write."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Denied, Fault

REFUSED = (
    "", "delete from changes", "select 1; select 2", "drop table changes", "update changes set title = 'x'",
    "insert into changes (id) values ('x')", "create table x as select 1", "attach 'x.db'", "copy changes to 'x.csv'",
    "set memory_limit = '9GB'", "pragma database_list", "install httpfs", "load httpfs", "call pragma_version()",
    "select * from read_csv('/etc/passwd')", "select * from read_text('/etc/passwd')", "from '/etc/passwd'",
    "select * from glob('*')", "explain analyze delete from changes", "select getenv('HOME')", "use main",
    "select * from main.accounts", "select * from query('select * from main.accounts')",
    "select * from query_table('main.accounts')", "select * from duckdb_views()", "select * from duckdb_settings()",
    "select * from duckdb_tables", "select * from sqlite_master", "select * from pg_catalog.pg_tables",
    "select * from information_schema.tables", "with a as (select * from main.people) select * from a",
    "select (select min(handle) from main.accounts)", "select current_setting('secret_directory')",
    "vacuum", "checkpoint", "export database 'x'", "prepare p as select 1", "begin", "describe main.accounts",
    "summarize main.accounts", "select nextval('x')", "show databases", "select * from warehouse_state",
)  # fmt: skip

TRICKS = (
    "select * from accounts", "select columns(*) from accounts", "select columns('.*') from changes",
    "select a from accounts a", "select row(a) from accounts a", "select to_json(c) from changes c",
    "select struct_pack(x := c) from changes c", "select c.* exclude (title) from changes c",
    "select * replace ('x' as title) from changes", "from changes", "table change_lead_times", "summarize changes",
    "select max(e) from change_events e", "select array_agg(e) from change_events e", "select * from change_turns",
    "with x as (select * from change_lead_times) select * from x", "select * from review_load",
    "select unnest(array_agg(c)) from changes c", "describe accounts",
    "select * from changes union all by name select * from accounts", "select * from commits", "select * from dim_accounts",  # noqa: E501
)  # fmt: skip

SECRETS = ("kim", "lee", "lens")


@pytest.fixture(scope="module")
def filled(shared_company: Any) -> Warehouse:
    shared_company.change(1, requested_reviewers=["github:@lee"], assignees=["github:@lee"])
    shared_company.commit("c" * 40, [], shared_company.at(1), author_name="Kim",
        message="Subject\n\nSigned-off-by: Kim <kim@acme.example>", trailers=["Signed-off-by: Kim <kim@acme.example>"])  # fmt: skip  # noqa: E501
    found: Warehouse = shared_company.warehouse()
    return found


@pytest.mark.parametrize("sql", REFUSED)
@pytest.mark.parametrize("owner", [False, True])
def test_anything_but_reading_is_refused(filled: Warehouse, sql: str, owner: bool) -> None:
    with pytest.raises((Denied, Fault)):
        filled.readonly(sql, owner=owner)


@pytest.mark.parametrize("sql", TRICKS)
def test_no_way_to_a_person_without_the_owner_scope(filled: Warehouse, sql: str) -> None:
    try:
        answer = filled.readonly(sql)
    except Fault:
        return
    shown = repr(answer.rows).lower()
    assert not any(secret in shown for secret in SECRETS), shown


def test_tables_without_a_view_are_closed_by_every_way_to_name_them(filled: Warehouse) -> None:
    named = "select table_name as name from duckdb_tables() where schema_name = 'main' and not internal"
    viewed = "select view_name as name from duckdb_views() where schema_name = 'shown'"
    closed = [row["name"] for row in filled.rows(f"{named} except {viewed} order by 1")]
    assert {"setup_team_members", "deployment_parts"} <= set(closed)
    for name in closed:
        for sql in (
            f"select * from {name}", f'from "{name.upper()}"', f"describe {name}", f"summarize {name}",
            f"explain select * from {name}", f"select (select count(*) from {name})",
            f"select * from (with {name} as (select 1) from {name}) a, {name} b",
        ):  # fmt: skip
            with pytest.raises((Denied, Fault)):
                filled.readonly(sql)
    assert filled.readonly("select count(*) from setup_team_members", owner=True).rows


def test_changes_of_assignees_name_nobody_without_the_owner_scope(filled: Warehouse) -> None:
    seen = {row["column_name"] for row in filled.readonly("describe work_item_changes").rows}
    assert "field" in seen
    assert not seen & {"id", "from_value", "to_value", "actor"}


def test_the_owner_sees_people(filled: Warehouse) -> None:
    assert {"handle": "kim"} in filled.readonly("select handle from accounts", owner=True).rows


@pytest.mark.parametrize("sql", ["select 1 as one", "with a as (select 1 as one) select * from a", "show tables",
    "describe changes", "explain select * from changes", "values (1)", "select \"at\" from change_events",
    "select count(*) from range(3)", "select date_trunc('week', merged_at), count(*) from changes group by all"])  # fmt: skip  # noqa: E501
def test_reading_works(filled: Warehouse, sql: str) -> None:
    assert filled.readonly(sql).rows


def test_rows_are_plain_and_capped(filled: Warehouse) -> None:
    answer = filled.readonly("select range as n, timestamp '2026-01-02 03:04:05' as at_ from range(20)", limit=5)
    assert answer.cut and len(answer.rows) == 5
    assert answer.rows[0] == {"n": 0, "at_": "2026-01-02T03:04:05Z"}


def test_a_long_query_is_stopped(filled: Warehouse) -> None:
    with pytest.raises(Fault, match="longer than"):
        filled.readonly(
            "select count(*) from range(1000000) a, range(1000000) b where a.range <> b.range", timeout_s=0.2
        )


def test_python_variables_are_no_tables(filled: Warehouse) -> None:
    accounts_of_others = [1]
    with pytest.raises(Fault):
        filled.readonly("select * from accounts_of_others")
    assert accounts_of_others
