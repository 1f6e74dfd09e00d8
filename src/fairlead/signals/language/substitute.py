"""Another value in a condition: what a column is held against, replaced wherever that stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fairlead.signals.language.check import terms_of
from fairlead.signals.language.limits import SETTINGS
from fairlead.signals.language.tree import Column, Compared, Denied, Joined, Literally, Node, Reckoned


def replaceable(node: Node) -> Iterator[str]:
    """Names of columns and settings of which `substituted` would find a comparison."""
    match node:
        case Compared(left=left, right=right) if _is_value(right):
            yield from (term.name for one in (left, right) for term in terms_of(one) if isinstance(term, Column))
        case Denied(one=one):
            yield from replaceable(one)
        case Joined(parts=parts):
            for part in parts:
                yield from replaceable(part)


def substituted(node: Node, name: str, value: Literally) -> Node:
    """The condition with `value` where this column is held against a value of the same kind, or this setting."""
    match node:
        case Compared(left=left, right=right) if _is_value(right):
            if name in SETTINGS:
                return replace(node, right=_in_place(right, name, value))
            of_it = any(isinstance(term, Column) and term.name == name for term in terms_of(left))
            return replace(node, right=value) if of_it and _kind(right) == value.kind else node
        case Denied(one=one):
            return replace(node, one=substituted(one, name, value))
        case Joined(parts=parts):
            return replace(node, parts=tuple(substituted(part, name, value) for part in parts))
    return node


def _in_place(node: Node, name: str, value: Literally) -> Node:
    match node:
        case Column(name=named) if named == name and SETTINGS[name] == value.kind:
            return value
        case Reckoned(left=left, right=right):
            return replace(node, left=_in_place(left, name, value), right=_in_place(right, name, value))
    return node


def _is_value(node: Node) -> bool:
    """Whether it is written or set, and no column."""
    match node:
        case Literally():
            return True
        case Column(name=name):
            return name in SETTINGS
        case Reckoned(left=left, right=right):
            return _is_value(left) and _is_value(right)
    return False


def _kind(node: Node) -> str | None:
    match node:
        case Literally(kind=kind):
            return kind
        case Column(name=name):
            return SETTINGS[name]
        case Reckoned(left=left):
            return _kind(left)
    return None
