"""Memory of a server with pages and workers on the demo's data, after every page was asked for twice.

    python benchmarks/memory.py [--home FOLDER]

The sum over its processes of what each uses alone plus its share of what it shares (PSS, Linux). The process that
draws charts is shown apart: it ends when it has nothing to do.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from running import demo_home, server

LIMIT_MB = 512


def pss_mb(pid: int) -> float:
    """Proportional set size of a process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    """Prints a line for each process and the sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a demo home to use; else a new one is told")
    asked = parser.parse_args()
    with demo_home(asked.home) as environ, server(environ) as running:
        print(f"started: {pss_mb(running.pid):.0f} MB")
        paths = running.paths()
        for path in paths:
            running.ask(path)
        total = 0.0
        for pid in running.processes():
            words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
            apart = "reports.drawing" in words
            used = pss_mb(pid)
            total += 0 if apart else used
            print(f"{used:6.0f} MB{' (apart)' if apart else ''}  {words[:100]}")
    print(f"server after {len(paths)} pages: {total:.0f} MB, {total / LIMIT_MB:.2f} of the limit of {LIMIT_MB} MB")


if __name__ == "__main__":
    main()
