"""The functions of the language: what they take, what they give, and the SQL that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fairlead.signals.language.tree import Kind


@dataclass(frozen=True, slots=True)
class Function:
    """One function."""

    takes: tuple[Kind, ...]
    """Kinds of what is given; the last may come several times where `many`."""
    gives: Kind
    doc: str
    sql: Callable[[Sequence[str]], str]
    many: bool = False
    works: bool = False
    """Whether it counts working time: its first value is then a moment, looked up in the calendar of the row."""


NOW = "$now"


def _never_negative(length: str) -> str:
    # not `greatest`, which passes over what is unknown and would call it nothing
    return f"(({length} + abs({length})) / 2)"


FUNCTIONS: Mapping[str, Function] = {
    "time_since": Function(
        ("time",), "length", "Calendar time that has passed since a moment; nothing before it.",
        lambda given: _never_negative(f"epoch({NOW}::timestamp) - epoch({given[0]})"),
    ),
    "time_until": Function(
        ("time",), "length", "Calendar time up to a moment; negative once it has passed.",
        lambda given: f"(epoch({given[0]}) - epoch({NOW}::timestamp))",
    ),
    "biztime_since": Function(
        ("time",), "worked", "Working time since a moment, by the calendar of the team concerned.",
        lambda given: _never_negative(f"{given[1]} - {given[0]}"), works=True,
    ),
    "biztime_until": Function(
        ("time",), "worked", "Working time up to a moment; negative once it has passed.",
        lambda given: f"({given[0]} - {given[1]})", works=True,
    ),
    "has": Function(
        ("texts", "text"), "flag", "Whether a list holds one of these texts; letters in either case.",
        lambda given: f"list_has_any(list_transform(coalesce({given[0]}, []), lambda one: lower(one)), "
        f"[{', '.join(f'lower({one})' for one in given[1:])}])", many=True,
    ),
    "count": Function(("texts",), "number", "How many texts a list holds.", lambda given: f"len({given[0]})"),
    "lower": Function(("text",), "text", "The text in small letters.", lambda given: f"lower({given[0]})"),
}  # fmt: skip
