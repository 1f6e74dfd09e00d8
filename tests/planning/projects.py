"""Projects of all kinds for property tests: modes, calendars, skills, lags, due times."""

from __future__ import annotations

from hypothesis import strategies as st

from fairlead.planning.project import Activity, Mode, Project, Resource, Wait, Worker


@st.composite
def projects(draw: st.DrawFn, *, plain: bool = False, most: int = 9) -> Project:
    """A project that can be done; `plain` ones have one way each, finish-start waits and no calendars."""
    size = draw(st.integers(1, most))
    capacities = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    closing = st.lists(st.integers(0, 12), max_size=0 if plain else 2, unique=True)
    resources = [
        Resource(f"R{at}", capacity, tuple((begin * 3, begin * 3 + 2) for begin in sorted(draw(closing))))
        for at, capacity in enumerate(capacities)
    ]
    people = draw(st.lists(st.frozensets(st.sampled_from("abc"), min_size=1), max_size=0 if plain else 3))
    workers = [Worker(skills, len(resources) + at) for at, skills in enumerate(people)]
    resources += [Resource(f"P{at}", 1) for at in range(len(people))]
    known = sorted({skill for skills in people for skill in skills})
    activities = tuple(
        Activity(
            f"A{at}",
            tuple(draw(_mode(capacities, known)) for _ in range(1 if plain else draw(st.integers(1, 3)))),
            0 if plain else draw(st.integers(0, 6)),
            None if plain else draw(st.none() | st.integers(3, 30)),
        )
        for at in range(size)
    )
    pairs = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda pair: pair[0] < pair[1])
    waits = [
        Wait(
            before, after, "finish_start" if plain else draw(st.sampled_from(["finish_start", "start_start"])),
            draw(st.integers(0, 3)),
        )
        for before, after in (draw(st.lists(pairs, max_size=10, unique=True)) if size > 1 else [])
    ]  # fmt: skip
    return Project(activities, tuple(waits), tuple(resources), tuple(workers))


@st.composite
def _mode(draw: st.DrawFn, capacities: list[int], known: list[str]) -> Mode:
    demands = {at: amount for at, capacity in enumerate(capacities) if (amount := draw(st.integers(0, capacity)))}
    skills = {draw(st.sampled_from(known)): 1} if known and draw(st.booleans()) else {}
    # who is looked for by skill goes on after no break
    return Mode(draw(st.integers(0, 6)), demands, skills, split=not skills, cost=draw(st.integers(0, 3)))
