"""The event flow of 24 hours by the hour: a chart beside the usual hours of the week, and who fell silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from statistics import fmean

from fairlead.model.figures import Evidence
from fairlead.reports import proof
from fairlead.reports.chartspecs import Line, lines
from fairlead.reports.document import Block, Cell, Chart, Table
from fairlead.reports.pulse_facts import HOURS, Pulse, SourcePulse
from fairlead.reports.sentences import Teller

_FEWEST = 3
"""So many events had even the quietest of the weeks before, where a silence is told.

A mean would call a tool silent that speaks in bursts, as boards do when sprints change.
"""


def pulse(teller: Teller, found: Pulse) -> Iterator[Block]:
    """Who is silent first, then all hours together."""
    for one in found.sources:
        before = one.before(found.now)
        # one week alone may have been an odd one
        if len(before) > 1 and min(before) >= _FEWEST:
            evidence = proof.of_absence(one.source, f'{one.query} order by "at"') if not one.came else _of(one)
            said = {"source": one.source, "since": one.last_at, "usual": round(fmean(before))}
            yield teller.claim("pulse.silent", evidence, tone="watch", **said)
    if any(one.came or one.usual for one in found.sources):
        yield _chart(teller, found)


def _of(one: SourcePulse) -> Evidence:
    return proof.of_rows((one.source,), one.query, one.came)


def _chart(teller: Teller, found: Pulse) -> Chart:
    words = teller.words
    counts = [sum(one.counts[hour] for one in found.sources) for hour in range(HOURS)]
    usual = [sum(one.usual[hour] for one in found.sources if one.usual) for hour in range(HOURS)]
    told = [one for one in found.sources if one.usual]
    came, expected = sum(counts), sum(usual)
    evidence = proof.of_rows([one.source for one in found.sources], found.query, came)
    caption = teller.claim("pulse.day" if told else "pulse.day_first", evidence, n=came, usual=round(expected))
    # counted back from now in the data, told forwards
    starts = [found.now - timedelta(hours=hour + 1) for hour in range(HOURS)][::-1]
    labels = [f"{start.astimezone(words.zone):%H:%M}" for start in starts]
    forwards, before = counts[::-1], [round(value, 1) for value in usual[::-1]]
    hovers = [
        words("pulse.hour", at=start, n=n, usual=value)
        for start, n, value in zip(starts, forwards, before, strict=True)
    ]
    drawn = [Line(words("pulse.came"), forwards, hovers)]
    if told:
        drawn.insert(0, Line(words("pulse.usual"), before, [""] * HOURS, quiet=True))
    rows = tuple(
        (Cell(words.moment(start)), Cell(words.number(n), number=True), Cell(words.number(value), number=True))
        for start, n, value in zip(starts, forwards, before, strict=True)
    )
    table = Table((words("column.hour"), words("pulse.came"), words("pulse.usual")), rows, caption)
    return Chart("event-flow", lines(labels, drawn, words("pulse.axis")), table)
