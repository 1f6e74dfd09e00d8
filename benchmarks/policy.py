"""How long a decision takes with all shipped policies, and what an interpreter costs.

    python benchmarks/policy.py [--decisions 500]

Prints for each kind of act the median (p50) and the 95th percentile (p95) by the clock, and processor time; on a busy
machine the last is the one to compare. Exit code 1 where a median is over the mark.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from typing import Any

from fairlead.config.settings import Policy
from fairlead.governance.policy import policies
from fairlead.governance.policy.document import KINDS
from fairlead.governance.policy.embedded import Embedded
from fairlead.governance.policy.engine import VERDICT
from fairlead.governance.policy.judge import Judge
from fairlead.wiring.policies import values

_LIMIT_MS = 3.0


def cases(usual: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """An act of each kind by a member, with a freeze that is another team's: every policy has a word on a merge."""
    freeze = {"name": "release", "reason": "4.0 is cut", "until_ns": 1, "kinds": ["merge"], "repositories": []}
    found = {}
    for kind in KINDS:
        found[kind] = json.loads(json.dumps(usual))
        found[kind]["act"]["kind"] = kind
        found[kind]["time"]["freezes"] = [{**freeze, "teams": ["team:search"], "exceptions": []}]
    return found


def memory_mb() -> float:
    """Most that the process has taken."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Prints a line a kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=500)
    count = parser.parse_args().decisions
    loaded = policies.load([], values(Policy()))
    before, started = memory_mb(), time.perf_counter()
    judge = Judge(loaded, Embedded(loaded.texts, loaded.data, [VERDICT], threads=1))
    judge.decide(loaded.usual)
    first_ms = (time.perf_counter() - started) * 1000
    print(f"{len(loaded.deciding)} policies; first decision {first_ms:.0f} ms, {memory_mb() - before:.0f} MB")
    over = False
    for name, said in cases(loaded.usual).items():
        took, core = [], time.process_time()
        for _ in range(count):
            began = time.perf_counter()
            judge.decide(said)
            took.append((time.perf_counter() - began) * 1000)
        core_ms = (time.process_time() - core) / count * 1000
        p95 = statistics.quantiles(took, n=20)[-1]
        median = statistics.median(took)
        over |= median >= _LIMIT_MS
        note = "" if median < _LIMIT_MS else f"   over {_LIMIT_MS:g} ms"
        print(f"{name:16} {median:6.2f} ms p50 {p95:6.2f} ms p95 {core_ms:6.2f} core ms{note}")
    judge.close()
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
