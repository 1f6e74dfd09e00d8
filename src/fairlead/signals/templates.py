"""Texts with `{column}` in them: what they name, and how they read once filled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from fairlead.model.times import iso

_NAMED = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
UNKNOWN = "?"


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


def filled(said: Any, values: Mapping[str, Any]) -> Any:
    """The same with each `{name}` replaced; once, so that what a tool's text holds in braces stays as it is."""
    if isinstance(said, str):
        return _NAMED.sub(lambda found: worded(values.get(found[1])), said)
    if isinstance(said, Mapping):
        return {name: filled(one, values) for name, one in said.items()}
    if isinstance(said, list | tuple):
        return [filled(one, values) for one in said]
    return said


def worded(value: Any) -> str:
    """A value as a sentence has it."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}" if value == int(value) else f"{value:.2f}"
    if isinstance(value, datetime):
        return iso(value if value.tzinfo else value.replace(tzinfo=UTC))
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
