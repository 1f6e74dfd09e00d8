"""Figures: values, what is left out and why, bands, trend, and rows that give the figure again."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from statistics import mean, median
from typing import Any

import pytest

from fairlead.metrics.devlake import lower_median
from fairlead.metrics.figures import figure, group
from fairlead.model.errors import ConfigFaults, Fault
from fairlead.model.figures import Window
from fairlead.model.setup import Privacy, Setup

WINDOW = Window(start=datetime(2026, 9, 7, tzinfo=UTC), end=datetime(2026, 10, 5, tzinfo=UTC))


def make_busy(company: Any) -> Any:
    """Ten days, a change and a deployment each; the seventh is rolled back after an incident."""
    for day in range(1, 11):
        company.change(day)
        company.deployment(day, company.merge(day), company.at(day, 20))
    company.deployment(11, company.merge(6), company.at(7, 23))
    company.source.put("incidents", {
        "id": "pager:1", "service": "service:pay", "started_at": company.at(7, 21), "resolved_at": company.at(7, 23.5),  # noqa: E501
        "source": "pager",
    })  # fmt: skip
    return company


@pytest.fixture
def busy(company: Any) -> Any:
    """For tests that add to it."""
    return make_busy(company)


@pytest.fixture(scope="module")
def settled(shared_company: Any) -> Any:
    """The warehouse of a busy company, for tests that only read."""
    return make_busy(shared_company).warehouse()


def test_deployment_frequency_counts_days_of_whole_weeks(settled: Any) -> None:
    found = figure(settled, "deployment_frequency", WINDOW)
    # Days 1-6 of the first week, 7-10 of the second (two on day 7), none after.
    assert [point.value for point in found.trend] == [6, 4, None, None]
    assert (found.value, found.n, found.band) == (5, 11, "elite")


def test_partial_weeks_are_left_out_and_named(settled: Any) -> None:
    window = Window(start=datetime(2026, 9, 9, tzinfo=UTC), end=datetime(2026, 9, 21, tzinfo=UTC))
    found = figure(settled, "deployment_frequency", window)
    assert found.value == 4 and any("2026-W37" in said for said in found.notes)
    assert [point.partial for point in found.trend] == [True, False]


def test_failures_recovery_and_rework(settled: Any) -> None:
    warehouse = settled
    rate = figure(warehouse, "change_failure_rate", WINDOW)
    assert rate.value == pytest.approx(1 / 11) and rate.band == "high"
    recovery = figure(warehouse, "failed_deployment_recovery_time", WINDOW)
    assert recovery.value == 3.5 * 3600
    rework = figure(warehouse, "deployment_rework_rate", WINDOW)
    assert rework.value == pytest.approx(1 / 11) and rework.rows.ids[0].endswith("/11")
    (cause,) = warehouse.rows("select * from incident_causes")
    assert cause["deployment"].endswith("/7") and cause["verdict"] == "scored" and cause["rollback_part"] == 0.2


def test_failures_without_a_recovery_are_left_out_and_named(busy: Any) -> None:
    busy.source.put(
        "incidents", {"id": "pager:2", "service": "service:pay", "started_at": busy.at(10, 21), "source": "pager"}
    )
    for number, at in ((20, busy.at(5, 19)), (21, busy.at(12))):
        busy.deployment(number, busy.merge(10), at, result="failure")
    found = figure(busy.warehouse(), "failed_deployment_recovery_time", WINDOW)
    assert (found.value, found.n) == (3.5 * 3600, 1)
    assert found.excluded == {"not_restored": 1, "attempt_failed": 1, "never_recovered": 1}
    assert found.left_out and f"{busy.pay}/deployment/21" in found.left_out.ids
    # What did not go through is no failed change either: nothing of it reached production.
    assert figure(busy.warehouse(), "change_failure_rate", WINDOW).n == 11


def test_a_person_corrects_the_cause(busy: Any) -> None:
    busy.source.put("incidents", {"id": "pager:1", "not_deployment": "power cut"})
    (cause,) = busy.warehouse().rows("select deployment, verdict from incident_causes")
    assert cause == {"deployment": None, "verdict": "stated_not"}
    busy.source.put(
        "incidents", {"id": "pager:1", "not_deployment": None, "caused_by_deployment": f"{busy.pay}/deployment/3"}
    )
    (cause,) = busy.warehouse().rows("select deployment, verdict from incident_causes")
    assert cause["deployment"].endswith("/3") and cause["verdict"] == "named_deployment"


def test_an_incident_of_another_service_or_long_after_is_not_caused(busy: Any) -> None:
    busy.source.put(
        "incidents", {"id": "pager:2", "service": "service:other", "started_at": busy.at(3, 21), "source": "pager"}
    )
    busy.source.put(
        "incidents", {"id": "pager:3", "service": "service:pay", "started_at": busy.at(12, 21), "source": "pager"}
    )
    found = {row["incident"]: row["verdict"] for row in busy.warehouse().rows("from incident_causes")}
    assert found["pager:2"] == found["pager:3"] == "below_threshold"


def test_no_deployments_no_rate(company: Any) -> None:
    company.change(1, base_branch="dev")
    for name in ("change_failure_rate", "deployment_frequency", "deployment_rework_rate"):
        found = figure(company.warehouse(), name, WINDOW)
        assert found.value is None and found.missing == "no_deployments" and found.band is None


def test_lead_time_interpolates_and_names_what_it_left_out(busy: Any) -> None:
    busy.change(12, first_commit_at=None)
    found = figure(busy.warehouse(), "lead_time", WINDOW)
    assert (found.value, found.n, found.band) == (11 * 3600, 10, "elite")
    assert found.excluded == {"not_deployed": 1}
    assert [part.name for part in found.parts] == ["coding_time", "pickup_time", "review_time", "deploy_time"]


def test_few_rows_say_so(busy: Any) -> None:
    strict = Setup(services=busy.setup.services, teams=busy.setup.teams)
    found = figure(busy.warehouse(strict), "failed_deployment_recovery_time", WINDOW)
    assert found.n == 1 and found.band is None and "too little data" in found.notes[0]


def test_previous_window(settled: Any) -> None:
    window = Window(start=datetime(2026, 9, 14, tzinfo=UTC), end=datetime(2026, 9, 21, tzinfo=UTC))
    found = figure(settled, "change_failure_rate", window)
    assert (found.value, found.previous, found.previous_n) == (pytest.approx(0.2), 0.0, 6)


def test_segments(settled: Any) -> None:
    warehouse = settled
    for segment in ({"team": "pay"}, {"team": "team:pay"}, {"service": "pay"}, {"repository": "github:acme/pay"}):
        assert figure(warehouse, "lead_time", WINDOW, segment).n == 10
    assert figure(warehouse, "lead_time", WINDOW, {"author_kind": "agent"}).n == 0
    assert figure(warehouse, "lead_time", WINDOW, {"team": "'; drop table changes --"}).n == 0
    with pytest.raises(Fault, match="person"):
        figure(warehouse, "lead_time", WINDOW, {"person": "kim"})


def test_load_of_small_groups_is_suppressed(busy: Any) -> None:
    assert figure(busy.warehouse(), "review_load", WINDOW).missing == "group_too_small"
    busy.event(3, "approved", busy.at(3, 15), "github:@kim")
    busy.change(20, author="github:@lee", review_at=None)
    busy.event(20, "approved", busy.at(20, 15), "github:@kim")
    found = figure(busy.warehouse(), "review_load", WINDOW)
    assert found.value == pytest.approx(median([10 / 4, 1 / 4]))
    strict = Setup(services=busy.setup.services, teams=busy.setup.teams, privacy=Privacy(minimum_group=5))
    hidden = figure(busy.warehouse(strict), "review_load", WINDOW)
    assert hidden.value is None and hidden.n == hidden.rows.count == 0
    assert hidden.rows.ids == ("definition:review_load",)
    assert all(point.value is None for point in hidden.trend)


AGAIN = {
    "quantile_cont(value, 0.5)": lambda rows: median(row["value"] for row in rows),
    "avg(value)": lambda rows: mean(row["value"] for row in rows),
    "sum(value)": lambda rows: sum(row["value"] for row in rows),
    "coalesce(sum(value), 0)": lambda rows: sum(row["value"] for row in rows),
}


def test_rows_of_every_figure_give_it_again(busy: Any) -> None:
    busy.source.put("builds", *({
        "id": f"{busy.pay}/run/{n}", "repository": busy.pay, "kind": "pipeline", "name": "ci", "branch": "main",
        "sha": busy.merge(n // 2 + 1), "result": "success" if n % 3 else "failure", "queued_at": busy.at(n, 1),
        "started_at": busy.at(n, 1.2), "finished_at": busy.at(n, 1.5 + n / 10), "source": "github",
    } for n in range(1, 9)))  # fmt: skip
    warehouse = busy.warehouse()
    checked = 0
    for name, entry in warehouse.catalogue.items():
        found = figure(warehouse, name, WINDOW, {"repository": busy.pay} if "repository" in entry.segments else {})
        if found.missing == "group_too_small":
            continue
        rows = warehouse.readonly(found.rows.query).rows
        assert found.rows.count == len(rows) and all(row["value"] is not None for row in rows), name
        left_out = warehouse.readonly(found.left_out.query).rows if found.left_out else []
        assert Counter(row["reason"] for row in left_out) == found.excluded, name
        if found.value is not None and entry.value in AGAIN and not entry.over_days and not entry.within:
            assert found.value == pytest.approx(float(AGAIN[entry.value](rows))), name
            assert found.n == len(rows)
            checked += 1
    assert checked >= 14


def test_flaky_builds(busy: Any) -> None:
    for number, result in ((1, "failure"), (2, "success"), (3, "failure")):
        busy.source.put("builds", {
            "id": f"{busy.pay}/run/7/{number}", "repository": busy.pay, "kind": "check", "name": "unit", "branch": "main",  # noqa: E501
            "sha": "c" * 40 if number < 3 else "d" * 40, "result": result, "finished_at": busy.at(2, number),
            "started_at": busy.at(2, number - 0.5), "source": "github",
        })  # fmt: skip
    assert figure(busy.warehouse(), "flaky_builds", WINDOW).value == 1


def test_a_users_metric_overrides_by_name(busy: Any, tmp_path: Any) -> None:
    from fairlead.metrics.warehouse import Warehouse

    (tmp_path / "mine.yaml").write_text(
        "metrics:\n  - name: change_size\n    group: review\n    title: {en: Files, de: Dateien}\n"
        "    definition: {en: Files touched., de: Berührte Dateien.}\n    unit: count\n    direction: down\n"
        "    source: us\n    entity: change\n    segments: [repository]\n    value: max(value)\n"
        "    rows: select change as id, merged_at as moment, 7 as value, cast(null as varchar) as reason, repository"
        " from change_reviews where merged_at is not null\n"
    )
    warehouse = Warehouse(None, busy.source, busy.setup, busy.clock, metric_folders=[tmp_path])
    assert figure(warehouse, "change_size", WINDOW).value == 7
    (tmp_path / "bad.yaml").write_text("metrics:\n  - name: x\n    group: 3\n")
    with pytest.raises(ConfigFaults, match=r"bad\.yaml:3:5"):
        Warehouse(None, busy.source, busy.setup, busy.clock, metric_folders=[tmp_path]).catalogue  # noqa: B018


def test_group_and_unknown_names(settled: Any) -> None:
    warehouse = settled
    assert [found.name for found in group(warehouse, "dora", WINDOW)] == [
        "deployment_frequency", "lead_time", "change_failure_rate", "failed_deployment_recovery_time",
        "deployment_rework_rate",
    ]  # fmt: skip
    for call in (lambda: figure(warehouse, "happiness", WINDOW), lambda: group(warehouse, "people", WINDOW)):
        with pytest.raises(Fault, match="there is no"):
            call()


def test_by_devlake_rules(settled: Any) -> None:
    warehouse = settled
    lead = figure(warehouse, "lead_time", WINDOW, compatible="devlake")
    # The first deployment known deploys nothing there: nine changes are left, of eleven hours each.
    assert (lead.value, lead.n) == (11 * 3600, 9)
    rate = figure(warehouse, "change_failure_rate", WINDOW, compatible="devlake")
    assert rate.value == pytest.approx(1 / 11)
    often = figure(warehouse, "deployment_frequency", WINDOW, compatible="devlake")
    # 6, 4, 0, 0 days: the lower median counts empty weeks and takes the smaller middle.
    assert (often.value, often.band) == (0.0, "low")


@pytest.mark.parametrize("name", ["lead_time", "coding_time", "pickup_time", "review_time", "deploy_time"])
def test_by_devlake_rules_a_row_is_counted_or_left_out(company: Any, name: str) -> None:
    make_busy(company)
    # By ours its coding and total are unknown, by theirs only its coding.
    company.change(5, first_commit_at=company.at(5, 11), review_at=company.at(5, 12))
    warehouse = company.warehouse()
    told, ours = figure(warehouse, name, WINDOW, compatible="devlake"), figure(warehouse, name, WINDOW)
    assert told.n + sum(told.excluded.values()) == ours.n + sum(ours.excluded.values()) == 10
    assert (told.rows.count, told.left_out.count if told.left_out else 0) == (told.n, sum(told.excluded.values()))
    assert not set(told.rows.ids) & set(told.left_out.ids if told.left_out else ())
    assert f"{company.pay}#1" in (told.left_out.ids if told.left_out else ())


def test_by_devlake_rules_recovery_leaves_out_what_lasts(company: Any) -> None:
    make_busy(company).source.put(
        "incidents", {"id": "pager:2", "service": "service:pay", "started_at": company.at(4, 21), "source": "pager"}
    )
    told = figure(company.warehouse(), "failed_deployment_recovery_time", WINDOW, compatible="devlake")
    assert (told.n, dict(told.excluded)) == (1, {"not_restored": 1})


def test_no_deployment_in_a_complete_week_is_not_a_short_window(company: Any) -> None:
    company.deployment(1, company.merge(10), company.at(35, 6))  # the Monday of the week that is under way
    month = Window(start=datetime(2026, 9, 13, tzinfo=UTC), end=datetime(2026, 10, 13, tzinfo=UTC))
    found = figure(company.warehouse(), "deployment_frequency", month)
    assert (found.value, found.n, found.missing) == (None, 1, "no_complete_week")
    assert any("incomplete" in said for said in found.notes)
    days = Window(start=datetime(2026, 10, 11, tzinfo=UTC), end=datetime(2026, 10, 13, tzinfo=UTC))
    assert figure(company.warehouse(), "deployment_frequency", days).missing == "window_too_short"


def test_lower_median_is_that_of_percent_rank() -> None:
    assert [lower_median(v) for v in ([], [3], [1, 2], [1, 2, 3], [1, 2, 3, 4], [1, 1, 1, 9])] == [
        None,
        3,
        1,
        2,
        2,
        1,
    ]
