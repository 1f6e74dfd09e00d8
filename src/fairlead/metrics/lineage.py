"""What each deployment brought and lost, and which deployment contained a commit first: pure, over numbers.

Commits and deployments are small integers here. A track is the row of successful deployments of one service (or
repository) in one environment, in order of their finish. Where history is cut off (a shallow clone, a late sync), a
commit counts as new only if that can be proven: it descends from what was deployed before, or is younger than
every place where history is cut.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["first", "forward", "same", "rollback", "parallel", "unknown"]

NEVER = -(2**62)
"""Time before all commits: history is cut nowhere."""

_UNKNOWN = 2**62
_NEW, _OLD = 1, 2


@dataclass(slots=True)
class Graph:
    """Commits `0..n-1` with their parents."""

    first: Sequence[int]
    """First known parent; -1 without one."""
    more: Mapping[int, Sequence[int]]
    """Further known parents of merges."""
    times: Sequence[int]
    """Commit times in seconds."""
    cut: Mapping[int, int]
    """Commits with a parent that is not known -> their time, or the far future if they have none."""
    _order: list[int] = field(default_factory=list)

    def parents(self, commit: int) -> Iterable[int]:
        """All known parents."""
        if (parent := self.first[commit]) >= 0:
            yield parent
        yield from self.more.get(commit, ())

    def order(self) -> Sequence[int]:
        """A number for each commit that is higher than those of its parents; made when first needed."""
        if not self._order:
            self._order = _topological(self)
        return self._order


def _topological(graph: Graph) -> list[int]:
    size = len(graph.first)
    first, more = graph.first, graph.more
    children = [0] * size
    for parent in first:
        if parent >= 0:
            children[parent] += 1
    for others in more.values():
        for parent in others:
            children[parent] += 1
    ready = [commit for commit in range(size) if not children[commit]]
    order = [0] * size
    number = size
    while ready:
        commit = ready.pop()
        # Along first parents without the stack: a graph is mostly long lines, and this loop sees each commit.
        while True:
            order[commit] = number
            number -= 1
            if commit in more:
                for parent in more[commit]:
                    children[parent] -= 1
                    if not children[parent]:
                        ready.append(parent)
            commit = first[commit]
            if commit < 0:
                break
            children[commit] -= 1
            if children[commit]:
                break
    return order


@dataclass(frozen=True, slots=True)
class Step:
    """One successful deployment of a track."""

    deployment: int
    heads: tuple[int, ...]
    """Commits put in place; with them comes all their ancestry."""
    given: tuple[int, ...] = ()
    """Commits that the tool itself lists as put in place."""


@dataclass(slots=True)
class Outcome:
    """Columns of the result; `*_of` and `*_commit` are parallel.

    What a deployment brought is what it was the first to contain, as far as proven, and what it brought `again`: kept
    apart, since nearly every commit is brought once and would stand here twice.
    """

    first_of: array[int] = field(default_factory=lambda: array("i"))
    first_commit: array[int] = field(default_factory=lambda: array("i"))
    first_proven: bytearray = field(default_factory=bytearray)
    again_of: array[int] = field(default_factory=lambda: array("i"))
    again_commit: array[int] = field(default_factory=lambda: array("i"))
    lost_of: array[int] = field(default_factory=lambda: array("i"))
    lost_commit: array[int] = field(default_factory=lambda: array("i"))
    missing_of: array[int] = field(default_factory=lambda: array("i"))
    missing_commit: array[int] = field(default_factory=lambda: array("i"))
    """By the last deployment of a track: what an earlier one contained and this one does not."""
    horizons: list[tuple[int, int, int]] = field(default_factory=list)
    """Last deployment of each track, the horizon after it, and the time of the oldest commit that it names."""
    steps: list[tuple[int, int, Kind, int, int, int]] = field(default_factory=list)
    """Deployment, the one before (-1 without), kind, commits brought, lost, contained but not proven new."""

    def brought(self) -> Iterator[tuple[int, int]]:
        """Each deployment with each commit that is proven to be new against the one before."""
        firsts = zip(self.first_of, self.first_commit, self.first_proven, strict=True)
        yield from ((deployment, commit) for deployment, commit, sure in firsts if sure)
        yield from zip(self.again_of, self.again_commit, strict=True)

    def take(self, other: Outcome) -> None:
        """Adds what another walk found."""
        self.first_of.extend(other.first_of)
        self.first_commit.extend(other.first_commit)
        self.first_proven.extend(other.first_proven)
        self.again_of.extend(other.again_of)
        self.again_commit.extend(other.again_commit)
        self.lost_of.extend(other.lost_of)
        self.lost_commit.extend(other.lost_commit)
        self.missing_of.extend(other.missing_of)
        self.missing_commit.extend(other.missing_commit)
        self.horizons.extend(other.horizons)
        self.steps.extend(other.steps)


def trace(graph: Graph, steps: Sequence[Step], outcome: Outcome, *, covered_from: int = _UNKNOWN) -> None:
    """Walks one track and appends what it finds to `outcome`.

    Commits from `covered_from` on (when records of deployments of this repository begin) are new even in the first
    deployment known; what is older may have been deployed before anybody kept records.
    """
    _Track(graph, outcome, covered_from).run(steps)


class NeedsHistory(Exception):  # noqa: N818 - a question, not a failure
    """The end of a track does not tell what a deployment lost: the whole history must be walked."""


@dataclass(slots=True)
class End:
    """How far a track has come, as far as young commits go."""

    last: Step
    horizon: int
    held: set[int]
    """Commits at hand that the last deployment contained."""
    missing: set[int]
    """Commits that an earlier deployment contained, but not the last one."""


def extend(graph: Graph, end: End, steps: Sequence[Step], outcome: Outcome, *, edge: set[int]) -> None:
    """Goes on from where a track ended.

    `graph` holds the young commits only, and at those of `edge` it ends.
    Raises `NeedsHistory` where that does not suffice; then `outcome` is of no use.
    """
    track = _Track(graph, outcome, _UNKNOWN)
    track.held, track.edge, track.horizon = end.held, edge - end.held, end.horizon
    if end.missing:
        track.seen = end.held | end.missing
    before = end.last
    for step in steps:
        track.advance(before, step)
        before = step
    track.finish(before)


class _Track:
    """State while the deployments of one track are walked in order."""

    def __init__(self, graph: Graph, outcome: Outcome, covered_from: int) -> None:
        self.graph = graph
        self.outcome = outcome
        self.covered_from = covered_from
        self.held: set[int] = set()
        """Exactly what the last deployment contained."""
        self.seen: set[int] | None = None
        """All that any deployment contained; the same as `held` until something is lost."""
        self.edge: set[int] | None = None
        """Set while only the young end of history is at hand: commits below which nothing is known here."""
        self.horizon = NEVER
        """Time of the youngest place where the history of what was deployed is cut."""

    def run(self, steps: Sequence[Step]) -> None:
        before: Step | None = None
        for step in steps:
            # Nothing says what ran before the first one known, so that it cannot be compared with anything.
            if before is None:
                self._begin(step)
            else:
                self.advance(before, step)
            before = step
        if before is not None:
            self.finish(before)

    def finish(self, last: Step) -> None:
        """Writes down what the next deployment must know, so that it need not walk what was walked."""
        oldest = min((self.graph.times[commit] for commit in (*last.heads, *last.given)), default=0)
        self.outcome.horizons.append((last.deployment, self.horizon, oldest))
        # Until something is lost both sets are one, and the second would double the memory of most walks.
        if self.seen is not None:
            missing = self.seen - self.held
            self.outcome.missing_of.extend([last.deployment] * len(missing))
            self.outcome.missing_commit.extend(missing)

    def _begin(self, step: Step) -> None:
        """The first deployment known: its head and what the tool lists are new, the rest may be older."""
        sure = {*step.heads, *step.given}
        contained, _ = self._walk((*step.heads, *step.given), set())
        sure.update(commit for commit in contained if self.graph.times[commit] >= self.covered_from)
        self._note_cuts(contained)
        brought = self._note_found(step.deployment, contained, sure)
        self._note(step, -1, "first", brought, 0, len(contained) - brought)

    def advance(self, before: Step, step: Step) -> None:
        """Takes in the next deployment."""
        heads, old = (*step.heads, *step.given), (*before.heads, *before.given)
        found, reached = self._walk(heads, set(old))
        lost: list[int] = []
        if self.edge is not None and (not reached.issuperset(old) or not self.edge.isdisjoint(found)):
            raise NeedsHistory
        if not reached.issuperset(old):
            # Something of the old deployment is not below the new one, as far as is known.
            self.held.difference_update(found)
            found, lost = self._difference(heads, old)
            self.held.update(found)
        proven = self._proven(step, before, found)
        self._note_cuts(found)
        if lost:
            # Below a cut anything may lie: only what is younger than the cut is surely lacking.
            lost = [] if self._open_end(heads) else [commit for commit in lost if self._younger(commit)]
            self._drop(lost, found)
        brought = self._note_found(step.deployment, found, proven)
        self.outcome.lost_of.extend([step.deployment] * len(lost))
        self.outcome.lost_commit.extend(lost)
        kind = self._kind(step, old, brought, len(lost))
        self._note(step, before.deployment, kind, brought, len(lost), len(found) - brought)

    def _walk(self, heads: Sequence[int], old: set[int]) -> tuple[list[int], set[int]]:
        """Everything below the heads that is not held, which it then is; and which of the old heads were met."""
        held, first, more = self.held, self.graph.first, self.graph.more
        found: list[int] = []
        reached: set[int] = set()
        stack = list(heads)
        while stack:
            commit = stack.pop()
            while commit >= 0 and commit not in held:
                held.add(commit)
                found.append(commit)
                if commit in more:
                    stack.extend(more[commit])
                commit = first[commit]
            if commit in old:
                reached.add(commit)
        return found, reached

    def _difference(self, new: Sequence[int], old: Sequence[int]) -> tuple[list[int], list[int]]:
        """Below the new heads only, and below the old heads only; costs what lies between them, not the history."""
        order = self.graph.order()
        flags: dict[int, int] = {}
        heap: list[tuple[int, int]] = []
        lone = 0  # commits waiting in the heap that only one side has: once none is left, all below is common

        def mark(commit: int, bits: int) -> None:
            nonlocal lone
            had = flags.get(commit, 0)
            if not had:
                heapq.heappush(heap, (-order[commit], commit))
            lone += ((had | bits) != _NEW | _OLD) - (had in (_NEW, _OLD))
            flags[commit] = had | bits

        for commit in new:
            mark(commit, _NEW)
        for commit in old:
            mark(commit, _OLD)
        found: dict[int, list[int]] = {_NEW: [], _OLD: [], _NEW | _OLD: []}
        while lone:
            _, commit = heapq.heappop(heap)
            bits = flags[commit]
            lone -= bits != _NEW | _OLD
            found[bits].append(commit)
            for parent in self.graph.parents(commit):
                mark(parent, bits)
        return found[_NEW], found[_OLD]

    def _proven(self, step: Step, before: Step, found: Sequence[int]) -> set[int] | None:
        """Those that cannot have been in the deployment before, also where its history is cut; None for all."""
        if self.horizon == NEVER:
            return None
        sure = {commit for commit in found if self._younger(commit)}
        # Sorting and walking what was found is for histories that are cut among what was found; most are not.
        if len(sure) == len(found):
            return sure
        sure.update({*step.given, *step.heads}.intersection(found))
        order = self.graph.order()
        below = {*before.heads, *before.given}
        for commit in sorted(found, key=order.__getitem__):
            if any(parent in below for parent in self.graph.parents(commit)):
                below.add(commit)
        sure.update(below.intersection(found))
        return sure

    def _younger(self, commit: int) -> bool:
        return self.graph.times[commit] > self.horizon

    def _open_end(self, heads: Sequence[int]) -> bool:
        """Whether a deployed commit is known by its hash alone, so that nothing can be said of what it lacks."""
        return any(commit in self.graph.cut and self.graph.first[commit] < 0 for commit in heads)

    def _note_cuts(self, commits: Sequence[int]) -> None:
        cut = self.graph.cut
        if cut:
            self.horizon = max(
                (cut[commit] for commit in commits if commit in cut and cut[commit] > self.horizon),
                default=self.horizon,
            )

    def _drop(self, lost: Sequence[int], found: Sequence[int]) -> None:
        if lost and self.seen is None:
            self.seen = self.held.difference(found)
        self.held.difference_update(lost)

    def _kind(self, step: Step, old: Sequence[int], brought: int, lost: int) -> Kind:
        if lost:
            return "parallel" if brought else "rollback"
        if brought:
            return "forward"
        return "same" if set(step.heads) <= set(old) else "unknown"

    def _note_found(self, deployment: int, found: Sequence[int], proven: set[int] | None) -> int:
        """Writes down what is contained anew; tells how many of it are proven to be new."""
        out, firsts = self.outcome, found
        again: list[int] = []
        if self.seen is not None:
            seen = self.seen
            firsts = [commit for commit in found if commit not in seen]
            again = [commit for commit in found if commit in seen and (proven is None or commit in proven)]
            seen.update(firsts)
        sure = b"\1" * len(firsts) if proven is None else bytes([commit in proven for commit in firsts])
        out.first_of.extend([deployment] * len(firsts))
        out.first_commit.extend(firsts)
        out.first_proven.extend(sure)
        out.again_of.extend([deployment] * len(again))
        out.again_commit.extend(again)
        return sure.count(1) + len(again)

    def _note(self, step: Step, before: int, kind: Kind, brought: int, lost: int, unproven: int) -> None:
        self.outcome.steps.append((step.deployment, before, kind, brought, lost, unproven))
