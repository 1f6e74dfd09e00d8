"""A plan at once, then a better one: the heuristic here, the solver in a process of its own that can be ended."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Literal

from fairlead.model.errors import Abort
from fairlead.planning import heuristic
from fairlead.planning.project import Project, Schedule, makespan

if TYPE_CHECKING:
    from fairlead.planning.solver import Solved

Status = Literal["optimal", "feasible"]
_FIRST_S = 0.2
_LOOK_S = 0.1
_GRACE_S = 3.0
_LOADS_S = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A schedule with what is known of better ones."""

    schedule: Schedule
    makespan: int
    bound: int
    """No schedule ends earlier."""
    status: Status
    took_s: float

    @property
    def gap(self) -> float:
        """Share of its length by which it might be shorter."""
        return (self.makespan - self.bound) / self.makespan if self.makespan else 0.0


def schedule(
    project: Project,
    *,
    within_s: float,
    seed: int = 1,
    better: Callable[[Schedule], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """The best schedule found in that time; raises `NobodyError` and `CycleError`. Without time, the first one."""
    began = time.monotonic()
    first = heuristic.plan(project, seed, within_s=min(_FIRST_S, within_s))
    better(first)
    bound = project.network.end
    proven = makespan(first) <= bound and _indifferent(project)
    if proven or within_s <= _FIRST_S or stop():
        status: Status = "optimal" if proven else "feasible"
        return Outcome(first, makespan(first), bound, status, time.monotonic() - began)
    left_s = max(within_s - (time.monotonic() - began), 0.1)
    found = _apart(project, first, left_s, seed, better, stop)
    return Outcome(found.schedule, found.makespan, found.bound, found.status, time.monotonic() - began)


def _indifferent(project: Project) -> bool:
    """Whether nothing but the length counts: no dates to keep, no modes of which one is liked better."""
    return not any(one.due is not None or len({mode.cost for mode in one.modes}) > 1 for one in project.activities)


def _apart(
    project: Project,
    first: Schedule,
    within_s: float,
    seed: int,
    better: Callable[[Schedule], None],
    stop: Callable[[], bool],
) -> Solved:
    """The solver keeps a core busy and holds hundreds of megabytes: neither is the server's to lose."""
    # spawned and not forked: a server has threads, whose locks a fork would copy as they stand
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_solve, args=(theirs, project, first, within_s, seed), daemon=True)
    process.start()
    theirs.close()
    until = time.monotonic() + within_s + _LOADS_S
    best: Solved | None = None
    told: Schedule = first
    try:
        while best is None and not stop() and time.monotonic() < until:
            if mine.poll(_LOOK_S):
                kind, found = mine.recv()
                if kind == "ready":
                    # loading the solver takes a second on a busy machine, and is none of its time
                    until = time.monotonic() + within_s + _GRACE_S
                elif kind == "better":
                    told = found
                    better(found)
                else:
                    best = found
    except EOFError as fault:
        raise Abort(
            "the solver ended without an answer", hint="was it out of memory? plan less, or `--time-limit 0`"
        ) from fault
    finally:
        process.terminate()
        process.join(_GRACE_S)
    if best is not None:
        return best
    from fairlead.planning.solver import Solved

    return Solved(told, makespan(told), min(project.network.end, makespan(told)), "feasible")


def _solve(pipe: Connection, project: Project, first: Schedule, within_s: float, seed: int) -> None:
    from fairlead.planning.solver import solve

    pipe.send(("ready", None))
    best = [makespan(first)]

    def better(found: Schedule) -> None:
        if makespan(found) < best[0]:
            best[0] = makespan(found)
            pipe.send(("better", found))

    pipe.send(("done", solve(project, first, within_s=within_s, seed=seed, better=better)))
