"""One value of a record file -> the value of its column, or what is wrong with it in words."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from fairlead.model.schema import Column, ColumnKind
from fairlead.model.times import parse_day, parse_time

Into = Callable[[Any], Any]

_WHOLE_MAX = 2**63 - 1
_TRUE = frozenset({"true", "t", "yes", "y", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "0"})


def cell_reader(column: Column) -> Into:
    """What reads the values of a column; it raises `ValueError` with words for the one who wrote the file."""
    into = _INTO[column.kind]
    return _one_of(column.words) if column.words else into


def did_you_mean(word: str, known: Any) -> str:
    """`; did you mean ...?` where a known word is near."""
    near = get_close_matches(str(word).lower(), sorted(known), n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""


def _one_of(words: tuple[str, ...]) -> Into:
    known = frozenset(words)

    def read(value: Any) -> str:
        if value in known:
            return str(value)
        text = str(value).strip()
        if text in known:
            return text
        raise ValueError(f"`{_short(text)}` is none of {', '.join(words)}{did_you_mean(text, words)}")

    return read


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    # ids and versions are often written as bare numbers
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"`{_short(value)}` is not a text")


def _whole(value: Any) -> int:
    number = value
    if isinstance(value, str):
        try:
            number = int(value.strip())
        except ValueError:
            number = _number(value)
    # spreadsheets and data frames write 12 as 12.0 where a column has gaps
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise ValueError(f"`{_short(value)}` is not a whole number")
    if abs(number) > _WHOLE_MAX:
        raise ValueError(f"`{_short(value)}` is too large")
    return number


def _number(value: Any) -> float:
    # Python takes true for 1; whoever wrote `true` into a column of numbers meant something else
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"`{_short(value)}` is not a number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise ValueError(f"`{_short(value)}` is not a number") from None
    # neither JSON nor every SQL engine can give NaN or infinity back
    if not math.isfinite(number):
        raise ValueError(f"`{_short(value)}` is not a finite number")
    return number


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise ValueError(f"`{_short(value)}` is neither true nor false")


def _time(value: Any) -> datetime | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        # Parquet has days where a text file would have a day written out: both mean its first moment in UTC
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    try:
        return parse_time(value)
    except (ValueError, TypeError, OverflowError):
        raise ValueError(f"`{_short(value)}` is no time, like 2026-03-14T09:30:00Z") from None


def _day(value: Any) -> date | None:
    try:
        return parse_day(value)
    except (ValueError, TypeError, AttributeError):
        raise ValueError(f"`{_short(value)}` is no day, like 2026-03-14") from None


def _texts(value: Any) -> tuple[str, ...]:
    """A JSON list, or texts separated by semicolons."""
    if isinstance(value, str):
        if not value.lstrip().startswith("["):
            return tuple(part.strip() for part in value.split(";") if part.strip())
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError(f"`{_short(value)}` begins like a JSON list and is none") from None
    if not isinstance(value, list | tuple) or not all(isinstance(part, str) for part in value):
        raise ValueError(f"`{_short(value)}` is no list of texts")
    return tuple(value)


_INTO: Mapping[ColumnKind, Into] = MappingProxyType(
    {
        "text": _text,
        "whole": _whole,
        "number": _number,
        "flag": _flag,
        "time": _time,
        "day": _day,
        "texts": _texts,
    }
)


def _short(value: object) -> str:
    shown = str(value).replace("\n", " ")
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
