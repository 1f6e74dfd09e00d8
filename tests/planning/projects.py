"""Projects of all kinds for property tests: modes, calendars, skills, lags, due times."""

from __future__ import annotations

from hypothesis import strategies as st

from fairlead.planning.project import Activity, Mode, Project, Resource, Wait, Worker


@st.composite
def projects(draw: st.DrawFn, *, plain: bool = False, skilled: bool = True, most: int = 9) -> Project:
    """A project that can be done; `plain` ones have one way each, finish-start waits and no calendars.

    Those that are not `skilled` look for nobody by skill.
    """
    size = draw(st.integers(1, most))
    capacities = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    closing = st.lists(st.integers(0, 12), max_size=0 if plain else 2, unique=True)
    resources = []
    for at, capacity in enumerate(capacities):
        closed = tuple((begin * 3, begin * 3 + 2) for begin in sorted(draw(closing)))
        # some of it is a night, which interrupts nothing
        rests = tuple(span for span in closed if draw(st.booleans()))
        resources.append(Resource(f"R{at}", capacity, closed, rests=rests))
    people = draw(
        st.lists(st.frozensets(st.sampled_from("abc"), min_size=1), max_size=0 if plain or not skilled else 3)
    )
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
    split = not skills and draw(st.booleans())
    return Mode(draw(st.integers(0, 6)), demands, skills, split=split, cost=draw(st.integers(0, 3)))


@st.composite
def tiny(draw: st.DrawFn) -> Project:
    """So small that all schedules can be looked at: modes, people by skill, something that is spent."""
    people = draw(st.lists(st.frozensets(st.sampled_from("ab"), min_size=1), max_size=3))
    known = sorted({skill for skills in people for skill in skills})
    size = draw(st.integers(1, 4))
    activities = []
    for at in range(size):
        modes = []
        # the first mode spends nothing, so that all of it can be done
        for number in range(draw(st.integers(1, 2))):
            demands = {0: amount} if (amount := draw(st.integers(0, 2))) else {}
            if number and (spent := draw(st.integers(0, 3))):
                demands[1] = spent
            skills = {draw(st.sampled_from(known)): 1} if known and draw(st.booleans()) else {}
            modes.append(Mode(draw(st.integers(0, 3)), demands, skills))
        activities.append(Activity(f"A{at}", tuple(modes)))
    pairs = [(one, other) for one in range(size) for other in range(one + 1, size) if draw(st.integers(0, 2)) == 0]
    resources = (Resource("R", 2), Resource("N", draw(st.integers(0, 4)), renewable=False))
    return Project(
        tuple(activities), tuple(Wait(*pair, lag=draw(st.integers(0, 1))) for pair in pairs),
        (*resources, *(Resource(f"P{at}", 1) for at in range(len(people)))),
        tuple(Worker(skills, len(resources) + at) for at, skills in enumerate(people)),
    )  # fmt: skip


def shortest(project: Project) -> int:
    """The length of the best schedule, by looking at all of them: nothing of how plans are found is used."""
    length = 0
    while not _possible(project, length, [], []):
        length += 1
    return length


def _possible(
    project: Project, length: int, placed: list[tuple[int, int]], taken: list[tuple[int, int, int, int]]
) -> bool:
    """Whether the rest fits; `placed` are starts and ends, `taken` are resource, amount, start and end."""
    at = len(placed)
    if at == len(project.activities):
        return True
    for mode in project.activities[at].modes:
        crews = [
            crew
            for skill in [*mode.skills, None][:1]
            for crew in ([[]] if skill is None else [[one] for one in project.workers if skill in one.skills])
        ]
        for start in range(length - mode.duration + 1):
            end = start + mode.duration
            if any(wait.after == at and start < placed[wait.before][1] + wait.lag for wait in project.waits):
                continue
            for crew in crews if mode.duration else [[]]:
                own = [*((one, amount, start, end) for one, amount in mode.demands.items()),
                       *((one.resource, 1, start, end) for one in crew)]  # fmt: skip
                if _room(project, [*taken, *own]) and _possible(
                    project, length, [*placed, (start, end)], [*taken, *own]
                ):
                    return True
    return False


def _room(project: Project, taken: list[tuple[int, int, int, int]]) -> bool:
    for number, resource in enumerate(project.resources):
        uses = [(amount, start, end) for one, amount, start, end in taken if one == number]
        if not resource.renewable:
            if sum(amount for amount, _, _ in uses) > resource.capacity:
                return False
        elif any(
            sum(amount for amount, start, end in uses if start <= unit < end) > resource.capacity
            for unit in {start for _, start, _ in uses}
        ):
            return False
    return True
