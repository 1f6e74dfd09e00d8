"""Many plans at once: a population of orders and ways, crossed and closed up, as columns of arrays.

A genetic algorithm over orders with double justification (Hartmann 1998; Valls, Ballestin and Quintanilla 2008). A
child takes the place of its own parent and of nobody else, so that the population stays varied. All plans of a
generation are placed side by side: some thousand plans of a hundred tasks a second, on one core.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fairlead.planning.heuristic import NobodyError, Order, aim, mirror, orders, place
from fairlead.planning.project import Mode, Placed, Project, Schedule, makespan

Ints = NDArray[np.int64]
Columns = NDArray[np.signedinteger]
"""A row for each activity or unit, a column for each plan."""

_LONGEST = 16_000
"""Units of time beyond which arrays of all units become slow; two such lengths together fit into their numbers."""
_MOST_CELLS = 6_000_000
"""Ways by units, where calendars say how long each way takes from each start."""
_BROKEN = 2**61
"""Added to what a plan that breaks a rule is worth: it may still lead to one that breaks none."""
_MOVED = 0.03
"""Share of the activities that are moved in each child."""
_ASKED = 200
"""Activities of a plan after which it is asked whether the time is over."""
_FEWEST, _MOST, _PLACED = 60, 90, 45_000
_LEAST = 20
"""Plans of a generation, and activities of all of them: fewer soon look alike, more take long to become good."""
_STALE = 120
"""Generations without a better plan after which a new population is begun."""


def suits(project: Project) -> bool:
    """Whether arrays can tell it: who is looked for by skill they cannot, nor windows, nor waits that go back."""
    return not (
        any(one.rolling for one in project.resources)
        or any(wait.lag < 0 for wait in project.waits)
        or any(mode.skills for one in project.activities for mode in one.modes)
        or len(project.activities) < 2
    )


def improve(
    project: Project, first: Schedule, *, seed: int = 1,
    better: Callable[[Schedule], None] = lambda _: None, done: Callable[[], bool],
) -> Schedule:  # fmt: skip
    """The best plan found until `done` says so, which is asked after each generation; a seed gives the same ones."""
    population = _Population.of(project, first, seed, done)
    best, known = first, aim(project, first)
    if population is None:
        return best
    try:
        for found in population.generations():
            schedule = population.schedule(*found)
            # what was left unsaid in arrays is asked of the plan itself
            if (told := aim(project, schedule)) < known:
                best, known = schedule, told
                better(best)
            if done():
                break
    except _OverError:
        pass
    return best


class _OverError(Exception):
    """The time is over in the middle of a generation."""


@dataclass(frozen=True, eq=False)
class _Ways:
    """A project as arrays, for one direction of time."""

    length: int
    durations: Columns
    """Of each way."""
    demands: NDArray[np.unsignedinteger]
    """Of each way and each scarce resource."""
    capacity: NDArray[np.unsignedinteger]
    ends: Columns | None
    """Of each way the end for each start, -1 where it cannot start; `None` where nothing is ever closed."""
    behind: Columns | None
    """Of each way the end of the first start from each unit on."""
    after: tuple[tuple[Ints, Columns, bool], ...]
    """Of each activity which ones it waits for and how long; whether counted from their starts."""
    release: Columns

    @classmethod
    def of(cls, project: Project, length: int) -> _Ways:
        """The arrays of a project whose plans are not longer than that."""
        modes = [mode for one in project.activities for mode in one.modes]
        scarce = _scarce(project)
        kind = np.min_scalar_type(max((project.resources[at].capacity for at in scarce), default=1))
        demands = np.zeros((len(modes), len(scarce)), dtype=kind)
        for row, mode in enumerate(modes):
            for column, at in enumerate(scarce):
                demands[row, column] = mode.demands.get(at, 0)
        ends = behind = None
        if project.calendared:
            ends = np.full((len(modes), length), -1, dtype=np.int16)
            for row, mode in enumerate(modes):
                ends[row] = _ends(project, mode, length)
            behind = np.where(ends < 0, np.int16(length), ends)
            np.minimum.accumulate(behind[:, ::-1], axis=1, out=behind[:, ::-1])
        count = len(project.activities)
        waits = [
            _padded(count, [
                [(wait.before, wait.lag) for wait in of if (wait.link == "start_start") == from_start]
                for of in project.waited_for
            ])
            for from_start in (False, True)
        ]  # fmt: skip
        return cls(
            length, np.array([mode.duration for mode in modes], dtype=np.int16), demands,
            np.array([project.resources[at].capacity for at in scarce], dtype=kind), ends, behind,
            tuple((*wait, from_start) for wait, from_start in zip(waits, (False, True), strict=True) if wait[0].size),
            np.array([one.release for one in project.activities], dtype=np.int16),
        )  # fmt: skip

    def place(
        self, lists: Ints, ways: Ints, floor: Columns, done: Callable[[], bool]
    ) -> tuple[Columns, Columns, NDArray[np.bool_]]:  # fmt: skip
        """Each activity of each list where it fits first; starts, ends, and which plans did not fit at all."""
        count, plans = lists.shape
        length, columns = self.length, np.arange(plans)
        free = np.empty((len(self.capacity), length, plans), dtype=self.capacity.dtype)
        free[:] = self.capacity[:, None, None]
        units = np.arange(length, dtype=np.int16)[:, None]
        # one row more, for what is waited for by nobody
        starts = np.zeros((count + 1, plans), dtype=np.int16)
        ends, lost = np.zeros_like(starts), np.zeros(plans, dtype=np.bool_)
        frontier = 0
        for number, one in enumerate(lists, 1):
            if not number % _ASKED and done():
                raise _OverError
            way = ways[one, columns]
            duration, demands = self.durations[way], self.demands[way].T
            earliest = np.maximum(self.release[one], floor)
            for before, lag, from_start in self.after:
                reached = (starts if from_start else ends)[before[one].T, columns] + lag[one].T
                earliest = np.maximum(earliest, reached.max(axis=0))
            low = min(int(earliest.min()), length - 1)
            high = self._behind(way, max(frontier, int(earliest.max())), duration)
            start, end = self._first(way, duration, demands, earliest, free, units, low, high)
            lost |= start >= length
            start, end = np.minimum(start, length), np.minimum(end, length)
            starts[one, columns], ends[one, columns] = start, end
            frontier = max(frontier, int(end.max()))
            _take(free, units, start, end, demands)
        return starts[:count], ends[:count], lost

    def _behind(self, way: Ints, unit: int, duration: Columns) -> int:
        """A unit by which all of some ways are over that begin behind all that is taken."""
        if self.behind is None:
            return min(unit + max(int(duration.max()), 1), self.length)
        if unit >= self.length:
            return self.length
        return min(max(int(self.behind[way, unit].max()), unit + 1), self.length)

    def _first(
        self, way: Ints, duration: Columns, demands: NDArray[np.unsignedinteger], earliest: Columns,
        free: NDArray[np.unsignedinteger], units: Columns, low: int, high: int,
    ) -> tuple[Columns, Columns]:  # fmt: skip
        """The earliest place of one activity in each plan."""
        window = units[low:high]
        taken = np.zeros((high - low, len(way)), dtype=np.bool_)
        for room, needed in zip(free, demands, strict=True):
            if needed.any():
                taken |= room[low:high] < needed
        # how far it is free from each unit on
        limit = np.where(taken, window, np.int16(high))
        np.minimum.accumulate(limit[::-1], axis=0, out=limit[::-1])
        never = np.int16(self.length)
        if self.ends is None:
            fits = (limit - window >= duration) & (window >= earliest)
            start = np.where(duration > 0, np.where(fits, window, never).min(axis=0), earliest)
            return start, start + duration
        end = self.ends[way, low:high].T
        fits = (end >= 0) & (limit >= end) & (window >= earliest)
        start = np.where(duration > 0, np.where(fits, window, never).min(axis=0), earliest)
        inside = np.minimum(start - low, high - low - 1)
        last = np.take_along_axis(end, inside[None].astype(np.int64), axis=0)[0]
        return start, np.where(duration > 0, np.where(start < never, last, never), start)


def _take(
    free: NDArray[np.unsignedinteger], units: Columns, start: Columns, end: Columns,
    demands: NDArray[np.unsignedinteger],
) -> None:  # fmt: skip
    low, high = int(start.min()), int(end.max())
    window = units[low:high]
    inside = ((window >= start) & (window < end)).astype(free.dtype)
    for room, needed in zip(free, demands, strict=True):
        if needed.any():
            room[low:high] -= inside * needed


def _scarce(project: Project) -> list[int]:
    """Resources that all activities side by side would ask for too much."""
    most: dict[int, int] = {}
    for one in project.activities:
        for at in {at for mode in one.modes for at in mode.demands}:
            most[at] = most.get(at, 0) + max(mode.demands.get(at, 0) for mode in one.modes)
    return [
        at for at, asked in sorted(most.items())
        if project.resources[at].occupied and asked > project.resources[at].capacity
    ]  # fmt: skip


def _ends(project: Project, mode: Mode, length: int) -> Columns:
    if not mode.duration:
        return np.arange(length, dtype=np.int16)
    ends = project.ends(mode, 0, length - 1)
    return np.where(ends <= length, ends, -1).astype(np.int16)


def _padded(count: int, rows: Sequence[Sequence[tuple[int, int]]]) -> tuple[Ints, Columns]:
    """Rows of one length; a row of no activity stands where there are fewer."""
    width = max(map(len, rows), default=0)
    which, lag = np.full((count, width), count, dtype=np.int64), np.zeros((count, width), dtype=np.int16)
    for at, row in enumerate(rows):
        for column, (before, units) in enumerate(row):
            which[at, column], lag[at, column] = before, units
    return which, lag


def _filled(rows: Sequence[Sequence[int]], filling: int) -> Ints:
    """Rows of one length, at least of one."""
    width = max(1, *map(len, rows))
    return np.array([[*row, *([filling] * (width - len(row)))] for row in rows], dtype=np.int64)


class _Population:
    """Plans that go on to be crossed; one column for each."""

    def __init__(
        self, project: Project, first: Schedule, seed: int, length: int, done: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._project, self._first, self._done = project, first, done
        self._draw = np.random.default_rng(seed)
        self._forward = _Ways.of(project, length)
        turned = mirror(project)
        self._backward = None if turned is None else _Ways.of(turned, length)
        self._orders = orders(project, seed)
        count = len(project.activities)
        kinds = np.array([len(one.modes) for one in project.activities], dtype=np.int64)
        # where there are several ways each plan of the first ones is made by itself, which takes its time
        size = _FEWEST if (kinds > 1).any() else min(max(count + 40, _FEWEST), _MOST)
        self._size = max(min(size, _PLACED // count), _LEAST)
        self._kinds, self._offset = kinds, np.concatenate(([0], np.cumsum(kinds)[:-1]))
        self._rank = _ranks(project)
        self._before = _filled([[wait.before for wait in waits] for waits in project.waited_for], count)
        self._behind = _filled(project.followers, count + 1)
        self._worth = _Worth(project, length)

    @classmethod
    def of(
        cls, project: Project, first: Schedule, seed: int, done: Callable[[], bool]
    ) -> _Population | None:  # fmt: skip
        """A population that begins with a plan; `None` where arrays would be too large."""
        length = makespan(first) * 3 // 2 + 16
        ways = sum(len(one.modes) for one in project.activities)
        if project.calendared or project.span:
            length = min(length, project.length)
            # time is told from its end as well, which is nearer so
            project = replace(project, span=length)
        if not suits(project) or length > _LONGEST or (project.calendared and ways * length > _MOST_CELLS):
            return None
        return cls(project, first, seed, length, done) if _Worth(project, length).most < _BROKEN else None

    def schedule(self, starts: Columns, ends: Columns, ways: Ints) -> list[Placed]:
        """One column as a plan."""
        return [
            Placed(start, end, way - offset)
            for start, end, way, offset in zip(
                starts.tolist(), ends.tolist(), ways.tolist(), self._offset.tolist(), strict=True
            )
        ]  # fmt: skip

    def generations(self) -> Iterator[tuple[Columns, Columns, Ints]]:
        """The best plan of each generation, without an end."""
        kept = self._begun(with_first=True)
        stale, least = 0, int(kept.worth.min())
        while True:
            yield kept.best()
            kept = self._next(kept)
            stale += 1
            if (worth := int(kept.worth.min())) < least:
                stale, least = 0, worth
            if stale >= _STALE:
                # what two populations found apart is crossed in a third
                kept = kept.and_more(self._begun(with_first=False), self._size)
                stale, least = 0, int(kept.worth.min())

    def _begun(self, *, with_first: bool) -> _Kept:
        own = np.array([placed.mode for placed in self._first], dtype=np.int64)
        several = bool((self._kinds > 1).any())
        lists, ways = ([self._sorted_by(self._first)], [own]) if with_first else ([], [])
        while len(lists) < self._size and not (several and lists and self._done()):
            order = next(self._orders)
            # who does what is better chosen where it fits than drawn
            made = self._placed(order) if several else None
            lists.append(self._sorted_by(made) if made else _sorted(self._project, order))
            ways.append(np.array([placed.mode for placed in made], dtype=np.int64) if made else own)
        return self._closed_up(np.array(lists).T, np.array(ways).T + self._offset[:, None])

    def _placed(self, order: Order) -> Schedule | None:
        try:
            return place(self._project, order)
        except NobodyError:
            return None

    def _sorted_by(self, schedule: Schedule) -> list[int]:
        found: list[int] = self._in_order(np.array([[placed.start] for placed in schedule]))[:, 0].tolist()
        return found

    def _any_way(self, size: int) -> Ints:
        drawn = self._draw.random((len(self._kinds), size)) * self._kinds[:, None]
        return self._offset[:, None] + drawn.astype(np.int64)

    def _in_order(self, starts: Columns) -> Ints:
        """Activities by their starts, each after what it waits for."""
        rank = np.broadcast_to(self._rank[:, None], starts.shape)
        return np.lexsort((rank, starts), axis=0)

    def _closed_up(self, lists: Ints, ways: Ints) -> _Kept:
        """Placed, pushed to the right and back."""
        none = np.zeros(lists.shape[1], dtype=np.int16)
        starts, ends, lost = self._forward.place(lists, ways, none, self._done)
        if self._backward is not None:
            length = self._forward.length
            rank = np.broadcast_to(-self._rank[:, None], starts.shape)
            floor = (length - ends.max(axis=0)).astype(np.int16) if self._project.calendared else none
            _, right_ends, stuck = self._backward.place(np.lexsort((rank, -ends), axis=0), ways, floor, self._done)
            again = np.lexsort((-rank, -right_ends), axis=0)
            new_starts, new_ends, new_lost = self._forward.place(again, ways, none, self._done)
            # what does not get back to the start stays as it was
            kept = ~(stuck | new_lost | (new_ends.max(axis=0) > ends.max(axis=0)))
            starts, ends = np.where(kept, new_starts, starts), np.where(kept, new_ends, ends)
            lost &= ~kept
        return _Kept(starts, ends, ways, self._worth.of(ends, ways, lost))

    def _next(self, kept: _Kept) -> _Kept:
        """Each plan crossed with a good one; the child stays in its place if it is no worse."""
        size = len(kept.worth)
        first, second = self._draw.integers(0, size, (2, size))
        other = np.where(kept.worth[first] <= kept.worth[second], first, second)
        lists, from_other = self._crossed(self._in_order(kept.starts), other)
        ways = np.where(from_other, kept.ways[:, other], kept.ways)
        if (self._kinds > 1).any():
            changed = self._draw.random(ways.shape) < 1.5 / len(self._kinds)
            ways = np.where(changed, self._any_way(size), ways)
        child = self._closed_up(lists, ways)
        return kept.replaced(child, child.worth <= kept.worth)

    def _crossed(self, lists: Ints, other: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """The order of the one, with a stretch of it in the order of the other; and what came from the other."""
        count, size = lists.shape
        rows = np.broadcast_to(np.arange(count)[:, None], lists.shape)
        place = np.empty_like(lists)
        np.put_along_axis(place, lists, rows, axis=0)
        begin = self._draw.integers(0, count, size)
        long = self._draw.integers(count // 4, max(count * 3 // 4, count // 4 + 1), size)
        theirs = lists[:, other]
        # those of the other that do not stand before the stretch, counted in its order
        later = np.take_along_axis(place, theirs, axis=0) >= begin
        number = np.cumsum(later, axis=0) - 1
        chosen = np.empty_like(later)
        np.put_along_axis(chosen, theirs, later & (number < long), axis=0)
        key = np.empty_like(lists)
        np.put_along_axis(key, theirs, begin + number, axis=0)
        key = np.where(chosen, key, np.where(place < begin, place, 2 * count + place))
        return self._moved(np.argsort(key, axis=0, kind="stable")), chosen

    def _moved(self, lists: Ints) -> Ints:
        """Some activities anywhere between the last that they wait for and the first that waits for them."""
        count, size = lists.shape
        columns = np.arange(size)
        # a row more at either end for what waits for nothing, and for what nothing waits for
        place = np.empty((count + 2, size))
        np.put_along_axis(place, lists, np.broadcast_to(np.arange(float(count))[:, None], lists.shape), axis=0)
        place[count], place[count + 1] = -1.0, count
        for _ in range(max(round(count * _MOVED), 1)):
            one = self._draw.integers(0, count, size)
            low = place[self._before[one].T, columns].max(axis=0)
            high = place[self._behind[one].T, columns].min(axis=0)
            place[one, columns] = low + (high - low) * self._draw.random(size)
        rank = np.broadcast_to(self._rank[:, None], lists.shape)
        return np.lexsort((rank, place[:count]), axis=0)


@dataclass(frozen=True, eq=False)
class _Kept:
    """Plans and what they are worth, the least the best."""

    starts: Columns
    ends: Columns
    ways: Ints
    worth: Ints

    def best(self) -> tuple[Columns, Columns, Ints]:
        """The one that is worth most."""
        at = int(self.worth.argmin())
        return self.starts[:, at], self.ends[:, at], self.ways[:, at]

    def replaced(self, other: _Kept, where: NDArray[np.bool_]) -> _Kept:
        """Some of the other ones in the place of these."""
        return _Kept(
            np.where(where, other.starts, self.starts), np.where(where, other.ends, self.ends),
            np.where(where, other.ways, self.ways), np.where(where, other.worth, self.worth),
        )  # fmt: skip

    def and_more(self, other: _Kept, size: int) -> _Kept:
        """A third of these, the best, and as many others as there is room for."""
        mine = np.argsort(self.worth, kind="stable")[: size // 3]
        theirs = np.argsort(other.worth, kind="stable")[: size - len(mine)]
        return _Kept(
            np.concatenate((self.starts[:, mine], other.starts[:, theirs]), axis=1),
            np.concatenate((self.ends[:, mine], other.ends[:, theirs]), axis=1),
            np.concatenate((self.ways[:, mine], other.ways[:, theirs]), axis=1),
            np.concatenate((self.worth[mine], other.worth[theirs])),
        )


class _Worth:
    """What plans are worth, in one number: lateness first, then length, then cost; the least is the best."""

    def __init__(self, project: Project, length: int) -> None:
        modes = [mode for one in project.activities for mode in one.modes]
        self._cost = np.array([mode.cost for mode in modes], dtype=np.int64)
        dated = [(at, one.due, one.weight) for at, one in enumerate(project.activities) if one.due is not None]
        self._dated = np.array(dated, dtype=np.int64).reshape(-1, 3)
        spent = [at for at, one in enumerate(project.resources) if not one.renewable]
        self._spent = np.array([[mode.demands.get(at, 0) for at in spent] for mode in modes], dtype=np.int64)
        self._there = np.array([[project.resources[at].capacity] for at in spent], dtype=np.int64).reshape(-1, 1)
        self._cost_scale = int(sum(max(mode.cost for mode in one.modes) for one in project.activities)) + 1
        self._scale = length + 1
        self.most = (sum(weight for *_, weight in dated) * length + 1) * self._scale * self._cost_scale
        """No plan is worth more."""
        offset = np.concatenate(([0], np.cumsum([len(one.modes) for one in project.activities])))
        self._apart = [
            (one, other, _clashes(project, one, other), int(offset[one]), int(offset[other]))
            for one, other in project.apart
        ]

    def of(self, ends: Columns, ways: Ints, lost: NDArray[np.bool_]) -> Ints:
        """One number for each plan."""
        wide = ends.astype(np.int64)
        length = wide.max(axis=0)
        at, due, weight = self._dated[:, 0], self._dated[:, 1], self._dated[:, 2]
        late = (np.maximum(wide[at] - due[:, None], 0) * weight[:, None]).sum(axis=0)
        worth = (late * self._scale + length) * self._cost_scale + self._cost[ways].sum(axis=0)
        broken = lost.astype(np.int64)
        if len(self._there):
            broken += np.maximum(self._spent[ways].sum(axis=0).T - self._there, 0).sum(axis=0)
        for one, other, clashes, first, second in self._apart:
            broken += clashes[ways[one] - first, ways[other] - second]
        result: Ints = np.where(broken > 0, _BROKEN + broken, worth)
        return result


def _clashes(project: Project, one: int, other: int) -> NDArray[np.bool_]:
    """Which ways of two activities that have to be apart occupy the same."""
    return np.array([
        [not mode.demands.keys().isdisjoint(against.demands) for against in project.activities[other].modes]
        for mode in project.activities[one].modes
    ])  # fmt: skip


def _ranks(project: Project) -> Ints:
    """A number for each activity, higher than those of all that it waits for."""
    found = np.empty(len(project.activities), dtype=np.int64)
    found[_sorted(project, [0.0] * len(found))] = np.arange(len(found))
    return found


def _sorted(project: Project, order: Order) -> list[int]:
    """All activities in an order, each after what it waits for."""
    waiting = [len(waits) for waits in project.waited_for]
    ready = [(order[at], at) for at, count in enumerate(waiting) if not count]
    heapq.heapify(ready)
    found = []
    while ready:
        _, at = heapq.heappop(ready)
        found.append(at)
        for one in project.followers[at]:
            waiting[one] -= 1
            if not waiting[one]:
                heapq.heappush(ready, (order[one], one))
    return found
