"""Plans of very many tasks: each goes behind what its people have to do already, never between: one look is enough.

What comes of it is longer than what `heuristic` finds, in a hundredth of the time.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from fairlead.planning.project import Mode, Placed, Project, held, match

MANY = 150_000
"""Ways of all tasks together from which on a plan is made in this way."""
_PARTS = 1_000
"""Parts into which what there is much of is divided: each is kept account of by itself."""


def many(project: Project) -> bool:
    """Whether a plan is so large."""
    return sum(len(one.modes) for one in project.activities) > MANY


def append(project: Project, order: Sequence[float], groups: Sequence[Sequence[int]]) -> list[Placed | None]:
    """Each activity with its place; `None` for what does not end in time, with its group and what waits for it."""
    return _Appending(project).placed(order, groups)


class _Appending:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._part = [max(-(-one.capacity // _PARTS), 1) for one in project.resources]
        # of each part of a resource when it is free for good, the earliest first
        self._free = [[0] * (one.capacity // part) for one, part in zip(project.resources, self._part, strict=True)]
        self._left = {at: project.resources[at].capacity for at in project.needed}
        self._held: dict[int, list[tuple[int, int]]] = {}
        self._found: list[Placed | None] = [None] * len(project.activities)

    def placed(self, order: Sequence[float], groups: Sequence[Sequence[int]]) -> list[Placed | None]:
        """All that fits."""
        project, found = self._project, self._found
        waiting = [len(waits) for waits in project.waited_for]
        ready = [(order[at], at) for at, count in enumerate(waiting) if not count]
        heapq.heapify(ready)
        while ready:
            _, at = heapq.heappop(ready)
            least = self._least(at)
            best = self._best(at, least) if least is not None else None
            if best is not None:
                found[at] = best
                self._take(project.activities[at].modes[best.mode], best)
            for one in project.followers[at]:
                waiting[one] -= 1
                if not waiting[one]:
                    heapq.heappush(ready, (order[one], one))
        for group in groups:
            # a task without its review is not done
            if any(found[at] is None for at in group):
                for at in group:
                    found[at] = None
        return found

    def _least(self, at: int) -> int | None:
        project = self._project
        least = project.activities[at].release
        for wait in project.waited_for[at]:
            before = self._found[wait.before]
            if before is None:
                return None
            least = max(least, (before.end if wait.link == "finish_start" else before.start) + wait.lag)
        return least

    def _best(self, at: int, least: int) -> Placed | None:
        project, best, cost = self._project, None, 0
        barred = {
            resource
            for other in project.apart_from.get(at, ())
            if (placed := self._found[other]) is not None
            for resource in held(project, other, placed)
        }
        for number, mode in enumerate(project.activities[at].modes):
            if barred and mode.demands.keys() & barred:
                continue
            start = least
            for resource, amount in mode.demands.items():
                if resource not in project.lasting:
                    free = self._free[resource][-(-amount // self._part[resource]) - 1]
                    start = max(start, free)
            if best is not None and start + mode.duration > best.end:
                continue
            found = self._way(mode, number, start, barred)
            if found and (best is None or (found.end, mode.cost) < (best.end, cost)):
                best, cost = found, mode.cost
        return best

    def _way(self, mode: Mode, number: int, start: int, barred: set[int]) -> Placed | None:
        project, workers = self._project, tuple[int, ...]()
        if not mode.duration:
            return Placed(start, start, number) if start <= project.length else None
        if any(mode.demands.get(at, 0) > left for at, left in self._left.items()):
            return None
        for resource in project.lasting & mode.demands.keys():
            if project.resources[resource].rolling:
                start = self._allowed(resource, mode.demands[resource], start)
        if mode.skills:
            people = self._people(mode, barred)
            if people is None:
                return None
            workers = people
            start = max(start, *(self._free[project.workers[one].resource][0] for one in workers))
        closing = {*project.closing(mode)}
        closing |= {at for one in workers if project.resources[at := project.workers[one].resource].closed}
        return self._within(tuple(sorted(closing)), mode, number, start, workers)

    def _within(
        self, closing: tuple[int, ...], mode: Mode, number: int, start: int, workers: tuple[int, ...]
    ) -> Placed | None:
        """Its first place from a start on by the calendars of all."""
        if not closing:
            end = start + mode.duration
            return Placed(start, end, number, workers) if end <= self._project.length else None
        hours = self._project.hours(closing)
        worked, units = hours.worked_list, hours.units_list
        place = worked[min(start, len(worked) - 1)]
        while place + mode.duration <= len(units):
            stretch = len(units) if mode.split else int(self._project.unbroken(mode, closing)[place])
            if place + mode.duration <= stretch:
                return Placed(units[place], units[place + mode.duration - 1] + 1, number, workers)
            # no start before the break within it can avoid that
            place = stretch
        return None

    def _people(self, mode: Mode, barred: set[int]) -> tuple[int, ...] | None:
        """Who is free first of those who bring all skills; of an agent only one session is asked."""
        project = self._project
        parts = [skill for skill, count in mode.skills.items() for _ in range(count)]
        able = [
            at
            for at, worker in enumerate(project.workers)
            if project.ranks[at] == 1 and worker.resource not in barred and worker.resource not in mode.demands
        ]
        able.sort(key=lambda one: self._free[project.workers[one].resource][0])
        for count in range(len(parts), len(able) + 1):
            if (found := match(project, parts, able[:count])) is not None:
                return found
        return None

    def _allowed(self, resource: int, amount: int, start: int) -> int:
        """The first start from one on at which so much of an allowance is there, whatever was taken of it before."""
        holds = sorted(one for one in self._held.get(resource, ()) if one[0] > start)
        taken = sum(much for _, much in holds)
        for until, much in holds:
            if taken + amount <= self._project.resources[resource].capacity:
                break
            start, taken = until, taken - much
        return start

    def _take(self, mode: Mode, placed: Placed) -> None:
        if not mode.duration:
            return
        asked: Mapping[int, int] = {
            **mode.demands, **{self._project.workers[one].resource: 1 for one in placed.workers}
        }  # fmt: skip
        for resource, amount in asked.items():
            if rolling := self._project.resources[resource].rolling:
                holds = self._held.setdefault(resource, [])
                holds.append((rolling.until(placed.end, mode.duration), amount))
            elif resource in self._left:
                self._left[resource] -= amount
            else:
                parts, free = -(-amount // self._part[resource]), self._free[resource]
                free[:parts] = [placed.end] * parts
                free.sort()
