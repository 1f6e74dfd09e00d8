"""What is to be scheduled, in whole units of time: activities with modes, who waits for whom, what is scarce.

A mode is one way to do an activity: how long it takes, what it occupies meanwhile, which skills it needs. A unit may
be an abstract one, as in the published problem sets, or half an hour of somebody's calendar: then `open` tells in
which units a resource or a person works, and what is done by them goes on after a break where it may be split.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fairlead.planning.network import Edges, Times, times

Link = Literal["finish_start", "start_start"]


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to do an activity."""

    duration: int
    """Units of work; 0 for a milestone."""
    demands: Mapping[int, int] = field(default_factory=dict)
    """Resource -> how much of it is occupied from start to end."""
    skills: Mapping[str, int] = field(default_factory=dict)
    """Skill -> how many people with it; nobody counts for two skills at once."""
    split: bool = False
    """Whether it rests while one of its resources is closed, and goes on afterwards; else only over their `rests`."""
    cost: int = 0
    """Of modes that make no plan longer, the one of the least cost is taken."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One task."""

    id: str
    modes: tuple[Mode, ...]
    release: int = 0
    """No earlier start."""
    due: int | None = None
    weight: int = 1
    """How much a unit of lateness matters."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One activity that waits for another."""

    before: int
    after: int
    link: Link = "finish_start"
    lag: int = 0
    """Units in between; may be negative."""


@dataclass(frozen=True, eq=False)
class Rolling:
    """A window that rolls: what was taken is there again so long after it was.

    Whoever takes it works without a pause but for nights and the like. Counted as if all of it were taken right
    before the end, no window of any start holds more than is allowed; with several at once, which may fall together
    in many ways, it is counted until a whole window after its end.
    """

    per: int
    """Length of the window, in seconds or units."""
    several: bool = False
    """Whether more than one may work at once."""
    step: int = 1
    """Length of a unit in the same measure."""
    begins: NDArray[np.int64] | None = None
    """When each unit begins, where time has gaps."""

    def until(self, end: int, duration: int) -> int:
        """Unit from which on it is there again."""
        back = 0 if self.several else duration * self.step
        if self.begins is None:
            return max(end * self.step - back + self.per, end)
        if not end:
            return 0
        over = int(self.begins[min(end, len(self.begins)) - 1]) + self.step
        return max(int(np.searchsorted(self.begins, over - back + self.per)), end)

    def untils(self, ends: NDArray[np.int64], durations: NDArray[np.int64]) -> NDArray[np.int64]:
        """The same of many."""
        back = np.zeros_like(durations) if self.several else durations * self.step
        until: NDArray[np.int64] = np.maximum(ends * self.step - back + self.per, ends)
        if self.begins is None:
            return until
        over = self.begins[np.clip(ends, 1, len(self.begins)) - 1] + self.step
        until = np.searchsorted(self.begins, over - back + self.per).astype(np.int64)
        return np.where(ends > 0, np.maximum(until, ends), 0)


@dataclass(frozen=True, slots=True)
class Resource:
    """Something of which only so much is there at once."""

    id: str
    capacity: int
    closed: tuple[tuple[int, int], ...] = ()
    """Spans in which none of it is there."""
    renewable: bool = True
    """Else it is spent: what all activities ask for together must not be more than there is."""
    rolling: Rolling | None = None
    """Whether it is an allowance of work, of which only so much may be taken in any stretch of time."""
    rests: tuple[tuple[int, int], ...] = ()
    """Of what is closed the nights and the like, which interrupt nothing: its own, whoever else works then."""

    @property
    def occupied(self) -> bool:
        """Whether it is held from the start of an activity to its end, and then free again."""
        return self.renewable and self.rolling is None


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody with skills, of whom a mode needs any: occupies one of a resource of their own."""

    skills: frozenset[str]
    resource: int


@dataclass(frozen=True, eq=False)
class Hours:
    """The units in which something is there, in the forms in which they are asked for."""

    there: NDArray[np.bool_]
    worked: NDArray[np.int64]
    """Units in which it was there, before each unit."""
    units: NDArray[np.int64]
    """Their numbers."""
    bits: int
    """The same as the digits of one number."""
    worked_list: list[int]
    units_list: list[int]

    @classmethod
    def of(cls, there: NDArray[np.bool_]) -> Hours:
        """From one answer for each unit."""
        worked = np.concatenate(([0], np.cumsum(there))).astype(np.int64)
        units = np.flatnonzero(there)
        bits = int.from_bytes(np.packbits(there, bitorder="little").tobytes(), "little")
        # lists beside the arrays: a single number of an array costs ten times as much to read
        return cls(there, worked, units, bits, worked.tolist(), units.tolist())


@dataclass(frozen=True)
class Project:
    """All of it."""

    activities: tuple[Activity, ...]
    waits: tuple[Wait, ...] = ()
    resources: tuple[Resource, ...] = ()
    workers: tuple[Worker, ...] = ()
    span: int = 0
    """Units of time that there are, where a calendar ends; else as many as any plan could need."""
    apart: tuple[tuple[int, int], ...] = ()
    """Pairs of activities of which no mode of the one may occupy what the other's does: a review and its change."""

    @cached_property
    def horizon(self) -> int:
        """Units within which every schedule without needless pauses ends."""
        longest = sum(max(mode.duration for mode in one.modes) for one in self.activities)
        lags = sum(max(wait.lag, 0) for wait in self.waits)
        closed = sum(end - begin for one in self.resources for begin, end in one.closed)
        return longest + lags + closed + max((one.release for one in self.activities), default=0)

    @cached_property
    def length(self) -> int:
        """Units of time that are looked at."""
        return self.span or 2 * self.horizon + 1

    @cached_property
    def network(self) -> Times:
        """What the order alone says, each activity done in its quickest mode."""
        shortest = np.array([min(mode.duration for mode in one.modes) for one in self.activities], dtype=np.int64)
        release = np.array([one.release for one in self.activities], dtype=np.int64)
        return times(shortest, self.edges(shortest), release=release)

    def edges(self, durations: NDArray[np.int64]) -> Edges:
        """Waits as lags from start to start."""
        return Edges.of([
            (wait.before, wait.after, wait.lag + (int(durations[wait.before]) if wait.link == "finish_start" else 0))
            for wait in self.waits
        ])  # fmt: skip

    def ends(self, mode: Mode, first: int, last: int) -> NDArray[np.int64]:
        """End of a mode for each start from `first` to `last`; -1 where it cannot start then."""
        starts = np.arange(first, last + 1)
        closing = self.closing(mode)
        if not closing or not mode.duration:
            return np.where(starts + mode.duration <= self.length, starts + mode.duration, -1)
        hours = self.hours(closing)
        if not len(hours.units):
            return np.full(len(starts), -1, dtype=np.int64)
        starts = np.minimum(starts, self.length - 1)
        # it ends right after its last unit of work
        place = hours.worked[starts]
        last = len(hours.units) - 1
        limit = last + 1 if mode.split else self.unbroken(mode, closing)[np.minimum(place, last)]
        fits = hours.there[starts] & (place + mode.duration <= limit)
        return np.where(fits, hours.units[np.minimum(place + mode.duration - 1, last)] + 1, -1)

    def end(self, mode: Mode, start: int) -> int:
        """End of a mode that starts at a moment, -1 if it cannot."""
        if mode.duration == 0:
            return start if 0 <= start <= self.length else -1
        return int(self.ends(mode, start, start)[0]) if 0 <= start < self.length else -1

    def closing(self, mode: Mode) -> tuple[int, ...]:
        """What a mode occupies that is not always there."""
        return tuple(sorted(at for at in mode.demands if self.resources[at].closed))

    def hours(self, closing: tuple[int, ...]) -> Hours:
        """When all of these are there."""
        if closing not in self._hours:
            there = np.ones(self.length, dtype=np.bool_)
            for at in closing:
                there &= opened(self.resources[at].closed, self.length)
            self._hours[closing] = Hours.of(there)
        return self._hours[closing]

    @cached_property
    def _hours(self) -> dict[tuple[int, ...], Hours]:
        return {}

    def unbroken(self, mode: Mode, closing: tuple[int, ...]) -> NDArray[np.int64]:
        """Of each unit that is worked, by its place among them, the place before which no break interrupts it."""
        # who is looked for by skill works through: nobody's nights are known before somebody is found
        return self.stretches(closing, resting=not mode.skills)

    def stretches(self, closing: tuple[int, ...], *, resting: bool) -> NDArray[np.int64]:
        """Where the stretch of each worked unit ends; with `resting`, nights and the like end none."""
        if (closing, resting) not in self._stretches:
            units = self.hours(closing).units
            usual = np.ones(self.length, dtype=np.bool_)
            for at in closing if resting else ():
                usual &= opened(self.resources[at].rests, self.length)
            before = np.concatenate(([0], np.cumsum(usual)))
            # a break is where somebody would have worked, and was not there
            broken = np.flatnonzero(before[units[1:]] > before[units[:-1] + 1]) + 1
            ends = np.concatenate((broken, [len(units)]))
            found = ends[np.searchsorted(ends, np.arange(len(units)), side="right")]
            self._stretches[closing, resting] = found.astype(np.int64)
        return self._stretches[closing, resting]

    @cached_property
    def _stretches(self) -> dict[tuple[tuple[int, ...], bool], NDArray[np.int64]]:
        return {}

    def begin_bits(self, mode: Mode, closing: tuple[int, ...]) -> int:
        """The units, as digits of a number, at which it can begin and is not interrupted."""
        key = closing, not mode.skills, mode.duration
        if key not in self._begin_bits:
            ends = self.unbroken(mode, closing)
            there = np.zeros(self.length, dtype=np.bool_)
            there[self.hours(closing).units[np.arange(len(ends)) + mode.duration <= ends]] = True
            self._begin_bits[key] = int.from_bytes(np.packbits(there, bitorder="little").tobytes(), "little")
        return self._begin_bits[key]

    @cached_property
    def _begin_bits(self) -> dict[tuple[tuple[int, ...], bool, int], int]:
        return {}

    @cached_property
    def least(self) -> int:
        """No schedule is shorter: by what waits for what, and by how much there is of what all of it takes."""
        people = frozenset(worker.resource for worker in self.workers)
        own = {at: work for at, work in self._work_of_each().items() if self.resources[at].occupied}
        found = [self._filled(frozenset((at,)), work) for at, work in own.items()]
        if len(people) > 1:
            found.append(self._filled(people, self._work_of_all(people)))
        return max([self.network.end, *found])

    def _work_of_each(self) -> Mapping[int, int]:
        """Of each resource how much is asked of it however all is done."""
        found: dict[int, int] = {}
        for one in self.activities:
            # only what every way asks for; of most tasks that is nothing, which the second way shows
            common = set(one.modes[0].demands)
            for mode in one.modes:
                if not common:
                    break
                common &= mode.demands.keys()
            for at in common:
                found[at] = found.get(at, 0) + min(mode.duration * mode.demands[at] for mode in one.modes)
        return found

    def _work_of_all(self, people: frozenset[int]) -> int:
        """How much is asked of all people together."""
        return sum(
            min(
                mode.duration
                * (sum(mode.skills.values()) + sum(amount for at, amount in mode.demands.items() if at in people))
                for mode in one.modes
            )
            for one in self.activities
        )

    def _filled(self, pool: frozenset[int], work: int) -> int:
        """When some resources together could have done all that is asked of them, were none of them ever idle."""
        if not work:
            return 0
        if not self.calendared:
            return -(-work // max(sum(self.resources[at].capacity for at in pool), 1))
        there = sum(self.hours((at,)).worked * self.resources[at].capacity for at in pool)
        return int(np.searchsorted(there, work)) if len(pool) else 0

    @cached_property
    def ranks(self) -> Sequence[int]:
        """Of each worker which one they are of those of one resource: the second session of an agent needs two."""
        seen: dict[int, int] = {}
        found = []
        for worker in self.workers:
            seen[worker.resource] = seen.get(worker.resource, 0) + 1
            found.append(seen[worker.resource])
        return found

    @cached_property
    def needed(self) -> Mapping[int, int]:
        """Of each resource that is spent how much all activities need at least."""
        spent = [at for at, one in enumerate(self.resources) if not one.renewable]
        return {at: sum(self.least_of(one, at) for one in range(len(self.activities))) for at in spent}

    def least_of(self, at: int, resource: int) -> int:
        """How much of a resource an activity needs at least, whichever way it is done."""
        return min(mode.demands.get(resource, 0) for mode in self.activities[at].modes)

    @cached_property
    def lasting(self) -> frozenset[int]:
        """Resources that are not free again as soon as an activity ends: what is spent, and allowances."""
        return frozenset(at for at, one in enumerate(self.resources) if not one.occupied)

    @cached_property
    def plain(self) -> bool:
        """Whether nothing but the length counts: no dates to keep, no modes of which one is liked better."""
        return not any(one.due is not None or len({mode.cost for mode in one.modes}) > 1 for one in self.activities)

    @cached_property
    def calendared(self) -> bool:
        """Whether anything is not always there."""
        return any(one.closed for one in self.resources)

    @cached_property
    def apart_from(self) -> Mapping[int, Sequence[int]]:
        """Activity -> those that must be done by others."""
        found: dict[int, list[int]] = {}
        for one, other in self.apart:
            found.setdefault(one, []).append(other)
            found.setdefault(other, []).append(one)
        return found

    @cached_property
    def followers(self) -> Sequence[Sequence[int]]:
        """Of each activity those that wait for it, one for each wait."""
        found: list[list[int]] = [[] for _ in self.activities]
        for wait in self.waits:
            found[wait.before].append(wait.after)
        return found

    @cached_property
    def waited_for(self) -> Sequence[Sequence[Wait]]:
        """Of each activity the waits that hold it back."""
        found: list[list[Wait]] = [[] for _ in self.activities]
        for wait in self.waits:
            found[wait.after].append(wait)
        return found


@dataclass(frozen=True, slots=True)
class Placed:
    """When and how an activity is done."""

    start: int
    end: int
    mode: int
    workers: tuple[int, ...] = ()


Schedule = Sequence[Placed]


def held(project: Project, at: int, placed: Placed) -> frozenset[int]:
    """What an activity occupies, with the people that were found for it."""
    demands = project.activities[at].modes[placed.mode].demands
    return (frozenset(demands) - project.lasting) | {project.workers[one].resource for one in placed.workers}


def makespan(schedule: Schedule) -> int:
    """End of the last activity."""
    return max((one.end for one in schedule), default=0)


def violations(project: Project, schedule: Schedule) -> list[str]:
    """Every rule that a schedule breaks, in words; nothing for one that can be kept."""
    return [*_order_broken(project, schedule), *_room_broken(project, schedule)]


def _order_broken(project: Project, schedule: Schedule) -> Iterator[str]:
    for wait in project.waits:
        first, then = schedule[wait.before], schedule[wait.after]
        least = (first.end if wait.link == "finish_start" else first.start) + wait.lag
        if then.start < least:
            yield f"{project.activities[wait.after].id} starts at {then.start}, before {least}"
    for one, other in project.apart:
        if held(project, one, schedule[one]) & held(project, other, schedule[other]):
            yield f"{project.activities[one].id} and {project.activities[other].id} are done by the same"


def _room_broken(project: Project, schedule: Schedule) -> Iterator[str]:
    # what is an allowance may be held beyond the end of the whole
    held_until = [
        one.rolling.until(placed.end, project.activities[at].modes[placed.mode].duration)
        for one in project.resources
        if one.rolling
        for at, placed in enumerate(schedule)
    ]
    length = max([makespan(schedule), *held_until]) + 1
    used = np.zeros((len(project.resources), length), dtype=np.int64)
    for activity, placed in zip(project.activities, schedule, strict=True):
        mode = activity.modes[placed.mode]
        if placed.start < activity.release or placed.end != project.end(mode, placed.start):
            yield f"{activity.id} lies from {placed.start} to {placed.end}"
        for resource, amount in mode.demands.items():
            rolling = project.resources[resource].rolling
            last = rolling.until(placed.end, mode.duration) if rolling and mode.duration else placed.end
            # what is spent is gone for all of the time
            begin, last = (placed.start, last) if project.resources[resource].renewable else (0, length)
            used[resource, begin:last] += amount
        for worker in placed.workers:
            used[project.workers[worker].resource, placed.start : placed.end] += 1
        # a milestone takes no time of anybody
        if mode.duration and not staffed(project, mode, placed.workers):
            yield f"{activity.id} lacks skills"
    for row, scarce in zip(used, project.resources, strict=True):
        if (over := np.flatnonzero(row > scarce.capacity)).size:
            yield f"{scarce.id} is asked for too much at {over[0]}"


def opened(closed: Sequence[tuple[int, int]], length: int) -> NDArray[np.bool_]:
    """In which units something is there."""
    there = np.ones(length, dtype=np.bool_)
    for begin, end in closed:
        there[begin:end] = False
    return there


def staffed(project: Project, mode: Mode, workers: Sequence[int]) -> bool:
    """Whether these people, each in one part, bring all skills that a mode needs."""
    parts = [skill for skill, count in mode.skills.items() for _ in range(count)]
    return len(set(workers)) == len(workers) == len(parts) and match(project, parts, workers) is not None


def match(project: Project, parts: Sequence[str], workers: Sequence[int]) -> tuple[int, ...] | None:
    """One of the workers for each part, all different; `None` where they cannot fill all of them."""
    holder: dict[int, int] = {}

    def fill(part: int, tried: set[int]) -> bool:
        for worker in workers:
            if worker in tried or parts[part] not in project.workers[worker].skills:
                continue
            tried.add(worker)
            # somebody who has a part already gives it up if another one can take it
            if worker not in holder or fill(holder[worker], tried):
                holder[worker] = part
                return True
        return False

    if not all(fill(part, set()) for part in range(len(parts))):
        return None
    return tuple(worker for worker, _ in sorted(holder.items(), key=lambda one: one[1]))
