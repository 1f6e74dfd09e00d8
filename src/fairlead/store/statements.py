"""Patches made ready for the store: checked, cleaned, in the plain form of values.

Whatever a reader hands over, what passes here can be written to either database.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import UNSET

from fairlead.model.errors import Unreadable
from fairlead.model.patch import Patch, version_digest, version_time
from fairlead.model.records.kinds import Record
from fairlead.model.schema import TABLE_OF, ColumnKind, columns
from fairlead.model.times import epoch_us

_BROKEN = re.compile("[\0\ud800-\udfff]")
# BIGINT of both databases
_WHOLE_MAX = 2**63 - 1


@dataclass(slots=True)
class Statement:
    """Fields of one row as of a version, in the plain form of values (see `columns.py`)."""

    table: str
    id: str
    version: str
    values: dict[str, Any]
    """Shared with other statements that say the same: never change it."""
    raw_seq: int | None = None
    """Raw event that it was read from."""


def clean(text: str) -> str:
    """NUL, which PostgreSQL cannot hold, and lone surrogates, which UTF-8 cannot, become U+FFFD."""
    # most texts are, and a look for one letter costs less than the pattern
    if text.isascii():
        return text.replace("\0", "\ufffd") if "\0" in text else text
    return _BROKEN.sub("\ufffd", text)


def prepare(patch: Patch, raw_seq: int | None = None, generation: int = 0) -> Statement:
    """Checks every value against the record schema; raises `Unreadable` naming the field that does not fit.

    A replay speaks with a higher generation: where two statements have the same time and rank, what the present
    reader says wins over what an earlier one made of the same payload.
    """
    record = patch.record
    table = TABLE_OF[type(record)]
    try:
        values, digest = _repeated(record) if table in _REPEATED else _content(record)
    except TypeError:
        # a value that is no value of ours, like a list, cannot be looked up; `_content` names it
        values, digest = _content(record)
    try:
        moment = version_time(patch.at, patch.rank)
    except TypeError as fault:
        raise Unreadable(table, f"has no version: {fault}") from fault
    version = with_generation(f"{moment}.{digest}", generation)
    return Statement(table, clean(record.id), version, values, raw_seq)


_REPEATED = frozenset(("repositories", "accounts", "teams", "sprints"))
"""What nearly every payload says again in the same words."""


def _content(record: Record) -> tuple[dict[str, Any], str]:
    """What a record says in the plain form of values, and its digest."""
    kind = type(record)
    if not isinstance(record.id, str) or not record.id:
        raise Unreadable(f"{TABLE_OF[kind]}.id", "is empty")
    steps, all_of = _plan(kind)
    said: dict[str, Any] = {}
    values: dict[str, Any] = {}
    # One pass for checking, cleaning and what the digest is made of: this runs for every record of every payload.
    for (name, into, is_text), value in zip(steps, all_of(record), strict=True):
        if value is UNSET:
            continue
        said[name] = value
        # most values are plain words, for which a call each would be half of the work
        if value is None or (is_text and type(value) is str and value.isascii() and "\0" not in value):
            values[name] = value
            continue
        try:
            values[name] = into(value)
        except (TypeError, ValueError, OverflowError, AttributeError) as fault:
            raise Unreadable(f"{TABLE_OF[kind]}.{name}", f"cannot hold {_short(value)}: {fault}") from fault
    try:
        # of what was said, not of its plain form, as `bulk` does: one statement has one version by either way
        return values, version_digest(said)
    except (UnicodeEncodeError, ValueError):
        # the digest is made from UTF-8, which has no lone surrogates
        return values, version_digest({name: _cleaned(value) for name, value in said.items()})


@cache
def _plan(
    kind: type[Record],
) -> tuple[list[tuple[str, Callable[[Any], Any], bool]], Callable[[Record], tuple[Any, ...]]]:
    """What becomes of each field but the id, and what reads all of them at once."""
    names = [name for name in kind.__struct_fields__ if name != "id"]
    by_name = {column.name: column.kind for column in columns(TABLE_OF[kind])}
    return [(name, _INTO[by_name[name]], by_name[name] == "text") for name in names], attrgetter(*names)


_repeated = lru_cache(maxsize=4096)(_content)


def with_generation(version: str, generation: int) -> str:
    """A version that wins over lower generations of the same time and rank: `g` sorts after digits."""
    if not generation:
        return version
    moment, rank, digest = version.split(".")
    # of fixed width, for versions are compared as text
    return f"{moment}.{rank}.g{generation:04d}{digest}"


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    return tuple(map(clean, value)) if isinstance(value, tuple) else value


@cache
def converters(table: str) -> Mapping[str, Callable[[Any], Any]]:
    """Field -> what brings its value into the plain form; raises where it does not fit."""
    return {column.name: _INTO[column.kind] for column in columns(table)}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return clean(value)


def _whole(value: Any) -> int:
    # `True` is a whole number to Python
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a whole number")
    if abs(value) > _WHOLE_MAX:
        raise ValueError("too large")
    return value


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    number = float(value)
    # NaN equals nothing, itself included: such a row would change with every telling
    return number if math.isfinite(number) else None


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not true or false")
    return value


def _time(value: Any) -> int:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError("not a time with a zone")
    return epoch_us(value)


def _day(value: Any) -> str:
    # a datetime is a date to Python, but which day it means depends on a zone
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError("not a day")
    return value.isoformat()


def _texts(value: Any) -> str:
    # a text is a sequence of texts to Python
    if isinstance(value, str):
        raise TypeError("a text where a list of texts belongs")
    return msgspec.json.encode([_text(part) for part in value]).decode()


_INTO: Mapping[ColumnKind, Callable[[Any], Any]] = {
    "text": _text,
    "whole": _whole,
    "number": _number,
    "flag": _flag,
    "time": _time,
    "day": _day,
    "texts": _texts,
}


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
