"""From a plan to what is scheduled: who could do what in how long, when they are there, what waits for what."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.planning.grid import Grid
from fairlead.planning.limits import Limit, agent_limits
from fairlead.planning.loading import days
from fairlead.planning.planfile import After, Agent, Amount, Estimate, Person, Plan, Task, hours_of
from fairlead.planning.project import Activity, Mode, Project, Resource, Wait, Worker, match
from fairlead.planning.reasons import Reason, Unplaced

SPEED: Mapping[int, float] = {1: 0.67, 2: 0.8, 3: 1.0, 4: 1.15, 5: 1.3}
"""Level of skill -> how much quicker than somebody of level 3."""
_COSTS = 100
"""Steps in which a score counts among modes that make no plan longer."""
ROUTING: Mapping[str, str] = {
    "ui": "ux-engineer", "api": "api-engineer", "feature": "fullstack-engineer", "bug": "fullstack-engineer",
    "architecture": "tech-lead", "performance": "tech-lead", "security": "tech-lead", "testing": "test-engineer",
    "documentation": "documentation-writer", "research": "documentation-research", "review": "tech-lead-reviewer",
}  # fmt: skip
"""Type of task -> who does it where the plan says nothing else and somebody is that."""
LEAST_DAYS = 60
_MOST_DAYS = 3 * 366


@dataclass(frozen=True, slots=True)
class Score:
    """Why somebody fits a task, in parts between 0 and 1."""

    expertise: float
    capacity: float
    continuity: float
    total: float


@dataclass(frozen=True, slots=True)
class Doer:
    """A person or agent of the plan."""

    id: str
    skills: Mapping[str, int]
    context: frozenset[str]
    factor: float
    """Hours on the clock for one hour of work of level 3."""
    at_once: int
    hours_a_week: float
    agent: bool
    calendar: WorkingCalendar | None = None
    free: WorkingCalendar | None = None
    """The same without absences and time on call."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to do a task."""

    doer: str
    way: str
    score: Score | None


@dataclass
class Built:
    """A project with what its numbers mean."""

    plan: Plan
    project: Project
    grid: Grid | None
    doers: Sequence[Doer]
    tasks: list[str]
    """Task of each activity."""
    review: list[bool]
    """Whether an activity is the review of its task."""
    choices: list[tuple[Choice, ...]]
    """Of each activity what its modes are."""
    unplaced: list[Unplaced] = field(default_factory=list)
    limits: Sequence[Limit] = ()
    """Of agents."""

    @cached_property
    def day_hours(self) -> float:
        """Hours of a usual day, by which `3d` are counted."""
        return WorkingCalendar("plan", self.plan.hours, self.plan.time_zone, ()).usual_day_seconds / 3600

    def hours(self, task: Task) -> float:
        """Hours of work of a task by its estimate; of one with modes those of its quickest."""
        if task.modes:
            return min(hours_of(way.duration, self.day_hours) for way in task.modes)
        return _hours(task, self.day_hours, self.plan.hours_per_point)

    def ends(self, unit: int) -> int | datetime:
        """When what ends before a unit is over; a plan of nothing ends as it begins."""
        grid = self.grid
        if grid is None or not len(grid):
            return unit
        return grid.ends(min(unit, len(grid))) if unit else grid.begins(0)

    @cached_property
    def step_hours(self) -> float:
        """Hours of a step; of a plan of units a unit counts as one."""
        return hours_of(self.plan.step, self.day_hours) if self.plan.dated else 1.0

    @cached_property
    def groups(self) -> list[list[int]]:
        """Activities of each task: itself and its review."""
        found: list[list[int]] = []
        for at, review in enumerate(self.review):
            if review:
                found[-1].append(at)
            else:
                found.append([at])
        return found

    @cached_property
    def windowed(self) -> bool:
        """Whether windows that roll count, which are kept on the safe side: what is proven is so within that."""
        rolling = {limit.number for limit in self.limits if limit.resource.rolling}
        return any(not rolling.isdisjoint(mode.demands) for one in self.project.activities for mode in one.modes)

    @cached_property
    def until(self) -> int | None:
        """Step by which everything has to end; `None` for a plan of units."""
        if self.grid is None:
            return None
        if not self.plan.end:
            return len(self.grid)
        calendar = WorkingCalendar("plan", self.plan.hours, self.plan.time_zone, ())
        return self.grid.ending(calendar.day_bounds(date.fromisoformat(self.plan.end))[1])

    def only(self, kept: Sequence[int], span: int | None) -> Built:
        """The same with some of its activities, all of which end by `span`."""
        place = {at: number for number, at in enumerate(kept)}
        project = self.project
        waits = tuple(
            Wait(place[wait.before], place[wait.after], wait.link, wait.lag)
            for wait in project.waits
            if wait.before in place and wait.after in place
        )
        apart = tuple((place[one], place[other]) for one, other in project.apart if one in place and other in place)
        span = project.span if span is None else span
        resources = project.resources
        if span != project.span:
            resources = tuple(
                replace(one, closed=_within(one.closed, span), rests=_within(one.rests, span)) for one in resources
            )
        return Built(
            self.plan,
            Project(tuple(project.activities[at] for at in kept), waits, resources, project.workers, span, apart),
            self.grid, self.doers, [self.tasks[at] for at in kept], [self.review[at] for at in kept],
            [self.choices[at] for at in kept], list(self.unplaced), self.limits,
        )  # fmt: skip


def build(plan: Plan) -> Built:
    """Everything that can be planned; what nobody can do is named, with what waits for it."""
    return _Builder(plan).built()


class _Builder:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._usual = WorkingCalendar("plan", plan.hours, plan.time_zone, _dates(plan.holidays))
        self._day_hours = self._usual.usual_day_seconds / 3600
        self._doers = [*map(self._person, plan.people), *map(self._agent, plan.agents)]
        self._grid = self._laid() if plan.dated else None
        self._step_hours = hours_of(plan.step, self._day_hours) if plan.dated else 1.0
        self._number = {one.id: at for at, one in enumerate(plan.resources)}
        self._own = {doer.id: len(plan.resources) + at for at, doer in enumerate(self._doers)}
        first = len(plan.resources) + len(self._doers)
        self._limits = agent_limits(plan.agents, first, self._step_hours, self._grid)
        limited = self._limited_ids = {limit.agent for limit in self._limits}
        self._most_hours = max((one.hours_a_week for one in self._doers), default=0.0)
        self._known = {skill for doer in self._doers for skill in doer.skills}
        self._worker_list = [
            Worker(frozenset(doer.skills), self._own[doer.id])
            for doer in self._doers
            # what a session costs is known only of who is asked for by name
            if doer.id not in limited and not math.isinf(doer.factor)
            for _ in range(doer.at_once)
        ]
        self._barred: dict[str, Reason] = {}
        """Task -> the limit of an agent that could do it else."""
        self._alike: dict[Any, tuple[list[tuple[Mode, Choice]], Reason | None]] = {}
        self._activities: list[Activity] = []
        self._waits: list[Wait] = []
        self._apart: list[tuple[int, int]] = []
        self._tasks: list[str] = []
        self._reviews: list[bool] = []
        self._choices: list[tuple[Choice, ...]] = []
        self._unplaced: dict[str, Unplaced] = {}
        self._made: dict[str, list[tuple[Mode, Choice]]] = {}
        self._last: dict[str, int] = {}
        self._first: dict[str, int] = {}

    def built(self) -> Built:
        """The project."""
        for task in self._plan.tasks:
            modes = self._made[task.id] = self._ways(task)
            if not modes:
                self._leave(task.id, self._why_nobody(task))
            elif self._reviewed(task) and not self._pairs(modes):
                self._leave(task.id, Reason("no_reviewer"))
        self._drop_followers()
        for task in self._plan.tasks:
            if task.id not in self._unplaced:
                self._add(task)
        for task in self._plan.tasks:
            if task.id not in self._unplaced:
                self._waits += self._waited(task)
        project = Project(
            tuple(self._activities), tuple(self._waits), self._resources(), tuple(self._worker_list),
            len(self._grid) if self._grid else 0, tuple(self._apart),
        )  # fmt: skip
        return Built(
            self._plan, project, self._grid, self._doers, self._tasks, self._reviews, self._choices,
            list(self._unplaced.values()), self._limits,
        )  # fmt: skip

    def _leave(self, task: str, reason: Reason) -> None:
        self._unplaced[task] = Unplaced(task, reason)

    def _person(self, person: Person) -> Doer:
        plan = self._plan
        hours, zone = person.hours or plan.hours, person.time_zone or plan.time_zone
        free = WorkingCalendar(person.id, hours, zone, _dates(plan.holidays))
        absences = [
            (free.day_bounds(first)[0], free.day_bounds(last)[1])
            for first, last in filter(None, map(days, (*person.away, *person.on_call)))
        ]
        calendar = WorkingCalendar(person.id, hours, zone, _dates(plan.holidays), absences)
        there = sum(end - begin for spans in free.week.days for begin, end in spans) / 3600
        week = min(there, person.hours_per_week) if person.hours_per_week is not None else there
        # meetings take their hours first; of the rest, focus says what goes into tasks
        share = max(week - person.meetings_hours_per_week, 0.0) / there if there else 0.0
        share *= person.focus if person.focus is not None else plan.focus
        return Doer(
            person.id, _levels(person.skills), frozenset(person.context), 1 / share if share else math.inf, 1,
            there * share, agent=False, calendar=calendar, free=free,
        )  # fmt: skip

    def _agent(self, agent: Agent) -> Doer:
        week = self._usual.usual_day_seconds / 3600 * 5
        return Doer(
            agent.id, _levels(agent.skills), frozenset(agent.context), 1 / agent.speed, agent.at_once,
            week * agent.at_once, agent=True,
        )  # fmt: skip

    def _laid(self) -> Grid:
        plan = self._plan
        start = self._usual.day_bounds(date.fromisoformat(plan.start))[0]
        step_s = round(hours_of(plan.step, self._day_hours) * 3600)
        # the usual hours too: in time that nobody works nothing could be told to wait for whoever is away
        calendars = [self._usual, *(doer.calendar for doer in self._doers if doer.calendar)]
        work = sum(_most(task, self._day_hours, plan.hours_per_point) for task in plan.tasks)
        # as if one of them did all of it, at a third of the time: more than any sensible plan takes
        ahead = min(max(int(work / self._day_hours * 3 * 7 / 5) + LEAST_DAYS, LEAST_DAYS), _MOST_DAYS)
        latest = [task.earliest for task in plan.tasks if isinstance(task.earliest, str)]
        begins = max([date.fromisoformat(plan.start), *map(date.fromisoformat, latest)])
        if plan.end:
            # what lies after the end is left out; the calendar goes on only for draws that run over it
            begins, ahead = max(begins, date.fromisoformat(plan.end)), LEAST_DAYS
        end = datetime(begins.year, begins.month, begins.day, tzinfo=UTC) + timedelta(days=ahead)
        return Grid.of([*calendars], start, end, step_s)

    def _resources(self) -> tuple[Resource, ...]:
        shared = tuple(
            Resource(one.id, one.capacity, tuple(self._away(one.away)), one.renewable) for one in self._plan.resources
        )
        own = tuple(
            Resource(doer.id, doer.at_once, self._closed(doer.calendar), rests=self._closed(doer.free))
            for doer in self._doers
        )
        return (*shared, *own, *(limit.resource for limit in self._limits))

    def _closed(self, calendar: WorkingCalendar | None) -> tuple[tuple[int, int], ...]:
        return self._grid.closed(calendar) if self._grid and calendar else ()

    def _away(self, spans: Sequence[str]) -> Iterator[tuple[int, int]]:
        for first, last in filter(None, map(days, spans)):
            if self._grid:
                begin, end = self._usual.day_bounds(first)[0], self._usual.day_bounds(last)[1]
                yield self._grid.at(begin), self._grid.at(end)

    def _units(self, hours: float) -> int:
        return math.ceil(round(hours / self._step_hours, 6))

    def _ways(self, task: Task) -> list[tuple[Mode, Choice]]:
        """Ways to do a task; of two alike tasks the same, since of a hundred thousand many are alike."""
        if task.modes or task.people:
            return list(self._modes(task))
        alike = (
            self.hours(task), task.who, task.type, task.context, task.may_split, tuple(task.skills.items()),
            tuple(task.demands.items()),
        )  # fmt: skip
        if alike not in self._alike:
            self._alike[alike] = list(self._modes(task)), self._barred.get(task.id)
        modes, barred = self._alike[alike]
        if barred:
            self._barred[task.id] = barred
        return modes

    def _modes(self, task: Task) -> Iterator[tuple[Mode, Choice]]:
        shared = {self._number[one]: amount for one, amount in task.demands.items() if amount}
        if task.modes:
            for way in task.modes:
                demands = shared | {self._number[one]: amount for one, amount in way.demands.items() if amount}
                if way.who:
                    demands |= {self._own[way.who]: 1}
                units = self._units(hours_of(way.duration, self._day_hours))
                works = not (way.who and math.isinf(self._doer[way.who].factor))
                limited = self._limited(task, way.who, units)
                if works and limited is not None and self._staffable(way.people, self._own.get(way.who)):
                    split = task.may_split and not way.people
                    yield Mode(units, demands | limited, dict(way.people), split, 0), Choice(way.who, way.id, None)
            return
        hours = self.hours(task)
        free = not self._doers or not self._plan.dated
        if task.people or (free and not task.skills and not task.who):
            # who is looked for by skill goes on after no break
            split = task.may_split and not task.people
            if self._staffable(task.people):
                units = self._units(hours * self._usual_factor(task.people))
                yield Mode(units, shared, dict(task.people), split, 0), Choice("", "", None)
            return
        for doer in self._doers:
            if self._can(doer, task):
                level = min((doer.skills.get(skill, 3) for skill in task.skills), default=3)
                units = self._units(hours * doer.factor / SPEED[level])
                limited = self._limited(task, doer.id, units)
                if limited is None:
                    continue
                score = self.score(doer, task)
                cost = round((1 - score.total) * _COSTS)
                demands = shared | {self._own[doer.id]: 1} | limited
                yield Mode(units, demands, {}, task.may_split, cost), Choice(doer.id, "", score)

    def _limited(self, task: Task, who: str, units: int) -> dict[int, int] | None:
        """What a session takes of the limits of its agent; `None` for one that is more than they ever allow."""
        found = {}
        for limit in self._limits:
            if limit.agent == who and units:
                found[limit.number] = limit.taken(units)
                if found[limit.number] > limit.resource.capacity:
                    self._barred[task.id] = limit.reason
                    return None
        return found

    def _usual_factor(self, people: Mapping[str, int]) -> float:
        """Hours on the clock for one of work: what those who may be found for it take in the mean."""
        if not self._plan.dated:
            return 1.0
        doers = [
            (doer, skill, count)
            for skill, count in people.items()
            for doer in self._doers
            if skill in doer.skills and not math.isinf(doer.factor) and doer.id not in self._limited_ids
        ]
        asked = sum(count * doer.at_once for doer, _, count in doers)
        told = sum(count * doer.at_once * doer.factor / SPEED[doer.skills[skill]] for doer, skill, count in doers)
        return told / asked if asked else 1.0

    def _staffable(self, people: Mapping[str, int], without: int | None = None) -> bool:
        """Whether there are so many people with these skills at all, one of them taken by name for something else."""
        parts = [skill for skill, count in people.items() for _ in range(count)]
        if not parts:
            return True
        # an agent with several sessions can be there once more
        free = [one for one in self._worker_list if one.resource != without]
        if without is not None:
            free += [one for one in self._worker_list if one.resource == without][1:]
        there = Project((), workers=tuple(free))
        return len(parts) <= len(free) and match(there, parts, range(len(free))) is not None

    def _can(self, doer: Doer, task: Task) -> bool:
        return not math.isinf(doer.factor) and self._able(doer, task)

    def _able(self, doer: Doer, task: Task) -> bool:
        if task.who:
            return doer.id == task.who
        wanted = self._wanted(task)
        return all(doer.skills.get(skill, 0) >= level for skill, level in wanted.items())

    def _wanted(self, task: Task) -> Mapping[str, int]:
        """Skills that its doer must have."""
        routed = self._plan.routing.get(task.type) or ROUTING.get(task.type, "")
        # the usual roles hold only where somebody has them
        there = routed in self._known or task.type in self._plan.routing
        return task.skills or ({routed: 1} if routed and there else {})

    def score(self, doer: Doer, task: Task) -> Score:
        """How well somebody fits a task, before anything is planned."""
        weights = self._plan.weights
        expertise = min((doer.skills.get(skill, 0) for skill in task.skills), default=3) / 5
        capacity = doer.hours_a_week / self._most_hours if self._most_hours else 0.0
        continuity = 1.0 if task.context and task.context in doer.context else 0.0
        total = weights.expertise * expertise + weights.capacity * capacity + weights.continuity * continuity
        scale = weights.expertise + weights.capacity + weights.continuity
        return Score(expertise, capacity, continuity, total / scale if scale else 0.0)

    def hours(self, task: Task) -> float:
        """Hours of work, of three points their expected value (PERT)."""
        return _hours(task, self._day_hours, self._plan.hours_per_point)

    def _why_nobody(self, task: Task) -> Reason:
        if task.id in self._barred:
            return self._barred[task.id]
        if task.who and not task.modes:
            return Reason("no_time", {"who": task.who})
        people = {skill: count for way in task.modes or (task,) for skill, count in way.people.items()}
        if people:
            return Reason("too_few", {"skills": tuple(f"{skill} {count}" for skill, count in sorted(people.items()))})
        if task.modes:
            return Reason("no_time", {"who": ", ".join(sorted({way.who for way in task.modes}))})
        wanted = self._wanted(task)
        if unknown := sorted(set(wanted) - self._known):
            return Reason("unknown_skill", {"skills": tuple(unknown)})
        said = tuple(f"{skill} {level}" for skill, level in sorted(wanted.items()))
        if able := tuple(doer.id for doer in self._doers if self._able(doer, task)):
            return Reason("no_time", {"who": able})
        return Reason("nobody_has", {"skills": said})

    def _drop_followers(self) -> None:
        """What waits for something that is not planned is not planned either."""
        following: dict[str, list[str]] = {}
        for task in self._plan.tasks:
            for after in task.after:
                following.setdefault(after.task if isinstance(after, After) else after, []).append(task.id)
        gone = list(self._unplaced)
        while gone:
            before = gone.pop()
            for task_id in following.get(before, ()):
                if task_id not in self._unplaced:
                    self._leave(task_id, Reason("waits_for_left", {"task": before}))
                    gone.append(task_id)

    def _add(self, task: Task) -> None:
        modes = self._made[task.id]
        reviewed = self._reviewed(task)
        review = self._plan.review if reviewed else None
        # a task with a review is over with it, so that only one of both can be late
        due = None if review else self._due(task)
        at = self._activity(task, self._pairs(modes) if review else modes, self._release(task), due, review=False)
        self._first[task.id] = self._last[task.id] = at
        if not review:
            return
        hours = max(review.least_hours, review.share * self.hours(task))
        checks = [
            (Mode(self._units(hours * doer.factor), {self._own[doer.id]: 1}, {}, True, 0), Choice(doer.id, "", None))
            for doer in self._reviewers
        ]
        checked = self._activity(task, checks, 0, self._due(task), review=True)
        self._waits.append(Wait(at, checked))
        self._apart.append((at, checked))
        self._last[task.id] = checked

    def _reviewed(self, task: Task) -> bool:
        """Whether somebody else has to look at it."""
        review = self._plan.review
        if review is None or not self._plan.dated:
            return False
        return task.review if task.review is not None else not review.types or task.type in review.types

    @cached_property
    def _reviewers(self) -> list[Doer]:
        review = self._plan.review
        return [
            doer
            for doer in self._doers
            if review and not doer.agent and not math.isinf(doer.factor)
            and doer.skills.get(review.skill, 0) >= review.level
        ]  # fmt: skip

    def _pairs(self, modes: Sequence[tuple[Mode, Choice]]) -> list[tuple[Mode, Choice]]:
        """Ways to do a task that leave somebody else to review it."""
        reviewers = [self._own[doer.id] for doer in self._reviewers]
        return [
            (mode, choice)
            for mode, choice in modes
            if any(own not in mode.demands and self._staffable(mode.skills, own) for own in reviewers)
        ]

    @cached_property
    def _doer(self) -> Mapping[str, Doer]:
        return {doer.id: doer for doer in self._doers}

    def _activity(
        self, task: Task, modes: Sequence[tuple[Mode, Choice]], release: int, due: int | None, *, review: bool
    ) -> int:
        weight = max(round(task.value), 1)
        name = f"{task.id} (review)" if review else task.id
        self._activities.append(Activity(name, tuple(mode for mode, _ in modes), release, due, weight))
        self._choices.append(tuple(choice for _, choice in modes))
        self._tasks.append(task.id)
        self._reviews.append(review)
        return len(self._activities) - 1

    def _release(self, task: Task) -> int:
        if isinstance(task.earliest, str) and self._grid:
            return self._grid.at(self._usual.day_bounds(date.fromisoformat(task.earliest))[0])
        return task.earliest if isinstance(task.earliest, int) else 0

    def _due(self, task: Task) -> int | None:
        if isinstance(task.due, str) and self._grid:
            return self._grid.ending(self._usual.day_bounds(date.fromisoformat(task.due))[1])
        return task.due if isinstance(task.due, int) else None

    def _waited(self, task: Task) -> Iterator[Wait]:
        for after in task.after:
            wait = after if isinstance(after, After) else After(task=after)
            lag = hours_of(wait.lag, self._day_hours)
            units = -self._units(-lag) if lag < 0 else self._units(lag)
            before = self._last if wait.link == "finish_start" else self._first
            yield Wait(before[wait.task], self._first[task.id], wait.link, units)


def _within(spans: Sequence[tuple[int, int]], span: int) -> tuple[tuple[int, int], ...]:
    return tuple((begin, min(end, span)) for begin, end in spans if begin < span)


def _levels(skills: Mapping[str, int] | Sequence[str]) -> Mapping[str, int]:
    return skills if isinstance(skills, Mapping) else dict.fromkeys(skills, 3)


def _dates(said: Sequence[str]) -> list[date]:
    return [date.fromisoformat(day) for day in said]


def _hours(task: Task, day_hours: float, hours_per_point: float | None) -> float:
    said: Amount | Estimate | None = task.estimate if task.estimate is not None else task.duration
    if isinstance(said, Estimate):
        low, likely, high = (hours_of(part, day_hours) for part in (said.optimistic, said.likely, said.pessimistic))
        return (low + 4 * likely + high) / 6
    if said is not None:
        return hours_of(said, day_hours)
    return (task.points or 0.0) * (hours_per_point if hours_per_point is not None else day_hours / 2)


def _most(task: Task, day_hours: float, hours_per_point: float | None) -> float:
    if task.modes:
        return max(hours_of(way.duration, day_hours) for way in task.modes)
    return _hours(task, day_hours, hours_per_point)
