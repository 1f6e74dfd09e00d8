"""Applies what a log holds in small batches until it is killed; tells where it is. Run by `test_faults.py`."""

from __future__ import annotations

import os
import signal
import sys

from tests.ingest.notes import Bench

from fairlead.bus.sql import SqlEventLog
from fairlead.ingest.batches import Applied
from fairlead.store.database import Database


def main(facts: str, raw: str, die_after: str = "0") -> None:
    """Steps until there is nothing left, or until it kills itself right after so many commits."""
    bench = Bench(Database.open(facts), SqlEventLog.open(raw))
    commits = 0
    put = bench.ingest.put

    def counted(*given: object) -> Applied:
        nonlocal commits
        applied = put(*given)  # type: ignore[arg-type]
        commits += 1
        if commits == int(die_after):
            os.kill(os.getpid(), signal.SIGKILL)
        return applied

    bench.ingest.put = counted  # type: ignore[method-assign]
    while (step := bench.ingest.step(limit=9)).raw_events:
        print(step.upto, flush=True)
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
