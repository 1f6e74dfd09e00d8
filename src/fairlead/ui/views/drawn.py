"""Charts of figures: the finding as title, the drawing if it is ready, the same data as a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from fairlead.model.figures import Figure, Point
from fairlead.reports.charts import Charts, chart_key, themed
from fairlead.reports.chartspecs import Mark, Threshold, trend
from fairlead.reports.document import Chart, Table
from fairlead.reports.figure_words import figure_block
from fairlead.ui.views.grids import Cell, Column, Grid, grid
from fairlead.ui.visit import Visit

_SCALE: dict[str, tuple[float, str]] = {"share": (100.0, "%"), "lines": (1.0, "lines"), "rounds": (1.0, "rounds")}
_HOUR, _DAY = 3600.0, 86_400.0


@dataclass(frozen=True)
class Drawn:
    """A chart ready to be shown."""

    title: str
    label: str
    """What those hear who cannot see it."""
    svg: Markup | None
    later: str
    """Where the drawing will be, while it is not ready."""
    trend: tuple[Point, ...]
    n: str
    notes: tuple[str, ...]
    source: str
    grid: Grid


@dataclass(frozen=True)
class Picture:
    """The chart of a report: its drawing, or where that will be, and the table that it draws."""

    svg: Markup | None
    later: str
    table: Table
    wide: bool = False
    """Whether it takes all of the page; on a small screen it is moved under the eye."""


@cache
def charts_of(home: Path) -> Charts:
    """The one who draws for a home; its process comes and goes by itself."""
    return Charts(home / "cache" / "charts")


def drawing(home: Path, key: str) -> Markup | None:
    """A finished drawing in the page's colours; it was made from our own specification, so it is trusted."""
    svg = charts_of(home).by_key(key)
    return Markup(themed(svg)) if svg else None  # noqa: S704


def picture(home: Path, chart: Chart) -> Picture:
    """A report's chart as a page shows it; never waits, for the table says the same."""
    svg = charts_of(home).svg(chart.spec)
    # made from our own specification, so it is trusted
    drawing = Markup(themed(svg)) if svg else None  # noqa: S704
    return Picture(drawing, f"/charts/{chart_key(chart.spec)}", chart.table, wide=chart.name == "gantt")


def drawn(
    figure: Figure,
    visit: Visit,
    shape: Literal["bar", "line"] = "bar",
    thresholds: tuple[tuple[float, str], ...] = (),
) -> Drawn:
    """The trend of a figure as a chart."""
    scale, unit = _axis(figure, visit)
    marks = [
        Mark(
            label=_label(point, visit),
            # The key of a drawing is made of these numbers: what cannot be seen must not draw it anew.
            value=None if point.value is None else round(point.value / scale, 4),
            hover=_hover(point, figure, visit),
            partial=point.partial,
        )
        for point in figure.trend
    ]
    edges = [Threshold(value / scale, name) for value, name in thresholds]
    spec = trend(marks, unit, shape, edges)
    charts = charts_of(visit.services.home)
    # Never waits: what is not drawn yet comes by itself, and the table says the same.
    svg = charts.svg(spec)
    title = finding(figure, visit)
    gaps = sum(point.value is None for point in figure.trend)
    partial = any(point.partial for point in figure.trend)
    notes = [visit.words("pale with a dashed edge: the window cuts the period")] if partial else []
    notes += [visit.words.plural("{n} period without data", "{n} periods without data", gaps)] if gaps else []
    return Drawn(
        title=title,
        label=title,
        svg=Markup(themed(svg)) if svg else None,  # noqa: S704 - made from our own specification
        later=f"/charts/{chart_key(spec)}",
        trend=figure.trend,
        n=visit.shown.number(figure.n),
        notes=tuple(notes),
        source=visit.words("as of {moment}", moment=visit.shown.moment(figure.freshness.as_of)),
        grid=_grid(figure, visit),
    )


def finding(figure: Figure, visit: Visit) -> str:
    """The chart in one sentence."""
    words = visit.words
    block = figure_block(figure, visit.shown.wording)
    if figure.value is None:
        return f"{figure.title}: {block.value}"
    said = words("{title}: {value}", title=figure.title, value=block.value)
    if not block.change:
        return said
    same = visit.shown.value(figure.previous, figure.unit) == block.value
    return said + ", " + (words("as before") if same else words("{change} than before", change=block.change))


def _axis(figure: Figure, visit: Visit) -> tuple[float, str]:
    """What one step of the axis is, and its name; times take hours or days, whatever reads better."""
    if figure.unit == "seconds":
        top = max((point.value for point in figure.trend if point.value is not None), default=0.0)
        # An axis in hours would read 0.1, 0.2; one in seconds 3,600.
        if top < 2 * _HOUR:
            return 60.0, visit.words("minutes")
        return (_DAY, visit.words("days")) if top > 4 * _DAY else (_HOUR, visit.words("hours"))
    factor, name = _SCALE.get(figure.unit, (1.0, visit.words("days") if figure.unit == "per_week" else ""))
    return 1.0 / factor, visit.words(name) if name.isalpha() else name


def _label(point: Point, visit: Visit) -> str:
    # Without the day of the week, which is the same for all weeks of the axis.
    text = visit.shown.day(point.start)
    return text.partition(" ")[2] or text


def _hover(point: Point, figure: Figure, visit: Visit) -> str:
    until = visit.shown.day(point.end)
    said = visit.shown.value(point.value, figure.unit)
    return f"{visit.shown.day(point.start)} – {until}: {said}, n = {point.n}"


def _grid(figure: Figure, visit: Visit) -> Grid:
    words, shown = visit.words, visit.shown
    columns = [
        Column(words("from"), lambda row: Cell(shown.day(row["point"].start), tight=True)),
        Column(words("until"), lambda row: Cell(shown.day(row["point"].end), tight=True)),
        Column(figure.title, lambda row: _value(row["point"], figure, visit), number=True),
        Column("n", lambda row: Cell(shown.number(row["point"].n)), number=True),
    ]
    return grid(visit, visit.frame.path, columns, [{"point": point} for point in figure.trend])


def _value(point: Point, figure: Figure, visit: Visit) -> Cell:
    if point.value is None:
        return Cell(None, why=visit.words("no data in this period"))
    return Cell(
        visit.shown.value(point.value, figure.unit), why=visit.words("cut by the window") if point.partial else ""
    )
