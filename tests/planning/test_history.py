"""Working days and what each brought: free days, zones, and how many are still to come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.setup import Setup, TeamSetup
from fairlead.model.times import FixedClock
from fairlead.planning.history import day_after, days_ahead, load_history, per_day

BERLIN = WorkingCalendar("team", "Mon-Fri 09:00-17:00", "Europe/Berlin", holidays=[date(2026, 10, 6)])
NOW = datetime(2026, 10, 14, 10, tzinfo=UTC)
"""A Wednesday, noon in Berlin."""


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


def done(*items: tuple[int, datetime], team: str = "team:pay", project: str = "PAY") -> MemorySource:
    """Items by number, each with the moment of its end."""
    source = MemorySource()
    for number, moment in items:
        item = f"jira:{project}-{number}"
        source.put("work_items", {
            "id": item, "created_at": at(1), "closed_at": moment.replace(tzinfo=None), "status": "Done",
            "status_category": "done", "project": project, "team": team, "source": "jira",
        })  # fmt: skip
        source.put("work_item_transitions", {
            "id": f"{item}/1", "work_item": item, "at": moment.replace(tzinfo=None), "from_status": "To Do",
            "to_status": "Done", "from_category": "todo", "to_category": "done",
        })  # fmt: skip
    return source


def opened(source: MemorySource) -> Warehouse:
    warehouse = Warehouse(None, source, Setup(teams={"pay": TeamSetup(), "ops": TeamSetup()}), FixedClock(NOW))
    warehouse.refresh()
    return warehouse


def test_free_days_count_for_the_working_day_before_them() -> None:
    # 3 and 4 October are a weekend; 23:30 in UTC is the next day in Berlin; the 6th is a holiday
    found = per_day(
        BERLIN, [at(2), at(3), at(4), datetime(2026, 10, 4, 23, tzinfo=UTC), at(6), at(14)], date(2026, 10, 14)
    )
    assert {day: count for day, count in found.items() if count} == {date(2026, 10, 2): 3, date(2026, 10, 5): 2}


def test_history_holds_every_whole_working_day_since_the_first_item() -> None:
    warehouse = opened(done((1, at(2)), (2, at(2)), (3, at(8)), (4, at(14))))
    found = load_history(warehouse, BERLIN, NOW)
    assert found.days[0] == date(2026, 10, 1)
    assert found.days[-1] == date(2026, 10, 13), "today is not over"
    assert date(2026, 10, 6) not in found.days
    assert dict(zip(found.days, found.done, strict=True))[date(2026, 10, 2)] == 2
    assert sum(found.done) == 3


def test_history_of_a_team_and_of_a_project() -> None:
    source = done((1, at(2)), (2, at(5)))
    warehouse = opened(source)
    assert sum(load_history(warehouse, BERLIN, NOW, team="team:pay").done) == 2
    assert load_history(warehouse, BERLIN, NOW, team="team:ops").days == ()
    assert sum(load_history(warehouse, BERLIN, NOW, project="PAY").done) == 2
    assert load_history(warehouse, BERLIN, NOW, project="OPS").done == ()


def test_what_is_done_later_than_now_is_not_known() -> None:
    warehouse = opened(done((1, at(2)), (2, at(20))))
    assert sum(load_history(warehouse, BERLIN, NOW).done) == 1


@pytest.mark.parametrize(("now", "until", "days"), [
    (at(14, 7), at(16, 23), 3),  # Wednesday at nine in Berlin: three days to Friday
    (at(14, 10), at(16, 23), 3),  # at noon more than half of today is left
    (at(14, 13), at(16, 23), 2),  # at three less than half
    (at(16, 16), at(19, 7), 0),  # Friday evening to Monday morning
    (at(5, 7), at(7, 20), 2),  # over the holiday
    (at(14), at(13), 0),
])  # fmt: skip
def test_working_days_to_come(now: datetime, until: datetime, days: int) -> None:
    assert days_ahead(BERLIN, now, until) == days


def test_days_from_now_and_days_ahead_agree() -> None:
    for hours in range(0, 24 * 9, 5):
        now = at(1, 0) + timedelta(hours=hours)
        for days in range(1, 6):
            end = BERLIN.day_bounds(day_after(BERLIN, now, days))[1]
            assert days_ahead(BERLIN, now, end) == days


def test_a_calendar_without_working_days_has_no_past() -> None:
    never = WorkingCalendar("never", "Mon-Fri 09:00-17:00", "UTC", absences=[(at(1) - timedelta(days=80_000), NOW)])
    assert load_history(opened(done((1, at(2)))), never, NOW).days == ()
    assert days_ahead(never, at(5), at(9)) == 0
