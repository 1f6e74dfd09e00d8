"""What a plan comes to: when, by whom, what is critical, who is how busy, what has no place and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from fairlead.model.times import iso
from fairlead.planning.building import Built, Choice
from fairlead.planning.explaining import Explaining
from fairlead.planning.heuristic import in_order
from fairlead.planning.network import Times, times
from fairlead.planning.planfile import KINDS
from fairlead.planning.project import Placed
from fairlead.planning.reasons import Reason
from fairlead.planning.risk import LEVELS, Risk, followed
from fairlead.planning.scheduling import Outcome

EVERYBODY = "*"
"""Of whom all is shown to a planner."""
Moment = int | datetime
"""A unit of a plan without days, else a moment."""


@dataclass(frozen=True)
class Answer:
    """A schedule of a plan."""

    built: Built
    """Of what has a place."""
    outcome: Outcome
    network: Times
    """By the ways that were chosen, as if nobody were ever busy."""
    risk: Risk | None = None

    @classmethod
    def of(cls, built: Built, outcome: Outcome, risk: Risk | None = None) -> Answer:
        """With the network of what was chosen."""
        lengths = np.array([placed.end - placed.start for placed in outcome.schedule], dtype=np.int64)
        release = np.array([one.release for one in built.project.activities], dtype=np.int64)
        return cls(built, outcome, times(lengths, built.project.edges(lengths), release=release), risk)

    @property
    def status(self) -> str:
        """`partial` where something has no place."""
        return "partial" if self.built.unplaced else self.outcome.status

    def begins(self, unit: int) -> Moment:
        """When a unit begins."""
        grid = self.built.grid
        return unit if grid is None else grid.begins(min(unit, len(grid) - 1))

    def ends(self, unit: int) -> Moment:
        """When what ends before a unit is over; a plan of nothing ends as it begins."""
        return self.built.ends(unit)

    def moments(self, placed: Placed) -> tuple[Moment, Moment]:
        """Start and end."""
        begins = self.begins(placed.start)
        return begins, self.ends(placed.end) if placed.end > placed.start else begins

    def placed(self, at: int) -> tuple[Placed, Choice]:
        """Where an activity lies, and which way was taken."""
        placed = self.outcome.schedule[at]
        return placed, self.built.choices[at][placed.mode]

    @property
    def end(self) -> Moment | None:
        """End of the whole; `None` where nothing has a place."""
        if not self.outcome.schedule or (self.built.grid is not None and not len(self.built.grid)):
            return None
        return self.ends(self.outcome.makespan)

    @cached_property
    def why(self) -> Sequence[Sequence[Reason]]:
        """Of each activity why it begins no sooner."""
        told = Explaining(self.built, self.outcome.schedule, self.begins, self.ends)
        return [told.why(at) for at in range(len(self.built.tasks))]

    @cached_property
    def chain(self) -> list[int]:
        """Activities that decide the end, the first first: each waited for the one before it, or for who did it."""
        schedule, found = self.outcome.schedule, dict[int, None]()
        if not schedule:
            return []
        before = followed(self.built.project, schedule, in_order(self.built.project, schedule))
        at: int | None = max(range(len(schedule)), key=lambda one: (schedule[one].end, schedule[one].start))
        while at is not None and at not in found:
            found[at] = None
            reached = [
                ((schedule[one].start if from_start else schedule[one].end) + lag, schedule[one].start, one)
                for one, lag, from_start in before[at]
            ]
            at = max(reached)[2] if reached and max(reached)[0] > self.built.project.activities[at].release else None
        return list(found)[::-1]

    @cached_property
    def deciding(self) -> frozenset[int]:
        """The same as a set."""
        return frozenset(self.chain)

    @property
    def late(self) -> list[int]:
        """Activities that end after they are due."""
        return [
            at
            for at, (activity, placed) in enumerate(
                zip(self.built.project.activities, self.outcome.schedule, strict=True)
            )
            if activity.due is not None and placed.end > activity.due
        ]

    def to_json(
        self, say: Callable[[Reason], str] | None = None, shown: frozenset[str] = frozenset({EVERYBODY})
    ) -> dict[str, Any]:
        """All of it as plain values; `say` puts each reason into words as well.

        How busy somebody is and how well they fit is told of whom is `shown`, and of agents: it is for the person
        and for the planner.
        """
        told = self._teller(say)
        seen = {one.id for one in self.built.doers if one.agent or not shown.isdisjoint((EVERYBODY, one.id))}
        outcome = self.outcome
        late = dict.fromkeys(self.built.tasks[at] for at in self.late)
        return {
            "status": self.status,
            "makespan": outcome.makespan,
            "lower_bound": outcome.bound,
            "gap": round(outcome.gap, 4),
            "ends": _said(self.end),
            "by": outcome.by,
            **({"note": outcome.note} if outcome.note else {}),
            "took_s": round(outcome.took_s, 3),
            "tasks": [self._task(at, told, seen) for at in range(len(self.built.tasks)) if not self.built.review[at]],
            "batches": self.batches(),
            "critical_chain": list(dict.fromkeys(self.built.tasks[at] for at in self.chain)),
            "late": list(late),
            "load": [one for one in self.load() if one["who"] in seen],
            "by_kind": self.by_kind(),
            "cost": self.cost(),
            "unplaced": [{"task": one.task, "why": told(one.reason)} for one in self.built.unplaced],
            "risk": self._risk(),
        }

    @staticmethod
    def _teller(say: Callable[[Reason], str] | None) -> Callable[[Reason], dict[str, Any]]:
        return lambda reason: reason.to_json() | ({"text": say(reason)} if say else {})

    def _task(self, at: int, told: Callable[[Reason], dict[str, Any]], seen: Collection[str]) -> dict[str, Any]:
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
            "why": [told(reason) for reason in self.why[at]],
        }
        if self.risk:
            found["criticality"] = round(self.risk.critical[at], 4)
            if (late := self.risk.late[at]) is not None:
                found["chance_in_time"] = round(1 - late, 4)
        if choice.doer:
            found["who"] = choice.doer
        if placed.workers:
            found["people"] = [self._worker(number) for number in placed.workers]
        if choice.score and choice.doer in seen:
            score = choice.score
            found["score"] = {
                name: round(getattr(score, name), 3) for name in ("expertise", "capacity", "continuity", "total")
            }
        if at + 1 < len(self.built.tasks) and self.built.review[at + 1]:
            checked, by = self.placed(at + 1)
            begins, ends = self.moments(checked)
            found["review"] = {
                "who": by.doer,
                "start": _said(begins),
                "end": _said(ends),
                "why": [told(reason) for reason in self.why[at + 1]],
            }
            if self.risk and (late := self.risk.late[at + 1]) is not None:
                found["chance_in_time"] = round(1 - late, 4)
        return found

    def _risk(self) -> dict[str, Any] | None:
        if not self.risk:
            return None
        by = {f"{level:.0%}": _said(self.risky_end(level)) for level in LEVELS}
        chance = {"of_plan": round(self.risk.chance(self.outcome.makespan), 4)}
        if self.built.plan.end and (until := self.built.until):
            chance["of_end"] = round(self.risk.chance(until), 4)
        return {
            "runs": len(self.risk.ends),
            "spread_of_single_estimates": round(self.built.plan.spread, 3),
            "ends_by": by,
            "chance": chance,
        }

    def risky_end(self, level: float) -> Moment | None:
        """End that this share of draws keeps; `None` where it lies beyond the calendars."""
        if not self.risk or not len(self.risk.ends):
            return None
        end = self.risk.by(level)
        return None if self.built.grid is not None and end > len(self.built.grid) else self.ends(end)

    def _worker(self, number: int) -> str:
        project = self.built.project
        return project.resources[project.workers[number].resource].id

    def people(self, at: int) -> list[str]:
        """Who does an activity."""
        placed, choice = self.placed(at)
        return [choice.doer] if choice.doer else [self._worker(number) for number in placed.workers]

    def batches(self) -> list[list[str]]:
        """Tasks that wait for nothing but earlier batches, batch by batch."""
        found: dict[int, list[str]] = {}
        for at, task in enumerate(self.built.tasks):
            if not self.built.review[at]:
                found.setdefault(int(self.network.batch[at]), []).append(task)
        return [found[batch] for batch in sorted(found)]

    def load(self) -> list[dict[str, Any]]:
        """Of each person and agent the steps that they are there until the end of the plan, and those with work."""
        project, busy = self.built.project, dict[int, int]()
        for activity, placed in zip(project.activities, self.outcome.schedule, strict=True):
            own = {project.workers[one].resource for one in placed.workers}
            for at in own | (activity.modes[placed.mode].demands.keys() - project.lasting):
                busy[at] = busy.get(at, 0) + self._there(at, placed.start, placed.end)
        found = []
        for at, doer in enumerate(self.built.doers, start=len(self.built.plan.resources)):
            there = self._there(at, 0, self.outcome.makespan) * doer.at_once
            share = round(busy.get(at, 0) / there, 3) if there else None
            found.append({"who": doer.id, "busy": busy.get(at, 0), "there": there, "share": share})
        return found

    def by_kind(self) -> dict[str, dict[str, float]]:
        """Of each kind of work, as far as it is stated, how much of it has a place: tasks and hours of work."""
        placed, found = set(self.built.tasks), dict[str, dict[str, float]]()
        for task in self.built.plan.tasks:
            if task.id in placed:
                sums = found.setdefault(task.kind or "unstated", {"tasks": 0, "hours": 0.0})
                sums["tasks"] += 1
                sums["hours"] = round(sums["hours"] + self.built.hours(task), 2)
        return {kind: found[kind] for kind in (*KINDS, "unstated") if kind in found}

    def cost(self) -> dict[str, Any]:
        """What the sessions of agents cost, each agent and together; of one that costs nothing the hours alone."""
        hours: dict[str, float] = {}
        for at in range(len(self.built.tasks)):
            placed, choice = self.placed(at)
            units = self.built.project.activities[at].modes[placed.mode].duration
            hours[choice.doer] = hours.get(choice.doer, 0.0) + units * self.built.step_hours
        agents: list[dict[str, Any]] = []
        total = 0.0
        for agent in self.built.plan.agents:
            if own := hours.get(agent.id):
                cost = round(own * agent.cost_per_hour, 2)
                agents.append({"who": agent.id, "hours": round(own, 2), "cost": cost, "budget": agent.budget})
                total += cost
        return {"total": round(total, 2), "agents": agents}

    def _there(self, resource: int, first: int, last: int) -> int:
        """Units between two of which it is there."""
        if not self.built.project.resources[resource].closed:
            return last - first
        worked = self.built.project.hours((resource,)).worked_list
        return worked[min(last, len(worked) - 1)] - worked[min(first, len(worked) - 1)]


def _said(moment: Any) -> Any:
    return iso(moment) if isinstance(moment, datetime) else moment
