"""Quarters and days of an objective, in the calendar of who answers for it."""

from __future__ import annotations

import re
from datetime import date, datetime

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Abort
from fairlead.model.figures import Window

_QUARTER = re.compile(r"(\d{4})-?[qQ]([1-4])")
HINT = "write it like 2026-Q4"
FIRST_YEAR, LAST_YEAR = 1970, 9000
"""Beyond them a zone may have no wall clock."""


def quarter(said: str, calendar: WorkingCalendar) -> Window:
    """From the first moment of a quarter to that of the next one."""
    first = first_day(said)
    if first is None:
        raise Abort(f"no quarter `{said:.40}`", hint=HINT)
    return Window(start=calendar.day_bounds(first)[0], end=calendar.day_bounds(_later(first, 3))[0])


def first_day(said: str) -> date | None:
    """First day of a quarter by name; `None` where it is none."""
    found = _QUARTER.fullmatch(said.strip())
    if not found or not FIRST_YEAR <= (year := int(found[1])) <= LAST_YEAR:
        return None
    return date(year, 3 * int(found[2]) - 2, 1)


def quarter_of(now: datetime, calendar: WorkingCalendar) -> str:
    """Name of the quarter that a moment lies in, like `2026-Q4`."""
    day = calendar.local_day(now)
    return f"{day.year}-Q{(day.month + 2) // 3}"


def last_day(window: Window, calendar: WorkingCalendar) -> date:
    """The last day that belongs to a window."""
    return date.fromordinal(calendar.local_day(window.end).toordinal() - 1)


def _later(first: date, months: int) -> date:
    ahead = first.month - 1 + months
    return date(first.year + ahead // 12, ahead % 12 + 1, 1)
