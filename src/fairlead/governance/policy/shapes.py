"""What kind of value stands where: of the input document by its own description, of data by what the files hold."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, reduce
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from fairlead.governance.policy import document

Word = str | float
_NAMES = {
    "string": "text", "number": "a number", "boolean": "true or false", "null": "null", "array": "a list",
    "set": "a set", "object": "an object",
}  # fmt: skip
_WIDEST = 100
"""A number with more values than that is not told value by value."""


@dataclass(frozen=True)
class Shape:
    """What is known of a value before there is one."""

    kinds: frozenset[str] = frozenset()
    """What it may be; empty where nothing is known."""
    words: tuple[Word, ...] = ()
    """All that it may ever be, as the input document says; empty where that is open."""
    said: tuple[Word, ...] = ()
    """What it is, as a policy or a data file says."""
    fields: Mapping[str, Shape] | None = None
    """All that there is below it, if that is known."""
    items: Shape | None = None
    """What stands in it, or what its keys lead to."""

    @property
    def name(self) -> str:
        """For people."""
        return " or ".join(_NAMES[kind] for kind in sorted(self.kinds, key=list(_NAMES).index))

    def item(self) -> Shape:
        """Any one of what stands in it."""
        return self.items or ANY


ANY = Shape()


def of(kind: str, *said: Word) -> Shape:
    """A value of one kind, which may be said."""
    return Shape(frozenset((kind,)), said=said)


def joined(shapes: Iterable[Shape]) -> Shape:
    """What is one of several."""
    found = list(shapes)
    return reduce(_join, found) if found else ANY


def _join(one: Shape, other: Shape) -> Shape:
    if one == other:
        return one
    if not (one.kinds and other.kinds):
        return ANY
    closed = bool(one.words and other.words)
    return Shape(
        one.kinds | other.kinds,
        tuple(dict.fromkeys((*one.words, *other.words))) if closed else (),
        tuple(dict.fromkeys((*one.said, *other.said))),
        # below one of several objects anything may stand
        items=_join(one.items, other.items) if one.items and other.items else None,
    )


def of_value(value: Any) -> Shape:
    """What a data file holds."""
    match value:
        case None:
            return of("null")
        case bool():
            return of("boolean")
        case int() | float():
            return of("number", value)
        case str():
            return of("string", value)
        case Mapping():
            fields = {str(key): of_value(one) for key, one in value.items()}
            return Shape(frozenset(("object",)), fields=fields, items=joined(fields.values()))
        case _:
            return Shape(frozenset(("array",)), items=joined(map(of_value, value)))


def unsaid(shape: Shape) -> Shape:
    """The same of what may be another value tomorrow, like a setting."""
    fields = None if shape.fields is None else {name: unsaid(one) for name, one in shape.fields.items()}
    return replace(shape, said=(), fields=fields, items=shape.items and unsaid(shape.items))


@cache
def the_input() -> Shape:
    """The input document."""
    return _of_hint(document.Input)


def _of_hint(hint: Any) -> Shape:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _described(_of_hint(inner[0]), inner[1:])
    if origin is Literal:
        return Shape(frozenset(("string",)), tuple(inner))
    if origin in (Union, types.UnionType):
        # what may be null is its other self where it is not: its words and its fields stay
        least, *others = [_of_hint(one) for one in inner if one is not type(None)]
        null = frozenset(("null",)) if type(None) in inner else frozenset()
        whole = joined((least, *others))
        return replace(whole, kinds=whole.kinds | null if whole.kinds else whole.kinds)
    if origin is tuple:
        return Shape(frozenset(("array",)), items=_of_hint(inner[0]))
    if isinstance(hint, type) and issubclass(hint, document.Part):
        return Shape(
            frozenset(("object",)), fields={one.name: _of_hint(one.type) for one in msgspec.structs.fields(hint)}
        )
    if origin is not None and issubclass(origin, Mapping):
        return Shape(frozenset(("object",)), items=_of_hint(inner[1]))
    plain = {str: "string", int: "number", float: "number", bool: "boolean"}
    return of(plain[hint]) if hint in plain else ANY


def _described(shape: Shape, told: Iterable[Any]) -> Shape:
    for one in told:
        if isinstance(one, msgspec.Meta) and one.examples:
            shape = replace(shape, words=tuple(one.examples))
        if isinstance(one, msgspec.Meta) and one.ge is not None and one.le is not None:
            low, high = int(one.ge), int(one.le)
            if high - low < _WIDEST:
                shape = replace(shape, words=tuple(range(low, high + 1)))
    return shape
