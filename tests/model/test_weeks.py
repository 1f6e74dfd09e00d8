"""Weeks of a team: ISO's numbers, cut at the team's own weekend, without gaps and in its zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.model.calendar.weeks import WeekNumber, week_bounds, week_days, week_of
from fairlead.model.calendar.working import WorkingCalendar

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = timedelta(days=1)


def calendar(*days: str, zone: str = "UTC") -> WorkingCalendar:
    return WorkingCalendar("test", ", ".join(days) + " 09:00-17:00" if days else "", zone)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    days = draw(st.sets(st.sampled_from(DAYS), min_size=1))
    zone = draw(st.sampled_from(("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")))
    return calendar(*sorted(days, key=DAYS.index), zone=zone)


def test_a_usual_week_is_that_of_iso_8601() -> None:
    week = WeekNumber.read("2026-W46")
    days = week_days(calendar("Mon-Fri"), week)
    assert (days[0], days[-1]) == (date(2026, 11, 9), date(2026, 11, 15))
    assert str(week) == "2026-W46"


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (("Sun-Thu",), date(2026, 11, 8)),
        (("Sat-Wed",), date(2026, 11, 7)),
        (("Tue-Sat",), date(2026, 11, 10)),
        (("Mon-Sat",), date(2026, 11, 9)),
        (("Mon-Sun",), date(2026, 11, 9)),
        # free on Wednesday and at the weekend: the weekend is longer
        (("Mon", "Tue", "Thu", "Fri"), date(2026, 11, 9)),
        # free on Wednesday and on Sunday alike: the week ends on Sunday
        (("Mon", "Tue", "Thu", "Fri", "Sat"), date(2026, 11, 9)),
    ],
)
def test_a_week_begins_after_the_teams_own_weekend(days: tuple[str, ...], first: date) -> None:
    assert week_days(calendar(*days), WeekNumber(2026, 46))[0] == first


@given(calendars(), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_each_day_lies_in_one_week_and_weeks_follow_each_other(team: WorkingCalendar, day: date) -> None:
    week = week_of(team, day)
    days = week_days(team, week)
    assert day in days
    assert {week_of(team, each) for each in days} == {week}
    assert week_days(team, week.before)[-1] + DAY == days[0]
    assert week_bounds(team, week.before)[1] == week_bounds(team, week)[0]
    # of seven days in a row at least four lie in the ISO week whose number it bears
    assert sum(each.isocalendar()[:2] == (week.year, week.number) for each in days) >= 4
    assert WeekNumber.read(str(week)) == week


def test_its_bounds_are_midnights_of_the_zone_over_a_change_of_the_clocks() -> None:
    start, end = week_bounds(calendar("Mon-Fri", zone="Europe/Berlin"), WeekNumber(2026, 43))
    assert start == datetime(2026, 10, 18, 22, tzinfo=UTC)
    assert end == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert end - start == timedelta(days=7, hours=1)


def test_the_year_of_a_week_is_isos() -> None:
    assert week_of(calendar("Mon-Fri"), date(2027, 1, 1)) == WeekNumber(2026, 53)


@pytest.mark.parametrize("text", ["2026-46", "2026-W54", "2025-W53", "W46", "", "2026-W00", "0001-W01", "9999-W01"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no week|too far|Invalid week"):
        WeekNumber.read(text)
