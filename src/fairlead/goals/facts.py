"""Objectives with their key results and what was entered of these, as the warehouse holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fairlead.metrics.frame import aware
from fairlead.model.figures import Window

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

STALE_AFTER_DAYS = 14
"""Days after which a manual value is stale where its key result says nothing else."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a key result that somebody entered for a day."""

    id: str
    at: datetime
    value: float
    note: str = ""
    confidence: float | None = None
    """How sure they were that the target will be reached, from 0 to 1."""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A key result: one measure of an objective, from a value to a value."""

    id: str
    objective: str
    title: str
    owner: str = ""
    value_from: str = "manual"
    """`metric`, `query` or `manual`."""
    metric: str = ""
    segment: Mapping[str, str]
    """What the metric is limited to."""
    span: str = ""
    """Window of the metric, like `30d`."""
    query: str = ""
    unit: str = ""
    baseline: float | None = None
    target: float | None = None
    starts_at: datetime | None = None
    """When its objective begins."""
    due_at: datetime | None = None
    """Its own day, else that of its objective."""
    stale_after_days: int = STALE_AFTER_DAYS
    entries: tuple[Entry, ...] = ()
    """The earliest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """An objective."""

    id: str
    title: str
    body: str = ""
    team: str | None = None
    """`None` where everybody answers for it."""
    owner: str = ""
    parent: str = ""
    """Id of the objective that it serves."""
    state: str = "open"
    """`open`, `reached`, `missed` or `dropped`: a person's word."""
    starts_at: datetime | None = None
    due_at: datetime | None = None
    ended_at: datetime | None = None
    epics: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    rule: str = ""
    milestones: tuple[str, ...] = ()
    path: str = ""
    """File that states it; empty where it was entered by hand or imported."""
    url: str = ""
    results: tuple[Result, ...] = ()


_GOALS = """
select id, title, body, team, owner, parent, coalesce(state, 'open') as state, starts_at, due_at, ended_at, epics,
    labels, rule, milestones, path, url
from objectives where deleted_at is null order by due_at nulls last, id
"""
_RESULTS = "select * from key_results where deleted_at is null and objective is not null order by id"
_ENTRIES = """
select id, key_result, "at", value, note, confidence, "by" from check_ins
where deleted_at is null and value is not null and "at" is not null order by key_result, "at", id
"""


def load(
    warehouse: Warehouse, *, team: str | None = None, period: Window | None = None, ids: Sequence[str] = ()
) -> list[Goal]:
    """Objectives with all that belongs to them, the next to be due first.

    `team` leaves those of a team (by id) and those that are everybody's; `period` those that run within it; `ids`
    those named.
    """
    found = [
        goal
        for row in warehouse.once(_GOALS)
        if (not ids or row["id"] in ids) and (not team or row["team"] in (team, None))
        if _within(goal := _goal(row), period)
    ]
    if not found:
        return []
    results = _results(warehouse, {goal.id: goal for goal in found})
    return [replace(goal, results=tuple(results.get(goal.id, ()))) for goal in found]


def running(goals: Iterable[Goal], now: datetime) -> list[Goal]:
    """Those that are neither ended nor still to begin."""
    return [goal for goal in goals if goal.state == "open" and (goal.starts_at is None or goal.starts_at <= now)]


def segment_of(said: str | None) -> dict[str, str]:
    """`team=payments, service=checkout` as the figures take it."""
    pairs = (one.partition("=") for one in (said or "").split(","))
    return {key.strip(): value.strip() for key, _, value in pairs if value.strip()}


def _within(goal: Goal, period: Window | None) -> bool:
    if period is None:
        return True
    begun = goal.starts_at is None or goal.starts_at < period.end
    return begun and (goal.due_at is None or goal.due_at > period.start)


def _goal(row: Mapping[str, Any]) -> Goal:
    return Goal(
        id=row["id"], title=row["title"] or row["id"], body=row["body"] or "", team=row["team"],
        owner=row["owner"] or "", parent=row["parent"] or "", state=row["state"], starts_at=aware(row["starts_at"]),
        due_at=aware(row["due_at"]), ended_at=aware(row["ended_at"]), epics=tuple(row["epics"] or ()),
        labels=tuple(row["labels"] or ()), rule=row["rule"] or "", milestones=tuple(row["milestones"] or ()),
        path=row["path"] or "", url=row["url"] or "",
    )  # fmt: skip


def _results(warehouse: Warehouse, goals: Mapping[str, Goal]) -> Mapping[str, Sequence[Result]]:
    entries: dict[str, list[Entry]] = defaultdict(list)
    for row in warehouse.once(_ENTRIES):
        entries[row["key_result"]].append(
            Entry(row["id"], aware(row["at"]) or row["at"], row["value"], row["note"] or "", row["confidence"],
                  row["by"] or "")
        )  # fmt: skip
    found: dict[str, list[Result]] = defaultdict(list)
    for row in warehouse.once(_RESULTS):
        if goal := goals.get(row["objective"]):
            found[goal.id].append(_result(row, goal, entries[row["id"]]))
    return found


def _result(row: Mapping[str, Any], goal: Goal, entries: Sequence[Entry]) -> Result:
    stale = row["stale_after_days"]
    return Result(
        id=row["id"], objective=goal.id, title=row["title"] or row["id"], owner=row["owner"] or goal.owner,
        value_from=row["value_from"] or "manual", metric=row["metric"] or "", segment=segment_of(row["segment"]),
        span=row["span"] or "", query=row["query"] or "", unit=row["unit"] or "", baseline=row["baseline"],
        target=row["target"], starts_at=goal.starts_at, due_at=aware(row["due_at"]) or goal.due_at,
        stale_after_days=STALE_AFTER_DAYS if stale is None else stale, entries=tuple(entries),
    )  # fmt: skip
