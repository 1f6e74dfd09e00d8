"""A report of the past is that of a store which only ever heard what had happened by then."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.reports.pasts import HOURS, Host, Step, at, ended, played, steps

from fairlead.metrics import tables
from fairlead.metrics.rewinding import rewind
from fairlead.metrics.turn_tables import Turns
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.schema import TABLES
from fairlead.model.setup import Setup
from fairlead.model.times import FixedClock
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.brief import brief
from fairlead.reports.triage import triage

LATER = frozenset({"merged_by", "merge_sha", "updated_at"})
"""Fields that say when or by whom the record was touched last."""


@cache
def _tables() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": 1})
    tables.create_records(con)
    con.execute("create table dim_accounts as select 'github:@ann' as account, account as person, 'human' as kind")
    con.execute("create table account_teams as select 'github:@acme/core' as team, 'github:@lee' as account")
    return con


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    found = con.execute(f"from {table} order by all")
    names = [column[0] for column in found.description or ()]
    return [{name: value for name, value in zip(names, row, strict=True) if name not in LATER | {"rev"}}
            for row in found.fetchall()]  # fmt: skip


def _held(host: Host, then: float | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every record table and the turns, taken back to an hour if there is one."""
    con = _tables()
    tables.empty(con)
    with host.source().snapshot() as snapshot:
        for table in host.tables:
            tables.load(con, snapshot, table, 0, first=True)
    if then is not None:
        rewind(con, at(then))
    Turns().run(con, full=True)
    return {table: _rows(con, table) for table in (*TABLES, "change_turns")}


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps, st.integers(0, HOURS))
def test_records_and_turns_of_then_are_those_of_a_store_that_heard_no_more(told: list[Step], then: int) -> None:
    rewound = _held(ended(played(told)), then + 0.5)
    heard = _held(ended(played(told, then + 0.5), then + 0.5))
    for table, rows in heard.items():
        assert rewound[table] == rows, table


def test_who_was_asked_and_answered_since_was_asked_then() -> None:
    """A review takes its author from the host's list; asked again later, they were not asked in between."""
    asked = ["review_requested", "approved", "review_requested", "review_request_removed"]
    told = ended(played([(hour, 1, kind, 1) for hour, kind in zip((10, 20, 30, 40), asked, strict=True)]))
    found = [_held(told, then)["changes"][0]["requested_reviewers"] for then in (5, 15, 25, 35, 45)]
    assert found == [[], ["github:@kim"], [], ["github:@kim"], []]
    team = ended(played([(10, 1, "review_requested", 1), (11, 1, "team_requested", 0), (20, 1, "approved", 2)]))
    assert [_held(team, then)["changes"][0]["requested_teams"] for then in (15, 25)] == [["github:@acme/core"], []]


TOLD: list[Step] = [
    (26, 1, "review_requested", 1), (27, 2, "ready", 0), (28, 2, "checked", 0), (30, 1, "changes_requested", 1),
    (31, 1, "deployed", 0), (33, 2, "review_requested", 2), (34, 2, "incident", 0), (36, 1, "pushed", 0),
    (50, 1, "approved", 1), (52, 3, "checked", 0), (60, 3, "review_requested", 1), (61, 1, "renamed", 0),
    (70, 1, "merged", 0), (72, 2, "resolved", 0), (74, 2, "closed", 0), (80, 3, "changes_requested", 1),
    (82, 3, "deployed", 0), (90, 3, "labeled", 1), (95, 2, "reopened", 0), (99, 3, "pushed", 0),
    (120, 3, "merged", 0),
]  # fmt: skip
"""Two days of three changes, with an incident, checks and deployments beside them."""


def _said(host: Host, hour: float, *, rewound: bool) -> list[str]:
    """The words of brief and triage at an hour."""
    now = at(hour)
    warehouse = Warehouse(None, host.source(), Setup(), FixedClock(now), then=now if rewound else None)
    try:
        told = [report(Asked(warehouse, Setup(), now)) for report in (brief, triage)]
        assert warehouse.rewound == rewound
    finally:
        warehouse.close()
    # the line of freshness alone tells the two apart
    assert all(("as known then" in document.freshness) == rewound for document in told)
    return [render.json(replace(document, freshness="")) for document in told]


@pytest.mark.parametrize("hour", [51.5, 73.5, 96.5])
def test_brief_and_triage_of_then_say_what_was_known(hour: float) -> None:
    told = ended(played(TOLD))
    assert _said(told, hour, rewound=True) == _said(ended(played(TOLD, hour), hour), hour, rewound=False)


def test_sources_are_as_fresh_as_their_records_were() -> None:
    host = ended(played(TOLD))
    host.put("sources", id="github", name="GitHub", tool="github", last_event_at=at(200), last_sync_at=at(199))
    host.put("sources", id="jira", name="Jira", tool="jira", last_event_at=at(150))
    for number, hour in enumerate((20, 44, 199)):
        run = {"of": "github", "kind": "sync", "started_at": at(hour - 1), "finished_at": at(hour)}
        host.put("sync_runs", id=f"s{number}", result="success", **run)
    rows = {row["id"]: row for row in _held(host, 51.5)["sources"]}
    assert rows["github"]["last_sync_at"] == at(44).replace(tzinfo=None)
    # the approval at hour 50 is the last that its records tell
    assert at(50).replace(tzinfo=None) <= rows["github"]["last_event_at"] < at(51.5).replace(tzinfo=None)
    assert "jira" not in rows, "nothing had been heard of it"


def test_nothing_later_is_nothing_rewound() -> None:
    host = played(TOLD)
    warehouse = Warehouse(None, host.source(), Setup(), FixedClock(at(130)), then=at(130))
    warehouse.refresh()
    assert not warehouse.rewound
    warehouse.close()
