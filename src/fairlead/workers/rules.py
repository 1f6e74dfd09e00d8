"""When something runs again: `every 300 s`, `daily 03:00`, `working days 08:30`; the hours are wall-clock time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Abort

_EVERY = re.compile(r"every (\d+) s")
_AT = re.compile(r"(daily|working days) ([01]\d|2[0-3]):([0-5]\d)")


def next_at(rule: str, calendar: WorkingCalendar, after: datetime) -> datetime:
    """The first moment after `after`; runs that were missed are not made up for.

    On the day when clocks go forward, an hour that does not exist comes as much later as the gap is long; on the day
    when they go back, of an hour that comes twice the first counts.
    """
    if every := _EVERY.fullmatch(rule):
        return after + timedelta(seconds=max(1, int(every[1])))
    at = _AT.fullmatch(rule)
    if at is None:
        raise Abort(f"no rule `{rule}`", hint="write `every 300 s`, `daily 03:00` or `working days 08:30`")
    days, hour, minute = at[1], int(at[2]), int(at[3])
    day = calendar.local_day(after)
    # The hour of today may still lie ahead; the day after is looked for only when it does not.
    if days == "daily" or calendar.is_working_day(day):
        moment = _moment(calendar, day, hour, minute)
        if moment > after:
            return moment
    following = day + timedelta(days=1) if days == "daily" else calendar.next_working_day(day)
    return _moment(calendar, following, hour, minute)


def _moment(calendar: WorkingCalendar, day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=calendar.zone).astimezone(UTC)
