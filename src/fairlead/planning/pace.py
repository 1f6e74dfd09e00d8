"""What an item takes, by the team's own past: hours over items that were done, and how that varied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import sqrt
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.times import naive
from fairlead.planning.crew import Member
from fairlead.planning.history import WINDOW_DAYS

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

USUAL_SPREAD = 0.25
_SPREADS = (0.1, 1.0)
"""Below, they were alike by chance; above, estimates say nothing and no plan would."""
_SPAN = 10
"""Days whose sums are compared: teams finish in lumps at the ends of sprints, which say nothing of single items."""
_LEAST_SPANS = 4
LEAST_LEFT = 0.1
"""Share of the work that is left at least of an item that was begun: the last tenth is always ahead."""

_DONE = """
select c.work_item, c.points, c.done_at, c.cycle_s
from work_item_cycle_times c
where c.done_at >= $since and c.done_at < $now and c.work_type <> 'epic'
    and c.work_item in (select work_item from work_item_teams where team = $team)
order by c.done_at, c.work_item
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much work a point is."""

    hours_per_point: float
    """Of somebody of level 3, review left out."""
    unestimated: float
    """Points that an item without any counts for; 1 where the team gives none at all."""
    spread: float
    """Of what one item takes: the standard deviation of its logarithm."""
    items: tuple[str, ...] = ()
    """What was done in that past."""
    days: int = 0
    """Working days of that past; 0 where it says too little, and half a day a point is assumed."""
    cycles: tuple[float, ...] = ()
    """Seconds that finished items took from start to end."""
    since: datetime | None = None
    """From when on that past counts."""

    def hours(self, points: float | None) -> float:
        """Work of an item."""
        return (self.unestimated if points is None else points) * self.hours_per_point

    def left(self, age_s: float) -> float:
        """Share of an item's work that is usually left so long after its start."""
        longer = [took for took in self.cycles if took > age_s]
        return max(fmean(1 - age_s / took for took in longer), LEAST_LEFT) if longer else LEAST_LEFT


def pace(
    warehouse: Warehouse, calendar: WorkingCalendar, people: Sequence[Member], now: datetime, *,
    team: str, focus: float, review: float, least: int,
) -> Pace:  # fmt: skip
    """Of a team from its last working days: the same hours that are planned with, over what they brought."""
    usual = Pace(calendar.usual_day_seconds / 3600 / 2 or 4.0, 1.0, USUAL_SPREAD)
    days = _days(calendar, now)
    if not days:
        return usual
    since = calendar.day_bounds(days[0])[0]
    asked = {"since": naive(since), "now": naive(now), "team": team}
    rows = warehouse.rows(_DONE, asked)
    known = [row["points"] for row in rows if row["points"]]
    unestimated = median(known) if known else 1.0
    points = [row["points"] or unestimated for row in rows]
    # before its first item nothing was counted, which is not the same as nothing done
    begun = calendar.local_day(rows[0]["done_at"].replace(tzinfo=UTC)) if rows else days[-1]
    days = [day for day in days if day >= begun]
    hours = sum(one.hours(calendar.day_bounds(days[0])[0], now, focus) for one in people) if days else 0.0
    if len(rows) < max(least, 1) or len(days) < _SPAN or not hours:
        return usual
    brought = dict.fromkeys(days, 0.0)
    for row, worth in zip(rows, points, strict=True):
        day = calendar.local_day(row["done_at"].replace(tzinfo=UTC))
        brought[max((one for one in days if one <= day), default=days[0])] += worth
    cycles = tuple(row["cycle_s"] for row in rows if row["cycle_s"])
    # whoever reviews does so in the same hours
    each = hours / sum(points) / (1 + review)
    items = tuple(row["work_item"] for row in rows)
    return Pace(each, unestimated, _spread(list(brought.values()), len(rows)), items, len(days), cycles, since)


def _spread(brought: Sequence[float], items: int) -> float:
    """How much one item must vary for fortnights to vary as they did."""
    sums = [sum(brought[at : at + _SPAN]) for at in range(len(brought) % _SPAN, len(brought), _SPAN)]
    if len(sums) < _LEAST_SPANS or not sum(sums):
        return USUAL_SPREAD
    # each is a sum of so many items: beside its mean a sum varies less by the root of their number
    found = pstdev(sums) / fmean(sums) * sqrt(items / len(sums))
    return min(max(found, _SPREADS[0]), _SPREADS[1])


def _days(calendar: WorkingCalendar, now: datetime) -> list[date]:
    found: list[date] = []
    day = calendar.local_day(now)
    try:
        while len(found) < WINDOW_DAYS:
            day = calendar.previous_working_day(day)
            found.append(day)
    # a calendar without a working day has no past
    except ValueError:
        return []
    return found[::-1]
