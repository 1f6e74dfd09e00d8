"""Why a rule says what it says of one subject: each part of its condition with what came of it, and the values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fairlead.signals.judging import parameters, read_by, statement_of, values
from fairlead.signals.language.compile import SUBJECT
from fairlead.signals.language.limits import limits
from fairlead.signals.language.say import say
from fairlead.signals.language.tree import Denied, Joined, Node
from fairlead.signals.rules import Rule

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the condition."""

    depth: int
    said: str
    holds: bool | None
    """`None` where something that it needs is not known."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A rule and a subject."""

    steps: tuple[Step, ...]
    """The whole condition first."""
    values: Mapping[str, Any]


def explain(warehouse: Warehouse, rule: Rule, subject: str, now: datetime) -> Explained | None:
    """The parts with their values, or nothing where the rule's subject has no such row."""
    parts = list(_parts(rule.condition, 0))
    statement = statement_of(rule, limits(warehouse.setup))
    listed = [f"{statement.condition(node)} as part_{at}" for at, (_, node) in enumerate(parts)]
    listed += [f'{statement.condition(term)} as "read_{say(term)}"' for term in read_by(rule)]
    sql = f"""
        select {", ".join(listed)} from ({rule.subject.selected(some=True)}) {SUBJECT}
        {statement.joins()}
        where {SUBJECT}.id = $subject
    """  # noqa: S608 - names of the view, values as parameters
    given = {**parameters(sql, statement, now), "subject": subject}
    rows = warehouse.rows(sql, {**given, "subjects": [subject]} if "$subjects" in sql else given)
    if not rows:
        return None
    steps = (Step(depth, _said(node), rows[0][f"part_{at}"]) for at, (depth, node) in enumerate(parts))
    return Explained(tuple(steps), values(rule, rows[0]))


def _parts(node: Node, depth: int) -> Iterator[tuple[int, Node]]:
    yield depth, node
    if isinstance(node, Joined):
        for part in node.parts:
            yield from _parts(part, depth + 1)
    elif isinstance(node, Denied) and isinstance(node.one, Joined):
        yield from _parts(node.one, depth + 1)


def _said(node: Node) -> str:
    # what stands below is told line by line
    return ("all of" if node.how == "all" else "any of") if isinstance(node, Joined) else say(node)
