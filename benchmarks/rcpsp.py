"""Schedules of resource-constrained projects: share proven optimal, gap to the best bound, by size.

    python -m benchmarks.rcpsp                       generated sets of 30, 60 and 120 tasks, as in the published ones
    python -m benchmarks.rcpsp --count 10 --size 60  one set alone
    python -m benchmarks.rcpsp j301_1.sm c154_3.mm   files in the text format of the public sets
    python -m benchmarks.rcpsp --convert x.sm        prints the plan file that `fairlead plan` takes

Generated as ProGen does it (Kolisch, Sprecher, Drexl 1995): 4 resources, durations 1 to 10, network complexity 1.5,
1.8 or 2.1, resource factor 0.25 to 1, resource strength 0.2 to 1 (0.1 to 0.5 for 120 tasks: the rest is trivial).
The gap is to the lower bound found, so it is the largest that it can be; with `--best 60` it is to the best plan that
a minute more finds, which is what tables of best known plans compare with.
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from fairlead.planning.building import build
from fairlead.planning.loading import read
from fairlead.planning.project import Project, violations
from fairlead.planning.scheduling import schedule

LIMITS = {30: 1.0, 60: 2.0, 120: 10.0}


def generated(size: int, seed: int, *, modes: int = 1, skills: bool = False) -> dict[str, Any]:
    """A plan file of one generated instance; its parameters go round with the seed."""
    draw = random.Random(seed)
    strengths = (0.1, 0.2, 0.3, 0.4, 0.5) if size >= 120 else (0.2, 0.5, 0.7, 1.0)
    complexity, factor, strength = list(itertools.product((1.5, 1.8, 2.1), (0.25, 0.5, 0.75, 1.0), strengths))[
        (seed * 7) % (12 * len(strengths))
    ]
    after = _network(size, complexity, draw)
    names = [f"R{at}" for at in range(1, 5)]
    tasks = [{"id": f"T{at}", "modes": _modes(draw, names, factor, modes), "after": [f"T{one}" for one in waits]}
             for at, waits in enumerate(after)]  # fmt: skip
    plan: dict[str, Any] = {"title": f"generated {size}, seed {seed}", "tasks": tasks}
    plan["resources"] = [{"id": name, "capacity": _capacity(tasks, name, strength)} for name in names]
    if skills:
        kinds = ("a", "b", "c", "d")
        plan["people"] = [{"id": f"P{at}", "skills": sorted({kinds[at % 4], draw.choice(kinds)})} for at in range(8)]
        for task in tasks:
            for mode in task["modes"]:
                mode["people"] = {kind: draw.randint(1, 2) for kind in draw.sample(kinds, draw.randint(1, 2))}
                mode["demands"] = {}
    return plan


def _network(size: int, complexity: float, draw: random.Random) -> list[list[int]]:
    """Predecessors: first one for each, then more until there are enough, none that says nothing new."""
    after: list[set[int]] = [set() for _ in range(size)]
    above: list[set[int]] = [set() for _ in range(size)]
    starts = max(size // 10, 3)
    for at in range(starts, size):
        _wait(at, draw.randrange(max(0, at - size // 3), at), after, above)
    for _ in range(20 * size):
        if sum(map(len, after)) >= complexity * size:
            break
        at = draw.randrange(1, size)
        one = draw.randrange(max(0, at - size // 3), at)
        if one not in above[at] and len(after[at]) < 3:
            _wait(at, one, after, above)
    return [sorted(waits) for waits in after]


def _wait(at: int, one: int, after: list[set[int]], above: list[set[int]]) -> None:
    after[at].add(one)
    above[at] |= above[one] | {one}


def _modes(draw: random.Random, names: Sequence[str], factor: float, count: int) -> list[dict[str, Any]]:
    durations = sorted(draw.sample(range(1, 11), count))
    used = [name for name in names if draw.random() < factor] or [draw.choice(names)]
    base = {name: draw.randint(1, 10) for name in used}
    # who takes longer needs less at once
    return [
        {"id": str(number + 1), "duration": length,
         "demands": {name: max(1, amount - number * 2) for name, amount in base.items()}}
        for number, length in enumerate(durations)
    ]  # fmt: skip


def _capacity(tasks: Sequence[dict[str, Any]], name: str, strength: float) -> int:
    """Between the least with which each task can be done and what the earliest plan asks for."""
    length, found = {}, dict[int, int]()
    for task in tasks:
        mode = task["modes"][0]
        start = max((length[one] for one in task["after"]), default=0)
        length[task["id"]] = start + mode["duration"]
        for unit in range(start, start + mode["duration"]):
            found[unit] = found.get(unit, 0) + mode["demands"].get(name, 0)
    least = max((max(mode["demands"].get(name, 0) for mode in task["modes"]) for task in tasks), default=0)
    return max(round(least + strength * (max(max(found.values(), default=0), least) - least)), 1)


def converted(path: Path) -> dict[str, Any]:
    """The plan file of a `.sm` or `.mm` file; resources that are used up are not known to a plan and are refused."""
    text = path.read_text(encoding="latin-1")
    rows = {
        name: _table(text, name) for name in ("PRECEDENCE RELATIONS", "REQUESTS/DURATIONS", "RESOURCEAVAILABILITIES")
    }
    renewable = int(re.search(r"- renewable\s*:\s*(\d+)", text)[1])  # type: ignore[index]
    capacity = rows["RESOURCEAVAILABILITIES"][-1]
    modes: dict[int, list[dict[str, Any]]] = {}
    job = 0
    for row in rows["REQUESTS/DURATIONS"]:
        # of the second mode on the number of the job is left out
        job, *rest = row if len(row) == len(capacity) + 3 else (job, *row)
        number, duration, *amounts = rest
        if any(amounts[renewable:]):
            raise SystemExit(f"{path}: resources that are used up are not planned here")
        demands = {f"R{at + 1}": amount for at, amount in enumerate(amounts[:renewable]) if amount}
        modes.setdefault(job, []).append({"id": str(number), "duration": duration, "demands": demands})
    after: dict[int, list[str]] = {}
    for one, _, _, *following in rows["PRECEDENCE RELATIONS"]:
        for other in following:
            after.setdefault(other, []).append(str(one))
    return {
        "title": path.stem,
        "resources": [{"id": f"R{at + 1}", "capacity": amount} for at, amount in enumerate(capacity[:renewable])],
        "tasks": [{"id": str(one), "modes": ways, "after": after.get(one, [])} for one, ways in modes.items()],
    }


def _table(text: str, name: str) -> list[list[int]]:
    part = text.partition(f"{name}:")[2].partition("*****")[0]
    return [
        [int(word) for word in line.split()]
        for line in part.splitlines()
        if re.fullmatch(r"[\s\d]+", line) and line.strip()
    ]


def project(said: dict[str, Any]) -> Project:
    """As `fairlead plan` would build it."""
    plan, faults = read(said)
    assert plan is not None and not faults, faults
    return build(plan).project


def measured(name: str, plans: Iterator[dict[str, Any]], within_s: float, best_s: float = 0.0) -> None:
    """Solves them and prints one line."""
    proven, gaps, quick, took = 0, list[float](), list[float](), list[float]()
    for said in plans:
        asked = project(said)
        first: list[int] = []
        began = time.monotonic()
        found = schedule(
            asked, within_s=within_s, better=lambda one, first=first: first.append(max(p.end for p in one))
        )
        took.append(time.monotonic() - began)
        assert not violations(asked, found.schedule)
        proven += found.status == "optimal"
        known = found.bound
        if best_s and found.status != "optimal":
            known = min(schedule(asked, within_s=best_s, first=found.schedule).makespan, found.makespan)
        gaps.append(100 * (found.makespan - known) / max(known, 1))
        quick.append(100 * (first[0] - found.makespan) / max(found.makespan, 1))
    print(
        f"{name:34} {len(gaps):4} instances, {within_s:g} s: {100 * proven / len(gaps):5.1f} % proven optimal, "
        f"gap {statistics.mean(gaps):5.2f} % (most {max(gaps):.1f} %), "
        f"quick plan {statistics.mean(quick):4.2f} % longer, {statistics.mean(took):.1f} s each",
        flush=True,
    )


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--size", type=int, choices=sorted(LIMITS))
    parser.add_argument("--time-limit", type=float)
    parser.add_argument("--best", type=float, default=0.0, help="seconds in which the best known plan is looked for")
    parser.add_argument("--convert", action="store_true")
    said = parser.parse_args()
    if said.convert:
        for path in said.files:
            print(msgspec.json.format(msgspec.json.encode(converted(path)), indent=1).decode())
        return
    if said.files:
        measured("files", (converted(path) for path in said.files), said.time_limit or 10.0, said.best)
        return
    for size in [said.size] if said.size else sorted(LIMITS):
        plans = (generated(size, seed) for seed in range(said.count))
        measured(f"{size} tasks, one mode", plans, said.time_limit or LIMITS[size], said.best)
    if not said.size:
        few = max(said.count // 4, 1)
        measured("20 tasks, three modes", (generated(20, seed, modes=3) for seed in range(few)), 2.0)
        measured("20 tasks, people by skill", (generated(20, seed, skills=True) for seed in range(few)), 2.0)


if __name__ == "__main__":
    main()
