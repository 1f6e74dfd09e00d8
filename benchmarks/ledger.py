"""The ledger at 10,000, 100,000 and 1,000,000 entries: appends, proofs, verification, export.

    python benchmarks/ledger.py [--sizes 10000,100000,1000000] [--batch 500] [--alone]

A batch is one transaction with so many entries, on SQLite with its journal synced at each commit. `--alone` also runs
the export's own verifier on the bare interpreter.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fairlead.governance.ledger.book import Ledger
from fairlead.governance.ledger.entries import Entry
from fairlead.governance.ledger.proving import grown, prove
from fairlead.model.times import SystemClock
from fairlead.store.database import Database

PEOPLE = [f"person:p{number}" for number in range(40)]


def entry(number: int) -> Entry:
    """An approval with a reason that may be erased; every fifth has none."""
    said = {"action": f"action:{number:08d}", "digest": f"{number:064x}", "how": "slack", "role": "manager"}
    personal = {} if number % 5 == 0 else {"reason": f"agreed on in the stand-up of day {number % 365}"}
    return Entry("action.approved", f"github:acme/payments#{number % 5000}", PEOPLE[number % 40], said, personal)


def appended(ledger: Ledger, first: int, count: int, batch: int) -> tuple[float, float]:
    """Entries a second by the clock, and by the processor's time."""
    begun, worked = time.perf_counter(), time.process_time()
    for start in range(first, first + count, batch):
        with ledger.database.begin() as tx:
            ledger.record_all(tx, [entry(number) for number in range(start, min(start + batch, first + count))])
    return count / (time.perf_counter() - begun), count / (time.process_time() - worked)


def timed_ms(work: Callable[[int], object], indexes: list[int]) -> tuple[float, float]:
    """Median and slowest of some calls, in milliseconds."""
    took = []
    for index in indexes:
        begun = time.perf_counter()
        work(index)
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took), max(took)


def measured(folder: Path, size: int, batch: int, *, alone: bool) -> None:
    """One size, in a store of its own."""
    database = Database.open(f"sqlite:///{folder / 'facts.db'}")
    ledger = Ledger(database, SystemClock(), folder / "keys")
    single = appended(ledger, 0, min(1000, size // 10), 1)
    rate = appended(ledger, min(1000, size // 10), size - min(1000, size // 10), batch)
    ledger.checkpoint()
    indexes = random.Random(7).sample(range(size), 200)

    def proved(index: int) -> None:
        with database.read() as tx:
            assert prove(tx, index).holds

    def consistent(index: int) -> None:
        with database.read() as tx:
            assert grown(tx, index + 1).holds

    inclusion, consistency = timed_ms(proved, indexes), timed_ms(consistent, indexes)
    begun = time.perf_counter()
    assert ledger.verify().ok
    verified_s = time.perf_counter() - begun
    begun = time.perf_counter()
    ledger.audit()
    audited_s = time.perf_counter() - begun
    megabytes = sum(path.stat().st_size for path in folder.glob("facts.db*")) / 1e6
    rates = f"{single[0]:,.0f}/s one by one, {rate[0]:,.0f}/s in batches of {batch}, {rate[1]:,.0f} a core"
    print(f"{size:>9,} entries: {rates}; {megabytes:,.0f} MB")
    print(f"          proof {inclusion[0]:.2f} ms (slowest {inclusion[1]:.2f}), "
          f"consistency {consistency[0]:.2f} ms (slowest {consistency[1]:.2f})")  # fmt: skip
    print(f"          verified in {verified_s:.1f} s, {size / verified_s:,.0f} a second; audit {audited_s:.2f} s")
    if alone:
        begun = time.perf_counter()
        ledger.export(folder / "export")
        exported_s = time.perf_counter() - begun
        begun = time.perf_counter()
        command = [sys.executable, "-I", "-S", "verify.py"]
        subprocess.run(command, cwd=folder / "export", check=True, stdout=subprocess.DEVNULL)
        print(f"          exported in {exported_s:.1f} s, verified alone in {time.perf_counter() - begun:.1f} s")
    database.close()


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--alone", action="store_true")
    said = parser.parse_args()
    for size in map(int, said.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="fairlead-ledger-") as folder:
            measured(Path(folder), size, said.batch, alone=said.alone)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
