"""An epic in slices of a sprint each, made of the items that it has: in order of what waits for what, value first.

A slice holds as much work as the team's people have hours for by their calendars. What is more than one person can do
in a sprint goes on over several, and is named with into how many parts it might be split; no item is invented.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.planning.crew import Member
from fairlead.planning.planfile import After
from fairlead.planning.stored import Stored

USUAL_DAYS = 10
"""Working days of a slice where no sprint tells how long the team's are."""
MOST = 52
"""Slices that are looked at: what does not fit into a year is told as that."""
_PART = 0.5
"""Share of one person's hours of a sprint that a part of a split item should take at the most."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An item."""

    task: str
    hours: float
    value: float = 1.0
    after: tuple[str, ...] = ()


@dataclass(slots=True)
class Slice:
    """A sprint's worth of work."""

    number: int
    start: date
    end: date
    hours: float
    """Work that its people have hours for."""
    tasks: list[str] = field(default_factory=list)
    """What is finished in it, in the order in which it was placed."""
    under_way: list[str] = field(default_factory=list)
    """What goes on after it."""
    used: float = 0.0


@dataclass(frozen=True, slots=True)
class TooBig:
    """An item that is more than one person can do in a sprint."""

    task: str
    hours: float
    parts: int
    """Into so many its split would leave room for what goes otherwise."""


@dataclass(frozen=True, slots=True)
class Sliced:
    """All slices, what is too big for one, and what has no place."""

    slices: tuple[Slice, ...]
    too_big: tuple[TooBig, ...]
    left: tuple[str, ...]
    one_has: float
    """Hours that whoever has the most of them has in the first slice."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days of a slice with the work that fits into it."""

    start: date
    end: date
    hours: float
    most: float
    """Of one person."""


def of_stored(stored: Stored, focus: float, review: float, working_days: int = USUAL_DAYS) -> Sliced:
    """The slices of what a plan was made from; `review` is the share of work that goes into reviewing it."""
    tasks = stored.plan.tasks
    pieces = [
        Piece(
            task.id, float(task.estimate) if isinstance(task.estimate, int | float) else 0.0, task.value,
            tuple(one.task if isinstance(one, After) else one for one in task.after),
        )
        for task in tasks
    ]  # fmt: skip
    start = date.fromisoformat(stored.plan.start)
    return sliced(pieces, spans(stored.calendar, stored.people, start, focus, review, working_days))


def spans(
    calendar: WorkingCalendar, people: Sequence[Member], start: date, focus: float, review: float, working_days: int
) -> list[Span]:
    """Sprints of so many working days one after the other, each with the hours of those people."""
    found, day = [], start
    for _ in range(MOST):
        first = day if _works(calendar, day) else _next(calendar, day)
        last = first
        for _ in range(max(working_days, 1) - 1):
            last = _next(calendar, last)
        begin, end = calendar.day_bounds(first)[0], calendar.day_bounds(last)[1]
        # who works reviews in the same hours
        each = [one.hours(begin, end, focus) / (1 + review) for one in people]
        found.append(Span(first, last, sum(each), max(each, default=0.0)))
        day = _next(calendar, last)
    return found


def _works(calendar: WorkingCalendar, day: date) -> bool:
    begin, end = calendar.day_bounds(day)
    return calendar.working_seconds(begin, end) > 0


def _next(calendar: WorkingCalendar, day: date) -> date:
    return calendar.next_working_day(day)


def sliced(pieces: Sequence[Piece], spans: Sequence[Span]) -> Sliced:
    """The slices: of what waits for nothing that is not placed the most valuable first, then the smaller."""
    one_has = spans[0].most if spans else 0.0
    slices = [Slice(at + 1, span.start, span.end, span.hours) for at, span in enumerate(spans)]
    worth, by_task = _worth(pieces), {one.task: one for one in pieces}
    waits = {one.task: {before for before in one.after if before in by_task} for one in pieces}
    place: dict[str, int] = {}
    left: list[str] = []
    order = count()
    ready = {one.task: next(order) for one in pieces if not waits[one.task]}
    while ready:
        task = min(ready, key=lambda one: (-worth[one], by_task[one].hours, ready[one]))
        del ready[task]
        first = max((place[before] for before in by_task[task].after if before in place), default=0)
        at = _put(by_task[task], slices, first, one_has)
        if at is None:
            # what waits for it has no place either, as it never gets ready
            left.append(task)
            continue
        place[task] = at
        for other in pieces:
            if task in waits[other.task]:
                waits[other.task].discard(task)
                if not waits[other.task]:
                    ready[other.task] = next(order)
    left += [one.task for one in pieces if one.task not in place and one.task not in left]
    last = max(place.values(), default=-1)
    big = [
        TooBig(one.task, one.hours, max(math.ceil(one.hours / (one_has * _PART)), 2))
        for one in pieces
        if one_has and one.hours > one_has
    ]
    return Sliced(tuple(slices[: last + 1]), tuple(big), tuple(left), one_has)


def _put(piece: Piece, slices: Sequence[Slice], first: int, one_has: float) -> int | None:
    """The slice in which it is finished; `None` where there is no room in any."""
    if piece.hours <= one_has:
        for at in range(first, len(slices)):
            if slices[at].used + piece.hours <= slices[at].hours:
                slices[at].used += piece.hours
                slices[at].tasks.append(piece.task)
                return at
        return None
    # one person goes on with it from slice to slice
    left, parts = piece.hours, dict[int, float]()
    for at in range(first, len(slices)):
        done = min(one_has, left, slices[at].hours - slices[at].used)
        if done > 0:
            parts[at], left = done, left - done
        if left <= 1e-9:
            break
    else:
        return None
    for at, done in parts.items():
        slices[at].used += done
    *going, last = parts
    for at in going:
        slices[at].under_way.append(piece.task)
    slices[last].tasks.append(piece.task)
    return last


def _worth(pieces: Sequence[Piece]) -> Mapping[str, float]:
    """Of each item the most that it or anything behind it is worth: what opens the way to value goes with it."""
    worth = {one.task: one.value for one in pieces}
    changed = True
    while changed:
        changed = False
        for one in pieces:
            for before in one.after:
                if before in worth and worth[before] < worth[one.task]:
                    worth[before] = worth[one.task]
                    changed = True
    return worth
