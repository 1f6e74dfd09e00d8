"""Two who look for a better plan side by side: generations of orders, quick to find, and the solver, which proves.

The solver is begun anew with the better plan wherever the generations are ahead of it: a shorter plan leaves less to
search, and it could not be told of it midway. Each of the two keeps one core busy.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from fairlead.planning import generations
from fairlead.planning.heuristic import aim
from fairlead.planning.project import Project, Schedule, makespan
from fairlead.planning.solved import Solved

_FIRST_S = 0.5
"""Time that the solver gets before it is begun anew; each time twice as much."""
_LOOK_S = 0.02
LOADING_S = 0.7
"""Time of the solver's loading that is none of the time it was given."""
_LEAST_S = 0.3
"""Time that the solver gets in any case, however long it took to be loaded."""


def run(
    project: Project, first: Schedule, *, within_s: float, until: float, seed: int, better: Callable[[Schedule], None]
) -> Solved:  # fmt: skip
    """The best plan of both; `better` is told of each better one.

    By `until`, a moment of the steady clock, or somewhat later where the solver was not loaded in time.
    """
    race = _Race(project, first, within_s, until, seed, better)
    if not generations.suits(project):
        race.prove(threads=2)
        return race.outcome()
    prover = threading.Thread(target=race.prove, daemon=True)
    prover.start()
    generations.improve(project, first, seed=seed, better=race.found, done=race.over)
    # a project too large for arrays is left to the solver alone
    while prover.is_alive() and not race.over():
        prover.join(_LOOK_S)
    # a model that is still being made cannot be ended, and is not waited for
    race.halt()
    prover.join(_LOOK_S)
    return race.outcome()


class _Race:
    """What both know."""

    def __init__(
        self, project: Project, first: Schedule, within_s: float, until: float, seed: int,
        better: Callable[[Schedule], None],
    ) -> None:  # fmt: skip
        self._within_s = within_s
        self._project, self._until, self._seed, self._better = project, until, seed, better
        self._best, self._aim = first, aim(project, first)
        self._bound, self._proven = min(project.least, makespan(first)), False
        self._loaded = self._told = False
        """Whether the solver is there; whether the outcome has been told, after which nothing is."""
        self._lock = threading.Lock()
        # of the solver's run: what it began with, when, for how long at least, and how to end it
        self._hinted, self._since, self._slice = self._aim, time.monotonic(), _FIRST_S
        self._end: Callable[[], None] | None = None

    def found(self, schedule: Schedule) -> None:
        """Somebody has found a plan."""
        with self._lock:
            told = aim(self._project, schedule)
            if told < self._aim and not self._told:
                self._best, self._aim = schedule, told
                self._better(schedule)

    def over(self) -> bool:
        """Whether there is nothing left to be found, or no time; the solver is begun anew where that helps it."""
        now = time.monotonic()
        with self._lock:
            # a solver that is still being loaded gets its turn
            until = self._until if self._loaded else self._until + LOADING_S
            ended = self._proven or now >= until or (self._project.plain and self._aim[1] <= self._bound)
            if not ended and self._end and self._aim < self._hinted and now - self._since > self._slice:
                self._slice *= 2
                self._end()
        return ended

    def halt(self) -> None:
        """The time is up."""
        with self._lock:
            self._until = min(self._until, time.monotonic())
            if self._end:
                self._end()

    def prove(self, threads: int = 1) -> None:
        """The solver's part, over and over from the best plan of both until one is proven."""
        from fairlead.planning.solver import solve

        with self._lock:
            self._loaded, now = True, time.monotonic()
            later = min(now + self._within_s, self._until + LOADING_S)
            self._until = max(self._until, later, now + min(_LEAST_S, self._within_s))
        while not self._proven and (left := self._until - time.monotonic()) > 0:
            solved = solve(
                self._project, self._begin(), within_s=left, seed=self._seed, threads=threads,
                better=self.found, begun=self._begun,
            )  # fmt: skip
            self.found(solved.schedule)
            with self._lock:
                self._end = None
                self._bound = max(self._bound, solved.bound)
                self._proven = self._proven or solved.status == "optimal"

    def _begin(self) -> Schedule:
        with self._lock:
            self._hinted, self._since = self._aim, time.monotonic()
            return self._best

    def _begun(self, end: Callable[[], None]) -> None:
        with self._lock:
            self._end = end

    def outcome(self) -> Solved:
        """What came of it."""
        with self._lock:
            self._told = True
            length = makespan(self._best)
            bound = min(self._bound, length)
            proven = self._proven or (self._project.plain and length <= bound)
            return Solved(self._best, length, bound, "optimal" if proven else "feasible")
