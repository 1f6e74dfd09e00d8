"""Patches made ready for the store: checked, cleaned, in the plain form of values.

Whatever a reader hands over, what passes here can be written to either database.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec

from fairlead.model.errors import Unreadable
from fairlead.model.patch import Patch
from fairlead.model.schema import ColumnKind, columns
from fairlead.model.times import epoch_us

_BROKEN = re.compile("[\0\ud800-\udfff]")
_WHOLE_MAX = 2**63 - 1


@dataclass(slots=True)
class Statement:
    """Fields of one row as of a version, in the plain form of values (see `columns.py`)."""

    table: str
    id: str
    version: str
    values: dict[str, Any]
    raw_seq: int | None = None
    """Raw event that it was read from."""


def clean(text: str) -> str:
    """NUL, which PostgreSQL cannot hold, and lone surrogates, which UTF-8 cannot, become U+FFFD."""
    if text.isascii():
        return text.replace("\0", "\ufffd") if "\0" in text else text
    return _BROKEN.sub("\ufffd", text)


def prepare(patch: Patch, raw_seq: int | None = None, generation: int = 0) -> Statement:
    """Checks every value against the record schema; raises `Unreadable` naming the field that does not fit.

    A replay speaks with a higher generation: where two statements have the same time and rank, what the present
    reader says wins over what an earlier one made of the same payload.
    """
    record = patch.record
    table = patch.table
    into = converters(table)
    values = {}
    for name, value in patch.said().items():
        try:
            values[name] = None if value is None else into[name](value)
        except (TypeError, ValueError, OverflowError, AttributeError) as fault:
            raise Unreadable(f"{table}.{name}", f"cannot hold {_short(value)}: {fault}") from fault
    if not isinstance(record.id, str) or not record.id:
        raise Unreadable(f"{table}.id", "is empty")
    return Statement(table, clean(record.id), _version(patch, generation), values, raw_seq)


def _version(patch: Patch, generation: int) -> str:
    try:
        version = patch.version()
    except (UnicodeEncodeError, ValueError):
        # The hash is made from UTF-8, which has no lone surrogates.
        version = Patch(_cleaned(patch.record), patch.at, patch.rank).version()
    except TypeError as fault:
        raise Unreadable(patch.table, f"has no version: {fault}") from fault
    return with_generation(version, generation)


def with_generation(version: str, generation: int) -> str:
    """A version that wins over lower generations of the same time and rank: `g` sorts after digits."""
    if not generation:
        return version
    moment, rank, digest = version.split(".")
    return f"{moment}.{rank}.g{generation:04d}{digest}"


def _cleaned(record: Any) -> Any:
    said = {name: getattr(record, name) for name in record.__struct_fields__}
    return type(record)(**{name: _cleaned_value(value) for name, value in said.items()})


def _cleaned_value(value: Any) -> Any:
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
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a whole number")
    if abs(value) > _WHOLE_MAX:
        raise ValueError("too large")
    return value


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    number = float(value)
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
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError("not a day")
    return value.isoformat()


def _texts(value: Any) -> str:
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
