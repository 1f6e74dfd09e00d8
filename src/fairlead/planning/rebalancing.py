"""A running plan in balance again with few changes: what nobody has begun goes from those who have too much to do.

Work is measured against the hours that are left to each until the end. Found are the fewest moves after which nobody
has more work than hours, of those the ones whose people fit best; only who has too much gives something away. Where
that cannot be had, what brings the most is told, and who still has too much.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from fairlead.planning.building import Score, build
from fairlead.planning.planfile import Plan

FULL, ROOM = 1.0, 0.8
"""Share of somebody's hours above which they have too much, and below which they have room."""
_TRIES = 20_000
"""Steps of the search for the fewest moves; beyond them one good move after the other is taken."""


@dataclass(frozen=True, slots=True)
class Held:
    """An item that somebody has."""

    task: str
    who: str
    takes: Mapping[str, int]
    """Person -> steps of work that it is for them; whoever stands here can do it."""
    scores: Mapping[str, float]
    """Person -> how well they fit, from 0 to 1."""
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """An item that goes from one to another."""

    task: str
    giver: str
    taker: str
    score: float


@dataclass(frozen=True, slots=True)
class Balance:
    """Who has how much to do, and what would even it out."""

    hours: Mapping[str, int]
    """Person -> steps that are left to them."""
    before: Mapping[str, int]
    """Person -> steps of work that they have."""
    after: Mapping[str, int]
    moves: tuple[Move, ...]
    fewest: bool
    """Whether fewer moves cannot do it."""

    @property
    def over(self) -> list[str]:
        """Who has more work than hours."""
        return sorted(_over(self.before, self.hours))

    @property
    def still(self) -> list[str]:
        """Who has more work than hours after the moves as well."""
        return sorted(_over(self.after, self.hours))

    @property
    def free(self) -> list[str]:
        """Who has work for less than 80 % of their hours."""
        return sorted(who for who, hours in self.hours.items() if hours and self.before[who] < ROOM * hours)


def share(work: int, hours: int) -> float | None:
    """Work for the hours; `None` where somebody is not there at all."""
    return round(work / hours, 3) if hours else None


def of_plan(plan: Plan, begun: Collection[str]) -> Balance:
    """The balance of a plan whose tasks name who has them; `begun` ones stay where they are."""
    # reviews are nobody's before the work is done, so they weigh on nobody yet
    loose = [task if task.id in begun else structs.replace(task, who="") for task in plan.tasks]
    built = build(structs.replace(plan, review=None, tasks=tuple(structs.replace(one, after=()) for one in loose)))
    project, until = built.project, built.until or 0
    own = {doer.id: len(plan.resources) + at for at, doer in enumerate(built.doers) if not doer.agent}
    hours = {}
    for who, at in own.items():
        worked = project.hours((at,)).worked_list if project.resources[at].closed else range(until + 1)
        hours[who] = int(worked[min(until, len(worked) - 1)])
    had = {task.id: task.who for task in plan.tasks}
    held = []
    for number, task in enumerate(built.tasks):
        ways = [
            (choice.doer, mode.duration, choice.score or Score(0, 0, 0, 0))
            for mode, choice in zip(project.activities[number].modes, built.choices[number], strict=True)
            if choice.doer in own
        ]
        if had[task] in own and any(doer == had[task] for doer, _, _ in ways):
            takes = {doer: units for doer, units, _ in ways}
            scores = {doer: score.total for doer, _, score in ways}
            held.append(Held(task, had[task], takes, scores, task in begun))
    return rebalanced(hours, held)


def rebalanced(hours: Mapping[str, int], held: Sequence[Held]) -> Balance:
    """The fewest moves after which nobody has more work than hours, or what comes next to that."""
    before = dict.fromkeys(hours, 0)
    for one in held:
        before[one.who] += one.takes[one.who]
    search = _Search(hours, [one for one in held if not one.begun])
    found = search.fewest(before)
    moves, fewest = (found, True) if found is not None else (search.greedy(before), False)
    takes = {one.task: one.takes for one in held}
    after = dict(before)
    for move in moves:
        after[move.giver] -= takes[move.task][move.giver]
        after[move.taker] += takes[move.task][move.taker]
    return Balance(hours, before, after, tuple(moves), fewest)


def _over(load: Mapping[str, int], hours: Mapping[str, int]) -> list[str]:
    return [who for who, work in load.items() if work > FULL * hours[who]]


class _Search:
    def __init__(self, hours: Mapping[str, int], loose: Sequence[Held]) -> None:
        self._hours = hours
        self._of: dict[str, list[Held]] = {who: [] for who in hours}
        for one in sorted(loose, key=lambda one: (-one.takes[one.who], one.task)):
            self._of[one.who].append(one)
        self._tries = 0
        self._best: tuple[float, list[Move]] | None = None

    def fewest(self, load: Mapping[str, int]) -> list[Move] | None:
        """The moves, the best of as few; `None` where there are none, or it takes too long to tell."""
        for most in range(sum(map(len, self._of.values())) + 1):
            self._go(dict(load), [], most, {})
            if self._best is not None:
                # one that was found last within the tries may be bettered, but not by fewer moves
                return self._best[1]
            if self._tries > _TRIES:
                return None
        return None

    def _go(self, load: dict[str, int], moves: list[Move], left: int, passed: Mapping[str, int]) -> None:
        """Goes on from moves that were made; of one giver items go in the order of their size, each way once."""
        self._tries += 1
        over = _over(load, self._hours)
        if not over:
            score = sum(move.score for move in moves)
            if self._best is None or score > self._best[0]:
                self._best = score, list(moves)
            return
        if self._tries > _TRIES or self._least(load, over, passed) > left:
            return
        giver = max(over, key=lambda who: (load[who] - self._hours[who], who))
        for at in range(passed.get(giver, 0), len(self._of[giver])):
            one = self._of[giver][at]
            for taker in self._takers(one, load, over):
                load[giver] -= one.takes[giver]
                load[taker] += one.takes[taker]
                moves.append(Move(one.task, giver, taker, one.scores[taker]))
                self._go(load, moves, left - 1, {**passed, giver: at + 1})
                moves.pop()
                load[giver] += one.takes[giver]
                load[taker] -= one.takes[taker]

    def _least(self, load: Mapping[str, int], over: Sequence[str], passed: Mapping[str, int]) -> int:
        """Moves that it takes at least: everybody's largest items, whoever could take them."""
        needed = 0
        for who in over:
            excess = load[who] - self._hours[who]
            for one in self._of[who][passed.get(who, 0) :]:
                if excess <= 0:
                    break
                excess -= one.takes[who]
                needed += 1
            if excess > 0:
                return len(self._hours) * _TRIES
        return needed

    def _takers(self, one: Held, load: Mapping[str, int], over: Collection[str] = ()) -> Iterator[str]:
        """Who can do it in the hours that are left to them, whoever fits best first.

        Who is `over` may take something as well, since they have to give away more than that anyway.
        """
        for who in sorted(one.takes, key=lambda who: (-one.scores[who], load[who], who)):
            fits = load[who] + one.takes[who] <= FULL * self._hours[who]
            if who != one.who and (fits or who in over):
                yield who

    def greedy(self, load: Mapping[str, int]) -> list[Move]:
        """One move after the other that takes the most of what is too much, until none does."""
        now, moves, gone = dict(load), list[Move](), set[str]()
        while found := self._next(now, gone):
            one, taker = found
            now[one.who] -= one.takes[one.who]
            now[taker] += one.takes[taker]
            gone.add(one.task)
            moves.append(Move(one.task, one.who, taker, one.scores[taker]))
        return moves

    def _next(self, load: Mapping[str, int], gone: Collection[str]) -> tuple[Held, str] | None:
        for giver in sorted(_over(load, self._hours), key=lambda who: (self._hours[who] - load[who], who)):
            excess = load[giver] - self._hours[giver]
            rest = [one for one in self._of[giver] if one.task not in gone]
            # the smallest that is enough, else the largest
            enough = [one for one in reversed(rest) if one.takes[giver] >= excess]
            for one in [*enough, *(one for one in rest if one.takes[giver] < excess)]:
                if taker := next(self._takers(one, load), None):
                    return one, taker
        return None
