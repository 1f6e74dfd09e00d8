"""Where a sprint stands: its day, what is done, and burndown and burn-up as drawings of one table each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fairlead.model.figures import Evidence
from fairlead.planning.montecarlo import LEVELS, Counts
from fairlead.reports import proof
from fairlead.reports.chartspecs import Band, Line, fan, lines
from fairlead.reports.document import Block, Cell, Chart, Claim, Section, Table
from fairlead.reports.literals import text_literal, time_literal
from fairlead.reports.sentences import Teller
from fairlead.reports.sprint_facts import Day, SprintFacts
from fairlead.reports.wording import Share


def of_items(found: SprintFacts, kinds: Sequence[str] = ("committed", "added", "removed", "completed")) -> Evidence:
    """Evidence of the ledger's lines of these kinds."""
    entries = found.of_kind(*kinds)
    listed = ", ".join(map(text_literal, kinds))
    query = (
        'select work_item, entry, kind, "at", event, points_before, points_after from sprint_scope '  # noqa: S608
        f'where sprint = {text_literal(found.sprint.id)} and kind in ({listed}) order by "at", work_item, entry'
    )
    # of nothing that happened the sprint itself is what was looked at
    ids = list(dict.fromkeys(entry.item for entry in entries)) or [found.sprint.id]
    return proof.of_rows(ids, query, len(entries))


def of_days(found: SprintFacts, *, earlier: bool = False) -> Evidence:
    """Evidence of the sprint's days so far, with those of the sprints before it where a forecast draws from them."""
    before = found.before if earlier else ()
    ids = [found.sprint.id, *(past.sprint for past in before)]
    listed = ", ".join(map(text_literal, ids))
    until = max((day.at for day in found.days), default=found.sprint.start_at)
    query = (
        'select sprint, working_day, day, "at", scope_items, completed_items, remaining_items, scope_points, '  # noqa: S608
        f'completed_points from sprint_days where sprint in ({listed}) and "at" <= {time_literal(until)} '
        "order by sprint, working_day"
    )
    return proof.of_rows(ids, query, len(found.days) + sum(past.rows for past in before))


def standing_section(teller: Teller, found: SprintFacts, drawn: Sequence[Counts]) -> Section:
    """The sprint's day, what is done of what, and the two charts; `drawn` is what its days to come bring."""
    sprint, words = found.sprint, teller.words
    blocks: list[Block] = []
    if sprint.goal:
        evidence = proof.of_records("sprints", [sprint.id])
        blocks.append(teller.claim("sprint.goal", evidence, goal=sprint.goal))
    blocks.append(_when(teller, found))
    scope, done = len(found.items), len(found.done)
    if not scope:
        blocks.append(teller.claim("sprint.nothing_in", of_items(found)))
        return Section("standing", words("section.standing"), tuple(blocks), aside=sprint.name)
    blocks.append(teller.claim("sprint.done", of_items(found), n=scope, done=done, share=Share(done / scope)))
    last = found.days[-1] if found.days else None
    if last and last.scope_points is not None:
        key = "sprint.points_some" if last.unestimated else "sprint.points"
        said: dict[str, Any] = {"done": last.done_points or 0.0, "points": last.scope_points, "n": last.unestimated}
        blocks.append(teller.claim(key, of_days(found), **said))
    if len(found.days) > 1:
        blocks += [burndown(teller, found), _burnup(teller, found, drawn)]
    return Section("standing", words("section.standing"), tuple(blocks), aside=sprint.name)


def _when(teller: Teller, found: SprintFacts) -> Claim:
    sprint, words = found.sprint, teller.words
    evidence = proof.of_records("sprint_results", [sprint.id], "sprint")
    start = words.day(sprint.start_at)
    if sprint.closed_at:
        return teller.claim("sprint.closed", evidence, start=start, end=words.day(sprint.closed_at))
    if not sprint.end_at:
        return teller.claim("sprint.open_ended", evidence, start=start)
    if sprint.end_at <= teller.scope.now:
        return teller.claim("sprint.overdue", evidence, tone="watch", start=start, end=words.day(sprint.end_at))
    # the day that is not over yet is the one people are in
    day = min((found.days[-1].number if found.days else 0) + 1, found.last_day)
    return teller.claim("sprint.day", evidence, day=day, n=found.last_day, end=words.day(sprint.end_at))


def _even(found: SprintFacts) -> list[float]:
    """What an even pace leaves after each working day, from what was in it at the start to nothing at its end."""
    start = found.days[0].scope - found.days[0].done if found.days else 0
    whole = max(found.last_day, 1)
    return [start * max(1 - number / whole, 0.0) for number in range(found.last_day + 1)]


def burndown(teller: Teller, found: SprintFacts) -> Chart:
    """What was left at the end of each working day, beside an even pace."""
    words, days = teller.words, found.days
    left, even = [day.scope - day.done for day in days], _even(found)
    now, pace = left[-1], round(even[min(days[-1].number, len(even) - 1)], 1)
    # within half an item of an even pace nobody is ahead or behind
    key = "chart.burndown_even" if abs(now - pace) < 0.5 else f"chart.burndown_{'behind' if now > pace else 'ahead'}"
    caption = teller.claim(key, of_days(found), n=now, even=pace)
    labels = _labels(teller, found)
    hovers = [words("chart.left_on", day=label, n=count) for label, count in zip(labels, left, strict=False)]
    drawn = [
        Line(words("chart.even"), [round(value, 2) for value in even], [""] * len(even), quiet=True),
        Line(words("chart.left"), _padded(left, labels), _padded(hovers, labels, "")),
    ]
    table = Table(
        (words("column.day"), words("column.left"), words("column.even"), words("column.points_left")),
        tuple(
            (
                _day(teller, day),
                _number(teller, day.scope - day.done),
                _number(teller, round(even[min(day.number, len(even) - 1)], 1)),
                _points(teller, None if day.scope_points is None else day.scope_points - (day.done_points or 0.0)),
            )
            for day in days
        ),
        caption,
    )
    return Chart("burndown", lines(labels, drawn, words("unit.axis_items")), table)


def _burnup(teller: Teller, found: SprintFacts, coming: Sequence[Counts]) -> Chart:
    words, days = teller.words, found.days
    caption = teller.claim("chart.burnup", of_days(found), n=days[-1].scope, done=days[-1].done, first=days[0].scope)
    labels = _labels(teller, found)

    def hover(day: Day) -> str:
        return words("chart.done_on", day=words.date(day.day), n=day.scope, done=day.done)

    hovers = _padded([hover(day) for day in days], labels, "")
    drawn = [
        Line(words("chart.scope"), _padded([day.scope for day in days], labels), hovers),
        Line(words("chart.done"), _padded([day.done for day in days], labels), hovers),
    ]
    table = Table(
        (words("column.day"), words("column.scope"), words("column.done"), words("column.points"),
         words("column.points_done")),
        tuple(
            (
                _day(teller, day), _number(teller, day.scope), _number(teller, day.done),
                _points(teller, day.scope_points), _points(teller, day.done_points),
            )
            for day in days
        ),
        caption,
    )  # fmt: skip
    bands = [_band(teller, found, level, coming) for level in reversed(LEVELS)] if coming else []
    return Chart("burn-up", fan(labels, drawn, bands, words("unit.axis_items")), table)


def _band(teller: Teller, found: SprintFacts, level: float, coming: Sequence[Counts]) -> Band:
    """From what is done now on: what so many of the trials reach, and what as many do not exceed."""
    passed, ahead, scope = len(found.days), len(found.ahead), found.days[-1].scope
    # of a day that is nearly over nothing more is expected, and it is still shown
    quiet = max(ahead - len(coming), 0)
    done = found.days[-1].done
    edges = [
        [None] * (passed - 1)
        + [done] * (quiet + 1)
        + [max(min(done + one.at_least(side), scope), 0) for one in coming[: ahead - quiet]]
        for side in (level, 1 - level)
    ]
    return Band(teller.words.share(level), *edges)


def _labels(teller: Teller, found: SprintFacts) -> list[str]:
    """Its start and the dates of its working days, those to come among them."""
    words = teller.words
    # by its date the start would be one more first day: on that day, today twice
    passed = [words.short_date(day.day) if day.number else words("column.start") for day in found.days]
    return [*passed, *map(words.short_date, found.ahead)]


def _padded(values: Sequence[Any], labels: Sequence[str], nothing: Any = None) -> list[Any]:
    """Values of the days that are over, and nothing for those to come."""
    return [*values, *[nothing] * (len(labels) - len(values))]


def _day(teller: Teller, day: Day) -> Cell:
    return Cell(teller.words.date(day.day) if day.number else teller.words("column.start"))


def _number(teller: Teller, value: float) -> Cell:
    return Cell(teller.words.number(value), number=True)


def _points(teller: Teller, value: float | None) -> Cell:
    if value is None:
        return Cell("", number=True, reason=teller.words("reason.no_points"))
    return _number(teller, value)
