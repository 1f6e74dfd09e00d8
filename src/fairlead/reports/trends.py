"""Whether a figure gets better or worse against its own past; where too little is known nobody says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from fairlead.model.figures import Figure

Trend = Literal["improving", "stable", "degrading", ""]

STABLE = 0.1
"""Change of a value, as a share of the value before, within which it counts as the same: medians move by that."""
NOTABLE = 0.25
"""Change that is worth a sentence of its own."""
_POINT = 0.01


def trend_of(figure: Figure, least: int, change: float = STABLE) -> Trend:
    """How a figure stands against as long before; empty where it has no better way, or fewer than `least` rows."""
    now, past = figure.value, figure.previous
    if now is None or past is None or figure.direction == "neither" or min(figure.n, figure.previous_n) < least:
        return ""
    # Of a share a change below a whole point is none, however small the share was.
    least_change = max(change * abs(past), _POINT if figure.unit == "share" else 0.0)
    if now == past or abs(now - past) < least_change:
        return "stable"
    return "improving" if (now > past) == (figure.direction == "up") else "degrading"


def notable(figures: Iterable[Figure], least: int, trend: Trend) -> list[Figure]:
    """Those that changed that way by so much, and from so many rows, that it is hardly chance."""
    return [figure for figure in figures if trend_of(figure, 2 * least, NOTABLE) == trend]
