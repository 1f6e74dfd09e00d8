"""Working days and what each brought: free days, zones, and how many are still to come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.setup import Setup, TeamSetup
from fairlead.model.times import FixedClock
from fairlead.planning.history import day_after, days_ahead, days_to_come, load_history

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
    ends = [at(2), at(3), at(4), datetime(2026, 10, 4, 23, tzinfo=UTC), at(6), at(14)]
    found = load_history(opened(done(*enumerate(ends))), BERLIN, NOW)
    days = dict(zip(found.days, found.done, strict=True))
    assert {day: count for day, count in days.items() if count} == {date(2026, 10, 2): 3, date(2026, 10, 5): 2}
    assert len(found.items) == len(found.ended) == 5


def test_what_was_done_then_counts_though_it_was_opened_again() -> None:
    source = done((1, at(5)))
    source.put("work_items", {"id": "jira:PAY-1", "status": "To Do", "status_category": "todo", "closed_at": None})
    source.put("work_item_transitions", {
        "id": "jira:PAY-1/2", "work_item": "jira:PAY-1", "at": at(8), "from_status": "Done", "to_status": "To Do",
        "from_category": "done", "to_category": "todo",
    })  # fmt: skip
    warehouse = opened(source)
    assert sum(load_history(warehouse, BERLIN, at(7)).done) == 1
    assert sum(load_history(warehouse, BERLIN, NOW).done) == 0


def test_items_that_name_only_when_they_closed_count() -> None:
    source = MemorySource()
    for number, day in enumerate((2, 5, 5, 7)):
        source.put("work_items", {"id": f"x:{number}", "source": "x", "created_at": at(1), "closed_at": at(day)})
    assert load_history(opened(source), BERLIN, NOW).done == (0, 1, 2, 1, 0, 0, 0, 0)


def test_an_epic_is_no_item_of_its_own() -> None:
    source = done((1, at(5)))
    source.put("work_items", {"id": "jira:PAY-1", "work_type": "epic"})
    assert sum(load_history(opened(source), BERLIN, NOW).done) == 0


def weekdays(start: datetime, count: int) -> list[datetime]:
    found = []
    while len(found) < count:
        if start.weekday() < 5:
            found.append(start)
        start += timedelta(days=1)
    return found


def test_before_a_year_without_anything_done_nothing_counts() -> None:
    before = weekdays(datetime(2025, 3, 3, 12, tzinfo=UTC), 60)
    after = weekdays(datetime(2026, 9, 14, 12, tzinfo=UTC), 22)
    found = load_history(opened(done(*enumerate(before + after))), BERLIN, NOW)
    assert found.days[0] == date(2026, 9, 14)
    assert sum(found.done) == 22, "what ended on the holiday counts for the day before"
    assert found.gap is not None
    assert (found.gap.lasts, found.gap.days > 200) == (False, True)


def test_where_nothing_was_done_for_a_year_work_has_stopped() -> None:
    found = load_history(opened(done(*enumerate(weekdays(datetime(2025, 9, 1, 12, tzinfo=UTC), 40)))), BERLIN, NOW)
    assert found.gap is not None
    assert found.gap.lasts


def test_a_team_that_does_an_item_a_month_has_no_gaps() -> None:
    months = [datetime(2025 + month // 12, month % 12 + 1, 10, 12, tzinfo=UTC) for month in range(9, 21)]
    assert load_history(opened(done(*enumerate(months))), BERLIN, NOW).gap is None


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


def test_days_to_come_begin_with_what_is_left_of_today() -> None:
    assert days_to_come(BERLIN, at(5, 7), 3) == [date(2026, 10, 5), date(2026, 10, 7), date(2026, 10, 8)]
    assert days_to_come(BERLIN, at(5, 14), 2) == [date(2026, 10, 7), date(2026, 10, 8)]


def test_a_calendar_without_working_days_has_no_past() -> None:
    never = WorkingCalendar("never", "Mon-Fri 09:00-17:00", "UTC", absences=[(at(1) - timedelta(days=80_000), NOW)])
    assert load_history(opened(done((1, at(2)))), never, NOW).days == ()
    assert days_ahead(never, at(5), at(9)) == 0
