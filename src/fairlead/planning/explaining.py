"""Why each task of a schedule begins when it does and no sooner: what it waits for, and what was short until then."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from fairlead.planning.building import Built
from fairlead.planning.project import Mode, Schedule
from fairlead.planning.reasons import Reason
from fairlead.planning.risk import amount

_MOST_NAMED = 3
"""Tasks that are named of those for which somebody is busy: the last ones, which decide."""
_LOOKED_BACK = 50


class Explaining:
    """Reasons for the places of a schedule."""

    def __init__(
        self, built: Built, schedule: Schedule, moment: Callable[[int], Any], end: Callable[[int], Any]
    ) -> None:
        self._built, self._schedule = built, schedule
        self._moment, self._end = moment, end

    def why(self, at: int) -> list[Reason]:
        """What holds an activity back, in the order of time; nothing for one that begins at once."""
        return [*self._held(at), *self._short(at)]

    def _least(self, at: int) -> int:
        """Earliest start by what it waits for and by its own day."""
        project = self._built.project
        least = project.activities[at].release
        for wait in project.waited_for[at]:
            before = self._schedule[wait.before]
            least = max(least, (before.end if wait.link == "finish_start" else before.start) + wait.lag)
        return least

    def _held(self, at: int) -> Iterator[Reason]:
        project, least = self._built.project, self._least(at)
        if least <= 0:
            return
        if project.activities[at].release == least:
            yield Reason("earliest", {"until": self._moment(least)})
        for wait in project.waited_for[at]:
            before = self._schedule[wait.before]
            finished = wait.link == "finish_start"
            reached = (before.end if finished else before.start) + wait.lag
            # a task waits for its own review only in name: that is told where the review is
            if reached == least and self._built.tasks[wait.before] != self._built.tasks[at]:
                yield Reason("after", {"task": self._built.tasks[wait.before], "until": self._end(reached)})

    def _short(self, at: int) -> Iterator[Reason]:
        """What of all that it needs was not there between the moment it could have begun and the one it did."""
        placed, least = self._schedule[at], self._least(at)
        if placed.start <= least:
            return
        project = self._built.project
        mode = project.activities[at].modes[placed.mode]
        needed = sorted(mode.demands.keys() - project.lasting)
        needed += [project.workers[one].resource for one in placed.workers]
        for resource in needed:
            yield from self._away(at, resource, mode, least, placed.start)
            yield from self._busy(at, resource, least, placed.start)
        for resource in sorted(project.lasting & mode.demands.keys()):
            yield from self._allowed(at, resource, mode)

    def _away(self, at: int, resource: int, mode: Mode, least: int, start: int) -> Iterator[Reason]:
        spans = self._built.project.resources[resource].closed
        place = bisect_left(spans, (start,)) - 1
        # what may rest over a break begins right after it; what may not needs so many units in a row
        if place >= 0 and spans[place][1] > least and (spans[place][1] <= start or not mode.split):
            kind = "away_only" if self._only(at, resource) else "away"
            who = self._built.project.resources[resource].id
            yield Reason(kind, {"who": who, "until": self._moment(min(spans[place][1], start))})

    def _busy(self, at: int, resource: int, least: int, start: int) -> Iterator[Reason]:
        users = self._users.get(resource, ())
        place = bisect_left(users, (start,))
        before = [
            (min(end, start), begin, one)
            for begin, end, one in users[max(place - _LOOKED_BACK, 0) : place]
            if one != at and end > max(least, begin)
        ]
        until = self._too_much(at, resource, before)
        if until <= least:
            return
        kept = sorted((end, one) for end, begin, one in before if begin < until <= end)[-_MOST_NAMED:]
        names = dict.fromkeys(self._built.tasks[one] for _, one in kept)
        shared = resource < len(self._built.plan.resources)
        kind = "taken" if shared else "busy_only" if self._only(at, resource) else "busy"
        who = self._built.project.resources[resource].id
        yield Reason(kind, {"who": who, "tasks": tuple(names), "until": self._end(until)})

    def _too_much(self, at: int, resource: int, before: Sequence[tuple[int, int, int]]) -> int:
        """The last moment up to which others left too little of a resource; 0 where they never did."""
        project, schedule = self._built.project, self._schedule
        free = project.resources[resource].capacity - amount(project, schedule, at, resource)
        for end in sorted({end for end, _, _ in before}, reverse=True):
            # as much as they have right before one of them ends
            taken = sum(
                amount(project, schedule, one, resource) for last, begin, one in before if begin < end <= last
            )
            if taken > free:
                return end
        return 0

    def _allowed(self, at: int, resource: int, mode: Mode) -> Iterator[Reason]:
        """Whether an allowance was used up right before it began."""
        project, start = self._built.project, self._schedule[at].start
        rolling = project.resources[resource].rolling
        if not rolling:
            return
        spans = [
            (placed.start, rolling.until(placed.end, activity.modes[placed.mode].duration), much)
            for activity, placed in zip(project.activities, self._schedule, strict=True)
            if placed.start < start and (much := activity.modes[placed.mode].demands.get(resource, 0))
        ]
        held = sum(much for begin, until, much in spans if begin < start <= until)
        if held + mode.demands[resource] > project.resources[resource].capacity:
            limit = next(one for one in self._built.limits if one.number == resource)
            yield Reason("rate_wait", {**limit.reason.facts, "until": self._moment(start)})

    def _only(self, at: int, resource: int) -> bool:
        """Whether no other way leads around it."""
        modes = self._built.project.activities[at].modes
        return all(resource in mode.demands for mode in modes) and resource >= len(self._built.plan.resources)

    @cached_property
    def _users(self) -> Mapping[int, Sequence[tuple[int, int, int]]]:
        """Of each resource when who has it, by start."""
        project, found = self._built.project, dict[int, list[tuple[int, int, int]]]()
        for at, (activity, placed) in enumerate(zip(project.activities, self._schedule, strict=True)):
            own = {project.workers[one].resource for one in placed.workers}
            for resource in own | (activity.modes[placed.mode].demands.keys() - project.lasting):
                found.setdefault(resource, []).append((placed.start, placed.end, at))
        for users in found.values():
            users.sort()
        return found
