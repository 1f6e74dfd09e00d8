"""Flow of work items by hand-computed values: time in status, pauses, reopenings, stocks, and what is left out."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fairlead.metrics.figures import figure, group
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Figure, Window
from fairlead.model.setup import Setup, TeamSetup, Thresholds, Work
from fairlead.model.times import FixedClock

MONDAY = datetime(2026, 6, 1)  # noqa: DTZ001 - the warehouse holds clock readings of UTC
CLOCK = FixedClock(datetime(2026, 6, 29, tzinfo=UTC))
SETUP = Setup(
    thresholds=Thresholds(minimum_n=1), teams={"core": TeamSetup(members=("kim",), repositories=("github:acme/*",))}
)
CATEGORY = {
    "Open": "todo",
    "Dev": "in_progress",
    "Waiting for QA": "in_progress",
    "Done": "done",
    "Dropped": "canceled",
    "Limbo": None,
}
HOUR = 3600.0


def on(day: float) -> datetime:
    """So many days after the first Monday."""
    return MONDAY + timedelta(days=day)


def window(first: float, last: float) -> Window:
    """From one day to another."""
    return Window(start=on(first).replace(tzinfo=UTC), end=on(last).replace(tzinfo=UTC))


def put(source: MemorySource, item: str, *steps: tuple[float, str], **said: Any) -> None:
    """An item by its steps: days and statuses."""
    status = steps[-1][1]
    closed = on(steps[-1][0]) if CATEGORY[status] in ("done", "canceled") else None
    source.put("work_items", {
        "id": item, "key": item, "created_at": on(steps[0][0]), "status": status, "status_category": CATEGORY[status],
        "closed_at": closed, "project": "P", "work_type": "feature", "source": "jira", **said,
    })  # fmt: skip
    for number, ((_, before), (day, after)) in enumerate(itertools.pairwise(steps), start=1):
        source.put("work_item_transitions", {
            "id": f"{item}/transition/{number}", "work_item": item, "at": on(day), "from_status": before,
            "to_status": after, "from_category": CATEGORY[before], "to_category": CATEGORY[after],
        })  # fmt: skip


def flagged(source: MemorySource, item: str, *days: float) -> None:
    """Flag up and down by turns."""
    for number, day in enumerate(days):
        up = number % 2 == 0
        source.put("work_item_changes", {
            "id": f"{item}/flagged/{number}", "work_item": item, "at": on(day), "field": "flagged",
            "from_value": None if up else "true", "to_value": "true" if up else None,
        })  # fmt: skip


def built(source: MemorySource, setup: Setup = SETUP) -> Warehouse:
    warehouse = Warehouse(None, source, setup, CLOCK)
    warehouse.refresh()
    return warehouse


@pytest.fixture(scope="module")
def flow() -> Warehouse:
    """Six items; every number below follows from these lines."""
    source = MemorySource()
    # four days, one of them waiting, half a day flagged
    put(source, "jira:P-1", (0, "Open"), (1, "Dev"), (3, "Waiting for QA"), (4, "Dev"), (5, "Done"))
    flagged(source, "jira:P-1", 1.5, 2)
    # done, opened again, done for good: nine days from start to end, two and a half of them worked on
    put(
        source,
        "jira:P-2",
        (0, "Open"),
        (1, "Dev"),
        (3, "Done"),
        (8, "Open"),
        (9.5, "Dev"),
        (10, "Done"),
        work_type="bug",
    )
    put(source, "jira:P-3", (2, "Open"), (6, "Done"))
    put(source, "jira:P-4", (2, "Open"), (4, "Dev"))
    put(source, "jira:P-5", (2, "Open"), (3, "Dev"), (5, "Dropped"))
    # begun and put back
    put(source, "jira:P-6", (2, "Open"), (4, "Dev"), (12, "Open"))
    flagged(source, "jira:P-4", 7, 9, 20)
    return built(source)


def value(warehouse: Warehouse, name: str, first: float = 0, last: float = 14, **segment: str) -> Figure:
    return figure(warehouse, name, window(first, last), segment)


def test_time_in_status_keeps_everything(flow: Warehouse) -> None:
    rows = flow.rows("from work_item_statuses where work_item = 'jira:P-1' order by place")
    assert [(row["status"], row["total_s"], row["active_s"]) for row in rows] == [
        ("Open", 24 * HOUR, 24 * HOUR), ("Dev", 48 * HOUR, 36 * HOUR), ("Waiting for QA", 24 * HOUR, 0),
        ("Dev", 24 * HOUR, 24 * HOUR), ("Done", None, None),
    ]  # fmt: skip
    assert [row["category_since"] for row in rows] == [on(0), on(1), on(1), on(1), on(5)]


def test_cycle_is_from_first_start_to_last_end(flow: Warehouse) -> None:
    rows = {row["work_item"][-1]: row for row in flow.rows("from work_item_cycle_times")}
    assert (rows["1"]["cycle_s"], rows["1"]["active_s"], rows["1"]["waiting_s"]) == (96 * HOUR, 60 * HOUR, 36 * HOUR)
    assert (rows["2"]["cycle_s"], rows["2"]["active_s"], rows["2"]["reopened"]) == (216 * HOUR, 60 * HOUR, 1)
    assert rows["3"]["cycle_missing"] == "never_started" and rows["3"]["lead_s"] == 96 * HOUR
    assert rows["4"]["cycle_missing"] == "not_done" and rows["5"]["cycle_missing"] == "canceled"
    spells = flow.rows("select from_at, to_at from work_item_spells where work_item = 'jira:P-6'")
    assert [tuple(row.values()) for row in spells] == [(on(4), on(12))]


@pytest.mark.parametrize(("name", "expected", "n", "excluded"), [
    ("throughput", 1.5, 3, {}),  # three in two weeks
    ("cycle_time", 156 * HOUR, 2, {"never_started": 1}),  # between 96 and 216
    ("cycle_time_p85", 198 * HOUR, 2, {"never_started": 1}),
    ("active_time", 60 * HOUR, 2, {"never_started": 1}),
    ("lead_time_items", 120 * HOUR, 3, {}),  # of 96, 120, 240
    ("flow_efficiency", 120 / 312, 2, {"never_started": 1}),
    ("arrival_rate", 3.0, 6, {}),
    ("departure_rate", 2.0, 4, {}),  # the canceled one too
    ("wip", 1.0, 1, {}),  # only P-4: P-6 was put back
    ("work_item_age", 240 * HOUR, 1, {}),
    ("blocker_resolution_time", 30 * HOUR, 2, {}),  # half a day and two days
])  # fmt: skip
def test_figures_by_hand(name: str, expected: float, n: int, excluded: dict[str, int], flow: Warehouse) -> None:
    found = value(flow, name)
    assert found.value == pytest.approx(expected)
    assert (found.n, found.excluded) == (n, excluded)


def test_stocks_are_counted_at_the_end_of_each_period(flow: Warehouse) -> None:
    found = value(flow, "wip", 0, 14)
    # After the first week P-4 and P-6; P-2 is done then, and begun again only in the second week.
    assert [point.value for point in found.trend] == [2, 1]
    assert value(flow, "wip", 0, 9.75).value == 3
    assert value(flow, "wip", 0, 0.5).missing == "nothing_in_progress"
    assert found.rows.ids == ("jira:P-4",)


def test_nothing_is_told_of_days_to_come(flow: Warehouse) -> None:
    late = value(flow, "work_item_age", 0, 60)
    assert late.value == pytest.approx(24 * 24 * HOUR)
    assert [point.value is None for point in late.trend] == [False] * 4 + [True] * 5


def test_a_lasting_blockade_is_named(flow: Warehouse) -> None:
    assert value(flow, "blocker_resolution_time", 14, 28).excluded == {"still_blocked": 1}


def test_segments(flow: Warehouse) -> None:
    assert value(flow, "throughput", work_type="bug").n == 1
    assert value(flow, "throughput", project="P").n == 3
    assert value(flow, "throughput", project="Q").missing == "no_items_done"


def test_cumulative_flow_balances(flow: Warehouse) -> None:
    days = {row["day"]: row for row in flow.rows("from daily_flow where team is null")}
    assert len(days) == 13
    fourth = days[date(2026, 6, 5)]
    assert [fourth[name] for name in ("todo", "in_progress", "done", "canceled")] == [1, 4, 1, 0]
    total = 0
    for _, row in sorted(days.items()):
        total += row["arrivals"] + row["reopened"] - row["departures"]
        assert row["todo"] + row["in_progress"] == total
        assert total + row["done"] + row["canceled"] == 6 if row["day"] > date(2026, 6, 2) else True


def test_waiting_is_what_the_team_calls_it() -> None:
    source = MemorySource()
    put(source, "jira:P-1", (0, "Open"), (1, "Dev"), (3, "Waiting for QA"), (5, "Done"))
    assert value(built(source), "flow_efficiency").value == pytest.approx(0.5)
    assert value(built(source, Setup(work=Work(waiting=("dev",)))), "flow_efficiency").value == pytest.approx(0.5)
    assert value(built(source, Setup(work=Work(waiting=()))), "flow_efficiency").value == pytest.approx(1.0)


def test_age_is_judged_by_what_is_usual_there() -> None:
    source = MemorySource()
    for number in range(1, 11):
        put(source, f"jira:P-{number}", (0, "Open"), (1, "Dev"), (1 + number, "Done"))
    put(source, "jira:P-20", (0, "Open"), (3, "Dev"))
    put(source, "jira:P-21", (0, "Open"), (10, "Dev"))
    put(source, "jira:Q-1", (0, "Open"), (1, "Dev"), project="Q")
    # 85 % of P were done within 8.65 days; one of its two is older; Q has finished nothing to judge by.
    warehouse = built(source)
    found = value(warehouse, "aging_items", 0, 14)
    assert (found.value, found.n, found.excluded) == (0.5, 2, {"too_few_finished": 1})
    assert {row["id"]: row["value"] for row in warehouse.rows(found.rows.query)} == {"jira:P-20": 1, "jira:P-21": 0}
    # after a week five were done, 85 % of them within 4.4 days; six stood in P, five of them for six days
    assert [(point.value, point.n) for point in found.trend] == [(pytest.approx(5 / 6), 6), (0.5, 2)]
    assert value(warehouse, "aging_items", 0, 14, project="Q").missing == "all_excluded"


def test_gaps_and_renamed_statuses_lose_nothing() -> None:
    source = MemorySource()
    put(source, "jira:P-1", (0, "Open"), (1, "Dev"), (5, "Done"))
    source.remove("work_item_transitions", "jira:P-1/transition/2")
    put(source, "jira:P-2", (0, "Open"), (1, "Dev"), (2, "Waiting for QA"), (5, "Done"))
    source.remove("work_item_transitions", "jira:P-2/transition/2")
    put(source, "jira:P-3", (0, "Open"), (1, "Dev"), (5, "Done"))
    source.put("work_item_transitions", {"id": "jira:P-3/transition/1", "to_category": None})
    warehouse = built(source)
    rows = {row["work_item"]: row for row in warehouse.rows("from work_item_cycle_times")}
    assert {row["cycle_s"] for row in rows.values()} == {96 * HOUR}
    assert rows["jira:P-2"]["gaps"] == 1 and rows["jira:P-1"]["gaps"] == 0
    assert [note for note in value(warehouse, "cycle_time").notes if note.startswith("1 item has gaps")]
    assert value(warehouse, "throughput").notes == ("silent sources: jira",)


def test_time_in_a_status_that_nobody_explains_is_told() -> None:
    source = MemorySource()
    put(source, "jira:P-1", (0, "Open"), (2, "Limbo"), (4, "Dev"), (5, "Done"))
    put(source, "jira:P-2", (0, "Open"), (1, "Limbo"), (3, "Dev"), (5, "Done"))
    put(source, "jira:P-3", (0, "Open"), (3, "Dev"), (5, "Done"))
    warehouse = built(source)
    for name in ("cycle_time", "cycle_time_p85", "active_time", "flow_efficiency"):
        assert value(warehouse, name).notes[0].startswith("2 items stood in a status"), name
    days = warehouse.rows("from daily_flow where team is null order by day")
    assert [row["unknown"] for row in days] == [0, 1, 2, 1, 0, 0]
    bands = ("todo", "in_progress", "done", "canceled", "unknown")
    assert {sum(row[band] for band in bands) for row in days} == {3}


def test_nothing_comes_before_the_creation() -> None:
    source = MemorySource()
    put(source, "jira:P-1", (1, "Open"), (0.5, "Dev"), (3, "Done"))
    source.put("work_item_transitions", {
        "id": "jira:P-1/transition/created", "work_item": "jira:P-1", "at": on(1), "from_status": None,
        "to_status": "Open", "from_category": None, "to_category": "todo",
    })  # fmt: skip
    warehouse = built(source)
    stretches = warehouse.rows("from work_item_statuses order by place")
    assert [(row["status"], row["from_at"], row["total_s"]) for row in stretches] == [
        ("Open", on(0.5), 0), ("Dev", on(0.5), 60 * HOUR), ("Done", on(3), None),
    ]  # fmt: skip
    assert value(warehouse, "active_time").value == value(warehouse, "cycle_time").value == 60 * HOUR


def test_issues_of_a_code_host_have_flow_and_a_team() -> None:
    source = MemorySource()
    source.put("repositories", {"id": "github:acme/pay", "source": "github"})
    source.put("work_items", {
        "id": "github:acme/pay#1", "repository": "github:acme/pay", "created_at": on(0), "closed_at": on(2),
        "status": "closed", "status_category": "done", "source": "github",
    })  # fmt: skip
    warehouse = built(source)
    assert value(warehouse, "throughput", team="core").n == 1
    assert value(warehouse, "lead_time_items", repository="github:acme/pay").value == 48 * HOUR
    assert value(warehouse, "cycle_time").excluded == {"never_started": 1}


def test_nobody_delivers_items() -> None:
    for found in group(built(MemorySource()), "flow", window(0, 14)):
        assert found.value is None and found.missing, found.name


def test_a_link_blocks_until_one_of_both_ends() -> None:
    source = MemorySource()
    put(source, "jira:P-1", (0, "Open"), (1, "Dev"), (4, "Done"))
    put(source, "jira:P-2", (0, "Open"), (2, "Dev"))
    link = {"from_item": "jira:P-1", "to_item": "jira:P-2", "kind": "blocks"}
    source.put(
        "work_item_links", {"id": "l1", "created_at": on(1), **link}, {"id": "l2", "created_at": on(5), **link}
    )
    blocks = built(source).rows("from work_item_blocks")
    assert [(row["from_at"], row["to_at"], row["blocked_by"]) for row in blocks] == [(on(1), on(4), "jira:P-1")]
