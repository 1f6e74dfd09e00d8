"""Cost of the warehouse against its size: load, models with lineage, and a thousand new changes.

    python benchmarks/warehouse.py [CHANGES ...] [--memory 2GB] [--added 1000] [--deltas 5] [--keep FOLDER]

Prints for each size a line with wall and processor seconds, then where the processor time went; the last size is 1 M
changes, 5 M commits, 300 k deployments by default. The new changes, with commits, reviews and deployments, are alike
at every size and go to ten repositories; they come several times over. The median is told, and the mean beside it,
which holds what the engine takes now and then to put its log into the file. The memory is the peak of the whole
process: the made-up history, which lies in a file of its own, holds up to 300 MB of it. With `--keep` the warehouse
of each size stays in a folder, and the next run adds to what is there without loading it again.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from typing import Any, TypeAlias

sys.path.insert(0, str(Path(__file__).parent))

from warehouse_history import MadeUpHistory, Size

from fairlead.metrics.executor import Executor
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.times import FixedClock

Spent: TypeAlias = dict[str, tuple[float, float]]
"""Stage -> seconds by the clock and of processors."""

_SHOWN_FROM = 0.01
"""Stages below this share of the whole are summed up as the rest."""


def main() -> None:
    """Runs all sizes asked for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("changes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    asked.add_argument("--memory", default="2GB", help="memory limit of DuckDB")
    asked.add_argument("--added", type=int, default=1000, help="changes that come at once")
    asked.add_argument("--deltas", type=int, default=5, help="how often they come")
    asked.add_argument("--keep", type=Path, help="folder for the warehouses; used again if they are there")
    arguments = asked.parse_args()
    news = f"{arguments.added:,} new changes"
    print(f"{'':>20} {'load':>17} {'models, lineage':>19} {news + ', median (mean)':>34} {'peak':>8}")
    print(
        f"{'changes':>9} {'rows':>10} {'rows/s':>9} {'core s':>7} {'s':>9} {'core s':>9} {'s':>17} {'core s':>16} "
        f"{'MB':>8}"
    )
    costs = [measure(changes, arguments) for changes in arguments.changes]
    for changes, cost in zip(arguments.changes[1:], costs[1:], strict=True):
        times = cost / costs[0]
        print(f"{news} at {changes:,}: {times:.2f} times the processor time at {arguments.changes[0]:,}")


def measure(changes: int, asked: argparse.Namespace) -> float:
    """One size: its line and its stages; gives the median of the processor seconds of the new changes."""
    with _folder(asked.keep, changes) as folder:
        history = MadeUpHistory(Size(changes, incidents=max(30, changes // 330)), folder / "history.duckdb")
        rows = history.rows()
        clock = FixedClock(datetime(2026, 11, 20, tzinfo=UTC))
        warehouse = Warehouse(folder / "warehouse.duckdb", history, clock=clock, memory_limit=asked.memory)
        # What was kept is current, unless the models are newer: then they are made anew here.
        whole = _stages(warehouse.refresh)
        deltas = []
        for _ in range(asked.deltas):
            history.add(asked.added)
            deltas.append(_stages(warehouse.refresh))
        warehouse.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    load = whole.pop("load", None)
    loaded = f"{rows:>10,} {rows / load[0]:>9,.0f} {load[1]:>7.1f}" if load else f"{'kept':>10} {'':>17}"
    models, sums = _sum(whole), [_sum(delta) for delta in deltas]
    wall, core = ([pair[which] for pair in sums] for which in (0, 1))
    print(
        f"{changes:>9,} {loaded} {models[0]:>9.1f} {models[1]:>9.1f} "
        f"{median(wall):>8.2f} ({mean(wall):>6.2f}) {median(core):>7.2f} ({mean(core):>6.2f}) {peak:>8,.0f}"
    )
    for name, spent in (("models and lineage", whole), (f"{asked.added:,} new changes, mean", _mean(deltas))):
        print(f"          {name}, core s: {_listed(spent)}", flush=True)
    return median(core)


@contextmanager
def _folder(kept: Path | None, changes: int) -> Iterator[Path]:
    if kept is None:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    else:
        (kept / str(changes)).mkdir(parents=True, exist_ok=True)
        yield kept / str(changes)


def _mean(runs: list[Spent]) -> Spent:
    stages = {name for run in runs for name in run}
    found = {name: [run.get(name, (0.0, 0.0)) for run in runs] for name in stages}
    return {name: (mean(pair[0] for pair in pairs), mean(pair[1] for pair in pairs)) for name, pairs in found.items()}


def _sum(spent: Spent) -> tuple[float, float]:
    return sum(pair[0] for pair in spent.values()), sum(pair[1] for pair in spent.values())


def _listed(spent: Spent) -> str:
    least = _SHOWN_FROM * _sum(spent)[1]
    shown = sorted(((pair[1], name) for name, pair in spent.items() if pair[1] >= least), reverse=True)
    rest = sum(pair[1] for pair in spent.values() if pair[1] < least)
    return ", ".join([*(f"{name} {core:.2f}" for core, name in shown), f"rest {rest:.2f}"])


def _stages(act: Callable[[], object]) -> Spent:
    """Runs it and tells what each stage took; what no stage took is the commit and what little stands between."""
    spent: Spent = {}
    with _timed(Executor, spent), _timed_load(spent):
        clock, core = time.perf_counter(), time.process_time()
        act()
        clock, core = time.perf_counter() - clock, time.process_time() - core
    inside = _sum(spent)
    spent["commit, calendars, views"] = (clock - inside[0], core - inside[1])
    return spent


@contextmanager
def _timed(owner: type[Any], spent: Spent) -> Iterator[None]:
    """Every model and computed table by its name."""
    kept = {name: getattr(owner, name) for name in ("_make", "_replace_dirty", "_compute")}

    def counting(inner: Callable[..., object]) -> Callable[..., object]:
        def timed(self: object, *words: object, **named: object) -> object:
            clock, core = time.perf_counter(), time.process_time()
            found = inner(self, *words, **named)
            names = (word if isinstance(word, str) else getattr(word, "name", None) for word in words)
            what = next(filter(None, names))
            spent[what] = (time.perf_counter() - clock, time.process_time() - core)
            return found

        return timed

    for name, inner in kept.items():
        setattr(owner, name, counting(inner))
    try:
        yield
    finally:
        for name, inner in kept.items():
            setattr(owner, name, inner)


@contextmanager
def _timed_load(spent: Spent) -> Iterator[None]:
    inner = Warehouse._load

    def timed(self: Warehouse, *words: Any) -> dict[str, int]:
        clock, core = time.perf_counter(), time.process_time()
        found = inner(self, *words)
        spent["load"] = (time.perf_counter() - clock, time.process_time() - core)
        return found

    Warehouse._load = timed  # type: ignore[method-assign]
    try:
        yield
    finally:
        Warehouse._load = inner  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
