"""What a condition is made of: some dozen kinds of nodes, each with the place in the text where it begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "flag", "time", "length", "worked", "texts"]
"""Type of a value; `length` is calendar time and `worked` working time, both in seconds and never compared."""
Comparison = Literal["=", "!=", "<", "<=", ">", ">="]
Reckoning = Literal["+", "-", "*", "/"]


@dataclass(frozen=True, slots=True)
class Literally:
    """A value as written."""

    value: str | float | bool
    kind: Kind
    at: int
    said: str
    """The words themselves: `8bh` is read back as it was written."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the view that the rule is about."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Usual:
    """A percentile of what the team concerned has had so far, but never less than a floor."""

    percent: int
    history: str
    floor: Node | None
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language."""

    name: str
    given: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Two numbers or lengths, added, multiplied and so on."""

    how: Reckoning
    left: Node
    right: Node
    at: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One value held against another."""

    how: Comparison
    left: Node
    right: Node
    at: int


@dataclass(frozen=True, slots=True)
class Among:
    """Whether a value is one of a list."""

    value: Node
    listed: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Like:
    """Whether a text fits a glob; no expression that could look back and never end."""

    value: Node
    glob: str
    at: int


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a value is known at all: the one question whose answer is never unknown."""

    value: Node
    at: int


@dataclass(frozen=True, slots=True)
class Denied:
    """The opposite; what is unknown stays unknown."""

    one: Node
    at: int


@dataclass(frozen=True, slots=True)
class Joined:
    """All of several conditions, or any."""

    how: Literal["all", "any"]
    parts: tuple[Node, ...]
    at: int


Node = Literally | Column | Usual | Call | Reckoned | Compared | Among | Like | Known | Denied | Joined
