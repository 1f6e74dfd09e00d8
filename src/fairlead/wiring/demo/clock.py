"""Story time: seconds counted in working days, so that the same things happen whatever the date is.

Day 0 is the last working day, of which only the early morning has passed; day -1 is the working day before. Weekends
lie between story days and nothing happens in them. Zones are nominal (no daylight saving), which keeps the order of
events, and with it every number and id, independent of the date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_S = 86_400
FIRST_DAY = -64
"""Ninety days hold 64 working days before the last one."""
HEADQUARTERS = "Europe/Berlin"


def story_end(now: datetime) -> datetime:
    """The last working day 09:00 at headquarters that is not after `now`."""
    local = now.astimezone(ZoneInfo(HEADQUARTERS))
    day = local.date() if local.time() >= time(9) else local.date() - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return datetime.combine(day, time(9), ZoneInfo(HEADQUARTERS)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours in which a team works, in seconds of the story's day."""

    start_s: int
    end_s: int
    off: tuple[int, ...] = ()
    """Story days on which nobody works, though others do."""

    def next(self, t: int) -> int:
        """The first working second not before `t`."""
        day, second = divmod(t, DAY_S)
        if day + FIRST_DAY in self.off:
            return self.next((day + 1) * DAY_S)
        if second < self.start_s:
            return day * DAY_S + self.start_s
        return t if second < self.end_s else self.next((day + 1) * DAY_S)

    def after(self, t: int, work_s: float) -> int:
        """The moment when so much working time has passed since `t`."""
        left = int(work_s)
        t = self.next(t)
        while left >= (rest := self.end_s - t % DAY_S):
            left -= rest
            t = self.next(t + rest)
        return t + left


BERLIN = Shift(8 * 3600, 16 * 3600)
LISBON = Shift(9 * 3600, 17 * 3600, off=(-15,))
NEW_YORK = Shift(14 * 3600, 22 * 3600)
BENGALURU = Shift(4 * 3600, 12 * 3600)


class StoryClock:
    """Maps story seconds to real moments."""

    def __init__(self, end: datetime) -> None:
        self.end = end
        self._days = _working_days(end.astimezone(ZoneInfo(HEADQUARTERS)).date())
        # The morning before nine: what Bengaluru did today.
        self.stop = at(0, "06:50")

    def real(self, t: int) -> datetime:
        """The moment at a story second."""
        day, second = divmod(t, DAY_S)
        return datetime.combine(self._days[day + FIRST_DAY], time(), UTC) + timedelta(seconds=second)

    def day(self, day: int) -> date:
        """The date of a story day."""
        return self._days[day]

    @property
    def start(self) -> datetime:
        """Midnight of the first day."""
        return self.real(0)


def at(day: int, clock: str) -> int:
    """The story second of a time of day in UTC, like `at(-3, "14:10")`."""
    hour, minute = clock.split(":")
    return (day - FIRST_DAY) * DAY_S + int(hour) * 3600 + int(minute) * 60


def day_of(t: int) -> int:
    """The story day of a second."""
    return t // DAY_S + FIRST_DAY


def _working_days(last: date) -> dict[int, date]:
    found = {0: last}
    day = last
    for index in range(-1, FIRST_DAY - 1, -1):
        day -= timedelta(days=3 if day.weekday() == 0 else 1)
        found[index] = day
    # A margin ahead, for shifts that end after the story does, and for absences to come.
    day = last
    for index in range(1, 30):
        day += timedelta(days=3 if day.weekday() == 4 else 1)
        found[index] = day
    return found
