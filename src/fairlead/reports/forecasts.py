"""How true forecasts were: per level how many held of those that could be judged, and each with what came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fairlead.planning.montecarlo import LEVELS
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.chartspecs import Line, lines
from fairlead.reports.document import Block, Cell, Chart, Claim, Document, Empty, Section, Table
from fairlead.reports.literals import text_literal, time_literal
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope, aware
from fairlead.reports.sentences import Teller
from fairlead.reports.wording import Share

_LISTED = 50
_LEAST_JUDGED = 10
"""Fewer say little of a share."""
_QUERY = (
    "select * from forecasts where deleted_at is null and given_at <= {now} and {limit} order by given_at desc, id"
)
_NAMES = """
select id, coalesce(key || ' ' || title, title, key) as name from work_items where id in (select unnest($ids))
union all select id, title from milestones where id in (select unnest($ids))
union all select id, name from sprints where id in (select unnest($ids))
"""


@dataclass(frozen=True)
class Given:
    """A forecast that was given."""

    row: Mapping[str, Any]

    @property
    def judged(self) -> bool:
        """Whether it could be judged."""
        return self.row["scored_at"] is not None and not self.row["reason"]

    @property
    def counts(self) -> bool:
        """Whether it said how many, and not when."""
        return self.row["kind"] in ("days", "sprint")

    def said(self, level: float) -> Any:
        """Its answer at a level: a moment or a count."""
        return self.row[f"{'count' if self.counts else 'ends'}_{level * 100:g}"]

    def held(self, level: float) -> bool | None:
        """Whether the answer held; `None` where it gave none at that level, or cannot be judged."""
        said = self.said(level)
        if not self.judged or said is None:
            return None
        if self.counts:
            return bool((self.row["came_items"] or 0) >= said)
        return bool(self.row["came_at"] is not None and self.row["came_at"] <= said)


@dataclass(frozen=True)
class Scores:
    """All that were given."""

    given: tuple[Given, ...]

    def of(self, level: float) -> tuple[int, int]:
        """How many answers of a level held, and of how many."""
        found = [held for one in self.given if (held := one.held(level)) is not None]
        return sum(found), len(found)

    def to_json(self) -> dict[str, Any]:
        """Counts by level, and each forecast with what came."""
        return {
            "levels": {
                f"{level * 100:g}": {"held": held, "judged": judged}
                for level in LEVELS for held, judged in [self.of(level)]
            },
            "waiting": sum(one.row["scored_at"] is None for one in self.given),
            "given": [_plain(one) for one in self.given],
        }  # fmt: skip


def load_scores(scope: Scope) -> Scores:
    """Forecasts of a team or of everybody, the latest first."""
    return Scores(tuple(Given(row) for row in scope.warehouse.rows(_query(scope))))


def forecasts(asked: Asked) -> Document:
    """The report."""
    return told_scores(asked)[0]


def told_scores(asked: Asked) -> tuple[Document, Scores]:
    """The report, and the same as numbers."""
    scope, teller = asked.scope, asked.teller()
    scores = load_scores(scope)
    if not scores.given:
        nothing = proof.of_absence("forecasts given", _query(scope))
        empty = Section("scores", teller.words("section.scores"), (Empty(teller.claim("scores.none", nothing)),))
        return document(teller, "forecasts", teller.claim("scores.title_none", nothing), (empty,)), scores
    names = _names(scope, scores)
    sections = [
        Section("scores", teller.words("section.scores"), tuple(_levels(teller, scores))),
        Section(
            "given",
            teller.words("section.given"),
            (_table(teller, scores, names),),
            aside=teller.words("aside.given"),
        ),
    ]
    return document(teller, "forecasts", _title(teller, scores), sections), scores


def _query(scope: Scope) -> str:
    limit = f"team = {text_literal(scope.team)}" if scope.team else "true"
    return _QUERY.format(now=time_literal(scope.now), limit=limit)


def _names(scope: Scope, scores: Scores) -> dict[str, str]:
    ids = sorted({one.row["subject"] for one in scores.given if one.row["subject"]})
    return {row["id"]: plain(row["name"] or row["id"]) for row in scope.warehouse.rows(_NAMES, {"ids": ids})}


def _ids(found: Sequence[Given]) -> list[str]:
    return [one.row["id"] for one in found]


def _title(teller: Teller, scores: Scores) -> Claim:
    held, judged = scores.of(LEVELS[1])
    if not judged:
        return teller.claim("scores.title_none", proof.of_records("forecasts", _ids(scores.given)))
    found = [one for one in scores.given if one.held(LEVELS[1]) is not None]
    return teller.claim(
        "scores.title", proof.of_records("forecasts", _ids(found)), n=judged, share=Share(held / judged)
    )


def _levels(teller: Teller, scores: Scores) -> Iterator[Block]:
    drawn = []
    for level in LEVELS:
        held, judged = scores.of(level)
        if not judged:
            continue
        found = [one for one in scores.given if one.held(level) is not None]
        evidence = proof.of_records("forecasts", _ids(found))
        yield teller.claim("scores.level", evidence, n=judged, held=held, level=Share(level))
        drawn.append((level, held, judged))
    judged_all = [one for one in scores.given if one.judged]
    if drawn:
        if max(judged for _, _, judged in drawn) < _LEAST_JUDGED:
            yield teller.claim("scores.few", proof.of_records("forecasts", _ids(judged_all)), "watch")
        yield _chart(teller, drawn, judged_all)
    if waiting := [one for one in scores.given if one.row["scored_at"] is None]:
        yield teller.claim("scores.open", proof.of_records("forecasts", _ids(waiting)), n=len(waiting))
    if void := [one for one in scores.given if one.row["reason"]]:
        yield teller.claim("scores.void", proof.of_records("forecasts", _ids(void)), n=len(void))


def _chart(teller: Teller, drawn: Sequence[tuple[float, int, int]], found: Sequence[Given]) -> Chart:
    words = teller.words
    labels = [words.share(level) for level, _, _ in drawn]
    said = [round(100 * level, 1) for level, _, _ in drawn]
    came = [round(100 * held / judged, 1) for _, held, judged in drawn]
    hovers = [words("scores.level", n=judged, held=held, level=words.share(level)) for level, held, judged in drawn]
    caption = teller.claim("chart.calibration", proof.of_records("forecasts", _ids(found)))
    series = [
        Line(words("chart.calibration_said"), said, [""] * len(said), quiet=True),
        Line(words("chart.calibration_held"), came, hovers),
    ]
    rows = tuple(
        (Cell(words.share(level)), Cell(words.number(held), number=True), Cell(words.number(judged), number=True))
        for level, held, judged in drawn
    )
    table = Table((words("column.said"), words("chart.calibration_held"), words("column.judged")), rows, caption)
    return Chart("calibration", lines(labels, series, words("unit.axis_held")), table)


def _table(teller: Teller, scores: Scores, names: Mapping[str, str]) -> Table:
    words, shown = teller.words, scores.given[:_LISTED]
    columns = (
        "column.given", "column.about", *(f"column.said_{level * 100:g}" for level in LEVELS), "column.came",
        "column.held_85",
    )  # fmt: skip
    rows = tuple(
        (
            Cell(words.date(_day(teller, one.row["given_at"]))),
            Cell(_about(teller, one, names)),
            *(Cell(_answer(teller, one, level)) for level in LEVELS),
            Cell(_came(teller, one)),
            Cell(_verdict(teller, one)),
        )
        for one in shown
    )
    caption = teller.claim("scores.given", proof.of_records("forecasts", _ids(shown)), n=len(scores.given))
    return Table(tuple(map(words, columns)), rows, caption)


def _about(teller: Teller, one: Given, names: Mapping[str, str]) -> str:
    row, words = one.row, teller.words
    if row["subject"]:
        return names.get(row["subject"], row["subject"])
    if row["kind"] == "days":
        return words("scores.days_by", day=words.date(_end(teller, row["until"])))
    return words("scores.items", n=row["items"] or 0)


def _answer(teller: Teller, one: Given, level: float) -> str:
    said = one.said(level)
    if said is None:
        return teller.words("scores.later")
    return teller.words.number(said) if one.counts else teller.words.date(_end(teller, said))


def _came(teller: Teller, one: Given) -> str:
    row, words = one.row, teller.words
    if not one.judged:
        return words("scores.gone" if row["reason"] else "scores.waits")
    if one.counts:
        return words.number(row["came_items"] or 0)
    return words.date(_day(teller, row["came_at"])) if row["came_at"] else words("scores.later")


def _verdict(teller: Teller, one: Given) -> str:
    held = one.held(LEVELS[1])
    return "" if held is None else teller.words("scores.yes" if held else "scores.no")


def _day(teller: Teller, moment: datetime) -> date:
    return teller.scope.calendar.local_day(aware(moment))


def _end(teller: Teller, moment: datetime) -> date:
    """The day of which a moment is the end: its midnight belongs to it."""
    return _day(teller, moment - timedelta(seconds=1))


def _plain(one: Given) -> dict[str, Any]:
    row = one.row
    told = {
        name: aware(value).isoformat() if isinstance(value := row[name], datetime) else value
        for name in (
            "id", "kind", "subject", "team", "given_at", "items", "until", "ends_50", "ends_85", "ends_95",
            "count_50", "count_85", "count_95", "method", "basis_days", "basis_done", "scored_at", "came_at",
            "came_items", "reason",
        )
    }  # fmt: skip
    return {**told, "held": {f"{level * 100:g}": one.held(level) for level in LEVELS}}
