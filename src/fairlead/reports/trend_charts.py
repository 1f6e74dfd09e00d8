"""The trend of a figure as a chart of a report: a bar for each period, and the same as a table."""

from __future__ import annotations

from fairlead.model.figures import Figure
from fairlead.reports.chartspecs import Mark, trend
from fairlead.reports.document import Cell, Chart, Table
from fairlead.reports.figure_words import quantity
from fairlead.reports.plain import plain
from fairlead.reports.sentences import Teller


def trend_chart(teller: Teller, figure: Figure, name: str, axis: str) -> list[Chart]:
    """The chart under that name, with the unit of its axis in words; of less than two values there is none."""
    words = teller.words
    if sum(point.value is not None for point in figure.trend) < 2:
        return []
    days = {point.start: point.start.astimezone(words.zone).date() for point in figure.trend}
    marks = [
        Mark(
            words.short_date(days[point.start]), None if point.value is None else round(point.value, 2),
            f"{words.day(point.start)}: {quantity(point.value, figure.unit, words)}, n = {point.n}", point.partial,
        )
        for point in figure.trend
    ]  # fmt: skip
    said = quantity(figure.value, figure.unit, words)
    caption = teller.claim("chart.trend", figure.rows, figure=figure.title, value=said)
    rows = tuple(
        (
            Cell(words.day(point.start)), Cell(words.day(point.end)),
            Cell(quantity(point.value, figure.unit, words) if point.value is not None else "", number=True),
        )
        for point in figure.trend
    )  # fmt: skip
    table = Table((words("column.from"), words("column.until"), plain(figure.title)), rows, caption)
    return [Chart(name, trend(marks, axis), table)]
