"""One working calendar: how much working time lies between two moments, and when some of it will have passed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fairlead.model.calendar.hours import HoursFault, Week, read_hours
from fairlead.model.calendar.timeline import SECOND_US, working_stretches
from fairlead.model.times import EPOCH, epoch_us, from_us

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
"""Before and after these years nothing counts as working time, so that a wrong date costs no memory."""


@dataclass(frozen=True, slots=True)
class Slot:
    """An unbroken stretch of working time."""

    start: datetime
    end: datetime
    worked_before_us: int
    """Working microseconds of this calendar from the start of the range asked for to `start`."""


def read_zone(name: str) -> ZoneInfo:
    """The IANA time zone of that name; raises `ValueError` that says so for any other."""
    try:
        return ZoneInfo(name)
    # ZoneInfo opens a file of that name: a folder fails as one, a NUL or a path that leads outside as a value
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise ValueError(f"`{name}` is no IANA time zone, like `Europe/Berlin`") from fault


class WorkingCalendar:
    """Working hours of a week in a zone, less holidays (local dates) and absences (moments)."""

    def __init__(
        self,
        calendar_id: str,
        hours: str = "Mon-Fri 09:00-17:00",
        zone: str = "UTC",
        holidays: Iterable[date] = (),
        absences: Iterable[tuple[datetime, datetime]] = (),
    ) -> None:
        self.id = calendar_id
        self.hours = hours
        self.zone = read_zone(zone)
        self.week: Week = read_hours(hours)
        # Kept, for every row of a list is told in it.
        self.usual_day_seconds: float = self.week.usual_day_seconds
        """Working seconds of a usual working day: the divisor for "1.4 working days"."""
        self.holidays = frozenset(holidays)
        # an end before the start is a slip of whoever entered it: no time at all
        self.absences = tuple(sorted((epoch_us(start), epoch_us(end)) for start, end in absences if end > start))
        self._laid = _Laid(())
        self._years: tuple[int, int] | None = None

    def __eq__(self, other: object) -> bool:
        """Whether it says the same working time: what was laid out of it so far is no part of it."""
        return isinstance(other, WorkingCalendar) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    def _said(self) -> tuple[object, ...]:
        return self.id, self.hours, str(self.zone), self.holidays, self.absences

    def working_seconds(self, start: datetime, end: datetime) -> float:
        """Working time from `start` to `end`; negative if `end` comes first."""
        laid = self._covering(start, end)
        return (laid.worked(epoch_us(end)) - laid.worked(epoch_us(start))) / SECOND_US

    def add_working(self, start: datetime, seconds: float) -> datetime:
        """The earliest moment by which that much working time has passed since `start`."""
        if seconds < 0:
            raise ValueError(f"working time to add must not be negative: {seconds} s")
        asked = round(seconds * SECOND_US)
        # nothing to wait for: the moment itself, though it may lie at night
        if asked == 0:
            return start
        years = 1
        while start.year < LATEST_YEAR:
            # One year nearly always holds the answer; long absences push it further, twice as far each time.
            laid = self._covering(start, datetime(min(start.year + years, LATEST_YEAR), 1, 1, tzinfo=UTC))
            # counted from the first stretch laid out, as `when` counts
            if (found := laid.when(laid.worked(epoch_us(start)) + asked)) is not None:
                return from_us(found)
            if start.year + years >= LATEST_YEAR:
                break
            years *= 4
        raise ValueError(f"calendar `{self.id}` has no {seconds:g} s of working time after {start.isoformat()}")

    def is_working(self, moment: datetime) -> bool:
        """Whether the moment is working time."""
        laid = self._covering(moment, moment)
        at = epoch_us(moment)
        index = bisect_right(laid.starts, at) - 1
        return index >= 0 and at < laid.ends[index]

    def next_working_moment(self, moment: datetime) -> datetime:
        """The moment itself if it is working time, else the start of the next working time."""
        if self.is_working(moment):
            return moment
        # the end of the first working microsecond, less that microsecond
        return self.add_working(moment, 1 / SECOND_US) - timedelta(microseconds=1)

    def local_day(self, moment: datetime) -> date:
        """The date that the zone's wall clock shows at that moment."""
        return moment.astimezone(self.zone).date()

    def day_bounds(self, day: date) -> tuple[datetime, datetime]:
        """First moment of a local date and of the next one, in UTC."""
        following = day + timedelta(days=1)
        # made from the wall clock each: a day of 23 or 25 hours is no start plus 24
        start, end = (datetime(at.year, at.month, at.day, tzinfo=self.zone) for at in (day, following))
        return start.astimezone(UTC), end.astimezone(UTC)

    def is_working_day(self, day: date) -> bool:
        """Whether a local date is no holiday, has working hours by the week and is not wholly an absence."""
        return day not in self.holidays and bool(self.week.days[day.weekday()]) and self._opening(day) is not None

    def previous_working_day(self, day: date) -> date:
        """The last working day before a local date."""
        return self._step(day, -1)

    def next_working_day(self, day: date) -> date:
        """The first working day after a local date."""
        return self._step(day, 1)

    def last_working_day_start(self, moment: datetime) -> datetime:
        """When work began on the last working day before the local date of `moment`."""
        opening = self._opening(self.previous_working_day(self.local_day(moment)))
        assert opening is not None
        return opening

    def slots(self, first: date, last: date) -> Iterator[Slot]:
        """Working stretches that begin in the UTC dates `[first, last)`, in order, with what was worked before."""
        start, end = (
            datetime(first.year, first.month, first.day, tzinfo=UTC),
            datetime(last.year, last.month, last.day, tzinfo=UTC),
        )
        laid = self._covering(start, end)
        low, high, floor = epoch_us(start), epoch_us(end), laid.worked(epoch_us(start))
        # A stretch cut by the start of the range counts from there, so that cumulative time begins at zero.
        for index in range(bisect_right(laid.ends, low), bisect_left(laid.starts, high)):
            begins, ends = max(laid.starts[index], low), min(laid.ends[index], high)
            yield Slot(from_us(begins), from_us(ends), laid.worked(begins) - floor)

    def _opening(self, day: date) -> datetime | None:
        """First working moment of the hours that belong to a local date, overnight parts of the day before apart."""
        start, _ = self.day_bounds(day)
        opens = [opening for opening, _ in self.week.days[day.weekday()]]
        closes = [closing for _, closing in self.week.days[day.weekday()]]
        if not opens:
            return None
        local = datetime(day.year, day.month, day.day, tzinfo=self.zone) + timedelta(seconds=opens[0])
        begin = max(local.astimezone(UTC), start)
        end = (datetime(day.year, day.month, day.day, tzinfo=self.zone) + timedelta(seconds=max(closes))).astimezone(
            UTC
        )
        moment = self.next_working_moment(begin)
        return moment if moment < end else None

    def _step(self, day: date, by: int) -> date:
        step = timedelta(days=by)
        while EARLIEST_YEAR < day.year < LATEST_YEAR:
            day += step
            # the cheap tests first: the last one may have to lay out a year
            if day not in self.holidays and self.week.days[day.weekday()] and self.is_working_day(day):
                return day
        raise ValueError(f"calendar `{self.id}` has no further working day")

    def _covering(self, start: datetime, end: datetime) -> _Laid:
        """Working time laid out over all years asked for so far and these."""
        low = min(start.year, end.year)
        high = max(start.year, end.year)
        if self._years is None or low < self._years[0] or high > self._years[1]:
            if self._years is not None:
                # Grown, never shrunk: callers who jump between years would lay out anew each time. And grown by as
                # much as there is: who looks for a working day through a century of absence walks year by year.
                first, last = self._years
                grown = last - first + 1
                low = min(low, first - grown) if low < first else first
                high = max(high, last + grown) if high > last else last
            self._years = (low, high)
            # a year more at both ends: overnight work crosses the new year, and the answer often lies beyond it
            self._laid = self._lay(max(low - 1, EARLIEST_YEAR), min(high + 2, LATEST_YEAR))
        return self._laid

    def _lay(self, first_year: int, last_year: int) -> _Laid:
        if first_year >= last_year:
            return _Laid(())
        first, last = (_second(datetime(year, 1, 1, tzinfo=UTC)) for year in (first_year, last_year))
        return _Laid(working_stretches(self.week, self.zone, self.holidays, self.absences, first, last))


class _Laid:
    """Working stretches with their running total, for look-ups by bisection."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        pairs = list(stretches)
        self.starts = [start for start, _ in pairs]
        self.ends = [end for _, end in pairs]
        self.before = list(accumulate((end - start for start, end in pairs), initial=0))

    def worked(self, at: int) -> int:
        """Working microseconds from the first stretch to `at`."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0
        # after the end of a stretch its whole length counts and no more
        return self.before[index] + min(at, self.ends[index]) - self.starts[index]

    def when(self, worked: int) -> int | None:
        """Earliest moment by which that many microseconds have been worked."""
        # from the left: at a boundary the end of the earlier stretch, not the start of the next
        index = bisect_left(self.before, worked) - 1
        if index < 0 or index >= len(self.starts):
            return None
        return self.starts[index] + worked - self.before[index]


def _second(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(seconds=1)


__all__ = ["HoursFault", "Slot", "WorkingCalendar", "read_zone"]
