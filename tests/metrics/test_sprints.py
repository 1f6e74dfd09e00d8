"""The ledger of sprints: by hand, against an oracle, and after any order of arrival."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.metrics.sprint_oracle import History, ledger
from tests.metrics.sprinting import at, histories, rows, sprint_row, sprint_rows

from fairlead.metrics import executor
from fairlead.metrics.figures import figure, group
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Window
from fairlead.model.setup import CalendarSetup, Setup, TeamSetup, Thresholds, Work
from fairlead.model.times import FixedClock

CLOCK = FixedClock(datetime(2026, 4, 6, 8, tzinfo=UTC))
SETUP = Setup(thresholds=Thresholds(minimum_n=1))
WINDOW = Window(start=datetime(2026, 3, 2, tzinfo=UTC), end=datetime(2026, 3, 30, tzinfo=UTC))
MARTS = (
    "work_item_statuses", "work_item_cycle_times", "daily_flow", "work_item_blocks", "work_item_spells",
    "sprint_scope", "sprint_results", "sprint_days",
)  # fmt: skip
SPRINT = "jira:sprint/8"


def built(source: MemorySource, setup: Setup = SETUP) -> Warehouse:
    warehouse = Warehouse(None, source, setup, CLOCK)
    warehouse.refresh()
    return warehouse


def entries(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    found = warehouse.rows(
        'select sprint, work_item, kind, "at", event, points_before, points_after from sprint_scope'
    )
    return [tuple(row.values()) for row in found]


class Board:
    """One sprint from hour 0 to hour 100, and items in it."""

    def __init__(self, state: str = "closed") -> None:
        self.source = MemorySource()
        self.source.put("sprints", sprint_row(0, 0, 100, state))

    def item(self, number: int, *, created: int = -10, points: float | None = None, sprint: str | None = None) -> str:
        item = f"jira:P-{number}"
        self.source.put("work_items", {
            "id": item, "created_at": at(created), "status": "Open", "status_category": "todo", "points": points,
            "sprint": sprint, "project": "P", "work_type": "feature", "source": "jira",
        })  # fmt: skip
        return item

    def change(self, item: str, number: int, hour: int, field: str, before: str | None, after: str | None) -> None:
        self.source.put("work_item_changes", {
            "id": f"{item}/{field}/{number}", "work_item": item, "at": at(hour), "field": field, "from_value": before,
            "to_value": after,
        })  # fmt: skip

    def moved(self, item: str, number: int, hour: int, before: str, after: str) -> None:
        self.source.put("work_item_transitions", {
            "id": f"{item}/transition/{number}", "work_item": item, "at": at(hour), "from_status": before,
            "to_status": after, "from_category": before, "to_category": after,
        })  # fmt: skip
        self.source.put("work_items", {"id": item, "status": after, "status_category": after})


@pytest.fixture(scope="module")
def worked() -> Warehouse:
    """Five items, each with a fate of its own; all numbers below follow from these lines."""
    board = Board()
    kept = board.item(1, points=3, sprint=SPRINT)
    board.moved(kept, 1, 10, "todo", "in_progress")
    board.moved(kept, 2, 30, "in_progress", "done")
    late = board.item(2, points=5, sprint=SPRINT)
    board.moved(late, 1, 20, "todo", "in_progress")
    board.moved(late, 2, 120, "in_progress", "done")
    board.change(late, 3, 130, "points", "5", "50")
    gone = board.item(3, points=2)
    board.change(gone, 1, -5, "sprint", None, SPRINT)
    board.change(gone, 2, 40, "sprint", SPRINT, None)
    back = board.item(4, points=8, sprint=SPRINT)
    board.change(back, 1, 15, "sprint", None, SPRINT)
    board.change(back, 2, 25, "sprint", SPRINT, None)
    board.change(back, 3, 35, "sprint", None, SPRINT)
    board.change(back, 4, 45, "points", "1", "8")
    board.moved(back, 5, 60, "todo", "done")
    before = board.item(5, points=13, sprint=SPRINT)
    board.moved(before, 1, -3, "todo", "done")
    return built(board.source)


def test_every_fate_is_an_entry(worked: Warehouse) -> None:
    told = [(row[1].removeprefix("jira:"), *row[2:]) for row in entries(worked)]
    assert sorted(told, key=lambda row: (row[0], row[2], row[1])) == [
        ("P-1", "committed", at(0), "jira:P-1", None, 3),
        ("P-1", "completed", at(30), "jira:P-1/transition/2", 3, 3),
        ("P-2", "committed", at(0), "jira:P-2", None, 5),
        ("P-2", "carried_over", at(100), SPRINT, 5, 5),
        ("P-3", "committed", at(0), "jira:P-3/sprint/1", None, 2),
        ("P-3", "removed", at(40), "jira:P-3/sprint/2", 2, None),
        ("P-4", "added", at(15), "jira:P-4/sprint/1", None, 1),
        ("P-4", "removed", at(25), "jira:P-4/sprint/2", 1, None),
        ("P-4", "added", at(35), "jira:P-4/sprint/3", None, 1),
        ("P-4", "re_estimated", at(45), "jira:P-4/points/4", 1, 8),
        ("P-4", "completed", at(60), "jira:P-4/transition/5", 8, 8),
    ]


@pytest.mark.parametrize(("name", "value", "n"), [
    ("predictability", 1 / 3, 1),  # of P-1, P-2, P-3 only P-1
    ("velocity", 11, 1),  # 3 and 8
    ("sprint_completion", 2 / 3, 1),  # P-1 and P-4; P-2 stayed
    ("scope_change", 4 / 3, 1),  # two in, two out, of three
    ("carry_over", 1 / 3, 1),
])  # fmt: skip
def test_figures_of_sprints(name: str, value: float, n: int, worked: Warehouse) -> None:
    found = figure(worked, name, WINDOW)
    assert found.value == pytest.approx(value)
    assert found.n == n and found.rows.ids == (SPRINT,)


def test_burndown_by_working_day(worked: Warehouse) -> None:
    days = worked.rows("from sprint_days order by working_day")
    columns = ("scope_points", "completed_points", "scope_items", "remaining_items")
    # The start is Monday 2 March 08:00, a day ends at 17:00, the close is Friday 12:00.
    assert [(row["day"].day, *(row[name] for name in columns)) for row in days] == [
        (2, 10, 0, 3, 3),
        (2, 10, 0, 3, 3),
        (3, 10, 3, 3, 2),  # P-4 came and went in the meantime
        (4, 16, 3, 3, 2),  # P-3 has gone, P-4 is back and counts 8
        (5, 16, 11, 3, 1),
        (6, 16, 11, 3, 1),
    ]
    assert days[-1]["at"] == at(100)


def test_no_sprint_is_no_figure_and_no_zero() -> None:
    for found in group(built(MemorySource()), "sprint", WINDOW):
        assert found.value is None and found.missing == "no_sprints", found.name


def test_what_is_done_without_points_is_no_velocity() -> None:
    board = Board()
    item = board.item(1, sprint=SPRINT)
    board.moved(item, 1, 10, "todo", "done")
    found = figure(built(board.source), "velocity", WINDOW)
    assert found.value is None and found.excluded == {"no_points": 1}


def test_a_sprint_opened_again_is_open() -> None:
    board = Board("active")
    board.item(1, points=1, sprint=SPRINT)
    warehouse = built(board.source)
    assert [row[2] for row in entries(warehouse)] == ["committed"]
    assert figure(warehouse, "carry_over", WINDOW).missing == "no_sprints"
    board.source.put("sprints", sprint_row(0, 0, 110, "closed"))
    warehouse.refresh()
    assert {(row[2], row[3]) for row in entries(warehouse)} == {("committed", at(0)), ("carried_over", at(110))}


def test_grace_makes_early_additions_committed() -> None:
    board = Board()
    item = board.item(1)
    board.change(item, 1, 2, "sprint", None, SPRINT)
    assert sorted(row[2] for row in entries(built(board.source))) == ["added", "carried_over"]
    graceful = Setup(work=Work(sprint_grace_minutes=180))
    assert sorted(row[2] for row in entries(built(board.source, graceful))) == ["carried_over", "committed"]


def test_sprints_named_one_by_one_and_all_together_are_the_same() -> None:
    board = Board()
    other = "jira:sprint/9"
    lists, steps = board.item(1), board.item(2)
    board.change(lists, 1, 10, "sprint", other, f"{other}, {SPRINT}")
    board.change(lists, 2, 20, "sprint", f"{other},{SPRINT}", other)
    board.change(steps, 1, 10, "sprint", None, SPRINT)
    board.change(steps, 2, 20, "sprint", SPRINT, None)
    found = entries(built(board.source))
    first, second = ([row[2:4] for row in found if row[1] == item] for item in (lists, steps))
    assert sorted(first) == sorted(second) == [("added", at(10)), ("removed", at(20))]


def test_a_full_run_in_parts_makes_the_same_marts(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board()
    board.source.put("sprints", sprint_row(1, 100, 200, "active"))
    second = sprint_row(1, 100, 200, "active")["id"]
    for number in range(1, 8):
        item = board.item(number, points=2.0, sprint=second if number % 2 else SPRINT)
        board.change(item, 1, -5 + 3 * number, "sprint", None, SPRINT)
        board.moved(item, 1, 10 * number, "todo", "in_progress")
        board.change(item, 2, 12 * number, "points", "1", "2")
        if number % 2:
            board.change(item, 3, 101, "sprint", SPRINT, second)
        else:
            board.moved(item, 2, 14 * number, "in_progress", "done")
    at_once = built(board.source)
    whole = {mart: sorted(map(repr, at_once.rows(f"from {mart}"))) for mart in MARTS}
    monkeypatch.setattr(executor, "_PART_ROWS_PER_MB", 0.01)
    warehouse = built(board.source)
    assert {mart: sorted(map(repr, warehouse.rows(f"from {mart}"))) for mart in MARTS} == whole
    assert len({row["sprint"] for row in warehouse.rows("from sprint_scope")}) == 2


def test_working_days_are_those_of_the_team() -> None:
    board = Board()
    board.source.put("sprints", {**sprint_row(0, -6, 100, "closed"), "team": "team:reef"})
    zone = Setup(
        teams={"reef": TeamSetup(calendar="reef")},
        calendars={"reef": CalendarSetup(time_zone="Pacific/Honolulu", holidays=("2026-03-04 Reef day",))},
    )
    days = built(board.source, zone).rows("select day, working_day from sprint_days order by working_day")
    # 09:00 to 17:00 in Honolulu is cut by midnight in UTC; the Wednesday is a holiday.
    assert [row["day"].day for row in days if row["working_day"]] == [2, 3, 5]


@settings(max_examples=examples(8), deadline=None, suppress_health_check=list(HealthCheck))
@given(sprint_rows, st.data())
def test_ledger_equals_oracle(sprints: tuple[dict[str, Any], ...], data: st.DataObject) -> None:
    items = [data.draw(histories(number)) for number in range(1, 7)]
    source = MemorySource()
    source.put("sprints", *sprints)
    for history in items:
        for table, row in rows(history):
            source.put(table, row)
    warehouse = built(source)
    expected = [entry for history in items for sprint in sprints for entry in ledger(history, sprint)]
    assert sorted(entries(warehouse), key=repr) == sorted(expected, key=repr)
    assert_days(warehouse, items, expected)


def assert_days(warehouse: Warehouse, items: list[History], expected: list[Any]) -> None:
    """Scope and done of each day follow from the entries so far and from where each item stood."""
    known = {history.item: history for history in items}
    for row in warehouse.rows("from sprint_days"):
        mine = [entry for entry in expected if entry[0] == row["sprint"] and entry[3] <= row["at"]]
        came = {
            entry[1]: entry[3] for entry in sorted(mine, key=lambda one: one[3]) if entry[2] in ("committed", "added")
        }
        left = {entry[1]: entry[3] for entry in sorted(mine, key=lambda one: one[3]) if entry[2] == "removed"}
        inside = {item for item in came if item not in left or left[item] < came[item]}
        done = {item for item in inside if known[item].standing(row["at"])[0] == "done"}
        points = [known[item].estimate(row["at"]) for item in inside]
        assert (row["scope_items"], row["completed_items"]) == (len(inside), len(done))
        assert (row["scope_points"] or 0) == sum(point or 0 for point in points)


@settings(max_examples=examples(4), deadline=None, suppress_health_check=list(HealthCheck))
@given(sprint_rows, st.data())
def test_any_order_of_arrival_gives_the_same(sprints: tuple[dict[str, Any], ...], data: st.DataObject) -> None:
    told = [row for number in range(1, 4) for row in rows(data.draw(histories(number)))]
    told += [("sprints", row) for row in sprints]
    for number, hour in enumerate(data.draw(st.lists(st.integers(1, 50), max_size=4))):
        told.append(("work_item_changes", {
            "id": f"f{number}", "work_item": "jira:P-1", "at": at(hour), "field": "flagged",
            "to_value": "true" if number % 2 == 0 else None, "from_value": None if number % 2 == 0 else "true",
        }))  # fmt: skip
    told.append(("work_item_links", {
        "id": "l1", "from_item": "jira:P-1", "to_item": "jira:P-2", "kind": "blocks", "created_at": at(1),
    }))  # fmt: skip
    told = data.draw(st.permutations(told))
    source = MemorySource()
    followed = built(source)
    step = data.draw(st.integers(3, 9))
    for first in range(0, len(told), step):
        for table, row in told[first : first + step]:
            source.put(table, row)
        if data.draw(st.booleans()):
            table, row = told[first]
            source.remove(table, row["id"])
        assert not followed.refresh().full
    anew = built(source)
    for name in MARTS:
        assert sorted(map(repr, followed.rows(f"from {name}"))) == sorted(map(repr, anew.rows(f"from {name}"))), name


def test_a_sprint_belongs_to_the_team_that_it_names_or_that_has_most_of_its_items() -> None:
    board = Board("closed")
    for number, team in enumerate(["team:pay", "team:pay", "team:ops"], start=1):
        item = board.item(number, sprint=SPRINT)
        board.source.put("work_items", {"id": item, "team": team})
    stated = {**sprint_row(1, 0, 100, "closed"), "team": "team:ops"}
    board.source.put("sprints", stated)
    setup = Setup(teams={"pay": TeamSetup(), "ops": TeamSetup()}, thresholds=Thresholds(minimum_n=1))
    warehouse = built(board.source, setup)
    found = warehouse.rows("select sprint, team, via from sprint_teams order by sprint")
    assert [tuple(row.values()) for row in found] == [
        (SPRINT, "team:pay", "items"), ("jira:sprint/9", "team:ops", "record"),
    ]  # fmt: skip
    assert figure(warehouse, "sprint_completion", WINDOW, {"team": "team:pay"}).n == 1
