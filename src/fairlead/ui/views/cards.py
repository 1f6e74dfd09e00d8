"""A figure as its card says it; the words come from the reports, so that a page and the brief say the same."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.model.figures import Figure, Point
from fairlead.reports.figure_words import figure_block
from fairlead.ui.scope import WINDOWS
from fairlead.ui.visit import Visit


@dataclass(frozen=True)
class Card:
    """What a card shows; all of it is text already."""

    name: str
    title: str
    value: str
    missing: bool
    band: str
    band_words: str
    change: str
    change_class: str
    """`better`, `worse`, `other`; empty where nothing changed. Which way is better is part of the definition."""
    rising: bool | None
    previous: str
    days: int
    basis: str
    notes: tuple[str, ...]
    trend: tuple[Point, ...]
    trend_words: str
    rows: str
    definition: str


def card(figure: Figure, visit: Visit) -> Card:
    """The card of a figure in the reader's words."""
    shown = visit.shown
    block = figure_block(figure, shown.wording)
    compared = bool(block.change)
    rising = figure.value > figure.previous if figure.value is not None and figure.previous is not None else None
    # What reads the same is the same: `3 h` against `3 h` is no change, whatever the seconds say.
    same = compared and shown.value(figure.value, figure.unit) == shown.value(figure.previous, figure.unit)
    return Card(
        name=figure.name,
        title=figure.title,
        value=block.value,
        missing=figure.value is None,
        band=figure.band or "",
        band_words=block.band,
        change=block.change,
        change_class="" if same else _class(figure),
        rising=None if same else rising,
        previous=shown.value(figure.previous, figure.unit) if compared else "",
        # of the figure and not of the page: a report may look further back than the line above it says
        days=(figure.window.end - figure.window.start).days,
        basis=block.basis,
        notes=block.notes,
        trend=figure.trend,
        trend_words=_trend(figure, visit),
        rows=_rows(figure, visit),
        definition=figure.definition.url,
    )


def _rows(figure: Figure, visit: Visit) -> str:
    """Where the rows of this very figure are: of its window and team, which need not be those of the page."""
    days = (figure.window.end - figure.window.start).days
    named = next((name for name, span in WINDOWS.items() if span == days), visit.scope.window)
    window = {"window": named} if named != visit.scope.window else {}
    team = {"team": figure.segment["team"]} if "team" in figure.segment else {}
    return visit.scope.link(f"/rows/{figure.name}", **window, **team)


def _class(figure: Figure) -> str:
    if figure.value is None or figure.previous is None:
        return ""
    # Neither is better: such a change is told without a colour.
    if figure.direction == "neither":
        return "other"
    rose = figure.value > figure.previous
    return "better" if rose == (figure.direction == "up") else "worse"


def _trend(figure: Figure, visit: Visit) -> str:
    """The trend for those who hear the page."""
    said = [point for point in figure.trend if point.value is not None]
    if not said:
        return ""
    shown = visit.shown
    return visit.words(
        "{title}: from {first} in the period of {first_day} to {last} in the period of {last_day}",
        title=figure.title,
        first=shown.value(said[0].value, figure.unit),
        first_day=shown.day(said[0].start),
        last=shown.value(said[-1].value, figure.unit),
        last_day=shown.day(said[-1].start),
    )
