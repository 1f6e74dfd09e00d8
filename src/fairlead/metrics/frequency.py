"""Deployment frequency: distinct deployment days of each complete period, and the median of the periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from fairlead.metrics import periods
from fairlead.metrics.frame import Asked, Frame, aware
from fairlead.metrics.periods import Grain, Period
from fairlead.metrics.segments import conditions
from fairlead.metrics.survey import moment
from fairlead.metrics.wording import note
from fairlead.model.figures import Band, Figure, Point, Window


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A day, or the part of one on this side of a window's edge: when its first deployment was, and how many."""

    first: datetime
    deployments: int


@dataclass(frozen=True, slots=True)
class _Counts:
    """Days with a deployment in each period of a window."""

    cut: Sequence[Period]
    days: Sequence[int | None]
    """`None` where there are no data: before the first known deployment, or after the data end."""

    def complete(self) -> list[int]:
        """Counts of whole periods with data."""
        return [
            days for period, days in zip(self.cut, self.days, strict=True) if not period.partial and days is not None
        ]


def figure(asked: Asked, said: Frame) -> Figure:
    """The figure by its own way of counting; its value is days per week, whatever the grain of the trend."""
    known_from = _first_known(asked)
    days = _deployment_days(asked)
    now = asked.warehouse.clock.now()
    until = min(max(said.freshness.as_of, days[-1].first if days else said.freshness.as_of), now)

    def counts(window: Window, grain: Grain) -> _Counts:
        cut = [
            Period(period.start, period.end, period.partial or period.end > now)
            for period in periods.periods(window, grain)
        ]
        return _Counts(cut, [_count(days, period, known_from, until) for period in cut])

    weeks, trend = counts(asked.window, "week"), counts(asked.window, asked.grain)
    months = counts(asked.window, "month").complete()
    past = counts(periods.before(asked.window), "week").complete()
    whole = weeks.complete()
    n = said.rows.count
    value = float(median(whole)) if whole else None
    return said.filled(
        value=value,
        n=n,
        missing=_missing(known_from, weeks) if value is None else None,
        previous=float(median(past)) if past else None,
        previous_n=_rows_in(days, periods.before(asked.window)),
        band=_band(whole, months, n, asked.window) if len(whole) > 1 else None,
        trend=tuple(
            Point(
                start=p.start,
                end=p.end,
                value=None if d is None else float(d),
                n=_rows_in(days, p),
                partial=p.partial,
            )
            for p, d in zip(trend.cut, trend.days, strict=True)
        ),
        notes=said.notes(None, *_notes(asked, weeks, months, known_from)),
    )


def _first_known(asked: Asked) -> datetime | None:
    where = " and ".join(conditions(asked.entry, asked.segment)) or "true"
    found = asked.warehouse.rows(f"select min(moment) as first from ({asked.entry.rows}) r where {where}")  # noqa: S608
    return aware(found[0]["first"])


def _deployment_days(asked: Asked) -> list[_Stretch]:
    """Days with deployments of the window and the ones before, in order; the edges of windows cut days in two."""
    earlier = periods.before(asked.window)
    where = [
        f"moment >= {moment(periods.floor(earlier.start, 'month'))}",
        f"moment < {moment(asked.window.end)}",
        *conditions(asked.entry, asked.segment),
    ]
    found = asked.warehouse.rows(
        f"select min(moment) as first, count(*) as n from ({asked.entry.rows}) r where {' and '.join(where)} "  # noqa: S608
        f"group by cast(moment as date), moment >= {moment(asked.window.start)}, moment >= {moment(earlier.start)} "
        "order by first"
    )
    return [_Stretch(at, row["n"]) for row in found if (at := aware(row["first"])) is not None]


def _count(days: Sequence[_Stretch], period: Period, known_from: datetime | None, until: datetime) -> int | None:
    if known_from is None or period.end <= known_from or period.start > until:
        return None
    return len({stretch.first.date() for stretch in _within(days, period)})


def _within(days: Sequence[_Stretch], span: Period | Window) -> Sequence[_Stretch]:
    from bisect import bisect_left

    def first(stretch: _Stretch) -> datetime:
        return stretch.first

    return days[bisect_left(days, span.start, key=first) : bisect_left(days, span.end, key=first)]


def _rows_in(days: Sequence[_Stretch], span: Period | Window) -> int:
    return sum(stretch.deployments for stretch in _within(days, span))


def _missing(known_from: datetime | None, weeks: _Counts) -> str:
    if known_from is None or all(days is None for days in weeks.days):
        return "no_deployments"
    # A whole week before the first deployment known is no data: the window is long enough all the same.
    return "no_complete_week" if any(not period.partial for period in weeks.cut) else "window_too_short"


def _band(weeks: Sequence[int], months: Sequence[int], n: int, window: Window) -> Band:
    """Days a week first; who does not deploy every week is judged by the month."""
    if median(weeks) >= 5:
        return "elite"
    if median(weeks) >= 1:
        return "high"
    length = (window.end - window.start).total_seconds() / 86400
    monthly = median(months) if months else n * 30.44 / length
    return "medium" if monthly >= 1 else "low"


def _notes(asked: Asked, weeks: _Counts, months: Sequence[int], known_from: datetime | None) -> list[str]:
    found = []
    if partial := [periods.name(period, "week") for period in weeks.cut if period.partial]:
        found.append(note("partial_left_out", asked.language, ", ".join(partial)))
    if known_from is not None and any(period.end <= known_from for period in weeks.cut):
        found.append(note("no_data_before", asked.language, f"{known_from:%Y-%m-%d}"))
    if months:
        found.append(note("median_per_month", asked.language, f"{median(months):g}"))
    return found
