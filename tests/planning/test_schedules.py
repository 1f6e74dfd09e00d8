"""Schedules keep every rule, are never shorter than the bound, and the same told backwards is as long."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.projects import projects, shortest, tiny

from fairlead.planning import generations
from fairlead.planning.heuristic import aim, justified, mirror, place, plan, settled
from fairlead.planning.project import Activity, Mode, Project, Resource, Wait, makespan, violations
from fairlead.planning.room import Room
from fairlead.planning.scheduling import schedule
from fairlead.planning.solver import solve


@given(projects())
def test_every_order_gives_a_schedule_that_keeps_all_rules(project: Project) -> None:
    orders = [[at * 7 % 5 + 0.0 for at in range(len(project.activities))], [0.0] * len(project.activities)]
    for order in orders:
        found = place(project, order)
        assert violations(project, found) == []
        assert makespan(found) >= project.least
        closed_up = justified(project, found, mirror(project))
        assert violations(project, closed_up) == []
        assert violations(project, settled(project, found)) == []


@given(projects(plain=True))
def test_closing_up_makes_nothing_longer(project: Project) -> None:
    found = place(project, [-float(at) for at in range(len(project.activities))])
    assert makespan(justified(project, found, mirror(project))) <= makespan(found)


@settings(max_examples=12)
@given(projects(most=6))
def test_the_solver_keeps_all_rules_and_is_no_worse(project: Project) -> None:
    first = plan(project, tries=1)
    found = solve(project, first, within_s=2.0, threads=1)
    assert violations(project, found.schedule) == []
    assert found.bound <= found.makespan == makespan(found.schedule)
    assert aim(project, found.schedule) <= aim(project, first)
    tidy = settled(project, found.schedule)
    assert violations(project, tidy) == []
    assert aim(project, tidy) <= aim(project, found.schedule)


@settings(max_examples=12)
@given(projects(plain=True, most=7))
def test_the_same_told_backwards_is_as_long(project: Project) -> None:
    turned = mirror(project)
    assert turned is not None
    lengths = []
    for one in (project, turned):
        found = solve(one, plan(one, tries=1), within_s=5.0, threads=1)
        assert found.status == "optimal"
        lengths.append(found.makespan)
    assert lengths[0] == lengths[1]


@given(st.integers(1, 70), st.lists(st.tuples(st.integers(1, 9), st.integers(1, 70)), max_size=25))
def test_room_gives_each_place_only_once(capacity: int, asked: list[tuple[int, int]]) -> None:
    kept = [(length, amount) for length, amount in asked if amount <= capacity]
    project = Project(
        tuple(Activity(f"A{at}", (Mode(length, {0: amount}),)) for at, (length, amount) in enumerate(kept)),
        resources=(Resource("R", capacity),),
    )
    room, used = Room(project), [0] * (sum(length for length, _ in kept) + 1)
    for activity in project.activities:
        placed = room.first(activity.modes[0], 0)
        assert placed
        room.take(activity.modes[0], placed)
        amount = activity.modes[0].demands[0]
        # nowhere before it was there room
        for start in range(placed.start):
            assert any(used[at] + amount > capacity for at in range(start, start + activity.modes[0].duration))
        for at in range(placed.start, placed.end):
            used[at] += amount
            assert used[at] <= capacity


def test_a_plan_is_told_at_once_and_improved_by_a_process_of_its_own() -> None:
    # a round of the machines is never full, so that the work alone proves nothing
    lengths = [5, 5, 5, 5]
    project = Project(
        tuple(Activity(str(at), (Mode(length, {0: 1}),)) for at, length in enumerate(lengths)),
        resources=(Resource("machines", 3),),
    )
    told: list[int] = []
    found = schedule(project, within_s=10.0, better=lambda better: told.append(makespan(better)))
    assert (found.status, found.makespan, found.bound) == ("optimal", 10, 10)
    assert violations(project, found.schedule) == []
    assert told == sorted(told, reverse=True)
    assert schedule(project, within_s=10.0, stop=lambda: True).status == "feasible"


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_gives_the_same_first_plan(seed: int) -> None:
    lengths = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]
    project = Project(
        tuple(Activity(str(at), (Mode(length, {0: at % 3 + 1}),)) for at, length in enumerate(lengths)),
        resources=(Resource("R", 4),),
    )
    assert plan(project, seed) == plan(project, seed)


@settings(max_examples=25)
@given(projects(skilled=False, most=7))
def test_generations_keep_all_rules_and_are_no_worse(project: Project) -> None:
    first = plan(project, tries=1)
    found = generations.improve(project, first, done=_after(3))
    assert violations(project, found) == []
    assert aim(project, found) <= aim(project, first)
    assert generations.improve(project, first, done=_after(3)) == found


def _after(generations: int) -> Callable[[], bool]:
    asked = itertools.count(1)
    return lambda: next(asked) >= generations


@settings(max_examples=40)
@given(tiny())
def test_nothing_is_shorter_than_what_is_proven(project: Project) -> None:
    least = shortest(project)
    found = solve(project, plan(project), within_s=10.0, threads=1)
    assert violations(project, found.schedule) == []
    assert (found.status, found.bound, makespan(found.schedule)) == ("optimal", least, least)
    if generations.suits(project):
        bred = generations.improve(project, plan(project, tries=1), done=_after(40))
        assert violations(project, bred) == []
        assert makespan(bred) >= least


def test_generations_find_what_no_rule_of_priority_does() -> None:
    draw = random.Random(7)
    project = Project(
        tuple(
            Activity(str(at), (Mode(draw.randint(1, 9), {0: draw.randint(1, 6), 1: draw.randint(1, 6)}),))
            for at in range(40)
        ),
        tuple(Wait(draw.randrange(max(at - 9, 0), at), at) for at in range(1, 40)),
        (Resource("R", 9), Resource("S", 9)),
    )
    first = plan(project)
    found = generations.improve(project, first, done=_after(30))
    assert violations(project, found) == []
    assert makespan(found) < makespan(first)


def test_what_is_too_long_for_arrays_is_left_to_the_solver() -> None:
    lengths = [9_000, 8_000, 7_000, 6_000, 5_000, 5_000, 4_000]
    project = Project(
        tuple(Activity(str(at), (Mode(length, {0: 1}),)) for at, length in enumerate(lengths)),
        resources=(Resource("machines", 2),),
    )
    worst = place(project, [0.0] * 7)
    assert generations.improve(project, worst, done=_after(3)) is worst
    found = schedule(project, within_s=10.0, first=worst)
    assert (found.status, found.makespan) == ("optimal", 22_000)


@given(projects(skilled=False), st.integers(0, 40))
def test_an_end_is_found_by_walking_through_the_units(project: Project, start: int) -> None:
    for activity in project.activities:
        for mode in activity.modes:
            assert project.end(mode, start) == _walked(project, mode, start), mode


def _walked(project: Project, mode: Mode, start: int) -> int:
    """Unit by unit: worked where all are there, rested where it may rest."""
    if start >= project.length:
        return start if mode.duration == 0 and start == project.length else -1
    left, unit = mode.duration, start
    while left:
        if unit == project.length:
            return -1
        away = [one for one in mode.demands if _within(project.resources[one].closed, unit)]
        resting = any(_within(project.resources[one].rests, unit) for one in mode.demands)
        if away and (left == mode.duration or not (mode.split or resting)):
            return -1
        left -= not away
        unit += 1
    return unit


def _within(spans: tuple[tuple[int, int], ...], unit: int) -> bool:
    return any(begin <= unit < end for begin, end in spans)
