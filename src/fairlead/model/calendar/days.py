"""On which days something happens: `daily`, `workdays`, `monthly`, or weekdays like `Mon-Thu, Sat`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from fairlead.model.calendar.hours import read_weekdays
from fairlead.model.calendar.working import WorkingCalendar

Kind = Literal["daily", "workdays", "monthly", "weekdays"]
_KINDS: dict[str, Kind] = {
    "daily": "daily", "workdays": "workdays", "working days": "workdays", "monthly": "monthly"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Days:
    """Days that can be told apart by a calendar alone."""

    kind: Kind
    weekdays: frozenset[int] = frozenset()

    def hold(self, calendar: WorkingCalendar, day: date) -> bool:
        """Whether a local date is one of them; weekdays are meant as said, also where one is a holiday."""
        if self.kind == "daily":
            return True
        if self.kind == "weekdays":
            return day.weekday() in self.weekdays
        if not calendar.is_working_day(day):
            return False
        # a month's first working day: whoever reads once a month reads it at work
        return self.kind == "workdays" or calendar.previous_working_day(day).month != day.month


def read_days(text: str) -> Days:
    """The days that a text names; raises `ValueError` that says how they are written."""
    if kind := _KINDS.get(text.strip().lower()):
        return Days(kind)
    try:
        found = [day for part in text.split(",") for day in read_weekdays(part.strip())]
    except ValueError as fault:
        raise ValueError(f"`{text}` names no days: write workdays, daily, monthly, or `Mon-Thu, Sat`") from fault
    return Days("weekdays", frozenset(found))
