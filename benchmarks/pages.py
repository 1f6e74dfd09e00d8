"""How long the server takes for each page of the demo: the first call, then the median and the slowest of several.

    python benchmarks/pages.py [--calls 15] [--home FOLDER]

Pages about one thing (a record, the rows behind a figure) are asked for the first thing that another page leads to.
Then first views that nobody could have prepared: other windows, one team. Times are those of the clock at the client,
over loopback; beside them the server's processor time a call.
"""

from __future__ import annotations

import argparse
import re
import statistics
from pathlib import Path

from running import Server, demo_home, server

LIMIT_MS = 150
SCOPED = ("/", "/triage", "/changes", "/delivery", "/quality")


def measure(running: Server, path: str, calls: int) -> tuple[float, float, float, float]:
    """First call, median and slowest of the others in ms; processor time a call."""
    running.ask(path)
    core_s = running.core_s()
    spent = [running.ask(path)[0] for _ in range(calls)]
    core_ms = (running.core_s() - core_s) * 1000 / calls
    return running.first_ms[path], statistics.median(spent), max(spent), core_ms


def first_views(running: Server) -> dict[str, tuple[float, float]]:
    """What the very first call of a page in a scope takes: clock, and processor time to the kernel's 10 ms."""
    teams = re.findall(r'value="(team:[^"]+)"', running.ask("/settings")[1])
    scopes = ["window=7d", "window=90d", *(f"team={team}" for team in teams[:2])]
    found = {}
    for path in (f"{page}?{scope}" for scope in scopes for page in SCOPED):
        core_s = running.core_s()
        spent_ms, _ = running.ask(path)
        found[path] = (spent_ms, (running.core_s() - core_s) * 1000)
    return found


def main() -> None:
    """Prints one line a page, the slowest last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=15)
    parser.add_argument("--home", type=Path, help="a demo home to use; else a new one is told")
    asked = parser.parse_args()
    with demo_home(asked.home) as environ, server(environ) as running:
        found = {path: measure(running, path, asked.calls) for path in running.paths()}
        first = first_views(running)
    print(f"{'page':<60} {'first':>8} {'median':>8} {'slowest':>8} {'core':>8}  (ms)")
    for path, figures in sorted(found.items(), key=lambda one: one[1][1]):
        print(f"{path[:60]:<60} " + " ".join(f"{figure:8.0f}" for figure in figures))
    worst = max(median for _, median, _, _ in found.values())
    print(f"slowest page: {worst:.0f} ms, {worst / LIMIT_MS:.2f} of the limit of {LIMIT_MS} ms; {len(found)} pages")
    print("first views in a scope of their own (ms, core ms), the slowest:")
    for path, (spent_ms, core_ms) in sorted(first.items(), key=lambda one: one[1][1])[-5:]:
        print(f"  {path:<58} {spent_ms:8.0f} {core_ms:8.0f}")


if __name__ == "__main__":
    main()
