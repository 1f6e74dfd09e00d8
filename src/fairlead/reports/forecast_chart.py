"""Burn-up with a fan: what is done, what there is to do, and between which counts the days to come will end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from fairlead.planning.montecarlo import LEVELS, Counts
from fairlead.reports.chartspecs import Band, Line, fan
from fairlead.reports.document import Cell, Chart, Claim, Table
from fairlead.reports.forecast_answer import Answer
from fairlead.reports.sentences import Teller

_SHOWN_DAYS = 30
"""Past days that are drawn: as many as people remember."""
_AHEAD_DAYS = 60


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    done: int
    scope: int | None


def fan_chart(teller: Teller, answer: Answer) -> Chart | None:
    """The drawing; nothing where nothing is forecast."""
    drawn = answer.outlook.fan[: min(_AHEAD_DAYS, len(answer.ground.ahead))]
    if not drawn:
        return None
    passed = _passed(answer)
    words, ahead = teller.words, answer.ground.ahead[: len(drawn)]
    if answer.ground.sprint:
        # of a day that is nearly over nothing more is expected, though the sprint still counts it
        ahead = answer.ground.ahead[-len(drawn) :]
    done, scope = passed[-1].done, passed[-1].scope
    labels = [words.short_date(day) for day in (*(one.day for one in passed), *ahead)]
    blank = [None] * len(ahead)
    hovers = [words("chart.fan_done", day=words.date(one.day), n=one.done) for one in passed]
    lines = [Line(words("chart.done"), [*(one.done for one in passed), *blank], [*hovers, *[""] * len(ahead)])]
    if scope is not None:
        scopes = [*(one.scope for one in passed), *[scope] * len(ahead)]
        lines.insert(0, Line(words("chart.scope"), scopes, [""] * len(labels), quiet=True))
    bands = [
        Band(words.share(level), *_edges(drawn, level, done, scope, len(passed))) for level in reversed(LEVELS)
    ]  # fmt: skip
    # of a number of items what comes is counted from now on; an epic or a sprint is told as a whole
    base = done if answer.ground.name else 0
    left = None if scope is None else scope - done + base
    sure, half = (_held(base + drawn[-1].at_least(level), left) for level in (LEVELS[1], LEVELS[0]))
    caption = teller.claim(
        "chart.fan" if answer.ground.name else "chart.fan_more", answer.ground.about, n=done, sure=sure, half=half,
        end=words.date(ahead[-1]), days=len(passed),
    )  # fmt: skip
    table = _table(teller, drawn, ahead, base, left, caption)
    return Chart("fan", fan(labels, lines, bands, words("unit.axis_items")), table)


def _edges(
    drawn: Sequence[Counts], level: float, done: int, scope: int | None, passed: int
) -> tuple[list[int | None], list[int | None]]:
    """Lower and upper edge of what so many of the trials lie above or below, from the last day on that is known."""
    before: list[int | None] = [None] * (passed - 1)
    # the half lies on both sides of its own line, so that it is a line
    low = [_held(done + one.at_least(level), scope) for one in drawn]
    high = [_held(done + one.at_least(1 - level), scope) for one in drawn]
    return [*before, done, *low], [*before, done, *high]


def _held(count: int, scope: int | None) -> int:
    """No more than there is to do."""
    return max(min(count, scope), 0) if scope is not None else max(count, 0)


def _passed(answer: Answer) -> list[_Day]:
    """What was done by the end of each of the last days."""
    ground = answer.ground
    if ground.sprint:
        return [_Day(day.day, day.done, day.scope) for day in ground.sprint.days] or [
            _Day(ground.calendar.local_day(ground.scope.now), 0, len(ground.sprint.items))
        ]
    days, done = ground.history.days[-_SHOWN_DAYS:], ground.history.done[-_SHOWN_DAYS:]
    if ground.reach:
        return [_Day(day, done, there) for day, there, done in ground.reach.days(ground.calendar, days)]
    scope = sum(done) + answer.items if answer.items else None
    return [_Day(day, total, scope) for day, total in zip(days, accumulate(done), strict=True)]


def _table(
    teller: Teller, drawn: Sequence[Counts], ahead: Sequence[date], done: int, scope: int | None, caption: Claim
) -> Table:
    words = teller.words
    # every day of two weeks, then the ends of weeks: a table is read, a drawing is looked at
    shown = [at for at, day in enumerate(ahead) if at < 10 or day.weekday() == 4 or at == len(ahead) - 1]
    rows = tuple(
        (
            Cell(words.date(ahead[at])),
            *(Cell(words.number(_held(done + drawn[at].at_least(level), scope)), number=True) for level in LEVELS),
        )
        for at in shown
    )
    return Table((words("column.day"), *(words.share(level) for level in LEVELS)), rows, caption)
