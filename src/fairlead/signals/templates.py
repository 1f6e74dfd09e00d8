"""Texts with `{column}` in them: what they name, and how they read once filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from fairlead.model.times import iso
from fairlead.signals.language.tree import Kind

_NAMED = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
_LOOSE = re.compile(r"\{(\s*[A-Za-z_][\w. -]{0,60})\}")
"""What somebody meant as a name; braces around anything else are text."""
UNKNOWN = "?"
_UNITS: Mapping[Kind, tuple[tuple[str, float], ...]] = {
    "length": (("d", 86_400.0), ("h", 3_600.0), ("m", 60.0)),
    "worked": (("bd", 28_800.0), ("bh", 3_600.0)),
}


def names_in(said: Any) -> Iterator[str]:
    """Every `{name}` in a text, or in the texts within lists and tables."""
    if isinstance(said, str):
        yield from _NAMED.findall(said)
    elif isinstance(said, Mapping):
        for one in said.values():
            yield from names_in(one)
    elif isinstance(said, list | tuple):
        for one in said:
            yield from names_in(one)


def loose_in(said: str) -> Iterator[tuple[str, int]]:
    """Every name in braces as it was written, with its place: one that is spelt in another way is none."""
    yield from ((found[1], found.start()) for found in _LOOSE.finditer(said))


def in_words(said: str, word: Callable[[str], str]) -> str:
    """A text of no subject in particular: each `{name}` as a word for what stands there."""
    text = _NAMED.sub(lambda found: word(found[1]), said)
    return text[:1].upper() + text[1:]


def filled(said: Any, told: Mapping[str, str]) -> Any:
    """The same with each `{name}` replaced; once, so that what a tool's text holds in braces stays as it is."""
    if isinstance(said, str):
        return _NAMED.sub(lambda found: told.get(found[1], UNKNOWN), said)
    if isinstance(said, Mapping):
        return {name: filled(one, told) for name, one in said.items()}
    if isinstance(said, list | tuple):
        return [filled(one, told) for one in said]
    return said


def moment_said(moment: datetime) -> str:
    """A moment for people of any zone; pages tell it again in their reader's."""
    return f"{moment:%a %d %b %Y, %H:%M} UTC"


def worded(value: Any, kind: Kind | None = None) -> str:
    """A value as a sentence has it; lengths as the language writes them."""
    if value is None:
        return UNKNOWN
    if kind is not None and (units := _UNITS.get(kind)):
        unit, seconds = next((one for one in units if abs(value) >= one[1]), units[-1])
        return f"{value / seconds:.3g}{unit}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return iso(value if value.tzinfo else value.replace(tzinfo=UTC))
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
