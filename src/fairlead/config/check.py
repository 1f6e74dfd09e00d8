"""Compares plain values with a typed section and lists every fault, where the parser stops at the first."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

import msgspec
from msgspec import inspect as types

from fairlead.config.placed import Key
from fairlead.config.settings import SecretRef

Path = tuple[str | int, ...]
Fault = tuple[Path, str]
"""Path of the key, places in lists among it, and what is wrong with it."""


def faults(value: Any, kind: type[msgspec.Struct]) -> Iterator[Fault]:
    """All faults of a value that should be of a kind."""
    return _check(value, types.type_info(kind), ())


def did_you_mean(word: str, known: list[str], show: int = 30) -> str:
    """A suggestion with its leading separator; without one what is known, if that fits a line or two."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean `{close[0]}`?"
    return f"; known: {', '.join(sorted(known))}" if 0 < len(known) <= show else ""


def _check(value: Any, kind: types.Type, path: Path) -> Iterator[Fault]:
    if isinstance(kind, types.UnionType):
        if value is None and any(isinstance(part, types.NoneType) for part in kind.types):
            return
        # TOML has no null: of `SecretRef | None` only the table can be written.
        kind = next((part for part in kind.types if isinstance(part, types.StructType)), kind)
        if isinstance(kind, types.UnionType):
            told = [list(_check(value, part, path)) for part in kind.types if not isinstance(part, types.NoneType)]
            yield from () if [] in told else min(told, key=len)
            return
    if _is_secret(kind):
        yield from _check_secret(value, path)
    elif isinstance(kind, types.StructType):
        yield from _check_section(value, kind, path)
    elif isinstance(kind, types.DictType) and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _check(key, kind.key_type, (*path, Key(key)))
            yield from _check(item, kind.value_type, (*path, str(key)))
    elif isinstance(kind, types.VarTupleType) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _check(item, kind.item_type, (*path, index))
    elif isinstance(kind, types.VarTupleType) and _is_secret(kind.item_type):
        yield path, 'expected a list of places of secrets: write `[{ env = "NAME" }]`'
    else:
        yield from _check_leaf(value, kind, path)


def _check_section(value: Any, kind: types.StructType, path: Path) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield path, f"expected a table, got {_shown(value)}"
        return
    fields = {field.encode_name: field.type for field in kind.fields}
    for key, item in value.items():
        # An unknown key is told and its value passed over: what was meant by it is not known.
        if key in fields:
            yield from _check(item, fields[key], (*path, key))
        else:
            yield (*path, Key(key)), f"unknown key `{key}`{did_you_mean(str(key), list(fields))}"
    missing = [field.encode_name for field in kind.fields if field.required and field.encode_name not in value]
    yield from ((path, f"`{name}` is missing") for name in missing)


def _is_secret(kind: types.Type) -> bool:
    return isinstance(kind, types.StructType) and kind.cls is SecretRef


def _check_secret(value: Any, path: Path) -> Iterator[Fault]:
    """Never shows what was given: whoever wrote it wrongly most likely wrote the secret itself."""
    if not isinstance(value, Mapping):
        yield path, f"expected the place of a secret, not the secret: write {_PLACE}"
        return
    known = list(SecretRef.__struct_fields__)
    for key, item in value.items():
        if key not in known:
            yield (*path, key), f"unknown key `{key}`{did_you_mean(str(key), known)}"
        elif not isinstance(item, str):
            yield (*path, key), "expected text"


def _check_leaf(value: Any, kind: types.Type, path: Path) -> Iterator[Fault]:
    if isinstance(kind, types.LiteralType):
        if value not in kind.values:
            known = [str(word) for word in kind.values if word]
            close = did_you_mean(value, known, show=0) if isinstance(value, str) else ""
            yield path, f"expected one of {', '.join(known)}, got {_shown(value)}{close}"
        return
    wanted = _WORDS.get(type(kind))
    if wanted is None:
        return
    classes, word = wanted
    # To Python `true` is a number; to whoever writes `port = true` it is not.
    if not isinstance(value, classes) or (isinstance(value, bool) and bool not in classes):
        yield path, f"expected {word}, got {_shown(value)}"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping | list):
        return "a table" if isinstance(value, Mapping) else "a list"
    # TOML has dates of its own, but settings are laid over by an environment that has only text.
    return f"the bare date {value}: put it in quotes" if isinstance(value, date | time) else repr(value)


_PLACE = '`{ env = "NAME" }` or `{ file = "PATH" }`'

_WORDS: Mapping[type[types.Type], tuple[tuple[type, ...], str]] = {
    types.StrType: ((str,), "text"),
    types.IntType: ((int,), "a whole number"),
    types.FloatType: ((int, float), "a number"),
    types.BoolType: ((bool,), "true or false"),
    types.VarTupleType: ((list,), "a list"),
    types.DictType: ((dict,), "a table"),
}
