"""The ledger of a sprint, worked out item by item and moment by moment: what the warehouse's SQL must agree with.

Small and slow on purpose. It shares no line with `sprint_scope.sql`, which joins stretches of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Entry = tuple[str, str, str, datetime, str, float | None, float | None]
OVER = ("done", "canceled")
LATER = datetime(9999, 1, 1)  # noqa: DTZ001 - the warehouse holds clock readings of UTC


@dataclass
class History:
    """One item; each list is in order of time, and no two of a list happen at once."""

    item: str
    created_at: datetime
    sprints: list[tuple[datetime, str, frozenset[str]]] = field(default_factory=list)
    points: list[tuple[datetime, str, float | None]] = field(default_factory=list)
    statuses: list[tuple[datetime, str, str]] = field(default_factory=list)
    first_sprints: frozenset[str] = frozenset()
    first_points: float | None = None
    deleted_at: datetime | None = None

    def members(self, at: datetime) -> frozenset[str]:
        """Sprints that it is in at a moment; one that was deleted is in none."""
        if self.deleted_at and at >= self.deleted_at:
            return frozenset()
        held = self.first_sprints if at >= self.created_at else frozenset()
        for moment, _, after in self.sprints:
            if moment <= at:
                held = after
        return held

    def estimate(self, at: datetime) -> float | None:
        """Points at a moment."""
        return next((after for moment, _, after in reversed(self.points) if moment <= at), self.first_points)

    def standing(self, at: datetime) -> tuple[str, datetime, str]:
        """Category at a moment, since when, and by which event."""
        category, since, by = "todo", self.created_at, self.item
        for moment, event, after in self.statuses:
            if moment <= at and after != category:
                category, since, by = after, moment, event
        return category, since, by

    def was_over(self, start: datetime, at: datetime) -> bool:
        """Whether it had ended before a start and was not opened again until a moment."""
        between = [self.standing(moment)[0] for moment, _, _ in self.statuses if start <= moment <= at]
        return all(category in OVER for category in (self.standing(start)[0], *between))


def ledger(history: History, sprint: dict[str, Any]) -> Iterator[Entry]:
    """Entries of one item in one sprint, in no particular order."""
    start, closed = sprint["start_at"], sprint["completed_at"] if sprint["state"] == "closed" else None
    name, item, last = sprint["id"], history.item, closed or LATER
    told = [(at, event) for line in (history.sprints, history.statuses, history.points) for at, event, _ in line]
    told = [*told, (history.created_at, item), *([(history.deleted_at, item)] if history.deleted_at else [])]
    inside = name in history.members(start)
    counted = inside and history.standing(start)[0] not in OVER
    entered = start
    if counted:
        by = _entered_by(history, name, start)
        yield name, item, "committed", start, by, None, history.estimate(start)
    for moment in sorted({at for at, _ in told if start < at < last}):
        was_inside, inside = inside, name in history.members(moment)
        since_by = history.standing(moment)[2]
        if was_inside and not inside:
            if counted:
                by = next((event for at, event, _ in history.sprints if at == moment), item)
                yield name, item, "removed", moment, by, history.estimate(moment), None
            counted = False
        elif inside and not counted and not history.was_over(start, moment):
            # Work from before the sprint counts once it is opened again.
            counted, entered = True, moment
            by = _entered_by(history, name, moment) if not was_inside else since_by
            yield name, item, "added", moment, by, None, history.estimate(moment)
        if counted and moment > entered:
            yield from _estimated(history, name, moment)
    if closed and counted and closed > entered:
        yield from _estimated(history, name, closed)
    if not counted:
        return
    category, since, by = history.standing(last)
    points = history.estimate(last)
    ended = max(since, entered)
    if category == "done":
        yield name, item, "completed", ended, by, points, points
    elif category == "canceled":
        yield name, item, "removed", ended, by, history.estimate(ended), None
    elif closed:
        yield name, item, "carried_over", closed, name, points, points


def _entered_by(history: History, sprint: str, at: datetime) -> str:
    by, before = history.item, history.first_sprints
    for moment, event, after in history.sprints:
        if moment <= at and sprint in after and sprint not in before:
            by = event
        before = after
    return by


def _estimated(history: History, sprint: str, at: datetime) -> Iterator[Entry]:
    before = history.first_points
    for moment, event, after in history.points:
        if moment == at and before != after:
            yield sprint, history.item, "re_estimated", at, event, before, after
        before = after
