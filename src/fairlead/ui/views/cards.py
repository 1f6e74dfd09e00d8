"""A figure as its card says it."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.model.figures import Figure, Point
from fairlead.ui.scope import WINDOWS
from fairlead.ui.visit import Visit

BANDS = {"elite": "elite", "high": "high", "medium": "medium", "low": "low"}


@dataclass(frozen=True)
class Card:
    """What a card shows; all of it is text already."""

    name: str
    title: str
    value: str
    missing: str
    band: str
    band_words: str
    change: str
    change_class: str
    """`better`, `worse` or empty: which way is better is part of the figure's definition."""
    rising: bool | None
    previous: str
    previous_words: str
    days: int
    n: str
    excluded: str
    excluded_words: str
    trend: tuple[Point, ...]
    trend_words: str
    notes: tuple[str, ...]
    rows: str
    definition: str


def card(figure: Figure, visit: Visit) -> Card:
    """The card of a figure in the reader's words."""
    shown, words = visit.shown, visit.words
    change = shown.change(figure.value, figure.previous, figure.unit)
    same = change == words("the same")
    return Card(
        name=figure.name,
        title=words(figure.title),
        value=shown.value(figure.value, figure.unit),
        missing=words(figure.missing) if figure.missing else "" if figure.value is not None else words("no data"),
        band=figure.band or "",
        band_words=words(BANDS.get(figure.band or "", "")),
        change="" if same else change,
        change_class="" if same else _class(figure),
        rising=None if same or figure.previous is None or figure.value is None else figure.value > figure.previous,
        previous=shown.value(figure.previous, figure.unit),
        previous_words=_before(figure, visit, same),
        days=WINDOWS[visit.scope.window],
        n=shown.number(figure.n),
        excluded=shown.number(sum(figure.excluded.values())) if figure.excluded else "",
        excluded_words=", ".join(f"{shown.number(count)} {words(why)}" for why, count in figure.excluded.items()),
        trend=figure.trend,
        trend_words=_trend(figure, visit),
        notes=tuple(words(note) for note in figure.notes),
        rows=visit.scope.link(f"/rows/{figure.name}"),
        definition=figure.definition.url,
    )


def _class(figure: Figure) -> str:
    if figure.direction == "neither" or figure.value is None or figure.previous is None:
        return ""
    rose = figure.value > figure.previous
    return "better" if rose == (figure.direction == "up") else "worse"


def _before(figure: Figure, visit: Visit, same: bool) -> str:
    days = WINDOWS[visit.scope.window]
    if same:
        return visit.words("the same as in the {n} days before", n=days)
    if figure.value is not None and figure.previous is None:
        return visit.words("no figure for the {n} days before", n=days)
    return ""


def _trend(figure: Figure, visit: Visit) -> str:
    """The trend for those who hear the page."""
    said = [point for point in figure.trend if point.value is not None]
    if not said:
        return ""
    shown = visit.shown
    return visit.words(
        "{title}: from {first} in the period of {first_day} to {last} in the period of {last_day}",
        title=visit.words(figure.title),
        first=shown.value(said[0].value, figure.unit),
        first_day=shown.day(said[0].start),
        last=shown.value(said[-1].value, figure.unit),
        last_day=shown.day(said[-1].start),
    )
