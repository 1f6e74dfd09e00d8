"""Service levels by hand-computed values: budgets, burn rates of several windows, and gaps that are unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from fairlead.metrics.figures import figure
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Window
from fairlead.model.setup import ServiceSetup, Setup, SloSetup, TeamSetup, Thresholds
from fairlead.model.times import FixedClock

NOON = datetime(2026, 9, 14, 12)  # noqa: DTZ001 - the warehouse holds clock readings of UTC
CLOCK = FixedClock(NOON.replace(tzinfo=UTC))
STEP = timedelta(minutes=5)
SETUP = Setup(
    thresholds=Thresholds(minimum_n=1),
    teams={"harbour": TeamSetup()},
    services={"tides": ServiceSetup(team="harbour"), "berths": ServiceSetup()},
    slos={"tides": SloSetup(service="tides", objective=0.999, source="prom", good="g", total="t")},
)


def sample(source: MemorySource, end: datetime, good: float | None, total: float | None, **said: Any) -> None:
    """What was measured in the step that ends at a moment."""
    slo, length = said.get("slo", "slo:tides"), said.get("length", STEP)
    source.put("slo_windows", {
        "id": f"prom:{slo}/{end.isoformat()}", "slo": slo, "start_at": end - length, "end_at": end, "good": good,
        "total": total, "source": "prom",
    })  # fmt: skip


def steps(source: MemorySource, since: timedelta, until: timedelta, failing: float, total: float = 1000) -> None:
    """Steps of which so many events fail, from so long before noon until so long before it."""
    end = NOON - since + STEP
    while end <= NOON - until:
        sample(source, end, total - failing, total)
        end += STEP


def built(source: MemorySource, setup: Setup = SETUP) -> Warehouse:
    warehouse = Warehouse(None, source, setup, CLOCK)
    warehouse.refresh()
    return warehouse


HOUR, DAY, NONE = timedelta(hours=1), timedelta(days=1), timedelta(0)


def test_budget_and_burn_rates() -> None:
    source = MemorySource()
    steps(source, 4 * DAY, HOUR, failing=0)
    # twenty of a thousand fail for an hour: twenty times what 99.9 % allows
    steps(source, HOUR, NONE, failing=20)
    warehouse = built(source)
    (row,) = warehouse.rows("from slo_budgets")
    assert (row["burn_5m"], row["burn_1h"], row["burn_6h"]) == tuple(pytest.approx(x) for x in (20, 20, 20 / 6))
    assert row["burn_3d"] == pytest.approx(20 / 72)
    all_steps = 4 * 288
    assert row["attainment"] == pytest.approx(1 - 12 * 20 / (all_steps * 1000))
    assert row["budget_left"] == pytest.approx(1 - 12 * 20 / (all_steps * 1000) / 0.001)
    assert row["measured_share"] == pytest.approx(4 / 30)
    (fire,) = warehouse.rows("from attention_burning_budgets")
    assert (fire["severity"], fire["long_span"], fire["short_span"], fire["factor"]) == ("page", "h1", "m5", 14.4)
    assert (fire["team"], fire["due_at"], fire["until"]) == ("team:harbour", NOON, NOON + timedelta(hours=3))


@pytest.mark.parametrize(
    ("since", "until", "failing", "wanted"),
    [
        # over for ten minutes: the hour still burns, the last five minutes do not
        (HOUR, timedelta(minutes=10), 20, None),
        (6 * HOUR, NONE, 7, ("page", "h6")),
        (3 * DAY, NONE, 1.2, ("ticket", "d3")),
        (3 * DAY, NONE, 0.9, None),
        (HOUR, NONE, 14.3, None),
    ],
)
def test_both_windows_must_burn(
    since: timedelta, until: timedelta, failing: float, wanted: tuple[str, str] | None
) -> None:
    source = MemorySource()
    steps(source, 4 * DAY, since, failing=0)
    steps(source, since, until, failing)
    steps(source, until, NONE, failing=0)
    found = built(source).rows("select severity, long_span from attention_burning_budgets")
    assert found == ([] if wanted is None else [{"severity": wanted[0], "long_span": wanted[1]}])


def test_a_gap_is_unknown_and_not_good() -> None:
    source = MemorySource()
    sample(source, NOON - DAY, 900, 1000)
    # a good without a total, a total without a good, and nothing at all for most of the day
    sample(source, NOON - HOUR, 1000, None)
    sample(source, NOON - 2 * HOUR, None, 1000)
    (row,) = built(source).rows("from slo_budgets")
    assert row["attainment"] == pytest.approx(0.9)
    assert row["measured_at"] == NOON - DAY
    assert row["measured_share"] == pytest.approx(1 / (30 * 288))
    (silent,) = built(source).rows("from attention_unmeasured_slos")
    assert silent["due_at"] == NOON - DAY + 3 * HOUR


def test_nothing_asked_is_nothing_failed_and_nothing_measured_is_unknown() -> None:
    source = MemorySource()
    steps(source, DAY, NONE, failing=0, total=0)
    warehouse = built(source)
    (row,) = warehouse.rows("from slo_budgets")
    assert (row["burn_1h"], row["attainment"], row["budget_left"]) == (0, None, None)
    assert (row["measured_share"], warehouse.rows("from attention_burning_budgets")) == (pytest.approx(1 / 30), [])
    (row,) = built(MemorySource()).rows("from slo_budgets")
    assert (row["measured_at"], row["burn_1h"], row["attainment"], row["measured_share"]) == (None, None, None, 0)


def test_a_sample_of_a_day_says_nothing_of_an_hour() -> None:
    source = MemorySource()
    source.put("slos", {"id": "x:berths", "name": "Berths", "service": "service:berths", "target": 0.99,
                        "window_days": 7, "source": "x"})  # fmt: skip
    for day in range(10):
        sample(source, NOON - day * DAY, 970, 1000, slo="x:berths", length=DAY)
    (row,) = built(source).rows("from slo_budgets where slo = 'x:berths'")
    assert (row["burn_1h"], row["burn_3d"], row["measured_share"]) == (None, pytest.approx(3), 1)
    assert row["budget_left"] == pytest.approx(-2) and row["total"] == 7000
    (spent,) = built(source).rows("from attention_spent_budgets")
    assert (spent["slo"], spent["service"]) == ("x:berths", "service:berths")
    # the short window of six hours is not known
    assert built(source).rows("from attention_burning_budgets where slo = 'x:berths'") == []


def test_the_settings_win_over_a_record_of_the_same_id() -> None:
    source = MemorySource()
    source.put("slos", {"id": "slo:tides", "name": "Old", "target": 0.5, "source": "x"})
    source.put("slos", {"id": "x:all", "name": "All", "target": 1.0, "source": "x"})
    rows = built(source).rows("select slo, target, indicator from slo_objectives")
    assert rows == [{"slo": "slo:tides", "target": 0.999, "indicator": "g / t"}]


def test_figures_are_over_days_and_by_objective() -> None:
    source = MemorySource()
    steps(source, 2 * DAY, DAY, failing=2)
    steps(source, DAY, NONE, failing=0)
    end = NOON.replace(tzinfo=UTC)
    window = Window(start=end - 7 * DAY, end=end)
    spent = figure(built(source), "error_budget_spent", window, {"slo": "tides"})
    assert spent.value == pytest.approx(1.0) and spent.n == 3
    assert figure(built(source), "slo_attainment", window, {"team": "harbour"}).value == pytest.approx(0.999)
    assert figure(built(source), "slo_attainment", window, {"service": "berths"}).missing == "no_slos"


@settings(max_examples=examples(8), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 50), st.integers(0, 50)), max_size=25))
def test_a_window_adds_up_its_samples(told: list[tuple[int, int, int]]) -> None:
    source = MemorySource()
    seen = {}
    for place, good, bad in told:
        end = NOON - place * STEP
        seen[end] = (good, good + bad)
        sample(source, end, good, good + bad)
    (row,) = built(source).rows("from slo_budgets")
    newest = max(seen, default=None)
    assert row["measured_at"] == newest
    for name, span in (("burn_5m", STEP), ("burn_1h", HOUR), ("burn_6h", 6 * HOUR)):
        inside = [one for end, one in seen.items() if newest and end - STEP >= newest - span]
        good, total = sum(one[0] for one in inside), sum(one[1] for one in inside)
        wanted = None if not inside else (1 - good / total) / 0.001 if total else 0
        assert row[name] == (wanted if wanted is None else pytest.approx(wanted, abs=1e-6)), name
