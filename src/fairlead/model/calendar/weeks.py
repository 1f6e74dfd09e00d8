"""Weeks as a team works them: numbered as ISO 8601 does, begun on the first day after the team's own weekend."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fairlead.model.calendar.working import EARLIEST_YEAR, LATEST_YEAR, WorkingCalendar

_NAME = re.compile(r"(\d{4})-W(\d{2})")
_DAYS = 7


@dataclass(frozen=True, slots=True, order=True)
class WeekNumber:
    """A week of a year, like `2026-W46`; its year is ISO's, which may differ from that of its first days."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"

    @classmethod
    def read(cls, text: str) -> WeekNumber:
        """The week that a text names; raises `ValueError` for anything else, also for a week 53 that a year lacks."""
        found = _NAME.fullmatch(text.strip().upper())
        if not found:
            raise ValueError(f"`{text}` is no week")
        week = cls(int(found[1]), int(found[2]))
        # calendars know no working time beyond these years, so that no such week has any
        if not EARLIEST_YEAR < week.year < LATEST_YEAR:
            raise ValueError(f"`{text}` is too far away")
        _ = week.monday
        return week

    @property
    def monday(self) -> date:
        """ISO's first day of it; raises `ValueError` where there is no such week."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def before(self) -> WeekNumber:
        """The week before it."""
        return _numbered(self.monday - timedelta(days=_DAYS))


def week_of(calendar: WorkingCalendar, day: date) -> WeekNumber:
    """The week to which a local date belongs."""
    return _numbered(day - timedelta(days=_shift(calendar)))


def week_days(calendar: WorkingCalendar, week: WeekNumber) -> list[date]:
    """Its seven local dates, free ones among them."""
    first = week.monday + timedelta(days=_shift(calendar))
    return [first + timedelta(days=day) for day in range(_DAYS)]


def week_bounds(calendar: WorkingCalendar, week: WeekNumber) -> tuple[datetime, datetime]:
    """Its first moment and that of the week after, in UTC; a change of the clocks makes it shorter or longer."""
    days = week_days(calendar, week)
    return calendar.day_bounds(days[0])[0], calendar.day_bounds(days[-1])[1]


def _numbered(day: date) -> WeekNumber:
    year, number, _ = day.isocalendar()
    return WeekNumber(year, number)


def _shift(calendar: WorkingCalendar) -> int:
    """Days from ISO's Monday to the first day of the team's week.

    Where people work from Sunday to Thursday a week runs from Sunday: cut on Monday, it would hold the last days of
    one week and the first one of another. It keeps the number of the ISO week in which most of its days lie.
    """
    works = [bool(hours) for hours in calendar.week.days]
    if all(works) or not any(works):
        return 0
    # The longest run of free days is the weekend; of two alike the one that ends in ISO's, on Sunday.
    runs = [(_free_before(works, day), day == 0, day) for day in range(_DAYS) if works[day]]
    first = max(runs, key=lambda run: run[:2])[2]
    return first if first <= _DAYS // 2 else first - _DAYS


def _free_before(works: list[bool], day: int) -> int:
    """How many free days lie right before a weekday."""
    count = 0
    while not works[(day - count - 1) % _DAYS]:
        count += 1
    return count
