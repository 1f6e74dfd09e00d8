"""Values of metrics and queries are kept day by day; rules judge by them as reports do, and tell who answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.goals.homes import Home

from fairlead.goals import facts
from fairlead.goals.keeping import keep
from fairlead.goals.standing import Standing, standings
from fairlead.goals.values import history
from fairlead.governance import aiming
from fairlead.ingest.replay import replay
from fairlead.model.calendar.resolve import Calendars
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.work import WorkItem
from fairlead.signals.views import shipped
from fairlead.store import records, signals
from fairlead.wiring import signalling

GOALS = """
goals:
  - name: calm
    title: Calm
    team: payments
    owner: noor
    quarter: 2026-Q4
    key_results:
      - {name: items, title: Items, query: select count(*) as value from work_items, baseline: 0, target: 10}
      - {name: rate, title: Rate, metric: throughput, target: 9}
      - {name: voice, title: Voice, baseline: 0, target: 100, owner: bo, stale_after_days: 10}
  - name: over
    title: Over
    starts: 2026-09-01
    due: 2026-11-10
    owner: bo
"""


def items(home: Home, first: int, count: int) -> None:
    at = datetime(2026, 9, 20, 12, tzinfo=UTC)
    made = [
        WorkItem(id=f"jira:PAY-{number}", key=f"PAY-{number}", type="Task", status_category="done", created_at=at,
                 closed_at=at + timedelta(days=number), project="jira:PAY")
        for number in range(first, first + count)
    ]  # fmt: skip
    with home.services.database.begin() as tx:
        records.apply(tx, [Patch(one, OLDEST) for one in made])


def kept(home: Home) -> dict[str, float]:
    home.services.catch_up()
    return {row["id"]: row["value"] for row in home.rows("check_ins").values()}


def stood(home: Home) -> dict[str, Standing]:
    services = home.services
    found = standings(
        services.warehouse, Calendars(services.setup), facts.load(services.warehouse), services.clock.now()
    )
    return {one.result.id: one for goal in found for one in goal.results}


def open_signals(home: Home) -> dict[str, str]:
    with home.services.database.read() as tx:
        heard = signals.listed(tx, signals.Wanted(), home.services.clock.now(), limit=100)
    return {row["id"].removeprefix("signal:"): row["severity"] for row in heard if row["state"] == "open"}


def test_each_day_has_one_value_and_its_beginning_where_nobody_stated_one(home: Home) -> None:
    home.write(GOALS)
    items(home, 1, 3)
    home.catch_up()
    # the rate of a team that has no item is not known, and nothing is kept of it
    assert keep(home.services) == 1
    assert kept(home) == {"check_in:calm/items/2026-11-18": 3.0}
    assert keep(home.services) == 0
    home.clock.pass_by(days=1)
    items(home, 4, 2)
    home.catch_up()
    assert keep(home.services) == 1
    assert kept(home) == {"check_in:calm/items/2026-11-18": 3.0, "check_in:calm/items/2026-11-19": 5.0}
    said = home.rows("check_ins")
    replay(home.services.ingest, "fairlead")
    assert home.rows("check_ins") == said
    one = stood(home)["key_result:calm/items"]
    assert [value for _, value in history(home.services.warehouse, one.result, home.clock.now(), one.reading)] == [
        3.0, 5.0
    ]  # fmt: skip
    # such a value is nobody's word
    assert {row["by"] for row in said.values()} == {None}
    assert home.kinds().count(("check_in.entered", "fairlead")) == 0


def test_where_a_metric_began_is_kept_with_the_first_of_its_values(home: Home) -> None:
    home.write(GOALS.replace("    team: payments\n", ""))
    items(home, 1, 55)
    home.catch_up()
    # the query and the rate today, and the rate on the day on which it began
    assert keep(home.services) == 3
    assert set(kept(home)) == {
        "check_in:calm/items/2026-11-18", "check_in:calm/rate/2026-11-18", "check_in:calm/rate/2026-10-01"
    }  # fmt: skip
    assert keep(home.services) == 0


def test_rules_say_of_kept_and_entered_values_what_reports_say(home: Home) -> None:
    home.write(GOALS.replace("    team: payments\n", ""))
    items(home, 1, 2)
    home.catch_up()
    home.do(aiming.check_in, "calm/voice", 30, "person:bo", on="2026-11-16")
    keep(home.services)
    home.services.catch_up()
    view = shipped()["key_result"].selected()
    rows = home.services.warehouse.rows(view, {"now": home.clock.now().replace(tzinfo=None)})
    reported = stood(home)
    assert {row["id"] for row in rows} == set(reported) - {"key_result:over"}
    for row in rows:
        one = reported[row["id"]]
        assert row["progress"] == pytest.approx(one.progress), row["id"]
        assert row["expected"] == pytest.approx(one.expected), row["id"]
    signalling.evaluate(home.services)
    found = open_signals(home)
    assert found == {
        "key-result-behind/key_result:calm/items": "high", "key-result-behind/key_result:calm/voice": "medium",
        "objective-ended-unjudged/objective:over": "low",
    }  # fmt: skip
    # the word of long ago says nothing of how far it is: somebody has to tell
    home.clock.pass_by(days=12)
    home.catch_up()
    signalling.evaluate(home.services)
    found = open_signals(home)
    assert "key-result-stale/key_result:calm/voice" in found
    assert "key-result-behind/key_result:calm/voice" not in found
    home.do(aiming.end, "over", "missed", "operator")
    home.do(aiming.check_in, "calm/voice", 100, "person:bo")
    signalling.evaluate(home.services)
    found = open_signals(home)
    assert not [name for name in found if "voice" in name or "over" in name]
