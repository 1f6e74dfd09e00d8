"""The past of a rule: how often it fired by day and team as a chart, and what it held of as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from fairlead.model.errors import Abort
from fairlead.reports.charts import chart_key, themed
from fairlead.reports.chartspecs import stacked
from fairlead.reports.plain import plain
from fairlead.signals.backtesting import Backtest, Stretch, backtest
from fairlead.signals.rules import Rule
from fairlead.signals.templates import worded
from fairlead.ui.kept import kept
from fairlead.ui.views.drawn import Drawn, charts_of
from fairlead.ui.views.grids import Cell, Column, Grid, grid
from fairlead.ui.visit import Visit

DAYS = ("30", "90", "365")
_DAILY = 100
"""More days than this are drawn week by week."""
_TEAMS = 5
"""Teams with a colour of their own; the chart holds six parts."""
_MOST = 100
"""Stretches in the table; the command line and the API list all."""


@dataclass(frozen=True)
class Past:
    """What the page says of it."""

    found: Backtest
    chart: Drawn
    median: str
    """How long it held, where it has ended."""
    stretches: Grid
    more: int


def past_of(visit: Visit, rule: Rule, days: str) -> Past | str:
    """The back-test of a rule, or why there is none."""
    services = visit.services

    def make() -> Backtest | str:
        try:
            return backtest(services.warehouse, rule, services.clock.now(), int(days))
        except Abort as fault:
            return fault.message

    found = kept(visit, ("past", repr(rule.written), days), make)
    if isinstance(found, str):
        return found
    shown = sorted(found.stretches, key=lambda one: one.since, reverse=True)[:_MOST]
    return Past(
        found,
        _chart(visit, rule, found),
        worded(found.open_s, "length") if found.open_s else "",
        _stretches(visit, shown),
        len(found.stretches) - len(shown),
    )


def _chart(visit: Visit, rule: Rule, found: Backtest) -> Drawn:
    periods = _periods(visit, found)
    total = Counter[str]()
    for counts in periods.values():
        total.update(counts)
    loud = [team for team, _ in total.most_common(_TEAMS)]
    groups = [
        (visit.shown.day(day).partition(" ")[2], tuple(_parts(visit, day, counts, loud)))
        for day, counts in periods.items()
    ]
    weekly = found.days > _DAILY
    spec = stacked(groups, visit.words("a week") if weekly else visit.words("a day"))
    charts = charts_of(visit.services.home)
    svg = charts.svg(spec)
    title = visit.words.plural(
        "Fired {n} time in {days} days", "Fired {n} times in {days} days", sum(total.values()),
        n=visit.shown.number(sum(total.values())), days=found.days,
    )  # fmt: skip
    return Drawn(
        title=title,
        label=title,
        svg=Markup(themed(svg)) if svg else None,  # noqa: S704 - made from our own specification
        later=f"/charts/{chart_key(spec)}",
        trend=(),
        n=visit.shown.number(len(found.stretches)),
        notes=(
            visit.words(
                "looked every {length}: what held for less may be missing", length=worded(found.every_s, "length")
            ),
        ),
        source=rule.id,
        grid=_counts(visit, periods),
    )


def _periods(visit: Visit, found: Backtest) -> Mapping[date, Counter[str]]:
    """Each day or week with how often it fired by team; those without are there too."""
    end = visit.services.clock.now().date()
    days = [end - timedelta(days=ago) for ago in range(found.days, -1, -1)]
    step = 7 if found.days > _DAILY else 1
    periods: dict[date, Counter[str]] = {day: Counter() for day in days[::step]}
    starts = {day: days[at - at % step] for at, day in enumerate(days)}
    for day, teams in found.by_team.items():
        periods[starts[date.fromisoformat(day)]].update(teams)
    return periods


def _parts(visit: Visit, day: date, counts: Mapping[str, int], loud: list[str]) -> Iterator[tuple[str, float, str]]:
    others = sum(count for team, count in counts.items() if team not in loud)
    told = [(_team(visit, team), counts[team]) for team in loud if team in counts]
    for name, count in [*told, *([(visit.words("other teams"), others)] if others else [])]:
        yield name, float(count), f"{visit.shown.day(day)}: {name} {count}"


def _counts(visit: Visit, periods: Mapping[date, Mapping[str, int]]) -> Grid:
    rows = [
        {"day": day, "team": team, "count": count}
        for day, counts in reversed(list(periods.items()))
        for team, count in sorted(counts.items())
    ]
    columns = [
        Column(visit.words("from"), lambda row: Cell(visit.shown.day(row["day"]), tight=True)),
        Column(visit.words("team"), lambda row: Cell(_team(visit, row["team"]))),
        Column(visit.words("fired"), lambda row: Cell(visit.shown.number(row["count"])), number=True),
    ]
    return grid(visit, visit.frame.path, columns, rows)


def _stretches(visit: Visit, stretches: list[Stretch]) -> Grid:
    words, shown = visit.words, visit.shown

    def ended(row: Mapping[str, Any]) -> Cell:
        one: Stretch = row["one"]
        if one.until is None:
            return Cell(words("still so"))
        return Cell(worded((one.until - one.since).total_seconds(), "length"), tight=True)

    columns = [
        Column(words("of"), lambda row: Cell(plain(row["one"].title or row["one"].subject))),
        Column(words("team"), lambda row: Cell(_team(visit, row["one"].team))),
        Column(words("since"), lambda row: Cell(shown.moment(row["one"].since), tight=True, at=row["one"].since)),
        Column(words("held for"), ended),
    ]
    return grid(visit, visit.frame.path, columns, [{"one": one} for one in stretches])


def _team(visit: Visit, team: str) -> str:
    return team.removeprefix("team:") or visit.words("no team")
