"""When something runs again: `every 300 s`, or days and an hour like `workdays 08:30`; hours are wall-clock time.

On the day when clocks go forward, an hour that does not exist comes as much later as the gap is long; on the day when
they go back, of an hour that comes twice the first counts. So a day never has two runs of a rule, and never none.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from fairlead.model.calendar.days import Days, read_days
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Abort

_EVERY = re.compile(r"every (\d+) s")
_AT = re.compile(r"(\S.*) ([01]\d|2[0-3]):([0-5]\d)")
_LOOK_AHEAD_DAYS = 800
"""A calendar without working days in so long has none."""
_LATE_BY = timedelta(hours=2)
"""How late a run of yesterday may still be made up for: an hour shortly before midnight belongs to nobody's today."""


def next_at(rule: str, calendar: WorkingCalendar, after: datetime, zone: tzinfo | None = None) -> datetime:
    """The first moment after `after`; runs that were missed are not made up for."""
    if every := _EVERY.fullmatch(rule):
        return after + timedelta(seconds=max(1, int(every[1])))
    days, hour, minute = _read(rule)
    zone = zone or calendar.zone
    # from yesterday on: its hour may have been pushed over midnight by a gap
    first = after.astimezone(zone).date() - timedelta(days=1)
    for ahead in range(_LOOK_AHEAD_DAYS):
        day = first + timedelta(days=ahead)
        # the hour first: which days are working days costs more
        if (moment := _moment(zone, day, hour, minute)) > after and days.hold(calendar, day):
            return moment
    raise Abort(f"`{rule}` never comes", hint=f"does the calendar `{calendar.id}` have working days?")


def due_day(rule: str, calendar: WorkingCalendar, now: datetime, zone: tzinfo | None = None) -> date | None:
    """The local day whose hour has come today: what a late start still has to do; `None` where there is nothing."""
    days, hour, minute = _read(rule)
    zone = zone or calendar.zone
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        moment = _moment(zone, day, hour, minute)
        fresh = moment.astimezone(zone).date() == today or now - moment <= _LATE_BY
        if moment <= now and fresh and days.hold(calendar, day):
            return day
    return None


def _read(rule: str) -> tuple[Days, int, int]:
    at = _AT.fullmatch(rule)
    try:
        if at is None:
            raise ValueError("no hour")
        return read_days(at[1]), int(at[2]), int(at[3])
    except ValueError as fault:
        hint = "write `every 300 s`, `daily 03:00`, `workdays 08:30`, `monthly 09:00` or `Mon, Thu 16:00`"
        raise Abort(f"no rule `{rule}`", hint=hint) from fault


def _moment(zone: tzinfo, day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
