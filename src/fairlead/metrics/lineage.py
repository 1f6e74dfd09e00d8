"""What each deployment brought and lost, and which deployment contained a commit first: pure, over numbers.

Commits and deployments are small integers here. A track is the row of successful deployments of one service (or
repository) in one environment, in order of their finish. Where history is cut off (a shallow clone, a late sync), a
commit counts as new only if that can be proven: it descends from what was deployed before, or is younger than
every place where history is cut.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    children = [0] * size
    for commit in range(size):
        for parent in graph.parents(commit):
            children[parent] += 1
    ready = [commit for commit in range(size) if not children[commit]]
    order = [0] * size
    number = size
    while ready:
        commit = ready.pop()
        order[commit] = number
        number -= 1
        for parent in graph.parents(commit):
            children[parent] -= 1
            if not children[parent]:
                ready.append(parent)
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
    """Columns of the result; `*_of` and `*_commit` are parallel."""

    first_of: array[int] = field(default_factory=lambda: array("i"))
    first_commit: array[int] = field(default_factory=lambda: array("i"))
    first_proven: bytearray = field(default_factory=bytearray)
    brought_of: array[int] = field(default_factory=lambda: array("i"))
    brought_commit: array[int] = field(default_factory=lambda: array("i"))
    lost_of: array[int] = field(default_factory=lambda: array("i"))
    lost_commit: array[int] = field(default_factory=lambda: array("i"))
    horizons: list[tuple[int, int]] = field(default_factory=list)
    """Last deployment of each track, and the horizon after it."""
    steps: list[tuple[int, int, Kind, int, int, int]] = field(default_factory=list)
    """Deployment, the one before (-1 without), kind, commits brought, lost, contained but not proven new."""

    def take(self, other: Outcome) -> None:
        """Adds what another walk found."""
        self.first_of.extend(other.first_of)
        self.first_commit.extend(other.first_commit)
        self.first_proven.extend(other.first_proven)
        self.brought_of.extend(other.brought_of)
        self.brought_commit.extend(other.brought_commit)
        self.lost_of.extend(other.lost_of)
        self.lost_commit.extend(other.lost_commit)
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


def extend(
    graph: Graph,
    before: Step,
    steps: Sequence[Step],
    outcome: Outcome,
    *,
    held: set[int],
    edge: set[int],
    horizon: int,
) -> int:
    """Goes on from the last deployment of a track of which nothing was ever lost; gives the new horizon.

    `graph` holds the young commits only: `held` are those contained already, `edge` those below which the graph ends.
    Raises `NeedsHistory` where that does not suffice; then `outcome` is of no use.
    """
    track = _Track(graph, outcome, _UNKNOWN)
    track.held, track.edge, track.horizon = held, edge, horizon
    for step in steps:
        track.advance(before, step)
        before = step
    return track.horizon


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
            if before is None:
                self._begin(step)
            else:
                self.advance(before, step)
            before = step
        if before is not None:
            self.outcome.horizons.append((before.deployment, self.horizon))

    def _begin(self, step: Step) -> None:
        """The first deployment known: its head and what the tool lists are new, the rest may be older."""
        sure = {*step.heads, *step.given}
        contained, _ = self._walk((*step.heads, *step.given), set())
        sure.update(commit for commit in contained if self.graph.times[commit] >= self.covered_from)
        self._note_cuts(contained)
        self._note_first(step.deployment, contained, sure.__contains__)
        brought = [commit for commit in contained if commit in sure]
        self._note(step, -1, "first", brought, [], len(contained) - len(brought))

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
            lost = [] if self._open_end(heads) else [commit for commit in lost if self._younger(commit)]
            self._drop(lost, found)
        self._note_first(step.deployment, found, proven.__contains__)
        brought = [commit for commit in found if commit in proven]
        kind = self._kind(step, old, brought, lost)
        self._note(step, before.deployment, kind, brought, lost, len(found) - len(brought))

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

    def _proven(self, step: Step, before: Step, found: Sequence[int]) -> set[int]:
        """Those that cannot have been in the deployment before, also where its history is cut."""
        sure = {commit for commit in found if self._younger(commit)}
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

    def _kind(self, step: Step, old: Sequence[int], brought: Sequence[int], lost: Sequence[int]) -> Kind:
        if lost:
            return "parallel" if brought else "rollback"
        if brought:
            return "forward"
        return "same" if set(step.heads) <= set(old) else "unknown"

    def _note_first(self, deployment: int, commits: Sequence[int], proven: Callable[[int], bool]) -> None:
        if self.seen is not None:
            seen = self.seen
            commits = [commit for commit in commits if commit not in seen]
            seen.update(commits)
        self.outcome.first_of.extend([deployment] * len(commits))
        self.outcome.first_commit.extend(commits)
        self.outcome.first_proven.extend(map(proven, commits))

    def _note(
        self, step: Step, before: int, kind: Kind, brought: Sequence[int], lost: Sequence[int], unproven: int
    ) -> None:
        out = self.outcome
        out.brought_of.extend([step.deployment] * len(brought))
        out.brought_commit.extend(brought)
        out.lost_of.extend([step.deployment] * len(lost))
        out.lost_commit.extend(lost)
        out.steps.append((step.deployment, before, kind, len(brought), len(lost), unproven))
