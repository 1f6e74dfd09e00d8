"""The parts of a time as one strip: how long each takes, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.model.figures import Figure
from fairlead.ui.visit import Visit

WIDTH = 1000.0
"""Of the drawing; the page scales it."""


@dataclass(frozen=True)
class Phase:
    """One part of the strip."""

    title: str
    value: str
    n: str
    mark: int
    """Number of its colour, from 1."""
    x: float
    width: float
    rows: str


def phases(figure: Figure, visit: Visit) -> tuple[Phase, ...]:
    """The parts that are known, in their order; empty unless there are two to compare."""
    parts = [part for part in figure.parts if part.value is not None and part.unit == "seconds"]
    whole = sum(part.value or 0.0 for part in parts)
    # One part beside nothing would fill the strip and look like the whole.
    if len(parts) < 2 or whole <= 0:
        return ()
    made: list[Phase] = []
    at = 0.0
    for number, part in enumerate(parts, 1):
        width = (part.value or 0.0) / whole * WIDTH
        made.append(
            Phase(
                title=part.title,
                value=visit.shown.value(part.value, part.unit),
                n=visit.shown.number(part.n),
                mark=number,
                x=round(at, 1),
                width=round(width, 1),
                rows=visit.scope.link(f"/rows/{part.name}"),
            )
        )
        at += width
    return tuple(made)
