"""The functions of the language: what they take, what they give, and what they mean, in SQL and on a plain row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.signals.language.tree import Kind

Worked = Callable[[datetime, datetime], float]
"""Working seconds between two moments; negative where the second comes first."""
_RANKS = ("low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class Present:
    """The moment at which a plain row is looked at, and how working time is counted there."""

    now: datetime
    worked: Worked


@dataclass(frozen=True, slots=True)
class Function:
    """One function."""

    takes: tuple[Kind, ...]
    """Kinds of what is given; the last may come several times where `many`."""
    gives: Kind
    doc: str
    sql: Callable[[Sequence[str]], str]
    plain: Callable[[Sequence[Any], Present], Any]
    """The same of values, of which none is unknown."""
    many: bool = False
    works: bool = False
    """Whether it counts working time: its first value is then a moment, looked up in the calendar of the row."""
    takes_unknown: bool = False
    """Whether it has an answer where its first value is unknown."""


NOW = "$now"


def _never_negative(length: str) -> str:
    # not `greatest`, which passes over what is unknown and would call it nothing
    return f"(({length} + abs({length})) / 2)"


def _since(given: Sequence[Any], present: Present) -> float:
    return (present.now - given[0]).total_seconds()  # type: ignore[no-any-return]


FUNCTIONS: Mapping[str, Function] = {
    "time_since": Function(
        ("time",), "length", "Calendar time that has passed since a moment; nothing before it.",
        lambda given: _never_negative(f"epoch({NOW}::timestamp) - epoch({given[0]})"),
        lambda given, present: max(0.0, _since(given, present)),
    ),
    "time_until": Function(
        ("time",), "length", "Calendar time up to a moment; negative once it has passed.",
        lambda given: f"(epoch({given[0]}) - epoch({NOW}::timestamp))",
        lambda given, present: -_since(given, present),
    ),
    "biztime_since": Function(
        ("time",), "worked", "Working time since a moment, by the calendar of the team concerned.",
        lambda given: _never_negative(f"{given[1]} - {given[0]}"),
        lambda given, present: max(0.0, present.worked(given[0], present.now)), works=True,
    ),
    "biztime_until": Function(
        ("time",), "worked", "Working time up to a moment; negative once it has passed.",
        lambda given: f"({given[0]} - {given[1]})",
        lambda given, present: present.worked(present.now, given[0]), works=True,
    ),
    "has": Function(
        ("texts", "text"), "flag", "Whether a list holds one of these texts; letters in either case.",
        lambda given: f"list_has_any(list_transform(coalesce({given[0]}, []), lambda one: lower(one)), "
        f"[{', '.join(f'lower({one})' for one in given[1:])}])",
        lambda given, _: not {one.lower() for one in given[0] or ()}.isdisjoint(one.lower() for one in given[1:]),
        many=True, takes_unknown=True,
    ),
    "count": Function(
        ("texts",), "number", "How many texts a list holds.", lambda given: f"len({given[0]})",
        lambda given, _: float(len(given[0])),
    ),
    "lower": Function(
        ("text",), "text", "The text in small letters.", lambda given: f"lower({given[0]})",
        lambda given, _: given[0].lower(),
    ),
    "rank": Function(
        ("text",), "number", "Of `critical`, `high`, `medium` and `low` 4 to 1, to compare severities with.",
        lambda given: f"nullif(list_position(['low', 'medium', 'high', 'critical'], {given[0]}), 0)",
        lambda given, _: float(_RANKS.index(given[0]) + 1) if given[0] in _RANKS else None,
    ),
}  # fmt: skip
