"""Objectives as the page Goals shows them: sentences of the report, with bars, strips and forms around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.goals.effort import UNLINKED
from fairlead.goals.facts import Entry
from fairlead.goals.standing import GoalStanding, Standing, clamped
from fairlead.goals.values import course
from fairlead.model.figures import Point
from fairlead.reports.alignment import amount, name_of
from fairlead.reports.alignment_facts import Alignment, own
from fairlead.reports.goal_words import TONES, status_word
from fairlead.reports.sentences import Teller
from fairlead.ui.views.documents import Line
from fairlead.ui.views.phases import WIDTH, Phase
from fairlead.ui.visit import Visit

_COLOURS = 6
_GREY = 0
"""What serves no objective has no colour of an objective."""


@dataclass(frozen=True)
class Bar:
    """How far something is, beside how far would be even."""

    x: float
    """End of what is reached, of `WIDTH`."""
    even: float | None
    """Where it would be even by now."""
    said: str
    """The same in words, for whoever sees no bar."""
    tone: str


@dataclass(frozen=True)
class ResultCard:
    """A key result."""

    id: str
    line: Line
    status: str
    tone: str
    bar: Bar | None
    trend: Sequence[Point]
    trend_words: str
    by_hand: bool
    """Whether people enter its value, and may do so now."""


@dataclass(frozen=True)
class GoalCard:
    """An objective with its key results."""

    name: str
    title: str
    line: Line
    aside: str
    status: str
    tone: str
    bar: Bar | None
    results: tuple[ResultCard, ...]
    effort: str
    """Its share of the effort of the window; empty where there was none."""
    share: str


def goal_card(
    visit: Visit, teller: Teller, found: GoalStanding, lines: Sequence[Line], aside: str, alignment: Alignment
) -> GoalCard:
    """A card of the sentences that the report says of an objective: its own first, then one for each key result."""
    goal, words = found.goal, teller.words
    open_ = goal.state == "open"
    status = status_word(found.status, words) if open_ else visit.words(STATES[goal.state])
    bucket = next((one for one in alignment.effort.buckets if one.objective == goal.id), None)
    return GoalCard(
        name=goal.id.partition(":")[2], title=goal.title, line=lines[0], aside=aside, status=status,
        tone=TONES[found.status] if open_ else lines[0].tone,
        bar=_bar(visit, found.progress, found.expected if open_ else None, lines[0].tone),
        results=tuple(
            _result(visit, one, line, may=open_) for one, line in zip(found.results, lines[1:], strict=True)
        ),
        effort=amount(teller, alignment, bucket.amount) if bucket and bucket.amount else "",
        share=words.share(bucket.share) if bucket and bucket.share else "",
    )  # fmt: skip


def strip(visit: Visit, teller: Teller, found: Alignment) -> tuple[Phase, ...]:
    """Effort side by side, what serves no objective at the end; nothing where there was no effort."""
    effort = found.effort
    wanted = set(own(teller.scope, found))
    at, made = 0.0, []
    for number, bucket in enumerate((one for one in effort.buckets if one.objective in wanted and one.amount), 1):
        width = bucket.amount / effort.total * WIDTH
        mark = _GREY if bucket.objective == UNLINKED else (number - 1) % _COLOURS + 1
        link = f"/goals/{bucket.objective.partition(':')[2]}" if bucket.objective != UNLINKED else "#unlinked"
        made.append(
            Phase(
                title=name_of(teller, found, bucket.objective), value=teller.words.share(bucket.share or 0.0),
                n=visit.shown.number(len(bucket.parts)), mark=mark, x=round(at, 1), width=round(width, 1),
                rows=visit.scope.link(link) if bucket.objective != UNLINKED else link,
            )
        )  # fmt: skip
        at += width
    return tuple(made)


def _result(visit: Visit, found: Standing, line: Line, *, may: bool) -> ResultCard:
    result = found.result
    figure = course(visit.services.warehouse, result, found.reading, visit.words.language)
    trend = figure.trend if figure else _entered(result.entries)
    return ResultCard(
        id=result.id, line=line, status=status_word(found.status, visit.shown.wording), tone=TONES[found.status],
        bar=_bar(visit, found.progress, found.expected, TONES[found.status]), trend=trend,
        trend_words=visit.words("Course of “{title}”", title=result.title),
        by_hand=may and result.value_from == "manual",
    )  # fmt: skip


def _entered(entries: Sequence[Entry]) -> list[Point]:
    return [Point(start=one.at, end=one.at, value=one.value, n=1) for one in entries]


def _bar(visit: Visit, progress: float | None, expected: float | None, tone: str) -> Bar | None:
    if progress is None:
        return None
    share = visit.shown.wording.share
    said = visit.words("{share} of the way", share=share(progress))
    if expected is not None:
        said = visit.words(
            "{share} of the way, {even} would be even by now", share=share(progress), even=share(expected)
        )
    even = round(clamped(expected) * WIDTH, 1) if expected is not None else None
    return Bar(round(clamped(progress) * WIDTH, 1), even, said, tone)


STATES = {"open": "open", "reached": "reached", "missed": "missed", "dropped": "dropped"}
"""How an objective ended, in words of pages."""
