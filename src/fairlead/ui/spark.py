"""Small trend lines as points of an SVG: geometry only, the values come with the figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.model.figures import Point

WIDTH, HEIGHT, EDGE = 120.0, 28.0, 3.0


@dataclass(frozen=True)
class Spark:
    """Where the lines and dots of a trend are."""

    lines: tuple[str, ...]
    """Points of each unbroken stretch; gaps stay gaps."""
    dots: tuple[tuple[float, float], ...]
    """Values without a neighbour on either side."""
    last: tuple[float, float] | None
    last_partial: bool
    width: float = WIDTH
    height: float = HEIGHT


def spark(trend: Sequence[Point]) -> Spark | None:
    """The trend between its smallest value (or zero) and its largest; `None` with fewer than two values."""
    values = [point.value for point in trend if point.value is not None]
    if len(values) < 2:
        return None
    # From zero, or small changes look like large ones.
    low, high = min(0.0, *values), max(values)
    # A trend of zeros is a line at the bottom, not a division by zero.
    height = (high - low) or 1.0
    step = (WIDTH - 2 * EDGE) / max(len(trend) - 1, 1)
    places = [
        None if point.value is None else
        (round(EDGE + index * step, 1), round(HEIGHT - EDGE - (point.value - low) / height * (HEIGHT - 2 * EDGE), 1))
        for index, point in enumerate(trend)
    ]  # fmt: skip
    lines, dots = _stretches(places)
    last = next((place for place in reversed(places) if place), None)
    return Spark(lines=lines, dots=dots, last=last, last_partial=trend[-1].partial)


def _stretches(
    places: Sequence[tuple[float, float] | None],
) -> tuple[tuple[str, ...], tuple[tuple[float, float], ...]]:
    lines: list[str] = []
    dots: list[tuple[float, float]] = []
    stretch: list[tuple[float, float]] = []
    # The end closes the last stretch like a gap does.
    for place in (*places, None):
        if place:
            stretch.append(place)
        elif len(stretch) == 1:
            dots.append(stretch.pop())
        elif stretch:
            lines.append(" ".join(f"{x},{y}" for x, y in stretch))
            stretch = []
    return tuple(lines), tuple(dots)
