"""Tree -> SQL of DuckDB: a condition that is true, false or unknown, and the look-ups in calendars that it needs.

Nothing that somebody wrote becomes SQL: names come from the view, values are parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead.metrics.seeds import glob_pattern
from fairlead.signals.language.functions import FUNCTIONS, NOW
from fairlead.signals.language.limits import PREFIX
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

SUBJECT = "v"
"""Alias of the rows of the view in every statement."""


@dataclass(slots=True)
class Statement:
    """Parts of one SELECT, shared by all conditions that go into it."""

    columns: Mapping[str, str]
    """Name in the language -> column of the view."""
    limits: Mapping[str, Any] = field(default_factory=dict)
    """Settings by their names in the language."""
    histories: Mapping[str, str] = field(default_factory=dict)
    """Name -> SELECT of `team` and `value`."""
    params: dict[str, Any] = field(default_factory=dict)
    _looked_up: dict[str, str] = field(default_factory=dict)
    _usuals: dict[tuple[int, str], str] = field(default_factory=dict)

    def condition(self, node: Node) -> str:
        """A node as an expression; null where it is unknown."""
        match node:
            case Literally(value=value):
                return self._param(value)
            case Column(name=name) if name in self.limits:
                return self._param(self.limits[name])
            case Usual():
                return self._usual(node)
            case Column(name=name):
                return f'{SUBJECT}."{self.columns[name]}"'
            case Call():
                return self._call(node)
            case Reckoned(how=how, left=left, right=right):
                divisor = f"nullif({self.condition(right)}, 0)" if how == "/" else self.condition(right)
                return f"({self.condition(left)} {how} {divisor})"
            case Compared(how=how, left=left, right=right):
                return f"({self.condition(left)} {'<>' if how == '!=' else how} {self.condition(right)})"
            case Among(value=value, listed=listed):
                return f"({self.condition(value)} in ({', '.join(map(self.condition, listed))}))"
            case Like(value=value, glob=glob):
                # an engine that cannot look back for ever; its own `glob` takes a letter with an accent for two
                return f"regexp_full_match({self.condition(value)}, {self._param(glob_pattern(glob))}, 's')"
            case Known(value=value):
                return f"({self.condition(value)} is not null)"
            case Denied(one=one):
                return f"(not {self.condition(one)})"
            case Joined():
                return self._joined(node)

    def _joined(self, node: Joined) -> str:
        parts = [(self.condition(part), _is_dear(part)) for part in node.parts]
        dear, cheap = [sql for sql, is_dear in parts if is_dear], [sql for sql, is_dear in parts if not is_dear]
        if node.how == "any" or not (dear and cheap):
            return "(" + (" and " if node.how == "all" else " or ").join([*cheap, *dear]) + ")"
        # the engine reckons every part for every row: lists and patterns are looked at where the rest leaves it open
        rest = " and ".join(cheap)
        return f"(case when ({rest}) = false then false else ({' and '.join([rest, *dear])}) end)"

    def joins(self) -> str:
        """Look-ups of moments in the calendars of their rows, after the view in the FROM clause."""
        slots = (_JOIN.format(slot=slot, moment=moment, view=SUBJECT) for moment, slot in self._looked_up.items())
        usuals = (
            _USUAL.format(slot=slot, share=percent / 100, rows=self.histories[history], view=SUBJECT)
            for (percent, history), slot in self._usuals.items()
        )
        return "\n".join([*slots, *usuals])

    def _usual(self, usual: Usual) -> str:
        slot = self._usuals.setdefault((usual.percent, usual.history), f"usual_{len(self._usuals)}")
        enough = self._param(self.limits[f"{PREFIX}minimum_n"])
        found = f"case when {slot}.n >= {enough} then {slot}.value end"
        # `greatest` passes over what is unknown: a team without a history has the floor
        return f"greatest({self.condition(usual.floor)}, {found})" if usual.floor else f"({found})"

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
_USUAL = """left join (
        select team, quantile_cont(value, {share}) as value, count(value) as n from ({rows}) group by team
    ) {slot} on {slot}.team is not distinct from {view}.team"""


def _is_dear(node: Node) -> bool:
    match node:
        case Like() | Call(name="has"):
            return True
        case Denied(one=one):
            return _is_dear(one)
        case Joined(parts=parts):
            return any(map(_is_dear, parts))
    return False
