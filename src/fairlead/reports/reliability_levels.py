"""Service levels: which budgets burn or are spent, a table of all objectives, and what was left day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from fairlead.model.figures import Evidence
from fairlead.reports import proof
from fairlead.reports.chartspecs import Line, lines
from fairlead.reports.document import Block, Cell, Chart, Claim, Empty, Ref, Table
from fairlead.reports.literals import text_list, text_literal, time_literal
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.reliability_facts import Burning, Objective
from fairlead.reports.scope import naive
from fairlead.reports.sentences import Teller
from fairlead.reports.wording import Elapsed, Wording

MOST_LINES = 4
"""Objectives drawn, those with the least budget left: more lines are read by nobody."""
_SPANS = {"m5": 300.0, "m30": 1800.0, "h1": 3600.0, "h6": 21_600.0, "d3": 259_200.0}


def exactly(share: float, words: Wording) -> str:
    """A share with as many digits as objectives have: 99.95 % is not 100 %."""
    percent = share * 100
    # the nines are what an objective is about: rounding must not promise more than was kept
    shown = round(percent, 2) if not 99.99 < percent < 100 else int(percent * 10_000) / 10_000
    text = f"{shown:.4f}".rstrip("0").rstrip(".")
    return f"{text.replace('.', ',') if words.language == 'de' else text} %"


def of_samples(objective: Objective) -> Evidence:
    """Evidence of the samples in an objective's window; of one that has none the objective itself."""
    if objective.measured_at is None:
        return proof.of_records("slo_objectives", [objective.slo], "slo")
    since = objective.measured_at - timedelta(days=objective.window_days)
    query = (
        f"select * from slo_samples where slo = {text_literal(objective.slo)} "  # noqa: S608 - literals escaped
        f"and start_at >= {time_literal(since)} order by start_at"
    )
    return proof.of_rows([objective.slo], query, objective.samples)


def urgent(teller: Teller, objectives: Sequence[Objective], burning: Sequence[Burning]) -> list[Block]:
    """What asks for somebody: budgets that burn, that are spent, and objectives that nobody measures."""
    blocks: list[Block] = [burns(teller, one) for one in burning]
    for objective in objectives:
        if objective.budget_left is not None and objective.budget_left <= 0:
            blocks.append(_claim(teller, "slo.spent", objective))
        if objective.measured_at is None:
            blocks.append(_claim(teller, "slo.never_measured", objective, tell=False))
        elif objective.silent:
            blocks.append(_claim(teller, "slo.silent", objective, since=teller.words.recent(objective.measured_at)))
    return blocks


def burns(teller: Teller, one: Burning) -> Claim:
    """A budget that burns too fast: how fast, from where on that is too fast, and when nothing is left of it."""
    words = teller.words
    evidence = proof.of_records("slo_burn_rates", [one.slo], "slo")
    key = f"slo.burning_{one.severity}"
    text = words(
        key, long=Elapsed(_SPANS[one.long_span]), short=Elapsed(_SPANS[one.short_span]), factor=one.factor,
        long_burn=round(one.long_burn, 1), short_burn=round(one.short_burn, 1),
    )  # fmt: skip
    return Claim(
        key=key, text=text, evidence=Evidence(ids=evidence.ids, count=len(_SPANS), query=evidence.query),
        tone="act" if one.severity == "page" else "watch", refs=(Ref(one.slo, plain(one.name)),),
        reasons=tuple(_end(teller, one)),
    )  # fmt: skip


def _end(teller: Teller, one: Burning) -> Iterator[Claim]:
    if one.budget_left is None:
        return
    words, evidence = teller.words, proof.of_records("slo_budgets", [one.slo], "slo")
    left = exactly(one.budget_left, words)
    if one.spent_at is None:
        yield teller.claim("slo.spent_already", evidence, left=left)
    else:
        yield teller.claim("slo.spent_at", evidence, left=left, at=words.moment(one.spent_at))


def _claim(teller: Teller, key: str, objective: Objective, *, tell: bool = True, since: str = "") -> Claim:
    words = teller.words
    said = {"kept": "", "left": ""}
    if tell and objective.attainment is not None and objective.budget_left is not None:
        said = {"kept": exactly(objective.attainment, words), "left": exactly(objective.budget_left, words)}
    text = words(key, target=exactly(objective.target, words), days=objective.window_days, since=since, **said)
    tone = "act" if key == "slo.spent" else "watch"
    return Claim(
        key=key, text=text, evidence=of_samples(objective), tone=tone,  # type: ignore[arg-type]
        refs=(Ref(objective.slo, plain(objective.name)),),
    )  # fmt: skip


def levels(teller: Teller, objectives: Sequence[Objective], now: datetime) -> list[Block]:
    """All objectives as a table, and what was left of the budgets day by day as a chart."""
    words = teller.words
    if not objectives:
        query = "select * from slo_objectives"
        text = words("slo.none")
        return [Empty(Claim(key="slo.none", text=text, evidence=proof.of_absence("objectives", query)))]
    met = sum(1 for one in objectives if one.budget_left is not None and one.budget_left > 0)
    evidence = proof.of_records("slo_budgets", [one.slo for one in objectives], "slo")
    caption = teller.claim("slo.table", evidence, n=len(objectives), met=met)
    columns = ("objective", "service", "promised", "kept", "budget_left", "burn_1h", "burn_6h", "burn_3d", "measured")
    rows = tuple(_row(teller, one) for one in objectives)
    return [
        Table(tuple(words(f"column.{name}") for name in columns), rows, caption),
        *_course(teller, objectives, now),
    ]


def _row(teller: Teller, one: Objective) -> tuple[Cell, ...]:
    words = teller.words
    unknown = words("reason.not_measured")

    def share(value: float | None) -> Cell:
        return (
            Cell(exactly(value, words), number=True) if value is not None else Cell("", number=True, reason=unknown)
        )

    def burn(span: str) -> Cell:
        value = one.burns[span]
        if value is None:
            return Cell("", number=True, reason=unknown)
        return Cell(words.number(round(value, 1)), number=True)

    return (
        Cell(plain(one.name)), Cell(short_name(one.service)), Cell(exactly(one.target, words), number=True),
        share(one.attainment), share(one.budget_left), burn("1h"), burn("6h"), burn("3d"),
        Cell(words.share(one.measured_share), number=True),
    )  # fmt: skip


_DAYS = """
with days as (
    select s.slo, cast(d.day as date) as day
    from slo_objectives s
    cross join (select unnest(generate_series(cast($start as date), cast($end as date), interval '1 day')) as day) d
    where s.slo in (select unnest($slos))
),
spent as (
    select d.slo, d.day, k.good, k.total, o.target,
        sum(k.total - k.good) over (partition by d.slo order by d.day) as failed,
        sum(k.total) over (partition by d.slo) as whole
    from days d
    join slo_objectives o using (slo)
    left join slo_days k on k.slo = d.slo and k.day = d.day
)
select slo, day, case when total is not null and whole > 0 then 1.0 - failed / whole / (1.0 - target) end as left_over
from spent order by slo, day
"""


def _course(teller: Teller, objectives: Sequence[Objective], now: datetime) -> list[Block]:
    """What was left of each budget at the end of each day; a day without a sample is a gap in the line."""
    words = teller.words
    drawn = [one for one in objectives if one.budget_left is not None][:MOST_LINES]
    if not drawn:
        return []
    start = now - timedelta(days=max(one.window_days for one in drawn))
    asked = {"start": naive(start), "end": naive(now), "slos": [one.slo for one in drawn]}
    rows = teller.scope.warehouse.rows(_DAYS, asked)
    days = sorted({row["day"] for row in rows})
    if len(days) < 2:
        return []
    left = {(row["slo"], row["day"]): row["left_over"] for row in rows}
    courses = {one.slo: [left.get((one.slo, day)) for day in days] for one in drawn}
    labels = [words.short_date(day) for day in days]
    series = [
        Line(
            plain(one.name),
            [None if value is None else round(value * 100, 2) for value in courses[one.slo]],
            ["" if value is None else f"{label}: {exactly(value, words)}"
             for label, value in zip(labels, courses[one.slo], strict=True)],
        )
        for one in drawn
    ]  # fmt: skip
    query = (
        "select * from slo_days where slo in "  # noqa: S608 - literals escaped
        f"{text_list(one.slo for one in drawn)} and day >= cast({time_literal(start)} as date) order by slo, day"
    )
    count = int(teller.scope.warehouse.rows(f"select count(*) as n from ({query})")[0]["n"])  # noqa: S608 - escaped
    least = drawn[0]
    caption = teller.claim(
        "chart.budgets", proof.of_rows([one.slo for one in drawn], query, count), n=len(drawn), name=least.name,
        left=exactly(least.budget_left or 0.0, words),
    )  # fmt: skip
    table = Table(
        (words("column.day"), *(plain(one.name) for one in drawn)),
        tuple(
            (Cell(words.date(day)), *(_left(teller, courses[one.slo][place]) for one in drawn))
            for place, day in enumerate(days)
        ),
        caption,
    )
    return [Chart("error-budgets", lines(labels, series, words("unit.axis_budget")), table)]


def _left(teller: Teller, value: float | None) -> Cell:
    if value is None:
        return Cell("", number=True, reason=teller.words("reason.not_measured"))
    return Cell(exactly(value, teller.words), number=True)
