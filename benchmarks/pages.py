"""How long the server takes for each page of the demo: the first call, then the median and the slowest of several.

    python benchmarks/pages.py [--calls 15] [--home FOLDER]

Pages about one thing (a record, the rows behind a figure) are asked for the first thing that another page leads to.
Times are those of the clock at the client, over loopback; beside them the server's processor time a call.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

from running import Server, demo_home, server

LIMIT_MS = 150


def measure(running: Server, path: str, calls: int) -> tuple[float, float, float, float]:
    """First call, median and slowest of the others in ms; processor time a call."""
    running.ask(path)
    core_s = running.core_s()
    spent = [running.ask(path)[0] for _ in range(calls)]
    core_ms = (running.core_s() - core_s) * 1000 / calls
    return running.first_ms[path], statistics.median(spent), max(spent), core_ms


def main() -> None:
    """Prints one line a page, the slowest last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=15)
    parser.add_argument("--home", type=Path, help="a demo home to use; else a new one is told")
    asked = parser.parse_args()
    with demo_home(asked.home) as environ, server(environ) as running:
        found = {path: measure(running, path, asked.calls) for path in running.paths()}
    print(f"{'page':<60} {'first':>8} {'median':>8} {'slowest':>8} {'core':>8}  (ms)")
    for path, figures in sorted(found.items(), key=lambda one: one[1][1]):
        print(f"{path[:60]:<60} " + " ".join(f"{figure:8.0f}" for figure in figures))
    worst = max(median for _, median, _, _ in found.values())
    print(f"slowest page: {worst:.0f} ms, {worst / LIMIT_MS:.2f} of the limit of {LIMIT_MS} ms; {len(found)} pages")


if __name__ == "__main__":
    main()
