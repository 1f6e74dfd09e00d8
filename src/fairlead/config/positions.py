"""Where in a TOML file a key stands: tables by their header, keys by their line.

The parsers at hand give values without places. This finds the place of a key that has already been parsed, so it may
be simple: it only ever points, it never decides what a file means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Path = tuple[str, ...]
Place = tuple[int, int]

_HEADER = re.compile(r"^\s*\[\[?\s*(?P<path>[^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^(?P<space>\s*)(?P<path>(?:"[^"]*"|'[^']*'|[A-Za-z0-9_\-. ])+?)\s*=""")
_OPENING = ('"' * 3, "'" * 3)
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_\-]+)""")


def places(text: str) -> Mapping[Path, Place]:
    """Key path -> line and column, both from 1."""
    found: dict[Path, Place] = {}
    table: Path = ()
    closing = ""
    for number, line in enumerate(text.splitlines(), start=1):
        # What looks like a header inside a text of several lines is none.
        if closing:
            closing = "" if closing in line else closing
            continue
        closing = next((marks for marks in _OPENING if line.count(marks) % 2), "")
        if header := _HEADER.match(line):
            table = _split(header["path"])
            # The first place wins: a table that stands twice is told by the parser at the second.
            found.setdefault(table, (number, line.index("[") + 1))
        elif key := _KEY.match(line):
            path = table + _split(key["path"])
            # `a.b.c = 1` opens `a` and `a.b` as well, and a fault may be about those.
            for depth in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:depth], (number, len(key["space"]) + 1))
    return found


def nearest(known: Mapping[Path, Place], path: Sequence[str]) -> Place:
    """Place of a key, or of the closest key above it: values inside inline tables have no line of their own."""
    for depth in range(len(path), 0, -1):
        if place := known.get(tuple(path[:depth])):
            return place
    return (1, 1)


def _split(dotted: str) -> Path:
    return tuple(next(part for part in match if part) if any(match) else "" for match in _PART.findall(dotted))
