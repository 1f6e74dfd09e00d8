"""Applies what a log holds in small batches until it is killed; tells where it is. Run by `test_faults.py`."""

from __future__ import annotations

import sys

from tests.ingest.notes import Bench

from fairlead.bus.sql import SqlEventLog
from fairlead.store.database import Database


def main(facts: str, raw: str) -> None:
    """Steps until there is nothing left."""
    bench = Bench(Database.open(facts), SqlEventLog.open(raw))
    while (step := bench.ingest.step(limit=9)).raw_events:
        print(step.upto, flush=True)
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
