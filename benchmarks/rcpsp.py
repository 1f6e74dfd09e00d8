"""Schedules of resource-constrained projects: share proven optimal, gap to the best bound, by size.

    python -m benchmarks.rcpsp                       generated sets of 30, 60 and 120 tasks, as in the published ones
    python -m benchmarks.rcpsp --count 10 --size 60  one set alone
    python -m benchmarks.rcpsp --known best.csv j301_1.sm c154_3.mm    files of the public sets, see `project_files`
    python -m benchmarks.rcpsp --convert x.sm        prints the plan file that `fairlead plan` takes

Generated as ProGen does it (Kolisch, Sprecher, Drexl 1995): 4 resources, durations 1 to 10, network complexity 1.5,
1.8 or 2.1, resource factor 0.25 to 1, resource strength 0.2 to 1 (0.1 to 0.5 for 120 tasks: the rest is trivial).
The gap is to the lower bound found, so it is the largest that it can be; with `--best 60` it is to the best plan that
a minute more finds. For files it is to the best known plan that `--known` names (lines like `j301_1.sm,43`).
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import re
import resource
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from benchmarks.project_files import Said, UnreadableError, converted

from fairlead.planning.building import build
from fairlead.planning.loading import read
from fairlead.planning.project import Project, makespan, violations
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


def project(said: dict[str, Any]) -> Project:
    """As `fairlead plan` would build it."""
    plan, faults = read(said)
    assert plan is not None and not faults, faults
    return build(plan).project


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one instance."""

    name: str
    tasks: int
    quick: int
    """Length of the first plan."""
    makespan: int
    bound: int
    known: int
    """Best length that anybody found, or the bound."""
    proven: bool
    took_s: float
    core_s: float
    """Of this process and of the solver's."""

    @property
    def gap(self) -> float:
        """How much longer than the best known, in percent."""
        return 100 * (self.makespan - self.known) / max(self.known, 1)


def solved(said: Said, within_s: float, *, known: int | None = None, best_s: float = 0.0) -> Found:
    """One instance, its schedule checked by what knows nothing of how it was found."""
    asked = project(said)
    first: list[int] = []
    began, core = time.monotonic(), _core_s()
    found = schedule(asked, within_s=within_s, better=lambda one: first.append(makespan(one)))
    took, core = time.monotonic() - began, _core_s() - core
    assert not violations(asked, found.schedule), violations(asked, found.schedule)
    if known is None:
        known = found.bound
        if best_s and found.status != "optimal":
            known = min(schedule(asked, within_s=best_s, first=found.schedule).makespan, found.makespan)
    return Found(said["title"], sum(any(mode.duration for mode in one.modes) for one in asked.activities),
                 first[0], found.makespan, found.bound, known, found.status == "optimal", took, core)  # fmt: skip


def _core_s() -> float:
    own, others = os.times(), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.user + own.system + others.ru_utime + others.ru_stime


def summary(name: str, within_s: float, all_found: Sequence[Found]) -> str:
    """One line for all of them."""
    mean = statistics.mean
    longer = mean(100 * (one.quick - one.makespan) / max(one.makespan, 1) for one in all_found)
    return (
        f"{name:28} {len(all_found):4} instances, {within_s:g} s: "
        f"{100 * mean(one.proven for one in all_found):5.1f} % proven optimal, "
        f"gap {mean(one.gap for one in all_found):5.2f} % (most {max(one.gap for one in all_found):.1f} %), "
        f"first plan {longer:.2f} % longer, "
        f"{mean(one.took_s for one in all_found):.2f} s each (most {max(one.took_s for one in all_found):.1f} s), "
        f"{mean(one.core_s for one in all_found):.1f} core s"
    )


def measured(name: str, plans: Iterable[Said], within_s: float, best_s: float = 0.0) -> None:
    """Solves them and prints one line."""
    print(summary(name, within_s, [solved(said, within_s, best_s=best_s) for said in plans]), flush=True)


def files(paths: Sequence[Path], known: Mapping[str, int], within_s: float | None, best_s: float) -> None:
    """Solves files, prints a line for each and one for each size; the time is that of the size."""
    by_size: dict[tuple[int, float], list[Found]] = {}
    for path in paths:
        said = converted(path)
        tasks = sum(any(mode["duration"] for mode in task["modes"]) for task in said["tasks"])
        limit = within_s or next((LIMITS[size] for size in sorted(LIMITS) if tasks <= size), 10.0)
        found = solved(said, limit, known=known.get(path.name), best_s=best_s)
        beside = f"best known {found.known}" if path.name in known else f"bound {found.bound}"
        print(f"{path.name:24} {found.quick:5} {found.makespan:5} {beside:>15} {found.gap:6.2f} % "
              f"{'proven' if found.proven else '':6} {found.took_s:5.1f} s", flush=True)  # fmt: skip
        by_size.setdefault((tasks, limit), []).append(found)
    for (tasks, limit), all_found in by_size.items():
        print(summary(f"{tasks} tasks, files", limit, all_found))


def best_known(path: Path | None) -> Mapping[str, int]:
    """Name of file -> best length, from lines like `j301_1.sm,43`; of `132..144` the plan and not the bound."""
    found = {}
    for number, line in enumerate(path.read_text().splitlines() if path else (), 1):
        name, _, length = line.partition(",")
        if said := re.fullmatch(r"(?:\d*\.\.)?(\d+)", length.strip()):
            found[name.strip()] = int(said[1])
        elif number > 1 and line.strip():
            raise SystemExit(f"{path}:{number}: no line like `j301_1.sm,43`: {line}")
    return found


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--size", type=int, choices=sorted(LIMITS))
    parser.add_argument("--time-limit", type=float)
    parser.add_argument("--known", type=Path, help="best known lengths, in lines like `j301_1.sm,43`")
    parser.add_argument("--best", type=float, default=0.0, help="seconds in which the best known plan is looked for")
    parser.add_argument("--convert", action="store_true")
    said = parser.parse_args()
    try:
        if said.convert:
            for path in said.files:
                print(msgspec.json.format(msgspec.json.encode(converted(path)), indent=1).decode())
            return
        load = os.getloadavg()[0]
        if said.files:
            files(said.files, best_known(said.known), said.time_limit, said.best)
        else:
            made(said.count, said.size, said.time_limit, said.best)
        print(f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after, {os.cpu_count()} cores")
    except UnreadableError as fault:
        raise SystemExit(str(fault)) from fault


def made(count: int, only: int | None, within_s: float | None, best_s: float) -> None:
    """The generated sets."""
    for size in [only] if only else sorted(LIMITS):
        plans = (generated(size, seed) for seed in range(count))
        measured(f"{size} tasks, one mode", plans, within_s or LIMITS[size], best_s)
    if not only:
        few = max(count // 4, 1)
        measured("20 tasks, three modes", (generated(20, seed, modes=3) for seed in range(few)), 2.0)
        measured("20 tasks, people by skill", (generated(20, seed, skills=True) for seed in range(few)), 2.0)


if __name__ == "__main__":
    main()
