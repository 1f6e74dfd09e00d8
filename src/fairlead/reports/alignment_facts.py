"""Loads how work is aligned with objectives: what is linked and by what, where effort went, what might be linked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fairlead.goals import facts
from fairlead.goals.effort import UNLINKED, Effort, Measure, effort
from fairlead.goals.facts import Goal
from fairlead.goals.linking import Link, Rule, Suggestion, links, suggestions
from fairlead.model.figures import Window
from fairlead.reports.scope import Scope
from fairlead.signals.language.check import View
from fairlead.signals.language.filters import WrongFilterError, filter_of
from fairlead.signals.views import with_calendars

USUAL_DAYS = 30
_COLUMNS: Mapping[str, str] = {
    "key": "i.key", "title": "w.title", "category": "i.category", "status": "w.status", "work_type": "i.work_type",
    "type": "w.type", "priority": "w.priority", "project": "i.project", "repository": "i.repository",
    "team": "i.team", "sprint": "i.sprint", "points": "i.points", "labels": "w.labels", "opened_at": "i.opened_at",
    "started_at": "i.started_at", "done_at": "i.done_at", "due_at": "w.due_at",
}  # fmt: skip
_KINDS: Mapping[str, str] = {
    "points": "number", "labels": "texts", "opened_at": "time", "started_at": "time", "done_at": "time",
    "due_at": "time",
}  # fmt: skip
RULES = View({name: _KINDS.get(name, "text") for name in _COLUMNS})  # type: ignore[misc]
"""What the rule of an objective can speak of: any work item, done ones too."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that cannot be read: it links nothing."""

    goal: Goal
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Work beside objectives, of a window."""

    goals: tuple[Goal, ...]
    """All that ran in the window, other teams' too: an item may serve any of them."""
    links: tuple[Link, ...]
    effort: Effort
    suggestions: tuple[Suggestion, ...]
    broken: tuple[Broken, ...]

    def goal(self, objective: str) -> Goal | None:
        """An objective by id; `None` for what is unlinked."""
        return next((goal for goal in self.goals if goal.id == objective), None)


def load_alignment(
    scope: Scope, *, days: int = USUAL_DAYS, window: Window | None = None, measure: Measure = "time", most: int = 20
) -> Alignment:
    """Of the days before now, or of a window of its own."""
    window = window or Window(start=scope.now - timedelta(days=days), end=scope.now)
    goals = facts.load(scope.warehouse, period=window)
    found, broken = load_links(scope, goals)
    spent = effort(
        scope.warehouse, [goal.id for goal in goals], found, window, measure=measure, team=scope.team
    )  # fmt: skip
    open_ = [goal for goal in goals if goal.state == "open"]
    return Alignment(
        goals=tuple(goals), links=tuple(found), effort=spent, broken=tuple(broken),
        suggestions=tuple(suggestions(scope.warehouse, open_, found, window.start, team=scope.team, most=most)),
    )  # fmt: skip


def load_links(scope: Scope, goals: Sequence[Goal]) -> tuple[list[Link], list[Broken]]:
    """What serves objectives, their rules included, and the rules that nobody can read."""
    rules, broken = _rules(goals, scope.now)
    return links(scope.warehouse, goals, rules), broken


def served(found: Iterable[Link]) -> Mapping[str, list[Link]]:
    """Links by objective."""
    told: dict[str, list[Link]] = {}
    for link in found:
        told.setdefault(link.objective, []).append(link)
    return told


def own(scope: Scope, alignment: Alignment) -> list[str]:
    """Buckets that concern the scope, in their order: its objectives, those that it works for, what is unlinked."""
    return [
        bucket.objective
        for bucket in alignment.effort.buckets
        if bucket.objective == UNLINKED
        or bucket.amount
        or ((goal := alignment.goal(bucket.objective)) and (not scope.team or goal.team in (scope.team, None)))
    ]


def _rules(goals: Iterable[Goal], now: datetime) -> tuple[list[Rule], list[Broken]]:
    rules, broken = [], []
    for goal in goals:
        if not goal.rule:
            continue
        try:
            condition, params = filter_of(goal.rule, RULES).where({name: name for name in _COLUMNS}, now)
        except WrongFilterError as fault:
            broken.append(Broken(goal, str(fault)))
        else:
            # compiled: of what somebody wrote only values are in it, as parameters
            select = f"select v.id from ({with_calendars(_ITEMS)}) v {condition}"  # noqa: S608
            rules.append(Rule(goal.id, select, params))
    return rules, broken


_ITEMS = (
    f"select i.work_item as id, {', '.join(f'{sql} as {name}' for name, sql in _COLUMNS.items())} "  # noqa: S608 - ours
    "from work_item_cycle_times i join work_items w on w.id = i.work_item"
)
