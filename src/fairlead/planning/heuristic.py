"""A good plan at once: activities placed one after the other where they fit first, in several orders, then mended.

Serial schedule generation with priority rules and forward-backward improvement (Tormos and Lova 2001; Valls,
Ballestin and Quintanilla 2005): some hundred plans of an ordinary sprint a second, and no solver is loaded for them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fairlead.planning.project import Mode, Placed, Project, Schedule, makespan, match, opened

Order = Sequence[float]
"""A priority of each activity; the lowest goes first among those that may."""


class NobodyError(Exception):
    """An activity that nobody or nothing can do, whatever the time."""

    def __init__(self, activity: str, why: str) -> None:
        super().__init__(f"{activity}: {why}")
        self.activity, self.why = activity, why


@dataclass(slots=True)
class _Room:
    """What is still free in each unit of time."""

    project: Project
    length: int
    resources: NDArray[np.int64] = field(init=False)
    there: list[NDArray[np.bool_]] = field(init=False)
    """Of each worker the units in which they work."""

    def __post_init__(self) -> None:
        project = self.project
        self.resources = np.empty((len(project.resources), self.length), dtype=np.int64)
        for at, resource in enumerate(project.resources):
            # where one is closed is in the ends of each mode: what is split lies over such a span
            self.resources[at] = resource.capacity
        # who is looked for by skill goes on after no break
        self.there = [opened(self.project.resources[one.resource].closed, self.length) for one in project.workers]

    def first(self, mode: Mode, start: int, barred: Collection[int] = ()) -> tuple[Placed, ...]:
        """Earliest place from a start on at which a mode fits, with who does it; none if it never does."""
        if barred and mode.demands.keys() & barred:
            return ()
        ends = self.project.ends(mode)
        parts = [skill for skill, count in mode.skills.items() for _ in range(count)]
        while start < self.length:
            end = int(ends[start]) if start < len(ends) else -1
            if end < 0:
                # closed there: on to the next moment at which it may start
                later = np.flatnonzero(ends[start:] >= 0)
                if not later.size:
                    return ()
                start += int(later[0])
                continue
            if end > self.length:
                return ()
            blocked = self._blocked(mode, start, end)
            if blocked >= 0:
                start = blocked + 1
                continue
            if not parts:
                return (Placed(start, end, 0),)
            free = [
                at
                for at, worker in enumerate(self.project.workers)
                if self.there[at][start:end].all() and (self.resources[worker.resource, start:end] > 0).all()
            ]
            found = match(self.project, parts, free)
            if found is not None:
                return (Placed(start, end, 0, found),)
            start += 1
        return ()

    def _blocked(self, mode: Mode, start: int, end: int) -> int:
        """The last unit at which something is short: no start up to it can avoid it; -1 where nothing is."""
        blocked = -1
        for resource, amount in mode.demands.items():
            short = np.flatnonzero(self.resources[resource, start:end] < amount)
            if short.size:
                blocked = max(blocked, start + int(short[-1]))
        return blocked

    def take(self, mode: Mode, placed: Placed) -> None:
        """Occupies what an activity needs."""
        for resource, amount in mode.demands.items():
            self.resources[resource, placed.start : placed.end] -= amount
        for worker in placed.workers:
            self.resources[self.project.workers[worker].resource, placed.start : placed.end] -= 1


def place(project: Project, order: Order) -> list[Placed]:
    """One plan: of all that may go next, the first in order goes where it fits first, in the mode that ends first."""
    room = _Room(project, project.length)
    waiting = [len(project.waited_for[at]) for at in range(len(project.activities))]
    following: list[list[int]] = [[] for _ in project.activities]
    for wait in project.waits:
        following[wait.before].append(wait.after)
    found: list[Placed | None] = [None] * len(project.activities)
    ready = [at for at, count in enumerate(waiting) if not count]
    while ready:
        at = min(ready, key=lambda one: (order[one], one))
        ready.remove(at)
        found[at] = placed = _earliest(project, room, at, found)
        room.take(project.activities[at].modes[placed.mode], placed)
        for one in following[at]:
            waiting[one] -= 1
            if not waiting[one]:
                ready.append(one)
    return [one for one in found if one is not None]


def _earliest(project: Project, room: _Room, at: int, found: Sequence[Placed | None]) -> Placed:
    activity, least = project.activities[at], project.activities[at].release
    for wait in project.waited_for[at]:
        before = found[wait.before]
        assert before is not None
        least = max(least, (before.end if wait.link == "finish_start" else before.start) + wait.lag)
    best: Placed | None = None
    for number, mode in enumerate(activity.modes):
        for fit in room.first(mode, max(least, 0), _barred(project, at, found)):
            if best is None or (fit.end, mode.cost) < (best.end, activity.modes[best.mode].cost):
                best = Placed(fit.start, fit.end, number, fit.workers)
    if best is None:
        raise NobodyError(activity.id, "nobody and nothing can do it")
    return best


def _barred(project: Project, at: int, found: Sequence[Placed | None]) -> Collection[int]:
    """Resources that an activity may not use, since what it has to be apart from uses them."""
    barred: set[int] = set()
    for pair in project.apart:
        if at in pair:
            other = pair[0] if pair[1] == at else pair[1]
            placed = found[other]
            if placed is not None:
                barred |= project.activities[other].modes[placed.mode].demands.keys()
    return barred


def orders(project: Project, seed: int) -> Iterator[Order]:
    """Orders to try: what is late first, by the network, then the same shaken more and more."""
    network, random_ = project.network, random.Random(seed)  # noqa: S311 - a plan, no secret
    latest = (network.latest + 0.0).tolist()
    earliest = network.earliest.tolist()
    yield latest
    yield [late + early for late, early in zip(latest, earliest, strict=True)]
    span = max(network.end, 1)
    shake = 0.02
    while True:
        yield [late + random_.gauss(0.0, shake * span) for late in latest]
        shake = min(shake * 1.03, 0.25)


def improve(project: Project, schedule: Schedule) -> list[Placed]:
    """Placed again by the time at which each ended: what could start late goes late, and leaves room before it."""
    return place(project, [one.end - 0.001 * one.start for one in schedule])


def plan(project: Project, seed: int = 1, *, within_s: float = 0.2, tries: int = 10_000) -> list[Placed]:
    """The best of the plans that time allows; the first one is always made. Raises `NobodyError` or `CycleError`."""
    until = time.monotonic() + within_s
    best: list[Placed] | None = None
    bound = project.network.end
    for _, order in zip(range(tries), orders(project, seed), strict=False):
        found = place(project, order)
        again = backward(project, found)
        found = min((found, again), key=makespan)
        if best is None or makespan(found) < makespan(best):
            best = found
        # nothing ends before the network allows
        if makespan(best) <= bound or time.monotonic() > until:
            break
    assert best is not None
    return best


def backward(project: Project, schedule: Schedule) -> list[Placed]:
    """Forward-backward improvement: all pushed to the right, the last first, then to the left by their starts."""
    mirrored = mirror(project)
    end = makespan(schedule)
    if mirrored is None:
        return improve(project, schedule)
    # the end of the plan is the start of its mirror image
    right = place(mirrored, [end - one.end for one in schedule])
    length = makespan(right)
    return place(project, [length - one.end for one in right])


def mirror(project: Project) -> Project | None:
    """The same project told from its end; `None` where something is bound to a moment and has no mirror image."""
    if any(one.closed for one in project.resources) or any(one.release for one in project.activities):
        return None
    if any(wait.link != "finish_start" for wait in project.waits):
        return None
    waits = tuple(type(wait)(wait.after, wait.before, "finish_start", wait.lag) for wait in project.waits)
    return Project(project.activities, waits, project.resources, project.workers, project.span, project.apart)
