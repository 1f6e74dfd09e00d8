"""What would change if somebody were away, work came or went, the end moved, or one more were there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from fairlead.config.check import did_you_mean
from fairlead.model.errors import Abort
from fairlead.model.times import iso
from fairlead.planning.answer import Answer, Moment
from fairlead.planning.loading import days, load_tasks, read
from fairlead.planning.planfile import After, Agent, Person, Plan, Task
from fairlead.planning.reasons import Reason

KINDS = (
    "absence:kim:2026-10-20..2026-10-24, scope:+more.yaml, scope:-TASK, end:2026-11-01, add:person:api=3, add:agent"
)


def changed(plan: Plan, words: Sequence[str]) -> Plan:
    """The plan after all changes; raises `Abort` for one that is not understood or leads to a faulty plan."""
    for said in words:
        kind, _, rest = said.partition(":")
        change = _CHANGES.get(kind)
        if change is None or not rest:
            raise Abort(f"no change `{said}`", hint=f"there are: {KINDS}")
        plan = change(plan, rest)
    # a change may make a sound plan faulty: an end before the start, a task that waits for one that is gone
    _, faults = read(msgspec.json.decode(msgspec.json.encode(plan)))
    if faults:
        raise Abort(f"with {', '.join(words)} the plan is faulty: {faults[0][1]}", hint="say another change")
    return plan


def _absence(plan: Plan, said: str) -> Plan:
    who, _, span = said.partition(":")
    if days(span) is None:
        raise Abort(f"`{span}` is no span of days", hint="write 2026-10-20 or 2026-10-20..2026-10-24")
    names = [person.id for person in plan.people]
    if who not in names:
        raise Abort(f"nobody is called `{who}`{did_you_mean(who, names)}", hint="name a person of the plan")
    return msgspec.structs.replace(
        plan,
        people=tuple(
            msgspec.structs.replace(person, away=(*person.away, span)) if person.id == who else person
            for person in plan.people
        ),
    )


def _scope(plan: Plan, said: str) -> Plan:
    sign, name = said[:1], said[1:]
    if sign == "+":
        return msgspec.structs.replace(plan, tasks=(*plan.tasks, *load_tasks(Path(name))))
    names = [task.id for task in plan.tasks]
    if sign != "-" or name not in names:
        raise Abort(
            f"no task `{name}`{did_you_mean(name, names, show=8)}", hint="scope:+FILE adds, scope:-TASK removes"
        )
    return msgspec.structs.replace(plan, tasks=tuple(_without(task, name) for task in plan.tasks if task.id != name))


def _without(task: Task, gone: str) -> Task:
    """Who waited for a task that is taken out waits for it no more."""
    kept = tuple(after for after in task.after if (after.task if isinstance(after, After) else after) != gone)
    return msgspec.structs.replace(task, after=kept)


def _end(plan: Plan, said: str) -> Plan:
    return msgspec.structs.replace(plan, end=said)


def _add(plan: Plan, said: str) -> Plan:
    kind, _, skills = said.partition(":")
    if kind not in ("person", "agent"):
        raise Abort(
            f"no `{kind}` can be added", hint="add:person or add:agent, with skills like add:person:api=3,ui=2"
        )
    doers: list[Person | Agent] = [*plan.people, *plan.agents]
    known = {skill for one in doers for skill in one.skills}
    try:
        # without skills it is somebody who knows all that is known, in the middle
        levels = {
            name: int(level or 3) for name, _, level in (part.partition("=") for part in skills.split(",") if part)
        } or dict.fromkeys(sorted(known), 3)
    except ValueError as fault:
        raise Abort(f"`{skills}` are no skills", hint="write them like api=3,ui=2") from fault
    taken = {one.id for one in doers}
    name = next(found for number in range(1, 1000) if (found := f"new-{kind}-{number}") not in taken)
    if kind == "person":
        return msgspec.structs.replace(plan, people=(*plan.people, Person(id=name, skills=levels)))
    return msgspec.structs.replace(plan, agents=(*plan.agents, Agent(id=name, skills=levels)))


_CHANGES = {"absence": _absence, "scope": _scope, "end": _end, "add": _add}


@dataclass(frozen=True, slots=True)
class Difference:
    """Two answers beside each other."""

    before: Answer
    after: Answer

    def ends(self) -> Mapping[str, tuple[Moment | None, Moment | None]]:
        """Task -> when it is over before and after, with its review; `None` where it has no place."""
        found = [_ends(self.before), _ends(self.after)]
        return {task: (found[0].get(task), found[1].get(task)) for task in dict.fromkeys([*found[0], *found[1]])}

    def moved(self) -> Mapping[str, tuple[Moment, Moment]]:
        """Tasks of both that are over at another time."""
        return {
            task: (one, other)
            for task, (one, other) in self.ends().items()
            if one is not None and other is not None and one != other
        }

    def left(self) -> Mapping[str, Reason]:
        """Tasks that have no place any more, and why."""
        lost = {one.task for one in self.before.built.unplaced}
        return {one.task: one.reason for one in self.after.built.unplaced if one.task not in lost}

    def gained(self) -> Mapping[str, Moment]:
        """Tasks that had no place, and would be over then."""
        ends = self.ends()
        return {
            one.task: found
            for one in self.before.built.unplaced
            if (found := ends.get(one.task, (None, None))[1]) is not None
        }

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        chances = [_chance(one) for one in (self.before, self.after)]
        return {
            "ends": {"before": _plain(self.before.end), "after": _plain(self.after.end)},
            "makespan": {"before": self.before.outcome.makespan, "after": self.after.outcome.makespan},
            "chance_of_end": {"before": chances[0], "after": chances[1]},
            "moved": [
                {"task": task, "before": _plain(one), "after": _plain(other)}
                for task, (one, other) in self.moved().items()
            ],
            "left_out": [{"task": task, "why": reason.to_json()} for task, reason in self.left().items()],
            "placed": [{"task": task, "end": _plain(end)} for task, end in self.gained().items()],
        }


def _ends(answer: Answer) -> dict[str, Moment]:
    """Of a task with a review the review's end, which comes after it."""
    return {
        task: answer.moments(placed)[1]
        for task, placed in zip(answer.built.tasks, answer.outcome.schedule, strict=True)
    }


def _chance(answer: Answer) -> float | None:
    """Chance of the plan's end, where it has one."""
    until = answer.built.until if answer.built.plan.end else None
    return round(answer.risk.chance(until), 4) if answer.risk and until else None


def _plain(moment: Moment | None) -> Any:
    return iso(moment) if isinstance(moment, datetime) else moment
