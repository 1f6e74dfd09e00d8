"""What a plan comes to: when, by whom, what is critical, who is how busy, what has no place and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from fairlead.model.times import iso
from fairlead.planning.building import Built, Choice, Unplaced
from fairlead.planning.network import Times, times
from fairlead.planning.project import Placed
from fairlead.planning.scheduling import Outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """A schedule of a plan."""

    built: Built
    outcome: Outcome
    network: Times
    """By the ways that were chosen, as if nobody were ever busy."""

    @classmethod
    def of(cls, built: Built, outcome: Outcome) -> Answer:
        """With the network of what was chosen."""
        lengths = np.array([placed.end - placed.start for placed in outcome.schedule], dtype=np.int64)
        release = np.array([one.release for one in built.project.activities], dtype=np.int64)
        return cls(built, outcome, times(lengths, built.project.edges(lengths), release=release))

    def placed(self, at: int) -> tuple[Placed, Choice]:
        """Where an activity lies, and which way was taken."""
        placed = self.outcome.schedule[at]
        return placed, self.built.choices[at][placed.mode]

    def moments(self, placed: Placed) -> tuple[Any, Any]:
        """Start and end: moments of a plan with days, else units."""
        grid = self.built.grid
        if grid is None:
            return placed.start, placed.end
        begins = grid.begins(min(placed.start, len(grid) - 1))
        return begins, grid.ends(placed.end) if placed.end > placed.start else begins

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        outcome = self.outcome
        last = max(outcome.schedule, key=lambda placed: placed.end, default=None)
        return {
            "status": outcome.status if not self.built.unplaced else "partial",
            "makespan": outcome.makespan,
            "lower_bound": outcome.bound,
            "gap": round(outcome.gap, 4),
            "ends": _said(self.moments(last)[1]) if last else None,
            "took_s": round(outcome.took_s, 3),
            "tasks": [self._task(at) for at in range(len(self.built.tasks)) if not self.built.review[at]],
            "batches": self._batches(),
            "load": self.load(),
            "unplaced": [{"task": one.task, "why": one.why} for one in self.built.unplaced],
        }

    def _task(self, at: int) -> dict[str, Any]:
        placed, choice = self.placed(at)
        begins, ends = self.moments(placed)
        found: dict[str, Any] = {
            "id": self.built.tasks[at],
            "start": _said(begins),
            "end": _said(ends),
            "mode": choice.way or placed.mode,
            "total_slack": int(self.network.slack[at]),
            "free_slack": int(self.network.free[at]),
            "critical": bool(self.network.slack[at] == 0),
        }
        if choice.doer:
            found["who"] = choice.doer
        if placed.workers:
            found["people"] = [self._worker(number) for number in placed.workers]
        if choice.score:
            score = choice.score
            found["score"] = {
                name: round(getattr(score, name), 3) for name in ("expertise", "capacity", "continuity", "total")
            }
        if at + 1 < len(self.built.tasks) and self.built.review[at + 1]:
            checked, by = self.placed(at + 1)
            begins, ends = self.moments(checked)
            found["review"] = {"who": by.doer, "start": _said(begins), "end": _said(ends)}
        return found

    def _worker(self, number: int) -> str:
        project = self.built.project
        return project.resources[project.workers[number].resource].id

    def _batches(self) -> list[list[str]]:
        found: dict[int, list[str]] = {}
        for at, task in enumerate(self.built.tasks):
            if not self.built.review[at]:
                found.setdefault(int(self.network.batch[at]), []).append(task)
        return [found[batch] for batch in sorted(found)]

    def load(self) -> list[dict[str, Any]]:
        """Of each person and agent the steps that they are there until the end of the plan, and those with work."""
        project, found = self.built.project, []
        for doer in self.built.doers:
            at = next(at for at, one in enumerate(project.resources) if one.id == doer.id)
            busy = sum(
                self._worked(at, placed)
                for activity, placed in zip(project.activities, self.outcome.schedule, strict=True)
                if at in activity.modes[placed.mode].demands
                or any(project.workers[one].resource == at for one in placed.workers)
            )
            there = (self.outcome.makespan - self._closed(at, 0, self.outcome.makespan)) * doer.at_once
            found.append(
                {"who": doer.id, "busy": busy, "there": there, "share": round(busy / there, 3) if there else None}
            )
        return found

    def _worked(self, resource: int, placed: Placed) -> int:
        return placed.end - placed.start - self._closed(resource, placed.start, placed.end)

    def _closed(self, resource: int, first: int, last: int) -> int:
        spans: Sequence[tuple[int, int]] = self.built.project.resources[resource].closed
        return sum(max(min(end, last) - max(begin, first), 0) for begin, end in spans)


def unplaced(built: Built) -> Mapping[str, Unplaced]:
    """What has no place, by task."""
    return {one.task: one for one in built.unplaced}


def _said(moment: Any) -> Any:
    return iso(moment) if isinstance(moment, datetime) else moment
