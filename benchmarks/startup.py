"""How long commands take from the shell: help, help of one command, the brief of the demo without a server.

    python benchmarks/startup.py [--runs 7] [--home FOLDER]

Prints the median of the clock and of processor time; on a busy machine the second is the one to compare.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import time
from pathlib import Path

from running import PROGRAM, demo_home

COMMANDS = ((["--help"], 200), (["brief", "--help"], 200), (["--demo", "brief"], 1000))
"""Words and the limit in ms."""


def once(words: list[str], environ: dict[str, str]) -> tuple[float, float]:
    """Milliseconds of the clock and of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run([PROGRAM, *words], env=environ, check=True, stdout=subprocess.DEVNULL)
    wall_ms = (time.perf_counter() - started) * 1000
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    core_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall_ms, core_s * 1000


def main() -> None:
    """Prints a line a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--home", type=Path, help="a demo home to use; else a new one is told")
    asked = parser.parse_args()
    with demo_home(asked.home) as environ:
        for words, limit_ms in COMMANDS:
            once(words, environ)
            spent = [once(words, environ) for _ in range(asked.runs)]
            wall_ms, core_ms = (statistics.median(values) for values in zip(*spent, strict=True))
            print(
                f"fairlead {' '.join(words):<14} {wall_ms:6.0f} ms, {wall_ms / limit_ms:.2f} of the limit of "
                f"{limit_ms} ms; processor time {core_ms:.0f} ms, {core_ms / limit_ms:.2f}"
            )
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
