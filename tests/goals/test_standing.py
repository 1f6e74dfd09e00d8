"""How far key results are: values and what they rest on, progress either way, what working days let expect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports.stories import Story

from fairlead.goals import facts
from fairlead.goals.standing import (
    BEHIND_WITHIN,
    ON_TRACK_WITHIN,
    GoalStanding,
    Pace,
    Standing,
    clamped,
    judged,
    pace,
    progress,
    standings,
)
from fairlead.goals.values import history
from fairlead.model.calendar.resolve import Calendars
from fairlead.model.setup import CalendarSetup, Organisation, Setup, TeamSetup

NOW = datetime(2026, 11, 18, 9, 2, tzinfo=UTC)
"""A Wednesday: of 66 working days since October 34 are over."""
SETUP = Setup(teams={"pay": TeamSetup(name="Payments", members=("github:@ada",))})
START, END = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    found = Story(tmp_path)
    found.person("ada")
    yield found
    for warehouse in found.opened:
        warehouse.close()


def goal(story: Story, **said: Any) -> None:
    story.add("objectives", **{"id": "objective:calm", "title": "Calm", "team": "team:pay", "starts_at": START,
                               "due_at": END, **said})  # fmt: skip


def result(story: Story, name: str, **said: Any) -> None:
    story.add("key_results", id=f"key_result:calm/{name}", objective="objective:calm", title=name, **said)


def entered(story: Story, name: str, **values: float) -> None:
    """Values by day, like `nov_02=4`."""
    for day, value in values.items():
        at = datetime.strptime(f"2026_{day}", "%Y_%b_%d").replace(tzinfo=UTC)
        story.add("check_ins", id=f"check_in:{name}/{day}", key_result=f"key_result:calm/{name}", at=at, value=value)


def stand(story: Story, now: datetime = NOW) -> GoalStanding:
    warehouse = story.told(SETUP, now)
    [found] = standings(warehouse, Calendars(SETUP), facts.load(warehouse), now)
    return found


def one(found: GoalStanding, name: str) -> Standing:
    return next(each for each in found.results if each.result.title == name)


def test_progress_is_held_against_the_working_days_that_are_over(story: Story) -> None:
    goal(story)
    for name, value in (("even", 50.0), ("early", 100.0), ("late", 30.0), ("lost", 10.0), ("back", -20.0)):
        result(story, name, baseline=0.0, target=100.0)
        entered(story, name, nov_17=value)
    # down is a way too
    result(story, "down", baseline=100.0, target=0.0)
    entered(story, "down", nov_17=50.0)
    found = stand(story)
    assert found.pace == Pace(34, 66)
    assert {each.result.title: (each.progress, each.status) for each in found.results} == {
        "even": (0.5, "on_track"), "early": (1.0, "reached"), "late": (0.3, "behind"), "lost": (0.1, "at_risk"),
        "back": (-0.2, "at_risk"), "down": (0.5, "on_track"),
    }  # fmt: skip
    assert (found.status, found.progress) == ("at_risk", pytest.approx((0.5 + 1 + 0.3 + 0.1 + 0 + 0.5) / 6))
    assert not found.unjudged


def test_what_is_not_known_is_said_with_its_reason(story: Story) -> None:
    goal(story)
    result(story, "silent", baseline=0.0, target=9.0)
    result(story, "aimless", baseline=0.0)
    entered(story, "aimless", nov_17=3)
    result(story, "standing", baseline=5.0, target=5.0)
    entered(story, "standing", nov_17=3)
    result(story, "misspelt", value_from="metric", metric="lead_tme", baseline=1.0, target=2.0)
    result(
        story, "misplaced", value_from="metric", metric="lead_time", segment="person=ada", baseline=1.0, target=2.0
    )
    result(story, "empty", value_from="metric", metric="lead_time", span="30d", baseline=1.0, target=2.0)
    result(story, "spanless", value_from="metric", metric="lead_time", span="soon", baseline=1.0, target=2.0)
    for name, query in (
        ("broken", "select"), ("writing", "delete from changes"), ("other", "select 1 as n"),
        ("none", "select 1 as value where false"), ("many", "select unnest([1, 2]) as value"),
        ("words", "select 'x' as value"), ("null", "select null as value"),
        ("people", "select name as value from people"),
    ):  # fmt: skip
        result(story, name, value_from="query", query=query, baseline=0.0, target=2.0)
    result(story, "unbegun", value_from="query", query="select 1 as value", target=2.0)
    found = stand(story)
    assert {each.result.title: each.why for each in found.results} == {
        "silent": "no_entry", "aimless": "no_target", "standing": "no_way", "misspelt": "bad_metric",
        "misplaced": "bad_metric", "empty": "metric_empty", "spanless": "bad_span", "broken": "bad_query",
        "writing": "bad_query", "other": "query_column", "none": "query_none", "many": "query_rows",
        "words": "query_number", "null": "query_null", "people": "bad_query", "unbegun": "no_baseline",
    }  # fmt: skip
    assert {each.status for each in found.results} == {"unknown"}
    assert (found.progress, found.status) == (None, "unknown")
    # a value without a way is a value nonetheless
    assert one(found, "unbegun").reading.value == 1.0
    assert "no figure `lead_tme`" in one(found, "misspelt").reading.detail
    assert all(each.reading.evidence.ids and each.reading.evidence.query for each in found.results)


def test_an_entry_grows_stale_unless_it_has_reached_or_nobody_minds(story: Story) -> None:
    goal(story)
    for name, days, value in (("old", 14, 50), ("fresh", 16, 50), ("there", 14, 100), ("never", 0, 50)):
        result(story, name, baseline=0.0, target=100.0, stale_after_days=days)
        entered(story, name, nov_03=value)
    found = stand(story)
    assert {each.result.title: (each.status, each.age_days) for each in found.results} == {
        "old": ("stale", 15), "fresh": ("on_track", 15), "there": ("reached", 15), "never": ("on_track", 15)
    }  # fmt: skip
    assert found.status == "stale"


def test_a_manual_one_begins_with_its_first_entry_and_tomorrow_is_not_known_yet(story: Story) -> None:
    goal(story)
    result(story, "trust", target=8.0)
    entered(story, "trust", oct_05=2, nov_10=5, nov_30=8)
    found = one(stand(story), "trust")
    assert (found.baseline.value, found.reading.value, found.progress) == (2.0, 5.0, 0.5)
    assert [(at.day, value) for at, value in history(story.opened[-1], found.result, NOW, found.reading)] == [
        (5, 2.0), (10, 5.0)
    ]  # fmt: skip


def test_a_metric_is_of_its_window_opens_to_its_rows_and_stays_as_it_was_on_the_last_day(story: Story) -> None:
    def done(number: int, at: datetime) -> None:
        story.add("work_items", id=f"jira:PAY-{number}", key=f"PAY-{number}", type="Task", status_category="done",
                  created_at=at - timedelta(days=3), closed_at=at, project="jira:PAY")  # fmt: skip

    for number in range(12):
        done(number, datetime(2026, 9, 15, 12, tzinfo=UTC) + timedelta(days=number))
    for number in range(12, 36):
        done(number, datetime(2026, 10, 20, 12, tzinfo=UTC) + timedelta(days=number - 12))
    goal(story, team=None)
    result(
        story, "throughput", value_from="metric", metric="throughput", span="4w", unit="items_per_week", target=12.0
    )
    result(
        story, "all", value_from="query", query="select count(*) as value from work_items", baseline=0.0, target=72.0
    )
    found = stand(story)
    figure = one(found, "throughput")
    assert figure.reading.figure is not None
    assert (figure.reading.figure.window.end, figure.reading.figure.window.start) == (NOW, NOW - timedelta(days=28))
    assert figure.reading.evidence.count == figure.reading.figure.n
    assert figure.baseline.value is not None
    assert figure.baseline.value < (figure.reading.value or 0) < 12
    [query] = [each for each in found.results if each.result.title == "all"]
    assert (query.reading.value, query.progress) == (36.0, 0.5)
    weeks = history(story.opened[-1], figure.result, NOW, figure.reading)
    assert [at.weekday() for at, _ in weeks[1:]] == [0] * (len(weeks) - 1)
    later = stand(story, END + timedelta(days=40))
    after = one(later, "throughput").reading
    assert after.at == END
    assert later.unjudged
    assert later.expected == 1.0


def test_what_somebody_has_ended_stands_as_it_did_then(story: Story) -> None:
    goal(story, state="missed", ended_at=datetime(2026, 11, 5, tzinfo=UTC))
    result(story, "trust", baseline=0.0, target=10.0)
    entered(story, "trust", oct_10=4, nov_10=9)
    found = stand(story)
    assert (one(found, "trust").progress, found.unjudged) == (0.4, False)
    # an old word is no fault of what is over
    assert one(found, "trust").status != "stale"


numbers = st.floats(-1e6, 1e6).filter(lambda number: abs(number) > 1e-3 or number == 0)


@given(numbers, numbers, numbers, st.floats(0.01, 100), numbers)
def test_progress_is_the_same_in_any_unit_and_either_way(
    value: float, baseline: float, target: float, scale: float, shift: float
) -> None:
    found = progress(value, baseline, target)
    if found is None:
        assert baseline == target
        return
    assert progress(-value, -baseline, -target) == found
    assert progress(baseline, baseline, target) == 0
    assert progress(target, baseline, target) == 1
    if abs(target - baseline) > 1:
        moved = progress(*(one * scale + shift for one in (value, baseline, target)))
        assert moved == pytest.approx(found, rel=1e-6, abs=1e-4)
    assert 0 <= clamped(found) <= 1


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_more_progress_never_stands_worse_and_more_time_never_better(share: int, more: int, expected: int) -> None:
    order = ("at_risk", "behind", "on_track", "reached")
    here = order.index(judged(share / 100, expected / 100))
    assert order.index(judged((share + more) / 100, expected / 100)) >= here
    assert order.index(judged(share / 100, (expected + more) / 100)) <= here
    # on the bound it still counts for the better side
    assert judged(0.5 - ON_TRACK_WITHIN, 0.5) == "on_track"
    assert judged(0.5 - BEHIND_WITHIN, 0.5) == "behind"


@given(st.dates(date(2025, 1, 1), date(2027, 12, 1)), st.integers(0, 200), st.integers(-50, 300))
def test_days_that_are_over_grow_from_none_to_all(start: date, length: int, at: int) -> None:
    calendar = Calendars(
        Setup(
            organisation=Organisation(time_zone="Europe/Berlin", calendar="own"),
            calendars={"own": CalendarSetup(hours="Mon-Fri 09:00-17:00", holidays=("2026-05-01", "2026-12-25"))},
        )
    ).default
    starts_at, due_at = calendar.day_bounds(start)[0], calendar.day_bounds(start + timedelta(days=length))[1]
    now = calendar.day_bounds(start + timedelta(days=at))[0] + timedelta(hours=12)
    found, later = (pace(calendar, starts_at, due_at, now + timedelta(days=days)) for days in (0, 1))
    assert found is not None
    assert later is not None
    assert 0 <= found.gone <= later.gone <= found.of == later.of
    days = (start + timedelta(days=day) for day in range(length + 1))
    assert found.of == sum(map(calendar.is_working_day, days))
    assert (found.gone == 0) or at > 0
    assert (found.share == 1.0) >= (at > length)
    assert pace(calendar, due_at, starts_at, now) is None
