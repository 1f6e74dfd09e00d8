"""XML of strangers, walked without building a tree.

Entities are refused where they are declared, which ends both expansion bombs and references to files; an external
DTD, as Cobertura names one, is never fetched. Nothing is kept of what was passed: size costs time and no memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from xml.parsers import expat

from fairlead.model.errors import Unreadable

_DEEPEST = 100
_LONGEST_TEXT = 4000
"""Characters kept of a text: failure messages hold whole logs."""


@dataclass(frozen=True, slots=True)
class Element:
    """The opening of an element."""

    tag: str
    """Without the prefix of its namespace."""
    attributes: Mapping[str, str]
    line: int

    def wrong(self, problem: str) -> NoReturn:
        """Refuses the document for what stands here."""
        raise Unreadable(f"line {self.line}", f"<{self.tag}>: {problem}")

    def whole(self, name: str) -> int | None:
        """An attribute that is a whole number; `None` where it is missing."""
        text = self.attributes.get(name, "").strip()
        if not text:
            return None
        # sizes are bounded, since Python's own limit for numbers in text raises far later
        if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 15:
            self.wrong(f"`{name}`: expected a whole number, got `{text[:40]}`")
        return int(text)


def root(body: bytes) -> str:
    """Name of the outermost element."""

    def begin(element: Element) -> None:
        raise _Found(element.tag)

    try:
        walk(body, begin)
    except _Found as found:
        return found.tag
    raise Unreadable("line 1", "the document is empty")


def walk(
    body: bytes,
    begin: Callable[[Element], None],
    end: Callable[[Element, str], None] = lambda _element, _text: None,
    texts: frozenset[str] = frozenset(),
) -> None:
    """Calls `begin` and `end` for each element; of those in `texts` the own text is given at the end."""
    walker = _Walker(begin, end, texts)
    parser = walker.parser
    try:
        parser.Parse(body, True)
    except expat.ExpatError as fault:
        problem = f"not well-formed XML: {expat.ErrorString(fault.code)}"
        raise Unreadable(f"line {fault.lineno} column {fault.offset + 1}", problem) from None
    except (ValueError, LookupError) as fault:
        # encodings that Python does not know, or that expat cannot take from it
        raise Unreadable("line 1", f"the encoding cannot be read: {str(fault)[:80]}") from None


class _Found(Exception):  # noqa: N818
    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


class _Walker:
    def __init__(
        self, begin: Callable[[Element], None], end: Callable[[Element, str], None], texts: frozenset[str]
    ) -> None:
        self._begin, self._end, self._texts = begin, end, texts
        self._open: list[Element] = []
        self._text: list[str] = []
        self._held = 0
        self.parser: Any = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._stop
        self.parser.CharacterDataHandler = self._characters
        self.parser.EntityDeclHandler = self._entity

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise Unreadable(f"line {self.parser.CurrentLineNumber}", "nested too deeply")
        element = Element(name.rpartition(":")[2], attributes, self.parser.CurrentLineNumber)
        self._open.append(element)
        if element.tag in self._texts:
            self._text, self._held = [], 0
        self._begin(element)

    def _stop(self, _name: str) -> None:
        element = self._open.pop()
        self._end(element, "".join(self._text)[:_LONGEST_TEXT].strip() if element.tag in self._texts else "")

    def _characters(self, text: str) -> None:
        if self._open[-1].tag in self._texts and self._held < _LONGEST_TEXT:
            self._text.append(text)
            self._held += len(text)

    def _entity(self, name: str, *_declared: object) -> None:
        # neither the value nor the address is looked at: no report needs an entity of its own
        raise Unreadable(f"line {self.parser.CurrentLineNumber}", f"declares the entity `{name[:40]}`: refused")
