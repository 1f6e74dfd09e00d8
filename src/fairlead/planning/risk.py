"""Chances of a plan: its estimates drawn many times, each draw carried through the whole schedule with its people.

The order that a schedule gives to everybody's work is kept, times move: a late task pushes what waits for it and what
its people do next. So a chain over several people counts, where a sum along one path would be too hopeful.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.planning.building import Built
from fairlead.planning.heuristic import in_order
from fairlead.planning.planfile import Estimate, hours_of
from fairlead.planning.project import Placed, Project, Schedule

RUNS = 10_000
_MOST_DRAWS = 4_000_000
"""Of a large plan fewer draws are carried, so that it answers in seconds and within a gigabyte."""
LEAST_RUNS = 500
"""Fewer would say nothing of one in twenty."""
LEVELS = (0.5, 0.85, 0.95)
Draws = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Risk:
    """What came of the draws."""

    ends: Draws
    """End of the whole, one for each draw, in order."""
    critical: tuple[float, ...]
    """Of each activity the share of draws in which a later end of it would have moved the end of the whole."""
    late: tuple[float | None, ...]
    """Of each activity with a due time the share of draws in which it was late."""

    def by(self, level: float) -> int:
        """End that this share of draws keeps."""
        # the smallest that at least so many keep: an answer of 85 % must not hold in 84
        return int(self.ends[min(int(np.ceil(level * len(self.ends))) - 1, len(self.ends) - 1)])

    def chance(self, end: int) -> float:
        """Share of draws that are over by then."""
        return float(np.searchsorted(self.ends, end, side="right") / len(self.ends))


def carry(built: Built, schedule: Schedule, runs: int = RUNS, seed: int = 1) -> Risk | None:
    """Draws through a schedule; `None` for one that is empty or too large for enough of them."""
    project = built.project
    runs = min(runs, _MOST_DRAWS // max(len(schedule), 1))
    if not schedule or runs < LEAST_RUNS:
        return None
    drawn = _durations(built, schedule, runs, np.random.default_rng(seed))
    order = in_order(project, schedule)
    before = followed(project, schedule, order)
    starts = np.zeros((len(schedule), runs), dtype=np.int64)
    ends, asked = np.zeros_like(starts), np.zeros_like(starts)
    windows = _Windows(built, runs)
    for at in order:
        start = np.full(runs, project.activities[at].release, dtype=np.int64)
        for one, lag, from_start in before[at]:
            np.maximum(start, (starts[one] if from_start else ends[one]) + lag, out=start)
        asked[at] = windows.allowed(at, schedule[at], start, drawn[at])
        starts[at], ends[at] = _moved(project, at, schedule[at], asked[at], drawn[at])
        windows.take(at, schedule[at], ends[at], drawn[at])
    last = ends.max(axis=0)
    late = tuple(
        float((ends[at] > activity.due).mean()) if activity.due is not None else None
        for at, activity in enumerate(project.activities)
    )
    return Risk(np.sort(last), _critical(order, before, windows.awaited, starts, ends, asked, last), late)


Before = Sequence[Sequence[tuple[int, int, bool]]]
"""Of each activity what must come before it: which, how many units between, and whether counted from its start."""


def followed(project: Project, schedule: Schedule, order: Sequence[int]) -> Before:
    """Waits of the plan, and for everything scarce from whom it was taken over."""
    before: list[list[tuple[int, int, bool]]] = [[] for _ in schedule]
    for wait in project.waits:
        before[wait.after].append((wait.before, wait.lag, wait.link == "start_start"))
    users: dict[int, list[int]] = {}
    for at in order:
        placed = schedule[at]
        own = {project.workers[one].resource for one in placed.workers}
        if placed.end > placed.start:
            for resource in own | (project.activities[at].modes[placed.mode].demands.keys() - project.lasting):
                users.setdefault(resource, []).append(at)
    for resource, ones in users.items():
        _handed_over(project, schedule, resource, ones, before)
    return before


def _handed_over(
    project: Project, schedule: Schedule, resource: int, users: Sequence[int],
    before: list[list[tuple[int, int, bool]]],
) -> None:  # fmt: skip
    """A resource goes from hand to hand: whoever takes some of it waits for those who had it last."""
    # (end, who, how much), the earliest end first; what nobody had yet is there from the beginning
    held: list[tuple[int, int, int]] = [(0, -1, project.resources[resource].capacity)]
    for at in users:
        needed = wanted = amount(project, schedule, at, resource)
        while needed > 0:
            # the one that ended last, of those that have: so that others stay free for who starts earlier
            place = bisect_right(held, schedule[at].start, key=lambda one: one[0]) - 1
            if place < 0:
                break
            end, who, much = held.pop(place)
            if much > needed:
                insort(held, (end, who, much - needed))
            if who >= 0:
                before[at].append((who, 0, False))
            needed -= min(much, needed)
        insort(held, (schedule[at].end, at, wanted))


def amount(project: Project, schedule: Schedule, at: int, resource: int) -> int:
    """How much of a resource an activity occupies."""
    placed = schedule[at]
    own = sum(project.workers[one].resource == resource for one in placed.workers)
    return project.activities[at].modes[placed.mode].demands.get(resource, 0) + own


def _durations(built: Built, schedule: Schedule, runs: int, draw: np.random.Generator) -> list[Draws]:
    tasks = {task.id: task for task in built.plan.tasks}
    found = []
    for at, placed in enumerate(schedule):
        duration = built.project.activities[at].modes[placed.mode].duration
        said = tasks[built.tasks[at]].estimate
        if isinstance(said, Estimate):
            low, likely, high = (
                hours_of(part, built.day_hours) for part in (said.optimistic, said.likely, said.pessimistic)
            )
            mean = (low + 4 * likely + high) / 6
            span = high - low
            # the beta distribution of PERT, in shares of its own mean
            drawn = (
                low + span * draw.beta(1 + 4 * (likely - low) / span, 1 + 4 * (high - likely) / span, runs)
                if span
                else mean
            )
            factor = np.broadcast_to(drawn / mean if mean else 1.0, runs)
        else:
            spread = built.plan.spread
            # an estimate is the mean of what such work takes: without the shift that of the draws would lie above it
            factor = draw.lognormal(-spread * spread / 2, spread, runs)
        found.append(np.maximum(np.rint(duration * factor), min(duration, 1)).astype(np.int64))
    return found


class _Windows:
    """What the draws take of allowances in windows that roll, in the order of the plan."""

    def __init__(self, built: Built, runs: int) -> None:
        self._project, self._runs = built.project, runs
        self._limits = {limit.number: limit for limit in built.limits if limit.resource.rolling}
        self._held: dict[int, tuple[Draws, Draws, Draws]] = {}
        """Of each allowance until when it is held, how much and by whom, longest first; a column for each draw."""
        self.awaited: dict[int, Draws] = {}
        """Activity -> for whose window it waited in each draw, -1 for nobody's."""

    def allowed(self, at: int, placed: Placed, start: Draws, duration: Draws) -> Draws:
        """The first start from one on at which so much is there again."""
        who = np.full(self._runs, -1, dtype=np.int64)
        for number in self._of(at, placed):
            if number not in self._held:
                continue
            until, much, whose = self._held[number]
            left = self._limits[number].resource.capacity - self._taken(number, duration)
            # of those held longest, the first that is too much besides what is held longer
            over = np.cumsum(much, axis=0) > left
            first = over.argmax(axis=0)[None]
            again = np.where(over.any(axis=0), np.take_along_axis(until, first, axis=0)[0], 0)
            who = np.where(again > start, np.take_along_axis(whose, first, axis=0)[0], who)
            start = np.maximum(start, again)
        if (who >= 0).any():
            self.awaited[at] = who
        return start

    def take(self, at: int, placed: Placed, end: Draws, duration: Draws) -> None:
        """Holds what a session takes until a window later."""
        for number in self._of(at, placed):
            resource = self._limits[number].resource
            assert resource.rolling
            none = np.zeros((0, self._runs), dtype=np.int64)
            until, much, whose = self._held.get(number, (none, none, none))
            until = np.vstack((until, resource.rolling.untils(end, duration)))
            much = np.vstack((much, self._taken(number, duration)))
            whose = np.vstack((whose, np.full(self._runs, at, dtype=np.int64)))
            latest = np.argsort(-until, axis=0, kind="stable")
            until, much, whose = (np.take_along_axis(one, latest, axis=0) for one in (until, much, whose))
            # behind those that together are too much already nothing decides any more
            kept = int((np.cumsum(much, axis=0) <= resource.capacity).sum(axis=0).max()) + 1
            self._held[number] = until[:kept], much[:kept], whose[:kept]

    def _of(self, at: int, placed: Placed) -> list[int]:
        mode = self._project.activities[at].modes[placed.mode]
        return [number for number in self._limits if mode.duration and mode.demands.get(number)]

    def _taken(self, number: int, duration: Draws) -> Draws:
        """A session that turns out longer than a limit takes all of it."""
        limit = self._limits[number]
        return np.minimum(np.ceil(np.round(duration * limit.price, 6)), limit.resource.capacity).astype(np.int64)


def _moved(project: Project, at: int, placed: Placed, start: Draws, duration: Draws) -> tuple[Draws, Draws]:
    """Starts and ends by the calendars of who does it."""
    mode = project.activities[at].modes[placed.mode]
    own = {project.workers[one].resource for one in placed.workers}
    closing = tuple(sorted({*project.closing(mode), *(one for one in own if project.resources[one].closed)}))
    if not closing or not mode.duration:
        return start, start + duration
    hours, length = project.hours(closing), project.length
    worked, units = hours.worked, hours.units
    if not len(units):
        return start, start + duration
    first = worked[np.minimum(start, length)]
    if not mode.split:
        first = _uninterrupted(project.stretches(closing, resting=True), first, duration)
    # beyond the calendar it goes on as if every unit were worked: an end so late is late in any case
    final = first + np.maximum(duration, 1) - 1
    ends = np.where(
        final >= len(units), length + final - len(units) + 1, units[np.minimum(final, len(units) - 1)] + 1
    )
    begins = np.where(first >= len(units), np.maximum(start, length), units[np.minimum(first, len(units) - 1)])
    return begins, np.where(duration > 0, ends, begins)


def _uninterrupted(stretches: Draws, first: Draws, duration: Draws) -> Draws:
    """From its place among the units worked on, the first at which no break interrupts it."""
    first = first.copy()
    # what comes after the calendar belongs to its last stretch
    ends = np.where(stretches == len(stretches), np.iinfo(np.int64).max, stretches)
    inside = np.flatnonzero(first < len(stretches))
    while len(inside):
        inside = inside[first[inside] + duration[inside] > ends[first[inside]]]
        first[inside] = ends[first[inside]]
    return first


def _critical(
    order: Sequence[int], before: Before, awaited: Mapping[int, Draws], starts: Draws, ends: Draws, asked: Draws,
    last: Draws,
) -> tuple[float, ...]:  # fmt: skip
    """Walked back from what ended last: who is critical passes it on to whom it had waited for."""
    critical = ends == last
    runs = np.arange(ends.shape[1])
    for at in reversed(order):
        for one, lag, from_start in before[at]:
            # what it waited for longest, before a night or an absence moved it further
            reached = (starts[one] if from_start else ends[one]) + lag
            critical[one] |= critical[at] & (reached == asked[at])
        if at in awaited:
            for_window = critical[at] & (awaited[at] >= 0)
            critical[awaited[at][for_window], runs[for_window]] = True
    return tuple(float(share) for share in critical.mean(axis=1))
