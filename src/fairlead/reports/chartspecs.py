"""Vega-Lite specifications as plain values: bars from zero, lines with gaps, incomplete periods pale and hatched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fairlead.reports.palette import ACCENT, CATEGORIES, HATCH, LINE, QUIET, TEXT

WIDTH, HEIGHT = 400, 170
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True)
class Mark:
    """One period of a trend, worded for the chart."""

    label: str
    """On the axis, like `12 Oct`."""
    value: float | None
    """`None` leaves a gap."""
    hover: str
    """Whole sentence on hover."""
    partial: bool = False
    """The window cuts the period."""


@dataclass(frozen=True)
class Line:
    """One of several lines of a chart, its name at its end."""

    name: str
    values: Sequence[float | None]
    """One for each place of the axis; `None` leaves a gap."""
    hovers: Sequence[str]
    """Whole sentence on hover, for each place."""
    quiet: bool = False
    """A thin dashed line to compare with."""


@dataclass(frozen=True)
class Band:
    """What lies between two lines, its name at the end of the lower one."""

    name: str
    lows: Sequence[float | None]
    highs: Sequence[float | None]


@dataclass(frozen=True)
class Threshold:
    """A pale line across the chart with its name inside."""

    value: float
    name: str


def trend(
    marks: Sequence[Mark], unit: str, shape: Literal["bar", "line"] = "bar", thresholds: Sequence[Threshold] = ()
) -> dict[str, Any]:
    """A figure over its periods; values are in the unit that the axis names."""
    rows = [
        # gaps go along as rows without a value: a missing row would close the gap
        {"at": index, "label": mark.label, "value": mark.value, "hover": mark.hover, "partial": mark.partial}
        for index, mark in enumerate(marks)
    ]
    labels = {str(index): mark.label for index, mark in enumerate(marks)}
    top = max((mark.value for mark in marks if mark.value is not None), default=0.0) or 1.0
    # A band far above all values would flatten the chart into its floor.
    seen = [edge for edge in thresholds if edge.value <= 1.6 * top]
    return _chart([*_thresholds(seen, len(marks)), *_marks(shape)], rows, unit, labels)


def stacked(groups: Sequence[tuple[str, Sequence[tuple[str, float, str]]]], unit: str) -> dict[str, Any]:
    """Parts of a whole by period: `(period, ((part, value, hover), ...))`; at most six parts."""
    rows = [
        {"at": index, "label": label, "part": part, "order": order, "value": value, "hover": hover}
        for index, (label, parts) in enumerate(groups)
        for order, (part, value, hover) in enumerate(parts)
    ]
    labels = {str(index): label for index, (label, _) in enumerate(groups)}
    # the order of the parts fixes their colours, so that the same part looks the same in each chart
    parts = list(dict.fromkeys(str(row["part"]) for row in rows))
    colour = {"field": "part", "scale": {"domain": parts, "range": list(CATEGORIES)}, "legend": None}
    layer = {
        "mark": {"type": "bar", "width": {"band": 0.55}},
        "encoding": {"color": colour, "order": {"field": "order"}, "description": {"field": "hover"}},
    }
    return _chart([layer], rows, unit, labels)


def lines(labels: Sequence[str], series: Sequence[Line], unit: str) -> dict[str, Any]:
    """Several lines over the same places; each bears its name where it ends, so that no legend is needed."""
    rows: list[dict[str, Any]] = []
    layers: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    loud = [line for line in series if not line.quiet]
    for line in series:
        # the first in the page's own colour, which is made for light and dark
        colour = QUIET if line.quiet else (ACCENT, *CATEGORIES[1:])[loud.index(line) % len(CATEGORIES)]
        own = [
            {"at": index, "line": line.name, "value": value, "hover": hover}
            for index, (value, hover) in enumerate(zip(line.values, line.hovers, strict=True))
        ]
        rows += own
        mine = [{"filter": {"field": "line", "equal": line.name}}]
        stroke: dict[str, Any] = {"type": "line", "color": colour, "strokeWidth": 1 if line.quiet else 2}
        if line.quiet:
            stroke["strokeDash"] = [4, 3]
        layers.append({"transform": mine, "mark": stroke})
        if not line.quiet:
            dots = {"type": "point", "filled": True, "size": 36, "color": colour, "opacity": 1}
            layers.append({"transform": mine, "mark": dots, "encoding": {"description": {"field": "hover"}}})
        # names in the colour of text: the lines' own are too pale to be read
        colour = QUIET if line.quiet else TEXT
        ends += [{**row, "colour": colour} for row in own if row["value"] is not None][-1:]
    for end in _apart(ends):
        text = {"type": "text", "align": "left", "dx": 6, "color": end.pop("colour"), "fontSize": 12}
        layers.append({"data": {"values": [end]}, "mark": text, "encoding": {"text": {"field": "line"}}})
    return _chart(layers, rows, unit, {str(index): label for index, label in enumerate(labels)})


def areas(labels: Sequence[str], series: Sequence[Line], unit: str) -> dict[str, Any]:
    """Bands on each other, the first at the bottom; each bears its name at its right end."""
    rows = [
        {"at": index, "part": line.name, "order": order, "value": value}
        for order, line in enumerate(series)
        for index, value in enumerate(line.values)
    ]
    parts = [line.name for line in series]
    colours = [*CATEGORIES[3:4], ACCENT, HATCH, *CATEGORIES[1:3]][: len(parts)]
    band = {
        "mark": {"type": "area", "opacity": 0.85},
        "encoding": {
            "color": {"field": "part", "scale": {"domain": parts, "range": colours}, "legend": None},
            # no words on hover: they would cut the band into a piece for each of them
            "order": {"field": "order"},
        },
    }
    ends: list[dict[str, Any]] = []
    floor = 0.0
    for line in series:
        last = line.values[-1] or 0.0
        # in the middle of its band, where it ends
        ends.append({"at": len(labels) - 1, "line": line.name, "value": floor + last / 2})
        floor += last
    texts = [
        {
            "data": {"values": [end]},
            "mark": {"type": "text", "align": "left", "dx": 6, "color": TEXT, "fontSize": 12},
            "encoding": {"text": {"field": "line"}},
        }
        for end in _apart(ends)
    ]
    return _chart([band, *texts], rows, unit, {str(index): label for index, label in enumerate(labels)})


def fan(labels: Sequence[str], series: Sequence[Line], bands: Sequence[Band], unit: str) -> dict[str, Any]:
    """Lines, and from the end of what is known bands that open, the widest first."""
    spec = lines(labels, series, unit)
    rows, layers, ends = spec["data"]["values"], list[dict[str, Any]](), list[dict[str, Any]]()
    for band in bands:
        own = [
            {"at": at, "band": band.name, "value": low, "high": high}
            for at, (low, high) in enumerate(zip(band.lows, band.highs, strict=True))
            if low is not None
        ]
        rows += own
        mine = [{"filter": {"field": "band", "equal": band.name}}]
        mark = {"type": "area", "color": ACCENT, "opacity": 0.16, "line": False}
        layers.append({"transform": mine, "mark": mark, "encoding": {"y2": {"field": "high"}}})
        edge = {"type": "line", "color": ACCENT, "strokeWidth": 1, "strokeDash": [4, 3], "opacity": 0.7}
        layers.append({"transform": mine, "mark": edge})
        ends += [{"at": row["at"], "line": band.name, "value": row["value"]} for row in own[-1:]]
    texts = [
        {
            "data": {"values": [end]},
            "mark": {"type": "text", "align": "left", "dx": 6, "color": QUIET, "fontSize": 12},
            "encoding": {"text": {"field": "line"}},
        }
        for end in ends
    ]
    # names of lines and bands may end at the same height
    _apart([*ends, *(one["data"]["values"][0] for one in spec["layer"] if one["mark"]["type"] == "text")])
    # under the lines, or the band of the widest would cover what is known
    return {**spec, "layer": [*layers, *spec["layer"], *texts]}


def scatter(
    labels: Sequence[str], points: Sequence[tuple[int, float, str]], unit: str, edges: Sequence[Threshold]
) -> dict[str, Any]:
    """A dot for each of `(place on the axis, value, sentence on hover)`, with pale lines across."""
    rows = [{"at": at, "value": value, "hover": hover} for at, value, hover in points]
    dots = {
        "mark": {"type": "point", "filled": True, "size": 36, "color": ACCENT, "opacity": 0.55},
        "encoding": {"description": {"field": "hover"}},
    }
    names = {str(index): label for index, label in enumerate(labels)}
    return _chart([*_thresholds(edges, len(labels)), dots], rows, unit, names)


def _marks(shape: str) -> list[dict[str, Any]]:
    described = {"description": {"field": "hover"}}
    if shape == "line":
        # dots as well: a single value between two gaps has no line
        line = {"mark": {"type": "line", "color": ACCENT, "strokeWidth": 2}}
        dots = {
            "mark": {"type": "point", "filled": True, "size": 46, "color": ACCENT, "opacity": 1},
            "encoding": {
                **described,
                "fill": {"condition": {"test": "datum.partial", "value": HATCH}, "value": ACCENT},
            },
        }
        return [line, dots]
    bars = {
        "mark": {"type": "bar", "width": {"band": 0.55}, "cornerRadiusEnd": 2},
        "encoding": {
            **described,
            "color": {"condition": {"test": "datum.partial", "value": HATCH}, "value": ACCENT},
            "stroke": {"condition": {"test": "datum.partial", "value": QUIET}, "value": None},
            "strokeDash": {"condition": {"test": "datum.partial", "value": [3, 3]}, "value": [1, 0]},
        },
    }
    return [bars]


def _apart(ends: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names at the ends of lines, moved up where two would lie on each other."""
    # a line of text takes a twelfth of the chart's height
    step = max((end["value"] for end in ends), default=0.0) / 12
    taken: dict[int, float] = {}
    for end in sorted(ends, key=lambda end: end["value"]):
        lowest = taken.get(end["at"])
        end["value"] = end["value"] if lowest is None else max(end["value"], lowest + step)
        taken[end["at"]] = end["value"]
    return ends


def _thresholds(edges: Sequence[Threshold], periods: int) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = []
    for edge in edges:
        values = {"values": [{"edge": edge.value, "name": edge.name, "at": 0, "last": max(periods - 1, 0)}]}
        # `x` is taken back from the chart's own encoding: the rule goes all the way across
        across = {"y": {"field": "edge", "type": "quantitative"}, "x": None}
        layers.append(
            {"data": values, "mark": {"type": "rule", "color": QUIET, "strokeDash": [2, 3]}, "encoding": across}
        )
        # Beside the plot, where no bar can cover it.
        text = {"type": "text", "align": "left", "dx": 6, "color": QUIET, "fontSize": 12, "x": WIDTH}
        layers.append({"data": values, "mark": text, "encoding": {**across, "text": {"field": "name"}}})
    return layers


def _chart(
    layers: list[dict[str, Any]], rows: list[dict[str, Any]], unit: str, labels: dict[str, str]
) -> dict[str, Any]:
    # Labels may repeat (two years), so the axis is by position and only shows the label.
    names = "[" + ", ".join(f"'{label}'" for label in (_quoted(text) for text in labels.values())) + "]"
    x = {
        "field": "at",
        "type": "ordinal",
        "scale": {"domain": list(range(len(labels)))},
        "axis": {
            "title": None,
            "labelExpr": f"{names}[datum.value]",
            "labelAngle": 0,
            "labelOverlap": "greedy",
            "labelSeparation": 8,
        },
    }
    # from zero: a cut axis makes small changes look large
    axis: dict[str, Any] = {"title": unit, "tickCount": 5}
    # of what is counted in whole numbers there is no half
    if all(float(row["value"]).is_integer() for row in rows if row.get("value") is not None):
        axis["tickMinStep"] = 1
    y = {"field": "value", "type": "quantitative", "axis": axis, "scale": {"zero": True}}
    return {
        "$schema": _SCHEMA,
        "width": WIDTH,
        "height": HEIGHT,
        "background": None,
        "padding": {"left": 4, "right": 12, "top": 8, "bottom": 4},
        "data": {"values": rows},
        "encoding": {"x": x, "y": y},
        "layer": layers,
        "config": _CONFIG,
    }


def _quoted(text: str) -> str:
    # backslashes first, or those of the quotes would be doubled
    return text.replace("\\", "\\\\").replace("'", "\\'")


_CONFIG: dict[str, Any] = {
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": QUIET,
        "titleColor": QUIET,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "gridColor": LINE,
        "domainColor": QUIET,
        "tickColor": LINE,
    },
    "axisX": {"grid": False, "ticks": False, "labelPadding": 6},
    "axisY": {"domain": False, "ticks": False},
    "text": {"color": TEXT},
}
