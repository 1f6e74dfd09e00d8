"""From what a payload holds to what a column takes; a value that does not fit is refused with its place."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from fairlead.connectors.generic.paths import written
from fairlead.connectors.kit.payload import Doc
from fairlead.model.errors import Unreadable
from fairlead.model.schema import Column, ColumnKind
from fairlead.model.times import parse_day

_TRUE = frozenset({"true", "yes", "y", "on", "1"})
_FALSE = frozenset({"false", "no", "n", "off", "0"})
_WHOLE_LIMIT = 2**63

Into = Callable[[str, Any], Any]
"""Place and value -> converted value."""


def _doc(place: str, value: Any) -> Doc:
    # the cursor of all connectors knows what tools write for a time and a number, and says what is wrong
    return Doc({place: value}, "")


def _time(place: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    return _doc(place, value).time(place)


def _number(place: str, value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = float(value.strip())
        except ValueError:
            raise Unreadable(place, f"expected a number, got `{value[:40]}`") from None
    found = _doc(place, value).number(place)
    if isinstance(found, float) and not math.isfinite(found):
        raise Unreadable(place, "expected a number, got one without end")
    return found


def _whole(place: str, value: Any) -> Any:
    if isinstance(value, str) and value.strip().removeprefix("-").isdecimal() and len(value) < 25:
        value = int(value)
    return _doc(place, value).whole(place)


def _flag(place: str, value: Any) -> Any:
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    return _doc(place, value).flag(place)


def _texts(place: str, value: Any) -> tuple[str, ...]:
    # one value where a list is expected is a list of one
    return tuple(written(place, each) for each in (value if isinstance(value, list) else [value]))


def _day(place: str, value: Any) -> Any:
    try:
        return parse_day(written(place, value))
    except ValueError:
        raise Unreadable(place, "expected a day like 2026-03-02") from None


def _lower(place: str, value: Any) -> str:
    return written(place, value).lower()


def _upper(place: str, value: Any) -> str:
    return written(place, value).upper()


def _last(place: str, value: Any) -> str:
    """What stands behind the last slash: the branch of `refs/heads/main`, the image of a registry's path."""
    return written(place, value).rstrip("/").rpartition("/")[2]


CONVERSIONS: Mapping[str, Into] = MappingProxyType(
    {"text": written, "time": _time, "number": _number, "whole": _whole, "flag": _flag, "lower": _lower,
     "upper": _upper, "last": _last}
)  # fmt: skip
"""Names that a mapping may say behind `as`."""

_INTO: Mapping[ColumnKind, Into] = MappingProxyType(
    {"text": written, "whole": _whole, "number": _number, "flag": _flag, "time": _time, "day": _day, "texts": _texts}
)


def into_column(column: Column, place: str, value: Any) -> Any:
    """The value in the type of a column; one that is not among its words is refused with them."""
    found = _INTO[column.kind](place, value)
    if isinstance(found, int) and not isinstance(found, bool) and not -_WHOLE_LIMIT <= found < _WHOLE_LIMIT:
        raise Unreadable(place, "expected a number of 64 bits")
    if column.words and found is not None and found not in column.words:
        raise Unreadable(place, f"`{str(found)[:40]}` is none of {', '.join(column.words)}; a `map` can say which")
    return found
