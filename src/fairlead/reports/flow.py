"""Flow: what stands where day by day, how long finished items took, what is done a week, and what is old by now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fairlead.metrics import figures
from fairlead.model.figures import Figure, Window
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.chartspecs import Line, Threshold, areas, scatter
from fairlead.reports.document import Act, Block, Cell, Chart, Claim, Document, Empty, Ref, Section, Table
from fairlead.reports.figure_words import figure_block, quantity
from fairlead.reports.literals import text_literal, time_literal
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope, aware
from fairlead.reports.sentences import Teller
from fairlead.reports.standup_facts import Underway, load_underway
from fairlead.reports.trend_charts import trend_chart
from fairlead.reports.wording import Elapsed

WINDOWS = {"7d": 7, "30d": 30, "90d": 90}
MOST_DOTS = 500
"""Finished items drawn; of more the latest, and it is said."""
MOST_OLD = 10
_DAY_S = 86_400.0

_BANDS = ("done", "in_progress", "todo", "canceled", "unknown")
_ENDED, _RARE = ("done", "canceled"), ("canceled", "unknown")

_STANDING = """
with days as (
    select cast(unnest(generate_series(cast($start as date), cast($end as date), interval '1 day')) as date) as day
),
places as (select distinct project, team from daily_flow where team is not distinct from $team),
stood as (
    select d.day, f.todo, f.in_progress, f.done, f.canceled, f.unknown
    from days d cross join places p
    asof left join daily_flow f on f.project = p.project and f.team is not distinct from p.team and d.day >= f.day
)
select day, coalesce(sum(todo), 0) as todo, coalesce(sum(in_progress), 0) as in_progress,
    coalesce(sum(done), 0) as done, coalesce(sum(canceled), 0) as canceled, coalesce(sum(unknown), 0) as unknown
from stood group by day order by day
"""


def flow(asked: Asked, *, window: str = "") -> Document:
    """The flow of work items of a team or of everybody over the days before now."""
    scope, teller = asked.scope, asked.teller()
    days = WINDOWS.get(window, 30)
    span = scope.last_days(days)
    found = figures.group(scope.warehouse, "flow", span, scope.segment, language=asked.language)
    by_name = {figure.name: figure for figure in found}
    words = teller.words
    aside = words("aside.window", n=days)
    told = tuple(figure_block(figure, words) for figure in found)
    sections = (
        Section("charts", words("section.flow"), tuple(_charts(teller, span, by_name)), aside=aside),
        old_section(teller),
        Section("figures", words("section.figures"), told, aside=aside),
    )
    return document(teller, "flow", _title(teller, by_name), sections)


def _title(teller: Teller, found: dict[str, Figure]) -> Claim:
    done, wip = found["throughput"], found["wip"]
    if done.value is None:
        return teller.claim("flow.title_none", done.rows)
    told = quantity(done.value, done.unit, teller.words)
    return teller.claim("flow.title", done.rows, rate=told, n=int(wip.value or 0))


def _charts(teller: Teller, span: Window, found: dict[str, Figure]) -> list[Block]:
    weekly = trend_chart(teller, found["throughput"], "throughput", teller.words("unit.axis_items"))
    blocks: list[Block] = [*_cumulative(teller, span), *weekly, *_dots(teller, span, found["cycle_time"])]
    if blocks:
        return blocks
    act = Act(teller.words("act.bring"), command=teller.scope.bring)
    evidence = proof.of_absence("flow", f"select * from daily_flow where {_own(teller.scope)}")  # noqa: S608
    return [Empty(Claim(key="flow.empty", text=teller.words("flow.empty"), evidence=evidence, act=act))]


def _cumulative(teller: Teller, span: Window) -> list[Block]:
    """Items by where they stood at the end of each day (in UTC), ended ones from the start of the window on.

    Where an item was canceled, or stands in a status that nobody explains, it has a band too: the whole never falls.
    """
    words, scope = teller.words, teller.scope
    asked = {"start": _naive(span.start), "end": _naive(span.end), "team": scope.team}
    rows = scope.warehouse.rows(_STANDING, asked)
    if not rows or not any(row[name] for row in rows for name in _BANDS):
        return []
    # what had ended before would be the tallest band and tell nothing of this window
    least = {name: min(row[name] for row in rows) if name in _ENDED else 0 for name in _BANDS}
    counts = {name: [int(row[name] - least[name]) for row in rows] for name in _BANDS}
    counts = {name: band for name, band in counts.items() if name not in _RARE or any(band)}
    names, values = [words(f"chart.{name}") for name in counts], list(counts.values())
    labels = [words.short_date(row["day"]) for row in rows]
    bands = [Line(name, band, ()) for name, band in zip(names, values, strict=True)]
    query = (
        "select day, project, todo, in_progress, done, canceled, unknown, arrivals, departures from daily_flow "  # noqa: S608 - escaped
        f"where {_own(scope)} and day <= cast({time_literal(span.end)} as date) order by day, project"
    )
    places = scope.warehouse.rows(f"select count(*) as n, list(distinct project) as projects from ({query})")[0]  # noqa: S608
    evidence = proof.of_rows(sorted(places["projects"] or ["daily_flow"]), query, int(places["n"]))
    change = values[1][-1] - values[1][0]
    key = "chart.cumulative_same" if not change else f"chart.cumulative_{'more' if change > 0 else 'less'}"
    caption = teller.claim(key, evidence, n=values[1][-1], before=values[1][0], done=values[0][-1])
    table = Table(
        (words("column.day"), *names),
        tuple(
            (Cell(words.date(row["day"])), *(Cell(words.number(band[index]), number=True) for band in values))
            for index, row in enumerate(rows)
        ),
        caption,
    )
    return [Chart("cumulative-flow", areas(labels, bands, words("unit.axis_items")), table)]


def _dots(teller: Teller, span: Window, figure: Figure) -> list[Block]:
    """Each finished item by its day and how long it took, with the times of half and of 85 % of them."""
    words, scope = teller.words, teller.scope
    query = (
        "select work_item, done_at, cycle_s from work_item_cycle_times "  # noqa: S608 - literals escaped
        f"where cycle_s is not null and done_at >= {time_literal(span.start)} and done_at < {time_literal(span.end)} "
        f"and {scope.items('work_item')} order by done_at desc, work_item"
    )
    rows = scope.warehouse.rows(query)
    if len(rows) < 2 or figure.value is None:
        return []
    first = _local(teller, span.start)
    drawn = rows[:MOST_DOTS]
    last = (_local(teller, span.end) - first).days
    labels = [words.short_date(first + timedelta(days=day)) for day in range(last + 1)]
    points = [
        (
            (_local(teller, aware(row["done_at"])) - first).days, round(row["cycle_s"] / _DAY_S, 2),
            f"{short_name(row['work_item'])}: {words.value(Elapsed(row['cycle_s']))}",
        )
        for row in drawn
    ]  # fmt: skip
    part = next((part for part in figure.parts if part.name == "cycle_time_p85"), None)
    sure = part.value if part and part.value is not None else figure.value
    edges = [Threshold(figure.value / _DAY_S, "50 %"), Threshold(sure / _DAY_S, "85 %")]
    evidence = proof.of_rows([row["work_item"] for row in rows], query)
    key = "chart.cycle_latest" if len(rows) > len(drawn) else "chart.cycle"
    args: dict[str, Any] = {"n": len(drawn), "half": Elapsed(figure.value), "sure": Elapsed(sure)}
    table = Table(
        (words("column.item"), words("column.when"), plain(figure.title)),
        tuple(
            (
                Cell(short_name(row["work_item"])), Cell(words.moment(aware(row["done_at"]))),
                Cell(words.value(Elapsed(row["cycle_s"])), number=True),
            )
            for row in drawn[:50]
        ),
        teller.claim(key, evidence, **args),
    )  # fmt: skip
    return [Chart("cycle-time", scatter(labels, points, words("unit.axis_days"), edges), table)]


def older_than_usual(scope: Scope, underway: Sequence[Underway]) -> list[Underway]:
    """Those in progress for longer than 85 % of their project's items take, the oldest first."""
    begun = [item for item in underway if item.since is not None]
    return [item for item in begun if _age(scope, item) > (item.usual_s or float("inf"))]


def old_section(teller: Teller) -> Section:
    """Items in progress that are older than 85 % of their project's items become, the oldest first."""
    words, scope = teller.words, teller.scope
    underway = [item for item in load_underway(scope) if item.since is not None]
    old = older_than_usual(scope, underway)
    blocks: list[Block] = [_line(teller, item) for item in old[:MOST_OLD]]
    if len(old) > MOST_OLD:
        rest = [item.item for item in old[MOST_OLD:]]
        blocks.append(teller.claim("more", proof.of_mixed(rest), n=len(rest)))
    if not old:
        blocks.append(Empty(_none_old(teller, [item.item for item in underway])))
    return Section("old", words("section.old"), tuple(blocks), numbered=True)


def _none_old(teller: Teller, underway: Sequence[str]) -> Claim:
    if underway:
        evidence = proof.of_records("work_item_cycle_times", underway, "work_item")
        return teller.claim("flow.none_old", evidence, tone="ok", n=len(underway))
    limit = teller.scope.items("work_item")
    query = f"select * from work_item_cycle_times where category = 'in_progress' and {limit}"  # noqa: S608 - escaped
    return teller.claim("flow.nothing_underway", proof.of_absence("items in progress", query))


def _line(teller: Teller, item: Underway) -> Claim:
    words = teller.words
    text = words("flow.old", span=Elapsed(_age(teller.scope, item), bent=True), usual=Elapsed(item.usual_s or 0.0))
    return Claim(
        key="flow.old", text=text, tone="watch", title=plain(item.title),
        evidence=proof.of_records("work_item_cycle_times", [item.item], "work_item"),
        refs=(Ref(item.item, short_name(item.item), item.url),),
    )  # fmt: skip


def _own(scope: Scope) -> str:
    """Rows of the team; those without one are the whole of a project."""
    return f"team = {text_literal(scope.team)}" if scope.team else "team is null"


def _age(scope: Scope, item: Underway) -> float:
    return (scope.now - item.since).total_seconds() if item.since else 0.0


def _local(teller: Teller, moment: datetime) -> date:
    return moment.astimezone(teller.words.zone).date()


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


__all__: Sequence[str] = ("flow",)
