"""What was done on each working day: the past that forecasts draw from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from fairlead.model.calendar.working import WorkingCalendar

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

WINDOW_DAYS = 60
"""Working days that a forecast draws from: a quarter; older ones tell of another team."""
REPLAYED_DAYS = 260
"""Working days over which forecasts are replayed: a year."""

_DONE = """
select work_item, done_at from work_item_cycle_times
where done_at < $now and done_at >= $since and {limit} order by done_at, work_item
"""
_FIRST = "select min(opened_at) as first from work_item_cycle_times where opened_at < $now and {limit}"


@dataclass(frozen=True, slots=True)
class History:
    """Working days in order, what each brought, and which items those were."""

    days: tuple[date, ...]
    done: tuple[int, ...]
    items: tuple[str, ...]
    since: datetime
    """First moment that counts."""

    @property
    def recent(self) -> tuple[int, ...]:
        """What forecasts of today draw from."""
        return self.done[-WINDOW_DAYS:]


def load_history(
    warehouse: Warehouse, calendar: WorkingCalendar, now: datetime, *, team: str | None = None, project: str = ""
) -> History:
    """Work items done on each whole working day of the last year, of a team, of a project or of everybody."""
    limits = ["true"]
    asked: dict[str, object] = {"now": _naive(now)}
    if team:
        limits.append("work_item in (select work_item from work_item_teams where team = $team)")
        asked["team"] = team
    if project:
        limits.append("coalesce(project, repository) = $project")
        asked["project"] = project
    limit = " and ".join(limits)
    today = calendar.local_day(now)
    first = warehouse.rows(_FIRST.format(limit=limit), asked)[0]["first"]
    # before the first item nothing was counted, which is not the same as nothing done
    began = calendar.local_day(first.replace(tzinfo=UTC)) if first else today
    days = _working_days(calendar, began, today)
    since = calendar.day_bounds(days[0])[0] if days else now
    done = warehouse.rows(_DONE.format(limit=limit), {**asked, "since": _naive(since)})
    counts = per_day(calendar, [row["done_at"].replace(tzinfo=UTC) for row in done], today)
    return History(tuple(days), tuple(counts[day] for day in days), tuple(row["work_item"] for row in done), since)


def per_day(calendar: WorkingCalendar, moments: Iterable[datetime], today: date) -> Counter[date]:
    """Moments counted by working day; what was finished on a free day counts for the working day before it."""
    found: Counter[date] = Counter()
    for moment in moments:
        day = calendar.local_day(moment)
        # Before and not after: the day after may be today, of which nobody knows yet how much it will bring.
        found[day if calendar.is_working_day(day) else calendar.previous_working_day(day)] += day < today
    return found


def days_ahead(calendar: WorkingCalendar, now: datetime, until: datetime) -> int:
    """Working days from now to a moment; today counts while half of it is still to come."""
    if until <= now or calendar.usual_day_seconds <= 0:
        return 0
    day, last, found = calendar.local_day(now), calendar.local_day(until), 0
    while day <= last:
        start, end = calendar.day_bounds(day)
        whole = calendar.working_seconds(start, end)
        ahead = calendar.working_seconds(max(start, now), min(end, until))
        # a half day's work may bring a whole item: only what is nearly over brings none
        found += whole > 0 and ahead >= whole / 2
        day += timedelta(days=1)
    return found


def day_after(calendar: WorkingCalendar, now: datetime, days: int) -> date:
    """The date on which so many working days from now are over."""
    day = calendar.local_day(now)
    end = calendar.day_bounds(day)[1]
    # where today no longer counts the first day is the next working one
    left = days - (days_ahead(calendar, now, end) if days else 0)
    for _ in range(max(left, 0)):
        day = calendar.next_working_day(day)
    return day


def _working_days(calendar: WorkingCalendar, began: date, today: date) -> list[date]:
    """The last whole working days before today, no more than are replayed."""
    found: list[date] = []
    day = today
    # a calendar without a working day has no past to draw from
    with suppress(ValueError):
        while len(found) < REPLAYED_DAYS and (day := calendar.previous_working_day(day)) >= began:
            found.append(day)
    return found[::-1]


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
