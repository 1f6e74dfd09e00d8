"""What trackers do to a sprint behind its back: deleted, moved, renamed, estimated late, told with gaps.

One warehouse; each line of the table is one item with its fate and what the ledger must say of it.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.metrics.sprinting import SPRINTS, at, sprint_row

from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.setup import CalendarSetup, Setup, TeamSetup
from fairlead.model.times import FixedClock

CLOSED, AGAIN, _ = SPRINTS
"""Closed at hour 100; opened again, though its record still says that it was closed at hour 100."""
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the warehouse holds clock readings of UTC
CLOCK = FixedClock(datetime(2026, 4, 6, 8, tzinfo=UTC))

Said = tuple[str, int, str | None, str | None, str | None, str | None]
"""A transition: (event, hour, from status, to status, from category, to category)."""
WORK: Said = ("t1", 10, "Open", "Doing", "todo", "in_progress")
DONE: Said = ("t2", 30, "Doing", "Shipped", "in_progress", "done")

Change = tuple[str, int, str, str]
"""A change of a field: (field, hour, before, after)."""
Entry = tuple[str, int, str, float | None]
"""A line of the ledger: (kind, hour, event, points)."""
LATE: Said = ("t2", 110, "Open", "Shipped", "todo", "done")
OVER = {"status": "Shipped", "status_category": "done"}

FATES: tuple[tuple[str, str, dict[str, object], list[Said], list[Change], list[Entry]], ...] = (
    ("kept, then deleted after the close", CLOSED, {"deleted_at": at(120), **OVER}, [WORK, DONE], [],
     [("committed", 0, "item", 3), ("completed", 30, "t2", 3)]),
    ("left over, then deleted after the close", CLOSED, {"deleted_at": at(101)}, [WORK], [],
     [("committed", 0, "item", 3), ("carried_over", 100, CLOSED, 3)]),
    ("done after the close, then deleted", CLOSED, {"deleted_at": at(150)}, [LATE], [],
     [("committed", 0, "item", 3), ("carried_over", 100, CLOSED, 3)]),
    ("deleted while it ran", CLOSED, {"deleted_at": at(40)}, [WORK], [],
     [("committed", 0, "item", 3), ("removed", 40, "item", None)]),
    ("done, then deleted while it ran", CLOSED, {"deleted_at": at(50)}, [WORK, DONE], [],
     [("committed", 0, "item", 3), ("removed", 50, "item", None)]),
    ("taken out, deleted later", CLOSED, {"deleted_at": at(60), "sprint": None}, [],
     [("sprint", 20, CLOSED, "")], [("committed", 0, "item", 3), ("removed", 20, "sprint-1", None)]),
    ("deleted before the start", CLOSED, {"deleted_at": at(-2)}, [WORK], [], []),
    ("deleted at a moment that nobody knows", CLOSED, {"deleted_at": EPOCH}, [WORK], [], []),
    ("deleted after its sprint was opened again", AGAIN, {"deleted_at": at(120)}, [], [],
     [("committed", 0, "item", 3), ("removed", 120, "item", None)]),
    ("done after its sprint was opened again", AGAIN, OVER, [LATE], [],
     [("committed", 0, "item", 3), ("completed", 110, "t2", 3)]),
    ("moved to another project", CLOSED, {"project": "Q", "key": "Q-7"}, [WORK, DONE], [("project", 20, "P", "Q")],
     [("committed", 0, "item", 3), ("completed", 30, "t2", 3)]),
    ("estimated anew after the close", CLOSED, {"points": 50}, [WORK, DONE], [("points", 120, "3", "50")],
     [("committed", 0, "item", 3), ("completed", 30, "t2", 3)]),
    ("its status was renamed since", CLOSED, {"status": "Live", "status_category": "done"}, [WORK, DONE], [],
     [("committed", 0, "item", 3), ("completed", 30, "t2", 3)]),
    # Jira tells no category of a status that it has no more; the record of the item still has one.
    ("its last status was deleted", CLOSED, OVER,
     [WORK, ("t2", 30, "Doing", "Shipped", None, None)], [],
     [("committed", 0, "item", 3), ("completed", 30, "t2", 3)]),
    ("a deleted status on its way", CLOSED, OVER,
     [("t1", 10, "Open", "Gone", "todo", None), ("t2", 30, "Gone", "Shipped", None, "done")], [],
     [("committed", 0, "item", 3), ("completed", 30, "t2", 3)]),
    ("a status of which nobody knows what it meant", CLOSED, {"status": "Open"},
     [("t1", 10, "Open", "Gone", "todo", None)], [], [("committed", 0, "item", 3), ("carried_over", 100, CLOSED, 3)]),
    ("a gap in the middle of its history", CLOSED, OVER,
     [("t1", 10, "Open", "Doing", "todo", "in_progress"), ("t3", 30, "Review", "Shipped", "in_progress", "done")], [],
     [("committed", 0, "item", 3), ("completed", 30, "t3", 3)]),
    ("a gap at the end of its history", CLOSED, {**OVER, "closed_at": at(70)}, [WORK],
     [], [("committed", 0, "item", 3), ("completed", 70, "item", 3)]),
    ("a gap in its sprints: it leaves one that it never entered", CLOSED, {"sprint": None}, [],
     [("sprint", 20, CLOSED, "")], [("committed", 0, "item", 3), ("removed", 20, "sprint-1", None)]),
    ("a gap in its estimates", CLOSED, {"points": 8}, [], [("points", 20, "5", "8")],
     [("committed", 0, "item", 5), ("re_estimated", 20, "points-1", 8), ("carried_over", 100, CLOSED, 8)]),
)  # fmt: skip


@pytest.fixture(scope="module")
def source() -> MemorySource:
    found = MemorySource()
    found.put("sprints", sprint_row(0, 0, 100, "closed"), sprint_row(1, 0, 100, "active"))
    for number, (_, sprint, record, transitions, changes, _) in enumerate(FATES):
        item = f"jira:P-{number}"
        found.put("work_items", {
            "id": item, "created_at": at(-5), "status": "Open", "status_category": "todo", "points": 3,
            "project": "P", "sprint": sprint, "source": "jira", **record,
        })  # fmt: skip
        for event, hour, before, after, was, became in transitions:
            found.put("work_item_transitions", {
                "id": f"{item}/{event}", "work_item": item, "at": at(hour), "from_status": before, "to_status": after,
                "from_category": was, "to_category": became,
            })  # fmt: skip
        for nth, (field, hour, old, new) in enumerate(changes, start=1):
            found.put("work_item_changes", {
                "id": f"{item}/{field}-{nth}", "work_item": item, "at": at(hour), "field": field, "from_value": old,
                "to_value": new,
            })  # fmt: skip
    return found


@pytest.fixture(scope="module")
def ledger(source: MemorySource) -> Warehouse:
    warehouse = Warehouse(None, source, Setup(), CLOCK)
    warehouse.refresh()
    return warehouse


@pytest.mark.parametrize("number", range(len(FATES)), ids=[fate[0] for fate in FATES])
def test_ledger(number: int, ledger: Warehouse) -> None:
    item, sprint = f"jira:P-{number}", FATES[number][1]
    found = ledger.rows(
        'select kind, "at", event, points_after from sprint_scope where work_item = ? and sprint = ? order by entry',
        [item, sprint],
    )
    expected = [
        (kind, at(hour), item if event == "item" else event if event == sprint else f"{item}/{event}", points)
        for kind, hour, event, points in FATES[number][5]
    ]
    assert [tuple(row.values()) for row in found] == expected


def test_results_of_a_closed_sprint_are_those_of_its_close(source: MemorySource, ledger: Warehouse) -> None:
    """What is deleted afterwards changes neither sums nor days of it, followed or made anew; flow forgets it."""
    asked = (
        "select * exclude (state) from sprint_results where sprint = ?",
        "from sprint_days where sprint = ? order by all",
    )
    before = [ledger.rows(query, [CLOSED]) for query in asked]
    source.put("work_items", {"id": "jira:P-10", "deleted_at": at(200)}, {"id": "jira:P-11", "deleted_at": at(200)})
    assert not ledger.refresh().full
    anew = Warehouse(None, source, Setup(), CLOCK)
    anew.refresh()
    for warehouse in (ledger, anew):
        assert [warehouse.rows(query, [CLOSED]) for query in asked] == before
        known = {row["work_item"] for row in warehouse.rows("from work_item_cycle_times")}
        assert "jira:P-10" not in known and "jira:P-12" in known


def test_days_are_those_of_the_calendar_of_the_team() -> None:
    """Auckland's clocks change between a Saturday and a Sunday; by UTC both were one day, and Monday was Sunday."""
    source = MemorySource()
    zone = Setup(
        teams={"kea": TeamSetup(calendar="kea")},
        calendars={"kea": CalendarSetup(time_zone="Pacific/Auckland", hours="Mon-Sun 08:00-16:00")},
    )
    source.put("sprints", {
        "id": CLOSED, "name": "Sprint", "state": "closed", "team": "team:kea", "source": "jira",
        # Friday 09:00 and Monday 17:00 in Auckland.
        "start_at": datetime(2026, 9, 24, 21, tzinfo=UTC), "completed_at": datetime(2026, 9, 28, 4, tzinfo=UTC),
    })  # fmt: skip
    warehouse = Warehouse(None, source, zone, FixedClock(datetime(2026, 10, 6, 8, tzinfo=UTC)))
    warehouse.refresh()
    days = [row["day"].day for row in warehouse.rows("select day from sprint_days order by working_day")]
    assert days == [25, 25, 26, 27, 28]
