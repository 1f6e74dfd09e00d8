"""A plan of days: first plan, better ones, and 10,000 draws through the schedule, at 80 tasks and 12 people.

python -m benchmarks.sprint_plan               80 tasks, 12 people with calendars, an agent, a rig, reviews
python -m benchmarks.sprint_plan --large       also 1,000, 10,000 and 100,000 tasks of whole units
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import time
from typing import Any

from fairlead.planning import heuristic
from fairlead.planning.building import build
from fairlead.planning.loading import read
from fairlead.planning.project import Project, makespan, violations
from fairlead.planning.risk import carry
from fairlead.planning.scheduling import schedule

_SKILLS = ("api", "ui", "data", "infra")


def sprint(tasks: int, people: int, seed: int = 1) -> dict[str, Any]:
    """A plan file with all that a sprint has."""
    draw = random.Random(seed)
    crew = [
        {
            "id": f"p{at}",
            "skills": {skill: draw.randint(2, 5) for skill in draw.sample(_SKILLS, 2)} | {"review": 3},
            "time_zone": draw.choice(["Europe/Berlin", "Europe/London", "America/New_York"]),
            "meetings_hours_per_week": draw.choice([2, 4, 6]),
            "away": ["2026-10-20..2026-10-21"] if draw.random() < 0.2 else [],
            "on_call": ["2026-10-19"] if draw.random() < 0.2 else [],
        }
        for at in range(people)
    ]  # fmt: skip
    work = [
        {
            "id": f"T{at}", "type": draw.choice(["feature", "bug"]), "skills": {draw.choice(_SKILLS): 2},
            "estimate": f"{draw.choice([2, 3, 4, 6, 8, 12])}h", "value": draw.randint(1, 9),
            "after": sorted({f"T{draw.randrange(max(at - 12, 0), at)}" for _ in range(draw.choice([0, 1, 1, 2]))})
            if at else [],
            "demands": {"rig": 1} if draw.random() < 0.15 else {},
        }
        for at in range(tasks)
    ]  # fmt: skip
    return {
        "start": "2026-10-12", "time_zone": "Europe/Berlin", "people": crew,
        "agents": [{"id": "coder", "skills": {"api": 3, "ui": 3}, "at_once": 2, "speed": 2}],
        "resources": [{"id": "rig", "capacity": 1}], "review": {"share": 0.2, "types": ["feature"]}, "tasks": work,
    }  # fmt: skip


def units(tasks: int, seed: int = 1) -> dict[str, Any]:
    """A large project of whole units."""
    draw = random.Random(seed)
    return {
        "resources": [{"id": f"R{at}", "capacity": 20} for at in range(4)],
        "tasks": [
            {"id": f"T{at}", "duration": draw.randint(1, 10),
             "demands": {f"R{one}": draw.randint(1, 8) for one in draw.sample(range(4), 2)},
             "after": sorted({f"T{draw.randrange(max(at - 200, 0), at)}" for _ in range(2)}) if at else []}
            for at in range(tasks)
        ],
    }  # fmt: skip


def project(said: dict[str, Any]) -> Project:
    """As `fairlead plan` would build it."""
    plan, faults = read(said)
    assert plan is not None and not faults, faults
    return build(plan).project


def main() -> None:
    """Prints a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true")
    said = parser.parse_args()
    load = os.getloadavg()[0]
    plan, faults = read(sprint(80, 12))
    assert plan is not None and not faults, faults
    began, core = time.perf_counter(), time.process_time()
    built = build(plan)
    made = time.perf_counter() - began
    first = heuristic.plan(built.project)
    took = time.perf_counter() - began
    print(f"80 tasks, 12 people: first plan {took * 1000:.0f} ms ({made * 1000:.0f} of them until it is built; "
          f"{(time.process_time() - core) * 1000:.0f} core ms), "
          f"{len(built.project.activities)} activities, ends after {makespan(first)} units")  # fmt: skip
    assert not any(name.startswith("ortools") for name in sys.modules), "the first plan loads no solver"
    found = schedule(built.project, within_s=2.0, first=first)
    assert not violations(built.project, found.schedule)
    print(f"  after 2 s: {found.makespan} units, none is shorter than {found.bound} ({found.status}); "
          f"{found.took_s:.1f} s")  # fmt: skip
    began, core = time.perf_counter(), time.process_time()
    risk = carry(built, found.schedule)
    assert risk is not None and len(risk.ends) == 10_000
    print(f"  10,000 draws: {time.perf_counter() - began:.2f} s ({time.process_time() - core:.2f} core s)")
    for size in (1_000, 10_000, 100_000) if said.large else ():
        asked = project(units(size))
        began, core = time.perf_counter(), time.process_time()
        quick = heuristic.plan(asked)
        print(f"{size:,} tasks: first plan {time.perf_counter() - began:.2f} s "
              f"({time.process_time() - core:.2f} core s), {makespan(quick)} units, at least {asked.least}, "
              f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")  # fmt: skip
    print(f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after, {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
