"""Figures of promises: dates by the end of their day, capacity by kind of work, bugs by where they were found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fairlead.metrics.figures import figure, group
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Window
from fairlead.model.setup import Setup, TeamSetup, Thresholds
from fairlead.model.times import FixedClock

PAY = "github:acme/pay"
WINDOW = Window(start=datetime(2026, 3, 1, tzinfo=UTC), end=datetime(2026, 4, 1, 9, tzinfo=UTC))
SETUP = Setup(thresholds=Thresholds(minimum_n=1), teams={"pay": TeamSetup(repositories=(PAY,)), "ops": TeamSetup()})


def march(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def built(source: MemorySource) -> Warehouse:
    warehouse = Warehouse(None, source, SETUP, FixedClock(WINDOW.end))
    warehouse.refresh()
    return warehouse


@pytest.fixture(scope="module")
def promised() -> Warehouse:
    source = MemorySource()
    dates: list[dict[str, Any]] = [
        {"due_at": march(10, 0), "closed_at": march(10, 22)},  # the evening of its day
        {"due_at": march(11), "closed_at": march(12, 0)},  # a minute late is late
        {"due_at": march(12), "closed_at": None},  # still open
        {"due_at": march(13), "closed_at": march(2)},
        {"due_at": None, "closed_at": march(14)},
        {"due_at": datetime(2026, 4, 1, 7, tzinfo=UTC), "closed_at": None},  # its day is not over
        {"due_at": march(15), "closed_at": None, "deleted_at": march(16)},
    ]
    source.put("repositories", {"id": PAY})
    for nth, date in enumerate(dates):
        source.put("milestones", {"id": f"{PAY}/milestone/{nth}", "repository": PAY, **date})
        date = {"delivered_at" if key == "closed_at" else key: value for key, value in date.items()}
        owing = "team:pay" if nth < 2 else "team:ops"
        source.put("team_dependencies", {"id": f"due:{nth}", "from_team": "team:web", "to_team": owing, **date})
    kinds = [("feature", 20), ("feature", 70), ("tech_debt", 5), ("bug", 5), ("other", 5)]
    labels = [["found-in-production"], ["Customer Reported", "found-in-test"], ["found_in_QA"], ["production"], []]
    for nth, (kind, hours) in enumerate(kinds):
        end = march(3 + hours // 24, hours % 24)
        source.put("work_items", {
            "id": f"jira:P-{nth}", "created_at": march(2), "started_at": march(3, 0), "closed_at": end,
            "project": "P", "status": "Done", "status_category": "done", "work_type": kind, "source": "jira",
        })  # fmt: skip
    for nth, told in enumerate(labels):
        source.put("work_items", {
            "id": f"jira:B-{nth}", "created_at": march(20), "status_category": "todo", "work_type": "bug",
            "labels": told, "project": "P", "source": "jira",
        })  # fmt: skip
    return built(source)


@pytest.mark.parametrize(("name", "segment", "value", "n", "excluded"), [
    ("milestone_attainment", {}, 2 / 4, 4, {"no_date": 1}),
    ("milestone_attainment", {"team": "team:pay"}, 2 / 4, 4, {"no_date": 1}),
    ("dependency_dates_kept", {}, 2 / 4, 4, {"no_date": 1}),
    ("dependency_dates_kept", {"team": "team:pay"}, 1 / 2, 2, {}),
    ("feature_turnaround", {}, 45 * 3600, 2, {}),
    ("tech_debt_share", {}, 1 / 4, 4, {"work_type_unknown": 1}),
    # `production` alone is an environment, and an item that is done says nothing at all.
    ("defect_escape_rate", {"project": "P"}, 2 / 3, 3, {"place_not_stated": 3}),
])  # fmt: skip
def test_figures(
    name: str, segment: dict[str, str], value: float, n: int, excluded: dict[str, int], promised: Warehouse
) -> None:
    found = figure(promised, name, WINDOW, segment)
    assert (found.value, found.n, found.excluded) == (pytest.approx(value), n, excluded)
    assert len(promised.rows(found.rows.query)) == n


def test_nothing_promised_is_no_figure_and_no_zero() -> None:
    found = group(built(MemorySource()), "outcome", WINDOW)
    assert {one.name: one.missing for one in found} == {
        "milestone_attainment": "no_milestones", "dependency_dates_kept": "no_dependencies",
        "feature_turnaround": "no_items_done", "tech_debt_share": "no_items_done", "defect_escape_rate": "no_bugs",
    }  # fmt: skip
