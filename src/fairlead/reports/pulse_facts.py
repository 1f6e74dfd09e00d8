"""How much happened in each source in each of the last 24 hours, beside what is usual at these hours of the week.

By the tools' own times: a sync that fetches a month at once makes no peak, and a replay tells the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any

from fairlead.metrics.frame import aware
from fairlead.reports.literals import text_literal, time_literal
from fairlead.reports.scope import Scope

HOURS = 24
_WEEKS = 4
"""So many weeks make what is usual, as far as the source reaches back."""

_HAPPENED: Mapping[str, str] = {
    "change_events": '"at"',
    "work_item_transitions": '"at"',
    "work_item_changes": '"at"',
    "incident_events": '"at"',
    "builds": "started_at",
    "deployments": "created_at",
    "messages": "created_at",
}
"""Tables whose rows are events, and when each took place."""


@dataclass(frozen=True, slots=True)
class SourcePulse:
    """One source; hours are counted back from the moment that is told of."""

    source: str
    counts: Sequence[int]
    """Of each hour, the last one first."""
    weeks: Sequence[Sequence[int]]
    """The same hours of each week before; none for a source of less than a week."""
    last_at: datetime
    """The newest event."""
    query: str
    """Its events of the 24 hours."""

    @property
    def came(self) -> int:
        """Events of all 24 hours."""
        return sum(self.counts)

    @property
    def usual(self) -> Sequence[float]:
        """Mean of the same hours; none without weeks before."""
        return [fmean(hours) for hours in zip(*self.weeks, strict=True)]

    def before(self, now: datetime) -> list[int]:
        """How many events each week before had in the whole hours since the newest one."""
        hours = min(HOURS, int((now - self.last_at) / timedelta(hours=1)))
        return [sum(week[:hours]) for week in self.weeks]


@dataclass(frozen=True, slots=True)
class Pulse:
    """All sources in which something happened within the weeks that are looked at."""

    now: datetime
    sources: Sequence[SourcePulse]
    query: str
    """Events of the 24 hours, of all sources."""


def load_pulse(scope: Scope) -> Pulse:
    """As of the scope's moment."""
    now = time_literal(scope.now)
    # a week more, from which it shows how far a source reaches back
    since = time_literal(scope.now - timedelta(weeks=_WEEKS + 1))
    rows = scope.warehouse.rows(
        # an hour of the week is so many hours before now, modulo the 168 of a week: no zone and no summer time in it
        f'with aged as (select *, cast(ceil(epoch({now} - "at") / 3600.0) as integer) - 1 as age'  # noqa: S608
        f" from ({_events(since, now)})) select source, age // 168 as week, age % 168 as hour, count(*) as n,"
        f' max("at") as last_at, min("at") as first_at from aged group by all'
    )
    by_source: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_source.setdefault(row["source"], []).append(row)
    day = time_literal(scope.now - timedelta(hours=HOURS))
    return Pulse(
        scope.now,
        [_source(source, found, scope.now, _events(day, now, source)) for source, found in sorted(by_source.items())],
        _events(day, now),
    )


def _source(source: str, rows: Sequence[Mapping[str, Any]], now: datetime, query: str) -> SourcePulse:
    first, last = (
        aware(pick(row[name] for row in rows)) or now for pick, name in ((min, "first_at"), (max, "last_at"))
    )
    weeks = min(_WEEKS, int((now - first) / timedelta(weeks=1)))
    by_week = [[0] * HOURS for _ in range(weeks + 1)]
    for row in rows:
        if row["hour"] < HOURS and row["week"] <= weeks:
            by_week[row["week"]][row["hour"]] += row["n"]
    return SourcePulse(source, by_week[0], by_week[1:], last, query)


def _events(since: str, until: str, source: str = "") -> str:
    """One row an event, in the half-open span; literals of our own making."""
    only = f" and source = {text_literal(source)}" if source else ""
    return " union all ".join(
        f'select id, source, {at} as "at" from {table} where {at} >= {since} and {at} < {until}'  # noqa: S608
        f" and deleted_at is null and source is not null{only}"
        for table, at in _HAPPENED.items()
    )
