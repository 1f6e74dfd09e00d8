"""A figure in words: value with unit, change against the window before, band, and how many rows stand behind it."""

from __future__ import annotations

from fairlead.model.figures import Figure
from fairlead.reports.document import FigureBlock
from fairlead.reports.plain import plain
from fairlead.reports.wording import Wording

_UNITS = (
    "per_week", "changes_per_week", "items_per_week", "per_day", "lines", "rounds", "days", "people", "items",
    "story_points", "incidents", "pages_per_week", "pages_per_shift", "nights_per_week",
)  # fmt: skip


def figure_block(figure: Figure, words: Wording) -> FigureBlock:
    """The figure with everything that is needed to trust it."""
    return FigureBlock(
        figure=figure,
        value=_value_or_why(figure, words),
        change=_change(figure, words),
        band=words(f"band.{figure.band}") if figure.band else "",
        basis=_basis(figure, words),
        parts=tuple(
            f"{plain(part.title)} {quantity(part.value, part.unit, words)}"
            for part in figure.parts
            if part.value is not None
        ),
        notes=(
            *((words("figure.parts"),) if any(part.value is not None for part in figure.parts) else ()),
            *_left_out(figure, words),
            *map(plain, figure.notes),
        ),
    )


def quantity(value: float | None, unit: str, words: Wording) -> str:
    """A value with its unit: `31 h`, `6 %`, `4 days a week`."""
    if value is None:
        return "–"
    if unit == "seconds":
        return words.elapsed(value)
    if unit == "share":
        return words.share(value)
    # Rounded first: "1.0 lines" would be neither one nor several.
    shown = round(value, 1) if abs(value) < 100 else round(value)
    return words(f"unit.{unit}", n=shown) if unit in _UNITS else words.number(shown)


def _value_or_why(figure: Figure, words: Wording) -> str:
    if figure.value is not None:
        return quantity(figure.value, figure.unit, words)
    return words("figure.none", why=_said("missing", figure.missing or "unknown", words, figure.n))


def _change(figure: Figure, words: Wording) -> str:
    now, before = figure.value, figure.previous
    if now is None or before is None:
        return ""
    apart = quantity(abs(now - before), figure.unit, words)
    # compared as they are shown: "up by 0 %" would contradict itself
    if apart == quantity(0.0, figure.unit, words):
        return words("change.same")
    # from 4 % to 6 % is two points, which "up by 2 %" would not say
    if figure.unit == "share":
        apart = words("unit.points", n=round(abs(now - before) * 100, 1))
    kind = "time" if figure.unit == "seconds" else "amount"
    return words(f"change.{kind}.{'up' if now > before else 'down'}", size=apart)


def _basis(figure: Figure, words: Wording) -> str:
    left_out = sum(figure.excluded.values())
    return words("basis.some_left_out" if left_out else "basis.all", count=figure.n, left_out=left_out)


def _left_out(figure: Figure, words: Wording) -> list[str]:
    # the largest first, then by name: the same figure is told in the same words
    found = sorted(figure.excluded.items(), key=lambda entry: (-entry[1], entry[0]))
    return [
        words("basis.reason", count=count, why=_said("reason", why, words, count)) for why, count in found if count
    ]


def _said(group: str, key: str, words: Wording, count: int) -> str:
    """The phrase of a reason; one that a metric of the user's own brings is shown as it is written."""
    # a reason may have words of its own for this place
    for known in (f"{group}.{key}", key):
        if words.knows(known):
            return words(known, n=count)
    return plain(key.replace("_", " "))
