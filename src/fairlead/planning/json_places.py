"""Where a value of a JSON text stands: only the few that are asked for are looked at, all others are skipped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from json.scanner import make_scanner
from typing import Any

from fairlead.model.documents import Place, Places

_BLANK = " \t\r\n"
_Wanted = dict[str | int, Any]


def json_places(text: str, wanted: Iterable[Place]) -> Places:
    """Line and column of each of these places, and of everything around them; none of a text that is no JSON."""
    tree: _Wanted = {}
    for place in wanted:
        branch = tree
        for step in place:
            branch = branch.setdefault(step, {})
    try:
        offsets = {(): _Walk(text).start} | dict(_Walk(text).found(tree))
    except (ValueError, IndexError, StopIteration, RecursionError):
        return {}
    return dict(_lines(text, offsets))


def _lines(text: str, offsets: dict[Place, int]) -> Iterator[tuple[Place, tuple[int, int]]]:
    line, reached = 1, 0
    for place, offset in sorted(offsets.items(), key=lambda one: one[1]):
        line += text.count("\n", reached, offset)
        reached = offset
        yield place, (line, offset - (text.rfind("\n", 0, offset) + 1) + 1)


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        # the decoder's own scanner: it skips a value at the speed of reading it
        self._skipped: Any = make_scanner(json.JSONDecoder())  # type: ignore[arg-type]
        self.start = self._blank(0)

    def found(self, tree: _Wanted) -> Iterator[tuple[Place, int]]:
        """Offsets of the branches of a tree: of a key where it begins, of an element of a list likewise."""
        found: list[tuple[Place, int]] = []
        self._value(self.start, tree, (), found)
        yield from found

    def _blank(self, at: int) -> int:
        while self._text[at : at + 1] and self._text[at] in _BLANK:
            at += 1
        return at

    def _value(self, at: int, tree: _Wanted, place: Place, found: list[tuple[Place, int]]) -> int:
        """Offset after a value."""
        opening = self._text[at] if tree else ""
        if opening == "{":
            return self._members(at, tree, place, found)
        if opening == "[":
            return self._elements(at, tree, place, found)
        return int(self._skipped(self._text, at)[1])

    def _members(self, at: int, tree: _Wanted, place: Place, found: list[tuple[Place, int]]) -> int:
        at = self._blank(at + 1)
        while self._text[at] != "}":
            begins = at
            key, at = scanstring(self._text, at + 1, True)
            at = self._blank(self._blank(at) + 1)
            if key in tree:
                found.append(((*place, key), begins))
            at = self._after(self._value(at, tree.get(key, {}), (*place, key), found))
        return at + 1

    def _elements(self, at: int, tree: _Wanted, place: Place, found: list[tuple[Place, int]]) -> int:
        at, number = self._blank(at + 1), 0
        while self._text[at] != "]":
            if number in tree:
                found.append(((*place, number), at))
            at = self._after(self._value(at, tree.get(number, {}), (*place, number), found))
            number += 1
        return at + 1

    def _after(self, at: int) -> int:
        """Offset of what comes after a value and its comma."""
        at = self._blank(at)
        return self._blank(at + 1) if self._text[at] == "," else at
