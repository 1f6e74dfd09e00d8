"""Users read what they may, whatever they write."""

from __future__ import annotations

import threading
import time
from pathlib import Path
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
    shared_company.change(
        1, requested_reviewers=["github:@lee"], assignees=["github:@lee"], head_repository="github:kim/pay"
    )
    shared_company.commit(
        "d" * 40, [], shared_company.at(1), message="Merge pull request #7 from kim/fix/deep\n\nDeep"
    )
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
    assert {"setup_team_members", "dirty_changes"} <= set(closed)
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


def test_of_a_merge_the_branch_is_shown_and_not_whose_fork_it_was(filled: Warehouse) -> None:
    asked = "select message from commits where message like 'Merge%'"
    assert filled.readonly(asked).rows == [{"message": "Merge pull request #7 from fix/deep"}]
    assert "from kim/fix/deep" in filled.readonly(asked, owner=True).rows[0]["message"]


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


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


HOSTILE = (
    "select repeat('x', 1000000000)", "select lpad('x', 2000000000, 'y')", "select range(100000000)",
    "select repeat('x', 1000000) from range(10000)", "select list_resize([1], 500000000)",
    "select length(repeat(s, 1000000)) from (select range::varchar as s from range(10000))",
    "select length(printf('%999999999d', range)) from range(10)", "select list(range) from range(100000000)",
    "select string_agg(range::varchar, ',') from range(300000000)",
    "with recursive t(s) as (select 'xxxxxxxxxxxx' union all select s || s from t) select length(s) from t",
    "select list_reduce(range(60)::varchar[], lambda a, b: a || a)", "select repeat('x', 100000) from range(2000)",
    "select max(upper(s || range)) from range(100000), (select string_agg(range::varchar) as s from range(2000000))",
    "select a.range, b.range from range(100000000) a, range(100000000) b order by all",
)  # fmt: skip


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells and holds a process's memory")
@pytest.mark.parametrize("sql", HOSTILE)
def test_a_query_that_blows_up_ends_soon_with_one_line_and_the_rest_lives_on(filled: Warehouse, sql: str) -> None:
    before, most, done = resident_mb(), [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            most[0] = max(most[0], resident_mb())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    try:
        with pytest.raises(Fault) as told:
            filled.readonly(sql, owner=True, limit=100_000, timeout_s=2.0)
    finally:
        done.set()
        watcher.join()
    assert "\n" not in told.value.message
    assert time.monotonic() - began < 15
    assert most[0] - before < 1200
    assert filled.readonly("select 1 as one").rows == [{"one": 1}]


def test_the_limit_of_the_process_is_as_it_was(filled: Warehouse) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    filled.readonly("select 1")
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_a_large_answer_is_told_and_a_small_one_whole(filled: Warehouse) -> None:
    with pytest.raises(Fault, match=r"the answer takes more than 64 MB after [0-9]+ rows"):
        filled.readonly("select repeat('x', 50000) from range(100000)", limit=100_000)
    assert len(filled.readonly("select range, 'word' from range(30000)", limit=100_000).rows) == 30_000


def test_tables_are_listed_once_each_and_only_those_that_are_documented(filled: Warehouse) -> None:
    for owner in (True, False):
        names = [row["name"] for row in filled.readonly("show tables", owner=owner).rows]
        assert {"changes", "change_reviews", "attention_conflicts"} <= set(names)
        assert len(names) == len(set(names))
        assert not [name for name in names if name.startswith(("dirty_", "delta_", "warehouse_", "setup_"))]
    with pytest.raises(Denied, match="a statement of its own"):
        filled.readonly("select * from (show tables)", owner=True)


@pytest.mark.parametrize(
    ("sql", "message", "hint"),
    [
        ("select * from reviews", "no table `reviews`", "`change_reviews`"),
        ("select * from chnages", "no table `chnages`", "`changes`"),
        ("select titel from changes", "no column `titel`", "`title`"),
        ("select nonsense from changes", "no column `nonsense`", "describe <table>"),
        ("select at from change_events", 'Parser Error: syntax error at or near "from"', '"at"'),
    ],
)
def test_a_wrong_name_gets_the_nearest_that_exists(filled: Warehouse, sql: str, message: str, hint: str) -> None:
    with pytest.raises(Fault) as told:
        filled.readonly(sql)
    assert told.value.message == message
    assert hint in told.value.hint


@pytest.mark.parametrize(
    "sql", ["explain (format json) select title from changes", "explain analyze select title from changes",
    "explain (analyze, format json) select title from changes", "summarize changes", "describe select 1 as one",
    "describe change_turns"])  # fmt: skip
def test_statements_about_statements_only_read(filled: Warehouse, sql: str) -> None:
    for owner in (True, False):
        answer = filled.readonly(sql, owner=owner)
        assert answer.rows
        assert owner or not any(secret in repr(answer.rows).lower() for secret in SECRETS)


PEOPLE_OF_CHANGES = ("assignees", "author", "head_repository", "merged_by", "requested_reviewers")


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("select author, count(*) from changes group by all", ("changes.author",)),
        ("select count(*) from changes where author = 'x'", ("changes.author",)),
        ("SELECT MAX(AUTHOR) FROM CHANGES", ("changes.author",)),
        ("select count(*) from changes", ()),
        ("select title from changes", ()),
        ("select id from changes order by merged_by", ("changes.merged_by",)),
        ("select * from changes", tuple(f"changes.{name}" for name in PEOPLE_OF_CHANGES)),
        ("select to_json(c) from changes c", tuple(f"changes.{name}" for name in PEOPLE_OF_CHANGES)),
        ("summarize changes", tuple(f"changes.{name}" for name in PEOPLE_OF_CHANGES)),
        ("describe changes", ()),
        ("explain select author from changes", ("changes.author",)),
        ("select a.author as x from (select * from changes) a", ("changes.author",)),
        ("select * exclude (author, assignees, head_repository) from changes",
         ("changes.merged_by", "changes.requested_reviewers")),
        ("with a as (select * from change_lead_times) select author from a", ("change_lead_times.author",)),
        ("select l from change_lead_times l", ("change_lead_times.author",)),
        ("select c.id from changes c join accounts a on a.id = c.author where a.handle = 'kim'",
         ("accounts.handle", "accounts.id", "changes.author")),
        ("select (select max(email) from accounts) from changes", ("accounts.email",)),
        ("select change from attention_waiting_review", ()),
        ("select author from attention_waiting_review", ("attention_waiting_review.author",)),
        ("select author from chnages, changes", tuple(f"changes.{name}" for name in PEOPLE_OF_CHANGES)),
        ("delete from changes", tuple(f"changes.{name}" for name in PEOPLE_OF_CHANGES)),
    ],
)  # fmt: skip
def test_the_log_names_the_columns_about_people_that_a_query_reads(
    filled: Warehouse, sql: str, columns: tuple[str, ...]
) -> None:
    assert filled.people_read(sql) == columns
