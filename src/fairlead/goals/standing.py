"""How far a key result and its objective are: progress against what the working days gone by let expect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, get_args

from fairlead.goals import values
from fairlead.goals.facts import Goal, Result
from fairlead.goals.values import Reading
from fairlead.model.calendar.resolve import Calendars
from fairlead.model.calendar.working import WorkingCalendar

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

Status = Literal["at_risk", "behind", "stale", "unknown", "on_track", "reached"]
STATUSES: Sequence[Status] = get_args(Status)
"""The worst first: an objective stands like the worst of its key results."""
ON_TRACK_WITHIN = 0.10
"""As far as this behind what is expected it is on track: a tenth of the whole way."""
BEHIND_WITHIN = 0.30
"""As far as this it is behind; further back it is at risk."""
_MOST_DAYS = 3_660
"""What runs longer is judged by days of any kind: nobody has laid out its working days."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Working days of the time from the beginning to the last day."""

    gone: int
    """Days that are over."""
    of: int

    @property
    def share(self) -> float:
        """How much of the time is over."""
        return self.gone / self.of if self.of else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a key result stands at a moment."""

    result: Result
    reading: Reading
    baseline: Reading
    pace: Pace | None
    """`None` where nobody said when it runs."""
    progress: float | None
    """Share of the way from the baseline to the target: below 0 it went the other way, above 1 beyond."""
    status: Status
    why: str = ""
    """Why progress is unknown: key of a phrase."""
    age_days: int | None = None
    """Days since the last entry, of a value that people enter."""

    @property
    def expected(self) -> float | None:
        """Progress that would be even."""
        return self.pace.share if self.pace else None

    @property
    def bar(self) -> float:
        """Progress as a bar can show it, from 0 to 1."""
        return clamped(self.progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalStanding:
    """How an objective stands: by its key results, and by what people said of it."""

    goal: Goal
    results: tuple[Standing, ...]
    progress: float | None
    """Mean of what is known of its key results, each from 0 to 1."""
    pace: Pace | None
    status: Status

    @property
    def expected(self) -> float | None:
        """Progress that would be even."""
        return self.pace.share if self.pace else None

    @property
    def unjudged(self) -> bool:
        """Whether its time is over and nobody has said how it ended."""
        return self.goal.state == "open" and self.pace is not None and self.pace.gone >= self.pace.of


def standings(
    warehouse: Warehouse, calendars: Calendars, goals: Iterable[Goal], now: datetime, language: str = "en"
) -> list[GoalStanding]:
    """How objectives stand at a moment."""
    return [_goal(warehouse, calendars.of_team(goal.team), goal, now, language) for goal in goals]


def progress(value: float, baseline: float, target: float) -> float | None:
    """Share of the way, whichever direction it has; `None` where there is no way."""
    way = target - baseline
    if not way:
        return None
    return (value - baseline) / way


def clamped(share: float | None) -> float:
    """A share for a bar; nothing known is an empty one."""
    return min(max(share or 0.0, 0.0), 1.0)


def judged(share: float, expected: float | None) -> Status:
    """What a progress means against what is expected; without a time it is what is left that counts."""
    if share >= 1:
        return "reached"
    # a share of two sums is off by the last digit: what lies on a bound belongs to the better side
    late = (expected or 0.0) - share - 1e-9
    return "on_track" if late <= ON_TRACK_WITHIN else "behind" if late <= BEHIND_WITHIN else "at_risk"


def pace(
    calendar: WorkingCalendar, starts_at: datetime | None, due_at: datetime | None, now: datetime
) -> Pace | None:
    """Working days between two moments, and how many of them are over: today is not."""
    if starts_at is None or due_at is None or due_at <= starts_at:
        return None
    # the end is the first moment outside
    first, last = calendar.local_day(starts_at), calendar.local_day(due_at - timedelta(microseconds=1))
    today = calendar.local_day(now)
    over = now >= due_at
    if (last - first).days > _MOST_DAYS:
        whole = (last - first).days + 1
        return Pace(whole if over else min(max((today - first).days, 0), whole), whole)
    days = [day for day in _days(first, last) if calendar.is_working_day(day)]
    return Pace(len(days) if over else sum(day < today for day in days), len(days))


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=at) for at in range((last - first).days + 1))


def _goal(warehouse: Warehouse, calendar: WorkingCalendar, goal: Goal, now: datetime, language: str) -> GoalStanding:
    # what has ended stands as it did then
    moment = min(now, goal.ended_at) if goal.ended_at else now
    results = tuple(_result(warehouse, calendar, goal, one, moment, language) for one in goal.results)
    known = [one.bar for one in results if one.progress is not None]
    return GoalStanding(
        goal=goal, results=results, progress=sum(known) / len(known) if known else None,
        pace=pace(calendar, goal.starts_at, goal.due_at, moment),
        status=min((one.status for one in results), key=STATUSES.index, default="unknown"),
    )  # fmt: skip


def _result(
    warehouse: Warehouse, calendar: WorkingCalendar, goal: Goal, result: Result, now: datetime, language: str
) -> Standing:
    reading = values.read(warehouse, result, now, language)
    baseline = values.began(warehouse, result, now, language)
    share, why = _share(reading, baseline, result.target)
    gone = pace(calendar, result.starts_at, result.due_at, now)
    age = (now - reading.entry.at).days if reading.entry else None
    status = _status(goal, result, share, gone, age)
    return Standing(result=result, reading=reading, baseline=baseline, pace=gone, progress=share, status=status,
                    why=why, age_days=age)  # fmt: skip


def _share(reading: Reading, baseline: Reading, target: float | None) -> tuple[float | None, str]:
    if reading.value is None:
        return None, reading.why
    if target is None:
        return None, "no_target"
    if baseline.value is None:
        return None, baseline.why if baseline.why == "no_baseline" else "empty_baseline"
    found = progress(reading.value, baseline.value, target)
    return found, "" if found is not None else "no_way"


def _status(goal: Goal, result: Result, share: float | None, gone: Pace | None, age: int | None) -> Status:
    if share is None:
        return "unknown"
    found = judged(share, gone.share if gone else None)
    open_ = goal.state == "open"
    # what is reached has nothing more to tell; the word of last month says nothing of how it goes now
    if open_ and found != "reached" and age is not None and age >= result.stale_after_days > 0:
        return "stale"
    return found
