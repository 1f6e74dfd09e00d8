"""Figures of test results: what counts as flaky, and what is told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.metrics.figures import figure
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Window
from fairlead.model.setup import Setup, TeamSetup, Thresholds
from fairlead.model.times import FixedClock
from fairlead.reports.flaky_facts import load_tests

PAY, SHOP = "github:acme/pay", "github:acme/shop"
CLOCK = FixedClock(datetime(2026, 4, 6, 8, tzinfo=UTC))
SETUP = Setup(thresholds=Thresholds(minimum_n=1), teams={"pay": TeamSetup(repositories=(PAY,))})
WINDOW = Window(start=datetime(2026, 3, 2, tzinfo=UTC), end=datetime(2026, 3, 30, tzinfo=UTC))
START = datetime(2026, 3, 3, 9)  # noqa: DTZ001 - the warehouse holds clock readings of UTC
MARTS = ("test_outcomes", "test_runs")

# name of the case -> (commit, build, name of the run, result, seconds) of each of its results; whether it is flaky
CASES: dict[str, tuple[list[tuple[str, str | None, str, str, float | None]], bool]] = {
    "fails, then passes in the next attempt": (
        [("a1", "run/1/1", "unit-1", "failed", 1), ("a1", "run/1/2", "unit-2", "passed", 1)], True),
    "passes, then fails in another run": (
        [("a1", "run/1/1", "all", "passed", 1), ("a1", "run/7/1", "all", "error", 1)], True),
    "attempts inside one report": (
        [("a1", "run/1/1", "unit-1", "failed", None), ("a1", "run/1/1", "unit-1", "passed", 2)], True),
    "attempts of a report that names no build": (
        [("a1", None, "unit", "failed", 1), ("a1", None, "unit", "passed", 2)], True),
    "fails on one commit, passes on the next": (
        [("a1", "run/1/1", "unit-1", "failed", 1), ("b2", "run/2/1", "unit-1", "passed", 1)], False),
    "fails on one system only": (
        [("a1", "run/1/1", "linux-1", "passed", 1), ("a1", "run/1/1", "windows-1", "failed", 1)], False),
    "fails on one version only": (
        [("a1", "run/1/1", "python-3.11", "passed", 1), ("a1", "run/1/1", "python-3.12", "failed", 1)], False),
    # The builds bear the names of their systems.
    "fails in one job only": ([("a1", "job/31", "", "passed", 1), ("a1", "job/32", "", "failed", 1)], False),
    "fails always": ([("a1", "run/1/1", "unit-1", "failed", 1), ("a1", "run/1/2", "unit-2", "failed", 1)], False),
    "is skipped once": (
        [("a1", "run/1/1", "unit-1", "skipped", None), ("a1", "run/1/2", "unit-2", "passed", 1)], False),
}  # fmt: skip


def rows(repository: str = PAY) -> list[dict[str, Any]]:
    found = []
    for case, (results, _) in CASES.items():
        for nth, (sha, build, run, result, seconds) in enumerate(results):
            found.append({
                "id": f"{repository}@{sha}/test/{run or 'all'}/{list(CASES).index(case):05x}{nth}",
                "repository": repository, "sha": sha, "build": build and f"{repository}/{build}", "suite": "e2e",
                "name": case, "result": result, "duration_s": seconds, "at": START + timedelta(hours=nth),
            })  # fmt: skip
    return found


def builds() -> list[dict[str, Any]]:
    return [
        {"id": f"{PAY}/job/31", "name": "test (linux)", "repository": PAY, "kind": "job", "sha": "a1"},
        {"id": f"{PAY}/job/32", "name": "test (windows)", "repository": PAY, "kind": "job", "sha": "a1"},
    ]


@pytest.fixture(scope="module")
def tested() -> Warehouse:
    source = MemorySource()
    source.put("test_results", *rows())
    source.put("builds", *builds())
    source.put("test_results", {
        "id": f"{SHOP}@c3/test/all/00aa", "repository": SHOP, "sha": "c3", "name": "only skipped", "at": START,
        "result": "skipped",
    })  # fmt: skip
    warehouse = Warehouse(None, source, SETUP, CLOCK)
    warehouse.refresh()
    return warehouse


@pytest.mark.parametrize("case", CASES)
def test_what_is_flaky(case: str, tested: Warehouse) -> None:
    found = tested.rows("select bool_or(flaky) as flaky from test_outcomes where name = ?", [case])
    assert found[0]["flaky"] is CASES[case][1]


def test_figures_count_tests_and_name_what_they_leave_out(tested: Warehouse) -> None:
    told = [one for results, _ in CASES.values() for *_, one, _ in results]
    passed, failed = told.count("passed"), sum(one in ("failed", "error") for one in told)
    rate = figure(tested, "test_pass_rate", WINDOW)
    assert rate.value == pytest.approx(passed / (passed + failed)) and rate.excluded == {"all_skipped": 1}
    flaky = figure(tested, "flaky_tests", WINDOW, {"team": "team:pay"})
    assert flaky.value == pytest.approx(sum(one for _, one in CASES.values()) / len(CASES))
    # The failed result itself is the evidence.
    assert set(tested.rows(flaky.rows.query)[0]) >= {"id", "test"} and flaky.rows.ids[0].startswith(f"{PAY}@")
    assert figure(tested, "flaky_tests", WINDOW, {"repository": SHOP}).excluded == {"all_skipped": 1}
    took = figure(tested, "test_duration", WINDOW)
    assert took.value is not None and took.excluded == {"no_duration": 1}


@pytest.mark.parametrize("name", ["test_pass_rate", "flaky_tests", "test_duration"])
def test_no_result_is_no_figure_and_no_zero(name: str) -> None:
    warehouse = Warehouse(None, MemorySource(), SETUP, CLOCK)
    warehouse.refresh()
    found = figure(warehouse, name, WINDOW)
    assert found.value is None and found.missing == "no_tests"


def test_flaky_tests_are_named_with_those_that_fail_with_them() -> None:
    """Two of one suite fail on the same two commits; a third of another suite on one of them; a fourth grows slow."""
    source = MemorySource()
    source.put("repositories", {"id": PAY})
    for nth, sha in enumerate(("a1", "b2", *"cdef0123")):
        for suite, case in (("e2e", "cart"), ("e2e", "pay"), ("unit", "sum"), ("unit", "slow")):
            wrong = nth < (2 if suite == "e2e" else case == "sum")
            for attempt in (1, 2):
                source.put("test_results", {
                    "id": f"{PAY}@{sha}/test/all/{nth}{attempt}{len(case)}{len(suite)}", "repository": PAY,
                    "build": f"{PAY}/run/{nth}/{attempt}", "sha": sha, "suite": suite, "name": case,
                    "result": "failed" if wrong and attempt == 1 else "passed",
                    "duration_s": 9 if case == "slow" and nth > 4 else 2, "at": START + timedelta(days=2.7 * nth),
                })  # fmt: skip
    warehouse = Warehouse(None, source, SETUP, CLOCK)
    warehouse.refresh()
    found = load_tests(warehouse, WINDOW, {"team": "team:pay", "work_type": "bug"})
    assert [(one.name, one.commits, one.of, one.beside) for one in found.flaky] == [
        ("cart", 2, 10, ("pay",)), ("pay", 2, 10, ("cart",)), ("sum", 1, 10, ()),
    ]  # fmt: skip
    assert found.flaky[0].last_case.startswith(f"{PAY}@b2/")
    assert [(one.name, one.before_s, one.now_s) for one in found.slower] == [("slow", 2, 9)]
    assert load_tests(warehouse, WINDOW, {"repository": SHOP}).flaky == ()


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_order_of_arrival_gives_the_same(data: st.DataObject) -> None:
    told = [("test_results", row) for row in [*rows(), *rows(SHOP)]] + [("builds", row) for row in builds()]
    told = data.draw(st.permutations(told))
    source = MemorySource()
    followed = Warehouse(None, source, SETUP, CLOCK)
    followed.refresh()
    step = data.draw(st.integers(5, 20))
    for first in range(0, len(told), step):
        for table, row in told[first : first + step]:
            source.put(table, row)
        if data.draw(st.booleans()):
            source.remove(told[first][0], told[first][1]["id"])
        assert not followed.refresh().full
    anew = Warehouse(None, source, SETUP, CLOCK)
    anew.refresh()
    for name in MARTS:
        assert sorted(map(repr, followed.rows(f"from {name}"))) == sorted(map(repr, anew.rows(f"from {name}"))), name


def test_coverage_adds_up_the_reports_of_the_newest_commit() -> None:
    source = MemorySource()
    source.put("repositories", {"id": PAY, "default_branch": "main", "source": "github"})

    def measured(sha: str, name: str, hours: int, covered: int, total: int) -> None:
        source.put("coverage", {
            "id": f"{PAY}@{sha}/coverage/{name}", "repository": PAY, "sha": sha, "branch": "main", "source": "ci",
            "at": START + timedelta(hours=hours), "lines_covered": covered, "lines_total": total,
        })  # fmt: skip

    measured("a1", "core", 0, 1, 100)
    # a measurement that goes on past midnight is one all the same
    measured("b2", "core", 14, 15, 20)
    measured("b2", "web", 16, 2, 5)
    warehouse = Warehouse(None, source, SETUP, CLOCK)
    warehouse.refresh()
    assert figure(warehouse, "coverage", WINDOW).value == pytest.approx(17 / 25)
    # one that comes later, with a delta of its own, belongs to them
    measured("b2", "api", 15, 90, 100)
    warehouse.refresh()
    found = figure(warehouse, "coverage", WINDOW)
    assert found.value == pytest.approx(107 / 125)
    newest = warehouse.rows(f"from ({found.rows.query}) order by moment desc")[0]
    assert (newest["id"], newest["weight"]) == (f"{PAY}@b2/coverage/web", 125)
