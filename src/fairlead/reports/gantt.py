"""A Gantt chart as a Vega-Lite specification: a bar for each task, those that decide the end in the accent colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.reports.palette import ACCENT, HATCH, LINE, QUIET, TEXT

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_WIDTH, _ROW = 800, 18


@dataclass(frozen=True, slots=True)
class Bar:
    """A task over time, or its review."""

    row: int
    name: str
    who: str
    """Said behind it; empty where another bar of the row comes after it."""
    start: str | int
    """Clock on the wall, or a unit."""
    end: str | int
    critical: bool
    light: bool
    """Whether it is drawn lighter than others."""
    hover: str


def gantt(bars: Sequence[Bar]) -> dict[str, Any]:
    """Bars in rows from top to bottom."""
    rows = [
        {"position": bar.row, "name": bar.name, "who": bar.who, "start": bar.start, "end": bar.end,
         "critical": bar.critical, "light": bar.light, "hover": bar.hover}
        for bar in bars
    ]  # fmt: skip
    timed = any(isinstance(bar.start, str) for bar in bars)
    axis: dict[str, Any] = {"title": None, "gridColor": LINE, "labelColor": QUIET, "domainColor": LINE}
    axis |= (
        {"format": "%d.%m.", "labelOverlap": True, "tickCount": {"interval": "day", "step": 1}}
        if timed
        else {"tickMinStep": 1}
    )
    x: dict[str, Any] = {"field": "start", "type": "temporal" if timed else "quantitative", "axis": axis}
    # the moments are clocks on the wall that call themselves UTC, so that nobody's zone moves them
    x["scale"] = {"type": "utc"} if timed else {"zero": True}
    names = {"labelExpr": f"{_texts(bars)}[datum.value]", "title": None, "labelColor": TEXT, "labelLimit": 200}
    y = {"field": "position", "type": "ordinal", "axis": {**names, "ticks": False, "domain": False}}
    colour = {"condition": {"test": "datum.critical", "value": ACCENT}, "value": HATCH}
    return {
        "$schema": _SCHEMA,
        "width": _WIDTH,
        "height": {"step": _ROW},
        "background": None,
        "padding": {"left": 32, "right": 120, "top": 8, "bottom": 4},
        "data": {"values": rows},
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {"type": "bar", "height": 10, "cornerRadius": 2},
                # a task of no length is seen as well
                "encoding": {
                    "x": x,
                    "x2": {"field": "end"},
                    "color": colour,
                    "description": {"field": "hover"},
                    "opacity": {"condition": {"test": "datum.light", "value": 0.6}, "value": 1},
                },
            },
            {
                "mark": {"type": "tick", "thickness": 2, "height": 12},
                "encoding": {"x": {**x, "field": "end"}, "color": {**colour, "value": QUIET}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 11, "color": QUIET},
                "encoding": {"x": {**x, "field": "end"}, "text": {"field": "who"}},
            },
        ],
        "config": {"font": "sans-serif", "view": {"stroke": None}},
    }


def _texts(bars: Sequence[Bar]) -> str:
    """A list in Vega's language; backslashes first, or those of the quotes would be doubled."""
    names = {bar.row: bar.name for bar in bars}
    quoted = (names[row].replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ") for row in sorted(names))
    return "[" + ", ".join(f"'{text}'" for text in quoted) + "]"
