"""The process that solves: a project in, better plans and the best one out; ends with its work or with its caller.

Started by `scheduling.py` as `python -m fairlead.planning.solving` before the first plan is made, so that the solver
is loaded by the time it has something to improve.
"""

from __future__ import annotations

import importlib
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Connection

from fairlead.planning import race
from fairlead.planning.project import Schedule


def run(inlet: int, outlet: int) -> None:
    """Answers the one question that comes."""
    # who waits at a terminal says with Ctrl-C that the plan will do: that is the caller's to hear
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, target = Connection(inlet), Connection(outlet)
    # loaded while the first plan is made
    loading = threading.Thread(target=importlib.import_module, args=("fairlead.planning.solver",), daemon=True)
    loading.start()
    try:
        project, first, within_s, until, seed = source.recv()
    # the first plan was proven best, or nobody waits any more
    except EOFError:
        return

    # what is looked for beside it would only make the loading longer
    loading.join(max(within_s / 2, race.LOADING_S))

    def better(found: Schedule) -> None:
        target.send(("better", found))

    # whoever asked may be gone by now, and then nobody is to be told
    with suppress(BrokenPipeError):
        target.send(("done", race.run(project, first, within_s=within_s, until=until, seed=seed, better=better)))


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]))
