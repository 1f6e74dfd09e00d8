"""Cost of the warehouse against its size: load, models with lineage, and a thousand new changes.

    python benchmarks/warehouse.py [CHANGES ...] [--memory 3GB]

Prints a line for each size; the last is 1 M changes, 5 M commits, 300 k deployments by default.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from warehouse_history import MadeUpHistory, Size

from fairlead.metrics.tables import Source
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.schema import TABLES
from fairlead.model.times import FixedClock


def main() -> None:
    """Runs all sizes asked for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("changes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    asked.add_argument("--memory", default="2500MB", help="memory limit of DuckDB")
    asked.add_argument("--profile", action="store_true", help="seconds of each model")
    arguments = asked.parse_args()
    print(f"{'changes':>9} {'rows':>11} {'load rows/s':>12} {'models s':>9} {'1,000 new s':>12} {'peak MB':>8}")
    for changes in arguments.changes:
        measure(changes, arguments.memory, arguments.profile)


def measure(changes: int, memory: str, profile: bool) -> None:
    """One line of the table."""
    history = MadeUpHistory(Size(changes, incidents=max(30, changes // 330)))
    rows = history.rows()
    with tempfile.TemporaryDirectory() as folder:
        clock = FixedClock(datetime(2026, 11, 20, tzinfo=UTC))
        warehouse = Warehouse(Path(folder) / "warehouse.duckdb", history, clock=clock, memory_limit=memory)
        if profile:
            _report_models(warehouse)
        load_s, models_s = _apart(warehouse, history)
        history.add(1000)
        started = time.perf_counter()
        warehouse.refresh()
        delta_s = time.perf_counter() - started
        warehouse.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{changes:>9,} {rows:>11,} {rows / load_s:>12,.0f} {models_s:>9.1f} {delta_s:>12.2f} {peak:>8,.0f}",
        flush=True,
    )


def _apart(warehouse: Warehouse, history: Source) -> tuple[float, float]:
    """Seconds of the load, and of everything after it."""
    from fairlead.metrics import warehouse as module

    loaded: list[float] = []
    load = module.Warehouse._load

    def timed(self: Warehouse, snapshot: object, held: int) -> dict[str, int]:
        found = load(self, snapshot, held)  # type: ignore[arg-type]
        loaded.append(time.perf_counter())
        return found

    module.Warehouse._load = timed  # type: ignore[method-assign]
    started = time.perf_counter()
    warehouse.refresh()
    ended = time.perf_counter()
    module.Warehouse._load = load  # type: ignore[method-assign]
    assert TABLES
    return loaded[0] - started, ended - loaded[0]


def _report_models(warehouse: Warehouse) -> None:
    from fairlead.metrics.executor import Executor

    for name in ("_make", "_replace_dirty", "_compute"):
        inner = getattr(Executor, name)

        def timed(self: object, *arguments: object, _inner: object = inner, **named: object) -> object:
            started = time.perf_counter()
            found = _inner(self, *arguments, **named)  # type: ignore[operator]
            spent = time.perf_counter() - started
            if spent > 0.3:
                what = next(
                    a if isinstance(a, str) else getattr(a, "name", "")
                    for a in arguments
                    if isinstance(a, str) or hasattr(a, "name")
                )
                print(f"    {what:<32} {spent:6.1f} s", file=sys.stderr)
            return found

        setattr(Executor, name, timed)


if __name__ == "__main__":
    main()
