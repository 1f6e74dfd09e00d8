"""The network of tasks: cycles, batches that can go side by side, earliest and latest starts, slack, critical path.

Times are whole units of the caller. An edge says that one task starts at least `lag` units after another started;
the duration of that other is in the lag of a finish-start edge. Wide networks are walked in batches of arrays, narrow
ones task by task: on the wrong one of both a million tasks take three times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_WIDE = 16
"""Tasks of a batch from which arrays are quicker than lists, measured on a million tasks."""
_LOOK = 200
"""Batches after which it is judged whether they are wide."""
_NEVER = 2**62


class CycleError(Exception):
    """Tasks that wait for each other; `rounds` names those, each in the order in which they wait."""

    def __init__(self, rounds: tuple[tuple[int, ...], ...]) -> None:
        super().__init__("; ".join(" -> ".join(map(str, (*one, one[0]))) for one in rounds))
        self.rounds = rounds


@dataclass(frozen=True, slots=True)
class Edges:
    """Who waits for whom, as three columns of one length."""

    before: Ints
    """Task that is waited for."""
    after: Ints
    """Task that waits."""
    lag: Ints
    """Units between the two starts; may be negative."""

    @classmethod
    def of(cls, edges: Sequence[tuple[int, int, int]]) -> Edges:
        """From rows of (before, after, lag)."""
        table = np.array(edges, dtype=np.int64).reshape(-1, 3)
        return cls(*(np.ascontiguousarray(table[:, at]) for at in range(3)))


@dataclass(frozen=True, slots=True)
class Times:
    """What the network alone says of each task, whoever does it."""

    earliest: Ints
    """Earliest start."""
    latest: Ints
    """Latest start with which nothing ends later than it has to."""
    free: Ints
    """Units by which it may slip without moving any task that waits for it."""
    batch: Ints
    """Tasks of one batch wait for nothing but earlier batches."""
    end: int
    """End of the whole."""

    @property
    def slack(self) -> Ints:
        """Units by which it may slip without moving the end; below zero where a due time cannot be kept."""
        return self.latest - self.earliest


def times(durations: Ints, edges: Edges, *, release: Ints | None = None, due: Ints | None = None) -> Times:
    """Both walks over the network; raises `CycleError`. Nothing starts before `release`; all should end by `due`."""
    size = len(durations)
    by = np.argsort(edges.before, kind="stable")
    # as if of a table: the edges of task i are those from begins[i] to begins[i + 1]
    begins = np.concatenate(([0], np.cumsum(np.bincount(edges.before, minlength=size))))
    net = _Sorted(size, begins, edges.after[by], edges.lag[by], np.bincount(edges.after, minlength=size))
    starts = np.zeros(size, dtype=np.int64) if release is None else release.astype(np.int64)
    bound = due if due is not None else np.full(size, _NEVER, dtype=np.int64)
    found = _by_batches(net, starts.copy(), durations, bound)
    if found is None:
        found = _by_tasks(net, starts, durations, bound)
    if isinstance(found, np.ndarray):
        raise CycleError(_rounds(edges, found))
    earliest, latest, batch, end = found
    # what nothing waits for may slip to the end
    free = end - earliest - durations
    np.minimum.at(free, edges.before, earliest[edges.after] - edges.lag - earliest[edges.before])
    return Times(earliest, latest, free, batch, end)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Edges in the order of the task that is waited for."""

    size: int
    begins: Ints
    heads: Ints
    lags: Ints
    waiting: Ints
    """For how many edges each task waits."""


_Walked: TypeAlias = "tuple[Ints, Ints, Ints, int] | NDArray[np.bool_]"
"""Earliest and latest starts, batches and the end; or which tasks are in a round or behind one."""


def _by_batches(net: _Sorted, starts: Ints, durations: Ints, bound: Ints) -> _Walked | None:
    """A batch at a time as arrays: quick where batches are wide; gives up where they are not."""
    batch, waiting = np.zeros(net.size, dtype=np.int64), net.waiting.copy()
    ready, seen = np.flatnonzero(waiting == 0), 0
    batches: list[Ints] = []
    while len(ready):
        batch[ready] = len(batches)
        batches.append(ready)
        seen += len(ready)
        if len(batches) > _LOOK and seen < len(batches) * _WIDE:
            return None
        places, lengths = _places(net, ready)
        heads = net.heads[places]
        np.maximum.at(starts, heads, np.repeat(starts[ready], lengths) + net.lags[places])
        # an edge that is there twice is waited for twice, which a plain index would count once
        np.subtract.at(waiting, heads, 1)
        ready = np.unique(heads[waiting[heads] == 0])
    if seen < net.size:
        return waiting > 0
    end = int((starts + durations).max(initial=0))
    latest = np.minimum(bound, end) - durations
    for tasks in reversed(batches):
        places, lengths = _places(net, tasks)
        reached = latest[net.heads[places]] - net.lags[places]
        np.minimum.at(latest, np.repeat(tasks, lengths), reached)
    return starts, latest, batch, end


def _places(net: _Sorted, tasks: Ints) -> tuple[Ints, Ints]:
    """Where the edges of some tasks stand, and how many each has."""
    begins = net.begins[tasks]
    lengths = net.begins[tasks + 1] - begins
    shift = np.repeat(begins - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return np.arange(len(shift)) + shift, lengths


def _by_tasks(net: _Sorted, starts: Ints, durations: Ints, bound: Ints) -> _Walked:
    """A task at a time over plain lists: a chain of a million tasks would be a million batches of one."""
    begins, heads, lags = net.begins.tolist(), net.heads.tolist(), net.lags.tolist()
    earliest, waiting, batch = starts.tolist(), net.waiting.tolist(), [0] * net.size
    order = [task for task, waits in enumerate(waiting) if not waits]
    # the list grows while it is walked: a task joins once the last one that it waits for has been passed
    for task in order:
        start, depth = earliest[task], batch[task] + 1
        for edge in range(begins[task], begins[task + 1]):
            head = heads[edge]
            reached = start + lags[edge]
            if reached > earliest[head]:
                earliest[head] = reached
            if depth > batch[head]:
                batch[head] = depth
            waiting[head] -= 1
            if not waiting[head]:
                order.append(head)
    if len(order) < net.size:
        return np.array(waiting) > 0
    done = np.array(earliest, dtype=np.int64)
    end = int((done + durations).max(initial=0))
    latest = (np.minimum(bound, end) - durations).tolist()
    for task in reversed(order):
        start = latest[task]
        for edge in range(begins[task], begins[task + 1]):
            reached = latest[heads[edge]] - lags[edge]
            if reached < start:
                start = reached
        latest[task] = start
    return done, np.array(latest, dtype=np.int64), np.array(batch, dtype=np.int64), end


def _rounds(edges: Edges, stuck: NDArray[np.bool_]) -> tuple[tuple[int, ...], ...]:
    """Rounds among the tasks that nothing ever frees: of all that wait for each other one at least, none in two."""
    kept = stuck[edges.before] & stuck[edges.after]
    waits_for: dict[int, list[int]] = {}
    for after, before in zip(edges.after[kept].tolist(), edges.before[kept].tolist(), strict=True):
        waits_for.setdefault(after, []).append(before)
    found: list[tuple[int, ...]] = []
    named, done = set[int](), set[int]()
    for first in waits_for:
        if first in done:
            continue
        # from a task along all that it waits for: what leads back onto the way that was gone closes a round
        path, place, ahead = [first], {first: 0}, [iter(waits_for[first])]
        while path:
            for before in ahead[-1]:
                if before in place:
                    around = path[place[before] :]
                    if named.isdisjoint(around):
                        named.update(around)
                        found.append(tuple(reversed(around)))
                elif before not in done:
                    place[before] = len(path)
                    path.append(before)
                    ahead.append(iter(waits_for[before]))
                    break
            else:
                ahead.pop()
                task = path.pop()
                del place[task]
                done.add(task)
    return tuple(found)
