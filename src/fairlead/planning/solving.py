"""The process that solves: a project in, better plans and the best one out; ends with its work or with its caller.

Started by `scheduling.py` as `python -m fairlead.planning.solving` before the first plan is made, so that the solver
is loaded by the time it has something to improve.
"""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection

from fairlead.planning.heuristic import aim
from fairlead.planning.project import Schedule


def run(inlet: int, outlet: int) -> None:
    """Answers the one question that comes."""
    from fairlead.planning.solver import solve

    source, target = Connection(inlet), Connection(outlet)
    target.send(("ready", None))
    try:
        project, first, within_s, seed = source.recv()
    # the first plan was proven best, or nobody waits any more
    except EOFError:
        return
    least = [aim(project, first)]

    def better(found: Schedule) -> None:
        if (told := aim(project, found)) < least[0]:
            least[0] = told
            target.send(("better", found))

    target.send(("done", solve(project, first, within_s=within_s, seed=seed, better=better)))


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]))
