"""Tree -> SQL of DuckDB: a condition that is true, false or unknown, and the look-ups in calendars that it needs.

Nothing that somebody wrote becomes SQL: names come from the view, values are parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead.signals.language.functions import FUNCTIONS, NOW
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
)

SUBJECT = "v"
"""Alias of the rows of the view in every statement."""


@dataclass(slots=True)
class Statement:
    """Parts of one SELECT, shared by all conditions that go into it."""

    columns: Mapping[str, str]
    """Name in the language -> column of the view."""
    params: dict[str, Any] = field(default_factory=dict)
    _looked_up: dict[str, str] = field(default_factory=dict)

    def condition(self, node: Node) -> str:
        """A node as an expression; null where it is unknown."""
        match node:
            case Literally(value=value):
                return self._param(value)
            case Column(name=name):
                return f'{SUBJECT}."{self.columns[name]}"'
            case Call():
                return self._call(node)
            case Reckoned(how=how, left=left, right=right):
                return f"({self.condition(left)} {how} {self.condition(right)})"
            case Compared(how=how, left=left, right=right):
                return f"({self.condition(left)} {'<>' if how == '!=' else how} {self.condition(right)})"
            case Among(value=value, listed=listed):
                return f"({self.condition(value)} in ({', '.join(map(self.condition, listed))}))"
            case Like(value=value, glob=glob):
                # globs and not expressions: none can look back for ever
                return f"({self.condition(value)} glob {self._param(glob)})"
            case Known(value=value):
                return f"({self.condition(value)} is not null)"
            case Denied(one=one):
                return f"(not {self.condition(one)})"
            case Joined(how=how, parts=parts):
                return "(" + (" and " if how == "all" else " or ").join(map(self.condition, parts)) + ")"

    def joins(self) -> str:
        """Look-ups of moments in the calendars of their rows, after the view in the FROM clause."""
        return "\n".join(
            _JOIN.format(slot=slot, moment=moment, view=SUBJECT) for moment, slot in self._looked_up.items()
        )

    def _call(self, call: Call) -> str:
        function = FUNCTIONS[call.name]
        if not function.works:
            return function.sql([self.condition(one) for one in call.given])
        moments = (self.condition(call.given[0]), f"{NOW}::timestamp")
        return function.sql([self._worked(moment) for moment in moments])

    def _worked(self, moment: str) -> str:
        # every moment is looked up once, however often conditions speak of it
        slot = self._looked_up.setdefault(moment, f"slot_{len(self._looked_up)}")
        within = f"epoch(least({moment}, {slot}.end_at)) - epoch(least({slot}.from_at, {moment}))"
        return f"({slot}.worked_before_s + {within})"

    def _param(self, value: Any) -> str:
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f"${name}"


_JOIN = """left join working_slots {slot} on {slot}.calendar = {view}.calendar and {slot}.day = cast({moment} as date)
    and {slot}.from_at <= {moment} and {moment} < {slot}.to_at"""
