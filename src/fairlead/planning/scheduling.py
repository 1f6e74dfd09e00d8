"""A plan at once, then a better one: the heuristic here, the solver in a process of its own that can be ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Literal

from fairlead.planning import heuristic
from fairlead.planning.project import Project, Schedule, makespan
from fairlead.planning.solved import Solved, Status

Note = Literal["", "large", "no_time", "stopped", "failed"]
SOLVED = 2_000
"""Most activities that are given to the solver: of more its model alone takes minutes and gigabytes."""
_WAYS = 40_000
"""Most modes of all activities together, for the same reason."""
_LEAST_S = 0.15
"""Less time is none for the solver, which takes longer to be loaded."""
_LOOK_S = 0.05
_GRACE_S = 10.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A schedule with what is known of better ones."""

    schedule: Schedule
    makespan: int
    bound: int
    """No schedule ends earlier."""
    status: Status
    took_s: float
    by: Literal["heuristic", "solver"] = "heuristic"
    note: Note = ""
    """Why the solver did not improve it: too large for it, no time for it, stopped, or ended without an answer."""

    @property
    def gap(self) -> float:
        """Share of its length by which it might be shorter."""
        return (self.makespan - self.bound) / self.makespan if self.makespan else 0.0


def schedule(
    project: Project,
    *,
    within_s: float,
    seed: int = 1,
    first: Schedule | None = None,
    better: Callable[[Schedule], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """The best schedule found in that time; raises `NobodyError` and `CycleError`. `first` is one to begin with."""
    began = time.monotonic()
    note = _not_solved(project, within_s)
    process = None if note else _Solver.started()
    try:
        first = heuristic.plan(project, seed) if first is None else first
        better(first)
        bound = min(project.least, makespan(first))
        proven = makespan(first) <= bound and project.plain
        if proven or process is None or stop():
            status: Status = "optimal" if proven else "feasible"
            took = time.monotonic() - began
            return Outcome(first, makespan(first), bound, status, took, note="" if proven else note)
        found = process.solve(project, first, within_s, began + within_s, seed, better, stop)
    finally:
        if process:
            process.end()
    if found is None:
        ended: Note = "failed" if process.failed else "stopped"
        return Outcome(first, makespan(first), bound, "feasible", time.monotonic() - began, note=ended)
    best, length = found.schedule, found.makespan
    # no pause without a reason; what is proven cannot become worse by it
    tidy = heuristic.settled(project, best)
    if heuristic.aim(project, tidy) <= heuristic.aim(project, best):
        best, length = tidy, makespan(tidy)
    took = time.monotonic() - began
    return Outcome(best, length, min(found.bound, length), found.status, took, "solver")


def _not_solved(project: Project, within_s: float) -> Note:
    ways = sum(len(one.modes) for one in project.activities)
    if len(project.activities) > SOLVED or ways > _WAYS:
        return "large"
    return "no_time" if within_s <= _LEAST_S else ""


class _Solver:
    """The solver keeps a core busy and holds hundreds of megabytes: neither is the server's to lose."""

    def __init__(self, process: subprocess.Popen[bytes], asked: Connection, told: Connection) -> None:
        self._process, self._asked, self._told = process, asked, told
        self.failed = False
        """Whether it ended without an answer."""

    @classmethod
    def started(cls) -> _Solver:
        """A process of its own that begins to load the solver."""
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        # not by `multiprocessing`, which would run the caller's main module once more
        words = [sys.executable, "-m", "fairlead.planning.solving", str(theirs_in), str(theirs_out)]
        process = subprocess.Popen(words, pass_fds=(theirs_in, theirs_out), stdin=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        return cls(process, Connection(ours_out, readable=False), Connection(ours_in, writable=False))

    def solve(
        self, project: Project, first: Schedule, within_s: float, until: float, seed: int,
        better: Callable[[Schedule], None], stop: Callable[[], bool],
    ) -> Solved | None:  # fmt: skip
        """The best plan; of a solver that was stopped, the last one told; `None` if it told none."""
        told: Schedule | None = None
        try:
            self._asked.send((project, first, within_s, until, seed))
            # loading the solver takes seconds on a busy machine
            while not stop() and time.monotonic() < until + _GRACE_S:
                if not self._told.poll(_LOOK_S):
                    continue
                kind, found = self._told.recv()
                if kind == "done":
                    best: Solved = found
                    return best
                told = found
                better(found)
        # it may have run out of memory: the plan at hand stays
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self.failed = True
        if told is None:
            return None
        return Solved(told, makespan(told), min(project.network.end, makespan(told)), "feasible")

    def end(self) -> None:
        """Ends the process, whatever it is doing."""
        self._asked.close()
        self._told.close()
        # killed and not asked: it holds nothing but its own time
        self._process.kill()
        self._process.wait()
