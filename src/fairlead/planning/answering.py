"""From a plan to its answer: what fits, the schedule of it, and how sure its end is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fairlead.model.errors import Abort
from fairlead.planning import heuristic
from fairlead.planning.answer import Answer
from fairlead.planning.appending import append, many
from fairlead.planning.building import Built, build
from fairlead.planning.fitting import Packed, Packing
from fairlead.planning.loading import days, task_lines
from fairlead.planning.network import CycleError
from fairlead.planning.planfile import Person, Plan
from fairlead.planning.project import Schedule, makespan
from fairlead.planning.reasons import Reason, Unplaced
from fairlead.planning.risk import carry
from fairlead.planning.scheduling import Outcome, schedule
from fairlead.planning.shortage import Short
from fairlead.planning.watching import Best, watching

_NAMED = 20
"""Tasks of a round that are named, and rounds."""
_TRIED_ALONE = 300
"""Tasks of which it is tried whether they would fit alone: each try costs as much as a small plan."""


class RoundsError(Abort):
    """Tasks that wait for each other."""

    def __init__(self, rounds: Sequence[Sequence[str]], hint: str, lines: Mapping[str, str] | None = None) -> None:
        """`lines` says where in a file it stands what a task waits for."""
        shown = [
            f"{(lines or {}).get(one[0], '')}tasks wait for each other: {_shown(one)}" for one in rounds[:_NAMED]
        ]
        more = [f"and {len(rounds) - _NAMED} more rounds"] if len(rounds) > _NAMED else []
        super().__init__("\n".join([*shown, *more]), hint)
        self.rounds = rounds

    def at(self, path: Path) -> RoundsError:
        """The same with the lines of a file."""
        places = task_lines(path, [one[0] for one in self.rounds[:_NAMED]])
        lines = {task: f"{path}:{line}:{column}: " for task, (line, column) in places.items()}
        return RoundsError(self.rounds, self.hint, lines)


def _shown(round_: Sequence[str]) -> str:
    more = [f"({len(round_) - _NAMED} more)"] if len(round_) > _NAMED else []
    return " -> ".join([*round_[:_NAMED], *more, round_[0]])


def _waits(built: Built, fault: CycleError) -> RoundsError:
    inside = {at for one in fault.rounds for at in one}
    negative = any(wait.lag < 0 for wait in built.project.waits if {wait.before, wait.after} <= inside)
    hint = "take out one wait of each round"
    if negative:
        hint += "; one is refused even where its negative lags would let it be"
    # a task and its review are one to whoever wrote the plan
    return RoundsError([tuple(dict.fromkeys(built.tasks[at] for at in one)) for one in fault.rounds], hint)


def answer(
    plan: Plan,
    *,
    within_s: float,
    seed: int = 1,
    risk: bool = True,
) -> Answer:
    """The answer to a plan without faults; raises `RoundsError` for tasks that wait for each other.

    Whoever is `watched` in is told of each better plan, and asked whether it is good enough.
    """
    watch = watching()
    built = build(plan)
    try:
        built.project.network  # noqa: B018 - looked at first: nothing else holds for a round of tasks
    except CycleError as fault:
        raise _waits(built, fault) from fault
    chosen, first = _fitting(built, seed)

    def better(schedule: Schedule) -> None:
        length, least = makespan(schedule), chosen.project.least
        late = heuristic.aim(chosen.project, schedule)[0]
        watch.better(Best(chosen.ends(length), chosen.ends(min(least, length)), length, least, late))

    found = schedule(chosen.project, within_s=within_s, seed=seed, first=first, better=better, stop=watch.enough)
    chosen, found = _filled(built, chosen, found)
    return Answer.of(chosen, found, carry(_loose(built, chosen), found.schedule, seed=seed) if risk else None)


def _fitting(built: Built, seed: int) -> tuple[Built, Schedule | None]:
    """What fits until the end of the plan, or of the time that is looked at, and a plan of it."""
    until = built.until
    if not built.tasks:
        return built, None
    if until == 0:
        return _left(built, [], 0), None
    whole = built.only(range(len(built.tasks)), until)
    if many(whole.project):
        return _appended(built, whole, until)
    try:
        return whole, heuristic.plan(whole.project, seed)
    except heuristic.NobodyError:
        packed = _packed(whole)
    kept = [at for at, placed in enumerate(packed.placed) if placed is not None]
    first = [placed for placed in packed.placed if placed is not None]
    chosen = _left(built, kept, until, first)
    return chosen, heuristic.plan(chosen.project, seed, first=first) if first else None


def _appended(built: Built, whole: Built, until: int | None) -> tuple[Built, Schedule | None]:
    """The same of very many tasks."""
    if built.plan.end:
        order = [0.0] * len(built.tasks)
        for rank, group in enumerate(_by_density(whole)):
            for at in whole.groups[group]:
                order[at] = rank
    else:
        order = list(next(heuristic.orders(whole.project, 1)))
    placed = append(whole.project, order, whole.groups)
    kept = [at for at, one in enumerate(placed) if one is not None]
    first = [one for one in placed if one is not None]
    return (_left(built, kept, until, first) if len(kept) < len(placed) else whole), first or None


def _packed(built: Built) -> Packed:
    """The more valuable of two: the most valuable for its work first, or what is urgent first."""
    packing = Packing(built.project, built.groups)
    values = _values(built)
    latest = next(heuristic.orders(built.project, 1))
    tries = (
        packing.pack(_by_density(built)),
        packing.pack(sorted(range(len(built.groups)), key=lambda one: latest[built.groups[one][0]])),
    )
    return max(tries, key=lambda packed: packed.value(values, built.groups))


def _values(built: Built) -> list[float]:
    worth = {task.id: task.value for task in built.plan.tasks}
    return [worth[built.tasks[group[0]]] for group in built.groups]


def _by_density(built: Built) -> list[int]:
    """Groups by what they are worth for each unit of work, the best first."""
    activities = built.project.activities
    work = [sum(min(mode.duration for mode in activities[at].modes) for at in group) for group in built.groups]
    values = _values(built)
    return sorted(range(len(work)), key=lambda one: -(values[one] / work[one] if work[one] else 1e9 + values[one]))


def _filled(built: Built, chosen: Built, found: Outcome) -> tuple[Built, Outcome]:
    """The best plan may have room that the first one had not: what was left out gets a second chance."""
    until = built.until
    # of very many nobody asks again
    if until == 0 or len(chosen.tasks) == len(built.tasks) or many(built.project):
        return chosen, found
    whole = built.only(range(len(built.tasks)), until)
    kept = _numbers(whole, chosen)
    packed = Packing(whole.project, whole.groups).pack(_by_density(whole), found.schedule, kept)
    placed = [at for at, one in enumerate(packed.placed) if one is not None]
    if len(placed) == len(kept):
        return chosen, found
    schedule = [one for one in packed.placed if one is not None]
    length = max(one.end for one in schedule)
    more = _left(built, placed, until, schedule)
    return more, replace(found, schedule=schedule, makespan=length, bound=min(more.project.least, length),
                         status="feasible")  # fmt: skip


def _numbers(built: Built, chosen: Built) -> list[int]:
    """Which activities of all were chosen."""
    number = {name: at for at, name in enumerate(zip(built.tasks, built.review, strict=True))}
    return [number[name] for name in zip(chosen.tasks, chosen.review, strict=True)]


def _loose(built: Built, chosen: Built) -> Built:
    """What was chosen without its end: a draw may run over it, and how far is what is asked."""
    return built.only(_numbers(built, chosen), None)


def _left(built: Built, kept: Sequence[int], until: int | None, schedule: Schedule = ()) -> Built:
    """What is kept, with a reason for each task that is not."""
    found = built.only(kept, until or None)
    there, worth = set(found.tasks), {task.id: task.value for task in built.plan.tasks}
    whole = built.only(range(len(built.tasks)), until or None)
    packing, limits = Packing(whole.project, built.groups), Short(whole, kept, schedule)
    for number, group in enumerate(built.groups):
        task = built.tasks[group[0]]
        if task in there:
            continue
        waited = {built.tasks[wait.before] for at in group for wait in built.project.waited_for[at]} - there - {task}
        if until == 0:
            reason = Reason("nobody_works")
        elif waited:
            reason = Reason("waits_for_left", {"task": min(waited)})
        elif limited := limits.short(group):
            reason = limited
        # with nothing else to do than this and what it waits for
        elif len(found.unplaced) < _TRIED_ALONE and not packing.pack([number]).fits(group):
            reason = _no_room(built, group[0])
        else:
            reason = Reason("least_value", {"value": worth[task]})
        found.unplaced.append(Unplaced(task, reason))
    return found


def _no_room(built: Built, at: int) -> Reason:
    """Even alone it would not be over in time: who could do it, and who of them is away meanwhile."""
    doers = {choice.doer for choice in built.choices[at]} - {""}
    if not doers:
        asked = {skill for mode in built.project.activities[at].modes for skill in mode.skills}
        doers = {doer.id for doer in built.doers if asked & doer.skills.keys()}
    away = {one.id: found for one in built.plan.people if one.id in doers and (found := _absences(built.plan, one))}
    facts: dict[str, Any] = {"who": tuple(sorted(doers))}
    return Reason("no_room_at_all", facts | ({"away": away} if away else {}))


def _absences(plan: Plan, person: Person) -> list[str]:
    """Spans of a plan's days in which somebody is away or on call, as the plan says them."""
    spans = ((said, days(said)) for said in (*person.away, *person.on_call))
    return [
        said
        for said, span in spans
        if span and str(span[1]) >= plan.start and (not plan.end or str(span[0]) <= plan.end)
    ]
