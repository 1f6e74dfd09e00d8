"""A good plan at once: activities placed one after the other where they fit first, in several orders, then mended.

Serial schedule generation with priority rules and double justification (Valls, Ballestin and Quintanilla 2005): some
hundred plans of an ordinary sprint a second, and no solver is loaded for them.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from fairlead.planning.network import times
from fairlead.planning.project import Mode, Placed, Project, Schedule, Wait, held, makespan
from fairlead.planning.room import Room

_WORST = (2**62, 2**62, 2**62)
_TRIED_WAYS = 10_000
"""Ways of all activities that are looked at in all tries together: a tenth of a second or two."""
_CLOSED_UP = 20_000
"""Activities of a plan beyond which it is not closed up: each push through so long a plan takes seconds."""
_MOST_TRIES = 200
Order = Sequence[float]
"""A priority of each activity; the lowest goes first among those that may."""


class NobodyError(Exception):
    """An activity that nobody or nothing can do, whatever the time."""

    def __init__(self, activity: str, why: str) -> None:
        super().__init__(f"{activity}: {why}")
        self.activity, self.why = activity, why


def place(project: Project, order: Order, floor: int = 0) -> list[Placed]:
    """One plan: of all that may go next, the first in order goes where it fits first, in the mode that ends first."""
    room = Room(project, floor, reserving=True)
    waiting = [len(waits) for waits in project.waited_for]
    found: list[Placed | None] = [None] * len(waiting)
    ready = [(order[at], at) for at, count in enumerate(waiting) if not count]
    heapq.heapify(ready)
    while ready:
        _, at = heapq.heappop(ready)
        placed = earliest(project, room, at, found)
        if placed is None:
            raise NobodyError(project.activities[at].id, "nobody and nothing can do it")
        found[at] = placed
        room.take(project.activities[at].modes[placed.mode], placed)
        room.settle(at)
        for one in project.followers[at]:
            waiting[one] -= 1
            if not waiting[one]:
                heapq.heappush(ready, (order[one], one))
    return [one for one in found if one is not None]


def earliest(
    project: Project, room: Room, at: int, found: Sequence[Placed | None], only: int | None = None
) -> Placed | None:
    """Where an activity fits first after what it waits for, in the mode that ends first or in the only one asked."""
    activity, least = project.activities[at], max(project.activities[at].release, room.floor)
    for wait in project.waited_for[at]:
        before = found[wait.before]
        assert before is not None
        least = max(least, (before.end if wait.link == "finish_start" else before.start) + wait.lag)
    barred = _barred(project, at, found)
    best: Placed | None = None
    for number, mode in enumerate(activity.modes):
        if only is not None and number != only:
            continue
        # what could not even end sooner with all the room there is
        if best is not None and least + mode.duration > best.end:
            continue
        if (barred and mode.demands.keys() & barred) or not room.affords(at, mode):
            continue
        fit = _sparing(project, room, at, mode, least, barred, found)
        if fit and (best is None or (fit.end, mode.cost) < (best.end, activity.modes[best.mode].cost)):
            best = Placed(fit.start, fit.end, number, fit.workers)
    return best


def _barred(project: Project, at: int, found: Sequence[Placed | None]) -> Collection[int]:
    """Resources that an activity may not use, since what it has to be apart from uses them."""
    barred: set[int] = set()
    for other in project.apart_from.get(at, ()):
        placed = found[other]
        if placed is not None:
            barred |= held(project, other, placed)
    return barred


def _sparing(
    project: Project, room: Room, at: int, mode: Mode, least: int, barred: Collection[int],
    found: Sequence[Placed | None],
) -> Placed | None:  # fmt: skip
    """Where a mode fits first with people who leave somebody for what has to be done by others."""
    fit = room.first(mode, least, barred)
    for other in project.apart_from.get(at, ()):
        if not (fit and fit.workers):
            return fit
        ways = project.activities[other].modes
        taken = {project.workers[one].resource for one in fit.workers}
        if found[other] is None and all(way.demands.keys() & taken for way in ways):
            tries = [room.first(mode, least, {*barred, *way.demands}) for way in ways]
            fit = min(filter(None, tries), key=lambda one: one.end, default=None)
    return fit


def settled(project: Project, schedule: Schedule) -> list[Placed]:
    """The same ways in the same order, each as early as it fits: without pauses that nothing explains."""
    room = Room(project)
    found: list[Placed | None] = [None] * len(schedule)
    for at in in_order(project, schedule):
        placed = earliest(project, room, at, found, schedule[at].mode)
        # people that are looked for by skill may be others now, and then an order may lead to nothing
        if placed is None or placed.start > schedule[at].start:
            return list(schedule)
        found[at] = placed
        room.take(project.activities[at].modes[placed.mode], placed)
    return [one for one in found if one is not None]


def in_order(project: Project, schedule: Schedule) -> list[int]:
    """By their starts, each after all that it waits for: of two at one moment one may wait for the other."""
    waiting = [len(waits) for waits in project.waited_for]
    ready = [(schedule[at].start, schedule[at].end, at) for at, count in enumerate(waiting) if not count]
    heapq.heapify(ready)
    found = []
    while ready:
        *_, at = heapq.heappop(ready)
        found.append(at)
        for one in project.followers[at]:
            waiting[one] -= 1
            if not waiting[one]:
                heapq.heappush(ready, (schedule[one].start, schedule[one].end, one))
    return found


def aim(project: Project, schedule: Schedule) -> tuple[int, int, int]:
    """What the solver makes small too: lateness by its weight, then the length, then the cost of modes."""
    late = cost = 0
    for activity, placed in zip(project.activities, schedule, strict=True):
        if activity.due is not None and placed.end > activity.due:
            late += (placed.end - activity.due) * activity.weight
        cost += activity.modes[placed.mode].cost
    return late, makespan(schedule), cost


def orders(project: Project, seed: int) -> Iterator[Order]:
    """Orders to try: what is late first, by the network, then the same shaken more and more."""
    network, random_ = project.network, random.Random(seed)  # noqa: S311 - a plan, no secret
    latest = _latest(project)
    earliest_ = network.earliest.tolist()
    yield latest
    yield [late + early for late, early in zip(latest, earliest_, strict=True)]
    span = max(network.end, 1)
    shake = 0.02
    while True:
        yield [late + random_.gauss(0.0, shake * span) for late in latest]
        shake = min(shake * 1.03, 0.25)


def _latest(project: Project) -> list[float]:
    """Latest starts, so that due times are kept where they can be."""
    if all(one.due is None for one in project.activities):
        return [float(start) for start in project.network.latest]
    shortest = np.array([min(mode.duration for mode in one.modes) for one in project.activities], dtype=np.int64)
    end = project.network.end
    due = np.array([min(one.due, end) if one.due is not None else end for one in project.activities], dtype=np.int64)
    release = np.array([one.release for one in project.activities], dtype=np.int64)
    return [float(start) for start in times(shortest, project.edges(shortest), release=release, due=due).latest]


def tries_for(project: Project) -> int:
    """How many orders are tried: counted and not timed, so that a slow machine finds the same plan."""
    ways = sum(len(one.modes) for one in project.activities)
    return min(max(_TRIED_WAYS // max(ways, 1), 1), _MOST_TRIES)


def plan(project: Project, seed: int = 1, *, tries: int | None = None, first: Schedule | None = None) -> list[Placed]:
    """The best of some plans, and of `first`; raises `CycleError`, and `NobodyError` if none fits.

    The same seed gives the same plan, however busy the machine is.
    """
    best = list(first) if first is not None else None
    least = aim(project, best) if best is not None else _WORST
    bound, fault = project.least, None
    indifferent = not any(one.due is not None or len(one.modes) > 1 for one in project.activities)
    closed_up = len(project.activities) <= _CLOSED_UP
    turned = mirror(project) if closed_up else None
    for _, order in zip(range(tries_for(project) if tries is None else tries), orders(project, seed), strict=False):
        try:
            found = place(project, order)
            again = justified(project, found, turned) if closed_up else found
        # where time is short an order may lead to a plan that does not end in time; another one may not
        except NobodyError as none:
            fault = none
        else:
            for one in (found, again):
                if (told := aim(project, one)) < least:
                    best, least = one, told
            # nothing ends before the network allows
            if indifferent and least[1] <= bound:
                break
    if best is None:
        assert fault is not None
        raise fault
    return best


def justified(project: Project, schedule: Schedule, turned: Project | None) -> list[Placed]:
    """All pushed to the right, the last first, then to the left by their starts: what is left over is closed up."""
    if turned is None:
        try:
            return place(project, [one.end - 0.001 * one.start for one in schedule])
        except NobodyError:
            return list(schedule)
    # the end of the plan is the start of its mirror image; with calendars that image has a place in time
    end = makespan(schedule)
    length = project.length if project.calendared else end
    try:
        right = place(turned, [length - one.end for one in schedule], floor=length - end)
        return place(project, [length - one.end for one in right])
    except NobodyError:
        # what is placed greedily from the end may run out of time on the way to the start: then it stays as it was
        return list(schedule)


def mirror(project: Project) -> Project | None:
    """The same project told from its end; `None` where something is counted from its start."""
    if any(wait.link != "finish_start" for wait in project.waits) or any(one.rolling for one in project.resources):
        return None
    length = project.length
    resources = tuple(
        replace(one, closed=_turned(one.closed, length), rests=_turned(one.rests, length))
        for one in project.resources
    )
    activities = tuple(type(one)(one.id, one.modes) for one in project.activities)
    waits = tuple(Wait(wait.after, wait.before, "finish_start", wait.lag) for wait in project.waits)
    return Project(activities, waits, resources, project.workers, length if project.calendared else 0, project.apart)


def _turned(spans: Sequence[tuple[int, int]], length: int) -> tuple[tuple[int, int], ...]:
    # what is closed beyond the time that is looked at has no place in its image
    within = [(begin, min(end, length)) for begin, end in spans if begin < length]
    return tuple((length - end, length - begin) for begin, end in reversed(within))
