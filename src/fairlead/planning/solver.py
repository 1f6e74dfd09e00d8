"""The best plan, proven, or how far from it the one at hand may be: OR-Tools CP-SAT, loaded only where asked for."""

from __future__ import annotations

import time
from collections.abc import Callable

from ortools.sat.python import cp_model

from fairlead.planning.project import Mode, Placed, Project, Rolling, Schedule, makespan
from fairlead.planning.solved import Solved


def solve(
    project: Project,
    hint: Schedule,
    *,
    within_s: float = 2.0,
    seed: int = 1,
    threads: int = 2,
    better: Callable[[Schedule], None] = lambda _: None,
    begun: Callable[[Callable[[], None]], None] = lambda _: None,
) -> Solved:
    """Improves a plan until it is proven best or time is up; `better` is told of each better one.

    `begun` is told how to end it before its time, from another thread.
    """
    began = time.monotonic()
    # where dates matter more than length, a plan may be longer than the one at hand
    dated = any(one.due is not None for one in project.activities)
    made = _Made(project, min(makespan(hint) * 5 // 4 + 1, project.length) if dated else makespan(hint))
    for at, placed in enumerate(hint):
        made.suggest(at, placed)
    solver = cp_model.CpSolver()
    # making the model of a plan of days takes a second, which is some of its time
    solver.parameters.max_time_in_seconds = max(within_s - (time.monotonic() - began), 0.0)
    solver.parameters.num_workers = threads
    solver.parameters.random_seed = seed
    if threads == 1:
        # what a linear program says of schedules costs more than it spares: without it twice to five times as quick
        solver.parameters.linearization_level = 0
    telling = _Telling(made, better)
    begun(solver.stop_search)
    outcome = solver.solve(made.model, telling)
    # of a plan with dates to keep the bound speaks of lateness too, and says nothing of the length alone
    told = _whole(solver.best_objective_bound / made.scale) if made.plain else 0
    bound = max(project.least, told)
    if outcome in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        found = made.read(solver.value, solver.boolean_value)
        length = makespan(found)
        if outcome == cp_model.OPTIMAL:
            return Solved(found, length, length, "optimal")
        return Solved(found, length, min(bound, length), "feasible")
    # nothing was found in time; should the model ever refuse the plan at hand, that plan stays all the same
    if outcome != cp_model.UNKNOWN:
        bound = project.least
    return Solved(hint, makespan(hint), min(bound, makespan(hint)), "feasible")


def _whole(bound: float) -> int:
    # the solver tells a whole number as a float that may lie just above it
    return int(-(-(bound - 1e-6) // 1)) if bound > 0 else 0


class _Made:
    """The model of a project."""

    def __init__(self, project: Project, longest: int) -> None:
        self.project, self.model = project, cp_model.CpModel()
        self._longest = longest
        network = project.network
        slack = longest - network.end
        self.starts: list[cp_model.IntVar] = []
        self.ends: list[cp_model.IntVar] = []
        self.chosen: list[list[cp_model.IntVar]] = []
        self.parts: list[dict[tuple[int, int, str], cp_model.IntVar]] = []
        """Of each activity, by mode, worker and skill, whether that worker has that part."""
        self._spent: dict[int, list[tuple[cp_model.IntVar | int, int]]] = {}
        self._takers: list[list[tuple[int, cp_model.IntVar]]] = []
        self._uses: dict[int, list[tuple[cp_model.IntervalVar, int]]] = {}
        for at in range(len(project.activities)):
            first, last = int(network.earliest[at]), int(network.latest[at]) + max(slack, 0)
            self._activity(at, first, max(first, last))
        self._order()
        self._apart()
        self._scarce()
        self.length = self.model.new_int_var(network.end, longest, "length")
        for end in self.ends:
            self.model.add(self.length >= end)
        self._aim()

    def _activity(self, at: int, first: int, last: int) -> None:
        model, project, activity = self.model, self.project, self.project.activities[at]
        start = model.new_int_var(first, last, f"s{at}")
        # what rests over a break ends later than its work alone would say
        end = model.new_int_var(first, self._longest, f"e{at}")
        self.starts.append(start)
        self.ends.append(end)
        several = len(activity.modes) > 1
        chosen = [model.new_bool_var(f"m{at}.{number}") for number in range(len(activity.modes))] if several else []
        self.chosen.append(chosen)
        self.parts.append({})
        self._takers.append([])
        if several:
            model.add_exactly_one(chosen)
        for number, mode in enumerate(activity.modes):
            literal = chosen[number] if several else None
            interval = self._interval(mode, start, end, first, last, literal)
            # what takes no time takes no room: no two intervals of one machine may begin within each other
            for resource, amount in mode.demands.items():
                if not project.resources[resource].renewable:
                    self._spent.setdefault(resource, []).append((1 if literal is None else literal, amount))
                elif mode.duration:
                    rolling = project.resources[resource].rolling
                    held = self._held(mode, rolling, start, first, last, literal) if rolling else interval
                    self._uses.setdefault(resource, []).append((held, amount))
            if mode.skills and mode.duration:
                self._staff(at, number, start, literal)

    def _interval(
        self, mode: Mode, start: cp_model.IntVar, end: cp_model.IntVar, first: int, last: int,
        chosen: cp_model.IntVar | None,
    ) -> cp_model.IntervalVar:  # fmt: skip
        """When an activity occupies something if it is done in this mode."""
        model = self.model
        if not any(self.project.resources[at].closed for at in mode.demands):
            if chosen is None:
                model.add(end == start + mode.duration)
                return model.new_fixed_size_interval_var(start, mode.duration, "")
            model.add(end == start + mode.duration).only_enforce_if(chosen)
            return model.new_optional_fixed_size_interval_var(start, mode.duration, chosen, "")
        # the end follows from the start by the calendar: allowed pairs of both, whatever makes the breaks
        ends = self.project.ends(mode, first, min(last, self.project.length - 1))
        pairs = [(first + at, int(found)) for at, found in enumerate(ends) if 0 <= found <= self._longest]
        allowed = model.add_allowed_assignments([start, end], pairs)
        size = model.new_int_var(mode.duration, self._longest, "")
        if chosen is None:
            return model.new_interval_var(start, size, end, "")
        allowed.only_enforce_if(chosen)
        return model.new_optional_interval_var(start, size, end, chosen, "")

    def _held(
        self, mode: Mode, rolling: Rolling, start: cp_model.IntVar, first: int, last: int,
        chosen: cp_model.IntVar | None,
    ) -> cp_model.IntervalVar:  # fmt: skip
        """When what a mode takes of an allowance counts: for a whole window, whatever nights lie in it."""
        model, project = self.model, self.project
        ends = project.ends(mode, first, min(last, project.length - 1))
        pairs = [(first + at, rolling.until(int(end), mode.duration)) for at, end in enumerate(ends) if end >= 0]
        most = max((until for _, until in pairs), default=self._longest)
        until = model.new_int_var(0, most, "")
        allowed = model.add_allowed_assignments([start, until], pairs)
        size = model.new_int_var(0, most, "")
        if chosen is None:
            return model.new_interval_var(start, size, until, "")
        allowed.only_enforce_if(chosen)
        return model.new_optional_interval_var(start, size, until, chosen, "")

    def _staff(self, at: int, way: int, start: cp_model.IntVar, chosen: cp_model.IntVar | None) -> None:
        model, project = self.model, self.project
        mode = project.activities[at].modes[way]
        duration = mode.duration
        takes: dict[int, list[cp_model.IntVar]] = {}
        for skill, count in mode.skills.items():
            held = []
            for number, worker in enumerate(project.workers):
                if skill in worker.skills:
                    part = self.parts[at][way, number, skill] = model.new_bool_var(f"p{at}.{way}.{number}.{skill}")
                    takes.setdefault(number, []).append(part)
                    held.append(part)
            wanted = model.add(sum(held) == count)
            if chosen is not None:
                wanted.only_enforce_if(chosen)
                # nobody is kept by a way that is not taken
                model.add(sum(held) == 0).only_enforce_if(~chosen)
        for number, parts in takes.items():
            takes_part = model.new_bool_var(f"w{at}.{way}.{number}")
            # equal to their sum: nobody counts for two skills at once
            model.add(takes_part == sum(parts))
            resource = project.workers[number].resource
            for first, last in project.resources[resource].closed:
                # who is looked for by skill goes on after no break: before or after it, if at all
                before = model.new_bool_var("")
                model.add(start + duration <= first).only_enforce_if(takes_part, before)
                model.add(start >= last).only_enforce_if(takes_part, ~before)
            interval = model.new_optional_fixed_size_interval_var(start, duration, takes_part, "")
            self._takers[at].append((resource, takes_part))
            self._uses.setdefault(resource, []).append((interval, 1))

    def _order(self) -> None:
        for wait in self.project.waits:
            before = self.ends[wait.before] if wait.link == "finish_start" else self.starts[wait.before]
            self.model.add(self.starts[wait.after] >= before + wait.lag)

    def _aim(self) -> None:
        """Lateness first, by its weight; then the length of the whole; then the cost of the modes."""
        model, activities = self.model, self.project.activities
        late, cost = [], []
        for at, activity in enumerate(activities):
            if activity.due is not None and activity.due < self._longest:
                over = model.new_int_var(0, self._longest - activity.due, "")
                model.add(over >= self.ends[at] - activity.due)
                late.append(over * activity.weight)
            least = min(mode.cost for mode in activity.modes)
            cost += [
                literal * (mode.cost - least)
                for literal, mode in zip(self.chosen[at], activity.modes, strict=False)
                if mode.cost > least
            ]
        most = sum(max(mode.cost for mode in one.modes) - min(mode.cost for mode in one.modes) for one in activities)
        self.scale = (most + 1) if cost else 1
        # one unit of lateness outweighs any length
        model.minimize(self.length * self.scale + sum(cost) + sum(late) * (self.scale * (self._longest + 1)))
        self.plain = not late

    def _apart(self) -> None:
        for one, other in self.project.apart:
            for first, mode in enumerate(self.project.activities[one].modes):
                for second, against in enumerate(self.project.activities[other].modes):
                    if mode.demands.keys() & against.demands.keys():
                        picked = (self._picked(one, first), self._picked(other, second))
                        self.model.add_bool_or([~literal for literal in picked if literal is not None])
            for resource, taken in self._takers[one]:
                self._not_both(resource, taken, other)
            for resource, taken in self._takers[other]:
                self._not_both(resource, taken, one)

    def _not_both(self, resource: int, taken: cp_model.IntVar, other: int) -> None:
        """Who takes part in one activity has nothing to do with another."""
        for number, mode in enumerate(self.project.activities[other].modes):
            if resource in mode.demands:
                picked = self._picked(other, number)
                self.model.add_bool_or([~taken, *([~picked] if picked is not None else [])])
        for who, takes in self._takers[other]:
            if who == resource:
                self.model.add_bool_or([~taken, ~takes])

    def _picked(self, at: int, mode: int) -> cp_model.IntVar | None:
        return self.chosen[at][mode] if self.chosen[at] else None

    def _scarce(self) -> None:
        model, project = self.model, self.project
        for number, spent in self._spent.items():
            model.add(sum(literal * amount for literal, amount in spent) <= project.resources[number].capacity)
        for number, uses in self._uses.items():
            resource = project.resources[number]
            intervals, amounts = zip(*uses, strict=True)
            if resource.capacity == 1:
                model.add_no_overlap(intervals)
            else:
                model.add_cumulative(intervals, amounts, resource.capacity)

    def suggest(self, at: int, placed: Placed) -> None:
        """What the plan at hand says of an activity."""
        self.model.add_hint(self.starts[at], placed.start)
        self.model.add_hint(self.ends[at], placed.end)
        for number, chosen in enumerate(self.chosen[at]):
            self.model.add_hint(chosen, number == placed.mode)

    def read(self, value: Callable[[cp_model.IntVar], int], holds: Callable[[cp_model.IntVar], bool]) -> list[Placed]:
        """The plan that a solution stands for."""
        found = []
        for at, (start, end) in enumerate(zip(self.starts, self.ends, strict=True)):
            mode = next((number for number, chosen in enumerate(self.chosen[at]) if holds(chosen)), 0)
            workers = tuple(number for (_, number, _), part in self.parts[at].items() if holds(part))
            found.append(Placed(int(value(start)), int(value(end)), mode, workers))
        return found


class _Telling(cp_model.CpSolverSolutionCallback):
    """Tells of each better plan; who has seen enough ends the process."""

    def __init__(self, made: _Made, better: Callable[[Schedule], None]) -> None:
        super().__init__()
        self._made, self._better = made, better

    def on_solution_callback(self) -> None:
        """Called by the solver."""
        self._better(self._made.read(self.value, self.boolean_value))
