"""What was done on each working day: the past that forecasts draw from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.times import naive
from fairlead.planning.throughput import Past

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

WINDOW_DAYS = 60
"""Working days from which the work of an item is told: a quarter; older ones tell of another team."""
DRAWN_DAYS = 110
"""Working days that a forecast draws from at most: enough to tell a trend or a change of pace from chance."""
REPLAYED_DAYS = 260
"""Working days over which forecasts are replayed: a year."""

LEAST_GAP_DAYS = 20
_GAP_ITEMS = 8.0
"""Where so many items were due and none came, work has stopped: chance does that once in three thousand times."""

# As it stood at that moment: an item that was opened again later was done then. An import may name no status at all,
# only when an item was closed. An epic is the sum of its items, which count already.
ENDED = """
select w.id as work_item, s.category_since as done_at, w.project, w.repository, w.epic, w.milestone, w.parent
from work_item_statuses s join work_items w on w.id = s.work_item
where s.category = 'done' and s.from_at < {now} and coalesce(s.to_at > {now}, true)
    and coalesce(w.work_type, '') <> 'epic'
union all
select w.id, w.closed_at, w.project, w.repository, w.epic, w.milestone, w.parent
from work_items w
where w.deleted_at is null and w.status_category is null and w.closed_at < {now}
    and coalesce(w.work_type, '') <> 'epic'
    and not exists (select 1 from work_item_transitions t where t.work_item = w.id and t.deleted_at is null)
"""
_DONE = f"""
select work_item, done_at from ({ENDED}) where done_at < {{now}} and done_at >= $since and {{limit}}
order by done_at, work_item
"""  # noqa: S608 - constants
_BEFORE = f"select 1 from ({ENDED}) where done_at < $since and {{limit}} limit 1"  # noqa: S608 - constants
_FIRST = """
select min(least(created_at, closed_at)) as first from work_items
where least(created_at, closed_at) < $now and deleted_at is null and {limit}
"""


@dataclass(frozen=True, slots=True)
class History:
    """Working days in order, what each brought, and which items those were."""

    days: tuple[date, ...]
    done: tuple[int, ...]
    items: tuple[str, ...]
    since: datetime
    """First moment that counts."""
    capacity: tuple[float, ...] = ()
    """Share of the team that was there on each day; empty where nobody's absences are known."""
    ended: tuple[date, ...] = ()
    """The working day on which each of the items counts as done."""
    gap: Gap | None = None
    """A long time in which nothing was done, before which nothing counts; or that goes on."""

    @property
    def past(self) -> Past:
        """What forecasts draw from, and are replayed in."""
        return Past(self.done, tuple(day.weekday() for day in self.days), self.capacity)

    @property
    def drawn(self) -> tuple[date, ...]:
        """The days that a forecast of today draws from."""
        return self.days[-DRAWN_DAYS:]


@dataclass(frozen=True, slots=True)
class Gap:
    """Working days in a row without anything done, where a team that goes on would have done much."""

    first: date
    days: int
    lasts: bool
    """Whether it still goes on."""


def load_history(
    warehouse: Warehouse, calendar: WorkingCalendar, now: datetime, *, team: str | None = None, project: str = ""
) -> History:
    """Work items done on each whole working day of the last year, of a team, of a project or of everybody."""
    limits = ["true"]
    asked: dict[str, object] = {"now": naive(now)}
    if team:
        limits.append("{id} in (select work_item from work_item_teams where team = $team)")
        asked["team"] = team
    if project:
        limits.append("coalesce(project, repository) = $project")
        asked["project"] = project
    limit = " and ".join(limits)
    today = calendar.local_day(now)
    first = warehouse.rows(_FIRST.format(limit=limit.format(id="id")), asked)[0]["first"]
    # before the first item nothing was counted, which is not the same as nothing done
    days = _working_days(calendar, calendar.local_day(first.replace(tzinfo=UTC)), today) if first else []
    if not days:
        return History((), (), (), now)
    asked["since"] = naive(calendar.day_bounds(days[0])[0])
    limit = limit.format(id="work_item")
    done_before, done = (warehouse.rows(one.format(now="$now", limit=limit), asked) for one in (_BEFORE, _DONE))
    ends = [(row["work_item"], _working_day(calendar, row["done_at"].replace(tzinfo=UTC))) for row in done]
    counts = Counter(day for _, day in ends)
    daily = [counts[day] for day in days]
    cut, gap = _cut(days, daily, bool(done_before))
    days, daily = days[cut:], daily[cut:]
    kept = [(item, day) for item, day in ends if days[0] <= day < today]
    return History(
        tuple(days), tuple(daily), tuple(item for item, _ in kept), calendar.day_bounds(days[0])[0],
        ended=tuple(day for _, day in kept), gap=gap,
    )  # fmt: skip


def _cut(days: list[date], done: list[int], earlier: bool) -> tuple[int, Gap | None]:
    """From where on days count: after the last gap; and the gap, if there was one."""
    items, stretches = sum(done), list(_idle(done))
    for first, last in reversed(stretches):
        idle = last - first
        rate = items / max(len(done) - idle, 1)
        if idle < max(LEAST_GAP_DAYS, _GAP_ITEMS / rate if rate else LEAST_GAP_DAYS):
            continue
        # before anything was ever done there is nothing that could have stopped
        gap = Gap(days[first], idle, last == len(done)) if first or earlier else None
        # of what goes on nothing is cut: there would be nothing left
        return (0 if last == len(done) else last), gap
    return 0, None


def _idle(done: list[int]) -> Iterator[tuple[int, int]]:
    """Stretches of days on which nothing was done: the first day, and the one after the last."""
    first = None
    for at, count in enumerate([*done, 1]):
        if count and first is not None:
            yield first, at
            first = None
        elif not count and first is None:
            first = at


def _working_day(calendar: WorkingCalendar, moment: datetime) -> date:
    day = calendar.local_day(moment)
    # Before and not after: the day after may be today, of which nobody knows yet how much it will bring.
    return day if calendar.is_working_day(day) else calendar.previous_working_day(day)


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


def days_to_come(calendar: WorkingCalendar, now: datetime, most: int) -> list[date]:
    """Working days from now on; today is one of them while half of it is still to come."""
    day, found = calendar.local_day(now), list[date]()
    if days_ahead(calendar, now, calendar.day_bounds(day)[1]):
        found.append(day)
    with suppress(ValueError):
        while len(found) < most:
            found.append(day := calendar.next_working_day(day))
    return found


def _working_days(calendar: WorkingCalendar, began: date, today: date) -> list[date]:
    """The last whole working days before today, no more than are replayed."""
    found: list[date] = []
    day = today
    # a calendar without a working day has no past to draw from
    with suppress(ValueError):
        while len(found) < REPLAYED_DAYS and (day := calendar.previous_working_day(day)) >= began:
            found.append(day)
    return found[::-1]
