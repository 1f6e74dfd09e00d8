"""A condition as a filter: over plain rows in Python or over a table in SQL, with the one meaning that rules have.

Notification filters, saved views and predicates of policies start here: `filter_of(text, View({...}))`, then `holds`
for a row, or `where` for a WHERE clause. Like a rule it says yes, no, or nothing where something is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from fairlead.metrics.seeds import glob_pattern
from fairlead.signals.language.check import View, check
from fairlead.signals.language.compile import Statement
from fairlead.signals.language.functions import FUNCTIONS, NOW, Present, Worked
from fairlead.signals.language.parse import WrongError, parse
from fairlead.signals.language.tree import (
    Among,
    Call,
    Column,
    Compared,
    Denied,
    Joined,
    Known,
    Like,
    Literally,
    Node,
    Reckoned,
    Usual,
)


class WrongFilterError(Exception):
    """All that is wrong with a condition."""

    def __init__(self, text: str, faults: Sequence[WrongError]) -> None:
        super().__init__("; ".join(f"{fault.message} (at {fault.at + 1} of `{text}`)" for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition that was read and checked."""

    node: Node
    limits: Mapping[str, Any]

    def holds(self, row: Mapping[str, Any], now: datetime, worked: Worked | None = None) -> bool | None:
        """Whether it holds of a row; `None` where something that it needs is missing.

        Moments of the row are taken as UTC where they name no zone. Without `worked` every second is working time.
        """
        return _value(self.node, row, Present(_aware(now), worked or _all_day), self.limits)  # type: ignore[no-any-return]

    def where(self, columns: Mapping[str, str], now: datetime) -> tuple[str, Mapping[str, Any]]:
        """The condition for rows aliased `v` whose `calendar` is set, joins ahead: `from t v {sql}`."""
        statement = Statement(columns, self.limits)
        condition = statement.condition(self.node)
        sql = f"{statement.joins()} where {condition}"
        moment = {"now": _aware(now).astimezone(UTC).replace(tzinfo=None)} if NOW in sql else {}
        return sql, {**statement.params, **moment}


def filter_of(text: str, view: View, limits: Mapping[str, Any] | None = None) -> Filter:
    """The filter that a text stands for; raises `WrongFilterError` with every fault of it."""
    try:
        node = parse(text)
    except WrongError as fault:
        raise WrongFilterError(text, [fault]) from fault
    if faults := check(node, view):
        raise WrongFilterError(text, faults)
    return Filter(node, limits or {})


def _all_day(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds()


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _value(node: Node, row: Mapping[str, Any], present: Present, limits: Mapping[str, Any]) -> Any:
    def of(one: Node) -> Any:
        return _value(one, row, present, limits)

    match node:
        case Literally(value=value):
            return value
        case Column(name=name):
            return limits[name] if name in limits else _aware(row.get(name))
        case Call(name=name, given=given):
            function, values = FUNCTIONS[name], [of(one) for one in given]
            unknown = values[1:] if function.takes_unknown else values
            return None if None in unknown else function.plain(values, present)
        case Reckoned(how=how, left=left, right=right) | Compared(how=how, left=left, right=right):
            pair = of(left), of(right)
            return None if None in pair else _HOW[how](*pair)
        case Among(value=one, listed=listed):
            return _among(of(one), [of(other) for other in listed])
        case Like(value=one, glob=glob):
            text = of(one)
            return None if text is None else bool(_fits(glob).match(text))
        case Known(value=one):
            return of(one) is not None
        case Denied(one=one):
            held = of(one)
            return None if held is None else not held
        case Joined(how=how, parts=parts):
            return _joined(how == "all", [of(one) for one in parts])
        case Usual():
            return None


def _among(value: Any, listed: Sequence[Any]) -> bool | None:
    if value is None:
        return None
    # as SQL has it: something unknown in the list may be the very one
    return True if value in [one for one in listed if one is not None] else None if None in listed else False


def _joined(all_of: bool, held: Sequence[bool | None]) -> bool | None:
    deciding = not all_of
    return deciding if deciding in held else None if None in held else all_of


@lru_cache(maxsize=256)
def _fits(glob: str) -> re.Pattern[str]:
    # `\Z` and not `$`, which would look past a line's end
    return re.compile(glob_pattern(glob)[1:-1] + r"\Z", re.DOTALL)


_HOW: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": lambda left, right: left == right, "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right, "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right, ">=": lambda left, right: left >= right,
    "+": lambda left, right: left + right, "-": lambda left, right: left - right,
    "*": lambda left, right: left * right, "/": lambda left, right: left / right if right else None,
}  # fmt: skip
