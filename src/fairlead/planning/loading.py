"""Reads a plan file: every fault at once, with its place and the ids that it is about."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from fairlead.config.check import did_you_mean
from fairlead.model.calendar.hours import HoursFault, read_hours
from fairlead.model.calendar.working import read_zone
from fairlead.model.documents import Place, Places, nearest, parsed, read_text, wrong
from fairlead.model.errors import ConfigFault, ConfigFaults
from fairlead.planning.json_places import json_places
from fairlead.planning.planfile import (
    KINDS,
    After,
    Agent,
    Estimate,
    Person,
    Plan,
    Shared,
    Task,
    clock_hours,
    hours_of,
    rates,
)

_LISTS: Mapping[str, type[msgspec.Struct]] = {"people": Person, "agents": Agent, "resources": Shared, "tasks": Task}
_LARGEST = 64 << 20
_MOST_TOLD = 200
_LARGEST_NUMBER = 1_000_000_000
_MOST_HOURS = 100_000
"""Of one task: fifty years of somebody's work."""
_MOST_UNITS = 10_000_000
"""Of a plan of units, all of it one after the other."""
_MOST_AT_ONCE = 1_000
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_MOST_HOLIDAYS = 366
"""Days of one span of them."""
_YEARS = 10
"""A plan's days lie so near to its start."""
_AT = re.compile(r"^(?P<words>.*?)(?: - at `\$?(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\[(?P<index>\d+|\.\.\.)\]|\.?(?P<name>[^.\[\]]+)")
Wrong = tuple[Place, str]


def load(path: Path) -> Plan:
    """The plan; raises `ConfigFaults` with path, line and column of all that is wrong with it."""
    plain, places = _values(path)
    if not isinstance(plain, dict):
        raise wrong(path, 1, 1, "a plan is a table with `tasks`")
    plan, faults = read(plain)
    if faults or plan is None:
        raise _told(path, places, faults)
    return plan


def _told(path: Path, places: Places | None, faults: Sequence[Wrong]) -> ConfigFaults:
    """Faults with their places; a file that was read without any is looked through for these."""
    shown = faults[:_MOST_TOLD]
    if places is None:
        places = json_places(read_text(path, _LARGEST), [place for place, _ in shown])
    told = [ConfigFault(str(path), *nearest(places, place), words) for place, words in shown]
    if len(faults) > _MOST_TOLD:
        told.append(ConfigFault(str(path), 1, 1, f"and {len(faults) - _MOST_TOLD} more faults"))
    return ConfigFaults(told)


def load_tasks(path: Path) -> tuple[Task, ...]:
    """The tasks of a file that adds to a plan; what they refer to is judged with that plan."""
    plain, places = _values(path)
    said = plain.get("tasks") if isinstance(plain, dict) else plain
    if not isinstance(said, list):
        raise wrong(path, 1, 1, "a list of tasks, or a table with `tasks`")
    faults: list[Wrong] = list(_no_numbers(said, ("tasks",)))
    found = () if faults else tuple(_part(one, Task, ("tasks", at), faults) for at, one in enumerate(said))
    if faults:
        raise _told(path, places, faults)
    return found


def task_lines(path: Path, ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """Line and column of what each of these tasks waits for, as far as they stand in a file without faults."""
    plain, places = _values(path)
    number = {task["id"]: at for at, task in enumerate(plain["tasks"])}
    wanted: dict[str, Place] = {one: ("tasks", number[one], "after") for one in ids if one in number}
    if places is None:
        places = json_places(read_text(path, _LARGEST), wanted.values())
    return {one: nearest(places, place) for one, place in wanted.items()}


def _values(path: Path) -> tuple[Any, Places | None]:
    if path.suffix.lower() != ".json":
        return parsed(path)
    # a plan that a program wrote may have a hundred thousand tasks; places are looked for only where one is wrong
    try:
        return msgspec.json.decode(read_text(path, _LARGEST)), None
    except msgspec.DecodeError:
        return parsed(path)


def read(plain: Mapping[str, Any]) -> tuple[Plan | None, list[Wrong]]:
    """The plan of plain values, and everything that is wrong with it."""
    faults: list[Wrong] = list(_no_numbers(plain, ()))[:_MOST_TOLD]
    if faults:
        return None, faults
    lists: dict[str, tuple[Any, ...]] = {}
    for name, kind in _LISTS.items():
        said = plain.get(name, [])
        if not isinstance(said, list):
            faults.append(((name,), f"`{name}` is a list"))
            continue
        lists[name] = tuple(
            found for at, one in enumerate(said) if (found := _part(one, kind, (name, at), faults)) is not None
        )
    rest = _part({key: value for key, value in plain.items() if key not in _LISTS}, Plan, (), faults)
    if rest is None or faults:
        return None, faults
    assert isinstance(rest, Plan)
    plan = msgspec.structs.replace(rest, **lists)
    faults += _Check(plan).faults()
    if faults:
        return plan, faults
    return msgspec.structs.replace(plan, holidays=tuple(_each_day(plan.holidays))), []


def _each_day(spans: Sequence[str]) -> Iterator[str]:
    for first, last in filter(None, map(days, spans)):
        yield from ((first + timedelta(days=more)).isoformat() for more in range((last - first).days + 1))


def _no_numbers(said: Any, place: Place) -> Iterator[Wrong]:
    """Numbers with which nothing can be reckoned: what is none, what never ends, what is beyond all measure."""
    if isinstance(said, dict):
        named = f"{said['id']}: " if isinstance(said.get("id"), str) else ""
        for key, value in said.items():
            yield from ((where, f"{named}{words}") for where, words in _no_numbers(value, (*place, key)))
    elif isinstance(said, list):
        for at, value in enumerate(said):
            yield from _no_numbers(value, (*place, at))
    elif isinstance(said, int | float) and not -_LARGEST_NUMBER <= said <= _LARGEST_NUMBER:
        # nan lies in no range either
        yield place, f"`{said:g}` is no number to plan with"


def _part(said: Any, kind: type[msgspec.Struct], place: Place, faults: list[Wrong]) -> Any:
    try:
        return msgspec.convert(said, kind)
    except msgspec.ValidationError as fault:
        found = _AT.match(str(fault))
        path = found["path"] if found and found["path"] else ""
        steps = tuple(
            int(step["index"]) if (step["index"] or "").isdigit() else str(step["name"] or "")
            for step in _STEP.finditer(path)
        )
        words = found["words"] if found else str(fault)
        if unknown := re.search(r"unknown field `([^`]+)`", words):
            fields = [field.encode_name for field in msgspec.structs.fields(kind)]
            words = f"unknown key `{unknown[1]}`{did_you_mean(unknown[1], fields)}"
            steps = (*steps, unknown[1])
        faults.append(((*place, *steps), f"{_named(said)}{words}"))
        return None


def _named(said: Any) -> str:
    return f"{said['id']}: " if isinstance(said, dict) and isinstance(said.get("id"), str) else ""


class _Check:
    """What no type can say: ids that exist, hours that are some, days in order."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._tasks = {task.id: at for at, task in enumerate(plan.tasks)}
        self._doers = {person.id for person in plan.people} | {agent.id for agent in plan.agents}
        self._resources = {one.id: one for one in plan.resources}
        self._lists: Mapping[str, tuple[Person | Agent | Shared | Task, ...]] = {
            "people": plan.people, "agents": plan.agents, "resources": plan.resources, "tasks": plan.tasks,
        }  # fmt: skip

    def faults(self) -> list[Wrong]:
        """All of them, in the order of the file."""
        return [*self._whole(), *self._ids(), *self._who(), *self._what()]

    def _whole(self) -> Iterator[Wrong]:
        plan = self._plan
        for key in ("start", "end"):
            if (said := getattr(plan, key)) and _day(said) is None:
                yield (key,), f"`{said}` is no day: write it like 2026-10-14"
        start, end = _day(plan.start), _day(plan.end)
        if start and not _FIRST_YEAR <= start.year <= _LAST_YEAR:
            yield ("start",), f"`{plan.start}` lies outside of the years {_FIRST_YEAR} to {_LAST_YEAR}"
        yield from self._far(plan.end, ("end",))
        if start and end and end < start:
            yield ("end",), f"it ends on {plan.end}, before it starts on {plan.start}"
        if plan.end and not plan.start:
            yield ("end",), "an end needs a `start`"
        yield from self._hours(plan.hours, plan.time_zone, ())
        if not plan.hours.strip():
            yield ("hours",), "when is worked at all? write it like `Mon-Fri 09:00-17:00`"
        if not 0 < plan.focus <= 1:
            yield ("focus",), "a share between 0 and 1"
        yield from _spans(plan.holidays, "holidays")
        for at, said in enumerate(plan.holidays):
            if (span := days(said)) and (span[1] - span[0]).days > _MOST_HOLIDAYS:
                yield ("holidays", at), f"`{said}` is more than a year of holidays"
        try:
            if not 1 / 60 <= hours_of(plan.step, 8) <= 8:
                yield ("step",), f"`{plan.step}`: a step has a length, from 1m to 1d"
        except ValueError as fault:
            yield ("step",), str(fault)
        if min(plan.weights.expertise, plan.weights.capacity, plan.weights.continuity) < 0:
            yield ("weights",), "weights are not negative"
        if not plan.tasks:
            yield ("tasks",), "there is nothing to plan"
        if not plan.dated:
            yield from self._all_units()

    def _far(self, said: str | int | None, place: Place) -> Iterator[Wrong]:
        start, day = _day(self._plan.start), _day(said) if isinstance(said, str) else None
        if start and day and abs(day.year - start.year) > _YEARS:
            yield place, f"`{said}` lies more than {_YEARS} years from the start, {self._plan.start}"

    def _all_units(self) -> Iterator[Wrong]:
        """A plan of units keeps an account of each of them."""
        units = 0.0
        for at, task in enumerate(self._plan.tasks):
            units += self._longest(task) + (task.earliest if isinstance(task.earliest, int) else 0)
            if units > _MOST_UNITS:
                words = f"with it all tasks, one after the other, take more than {_MOST_UNITS} units: say larger ones"
                yield ("tasks", at), f"{task.id}: {words}"
                return

    @staticmethod
    def _longest(task: Task) -> float:
        said: list[Any] = [way.duration for way in task.modes]
        said += [part.pessimistic if isinstance(part, Estimate) else part for part in (task.estimate, task.duration)]
        said += [after.lag for after in task.after if isinstance(after, After)]
        return sum(max(one, 0) for one in said if isinstance(one, int | float))

    def _hours(self, hours: str, zone: str, place: Place) -> Iterator[Wrong]:
        try:
            if hours:
                read_hours(hours)
        except (HoursFault, ValueError) as fault:
            yield (*place, "hours"), str(fault)
        try:
            if zone:
                read_zone(zone)
        except ValueError as fault:
            yield (*place, "time_zone"), str(fault)

    def _ids(self) -> Iterator[Wrong]:
        for name in _LISTS:
            often = Counter(one.id for one in self._lists[name])
            for at, one in enumerate(self._lists[name]):
                if often[one.id] > 1:
                    yield (name, at, "id"), f"`{one.id}` is the id of {often[one.id]} {name}"
                if not one.id.strip() or any(unicodedata.category(sign) == "Cc" for sign in one.id):
                    yield (name, at, "id"), f"{one.id!r} is no id: it is one line of text"
        for at, agent in enumerate(self._plan.agents):
            if agent.id in {person.id for person in self._plan.people}:
                yield ("agents", at, "id"), f"`{agent.id}` is a person too"

    def _who(self) -> Iterator[Wrong]:
        for at, person in enumerate(self._plan.people):
            place: Place = ("people", at)
            yield from ((place + where, f"{person.id}: {words}") for where, words in self._person(person))
        for at, agent in enumerate(self._plan.agents):
            for key in ("at_once", "cost_per_hour", "speed"):
                least = 0 if key == "cost_per_hour" else 1e-9
                if getattr(agent, key) < least:
                    yield ("agents", at, key), f"{agent.id}: `{key}` of {getattr(agent, key)}"
            if agent.at_once > _MOST_AT_ONCE:
                yield (
                    ("agents", at, "at_once"),
                    f"{agent.id}: {agent.at_once} sessions at once, at most {_MOST_AT_ONCE}",
                )
            if agent.budget is not None and agent.budget < 0:
                yield ("agents", at, "budget"), f"{agent.id}: a budget of {agent.budget}"
            yield from ((("agents", at, "rate"), f"{agent.id}: {words}") for words in self._rate(agent))
        for at, shared in enumerate(self._plan.resources):
            if shared.capacity < 0:
                yield ("resources", at, "capacity"), f"{shared.id}: a capacity of {shared.capacity}"
            yield from (
                (("resources", at, *where), f"{shared.id}: {words}") for where, words in _spans(shared.away, "away")
            )

    def _rate(self, agent: Agent) -> Iterator[str]:
        for rate in rates(agent):
            if rate.hours is None and rate.requests is None:
                yield "how much? say `hours` or `requests` for each window"
            if min(rate.hours or 0, rate.requests or 0) < 0:
                yield "less than nothing is no limit"
            if rate.requests is not None and agent.requests_per_hour <= 0:
                yield "of `requests` it has to be known how many an hour takes: say `requests_per_hour`"
            try:
                if clock_hours(rate.per) <= 0:
                    yield "a window has a length"
            except ValueError as fault:
                yield str(fault)

    def _person(self, person: Person) -> Iterator[Wrong]:
        yield from self._hours(person.hours, person.time_zone, ())
        if person.hours_per_week is not None and person.hours_per_week < 0:
            yield ("hours_per_week",), f"{person.hours_per_week} hours a week"
        if person.meetings_hours_per_week < 0:
            yield ("meetings_hours_per_week",), f"{person.meetings_hours_per_week} hours a week"
        if person.focus is not None and not 0 < person.focus <= 1:
            yield ("focus",), "a share between 0 and 1"
        yield from _spans(person.away, "away")
        yield from _spans(person.on_call, "on_call")

    def _what(self) -> Iterator[Wrong]:
        for at, task in enumerate(self._plan.tasks):
            yield from ((("tasks", at, *where), f"{task.id}: {words}") for where, words in self._task(task))

    def _task(self, task: Task) -> Iterator[Wrong]:
        yield from self._waits(task)
        yield from self._work(task)
        for resource, amount in [
            *task.demands.items(),
            *((r, a) for way in task.modes for r, a in way.demands.items()),
        ]:
            if resource not in self._resources:
                yield ("demands",), f"no resource `{resource}`{did_you_mean(resource, list(self._resources))}"
            elif amount < 0:
                yield ("demands", resource), f"{amount} of {resource}"
            elif amount > self._resources[resource].capacity:
                yield (
                    ("demands", resource),
                    f"asks for {amount} of {resource}, of which there are {self._resources[resource].capacity}",
                )
        for who in filter(None, (task.who, *(way.who for way in task.modes))):
            if who not in self._doers:
                yield ("who",), f"nobody is called `{who}`{did_you_mean(who, list(self._doers))}"
        if task.kind and task.kind not in KINDS:
            yield ("kind",), f"no kind `{task.kind}`{did_you_mean(task.kind, list(KINDS))}"
        earliest, due = self._moment(task.earliest), self._moment(task.due)
        for key, said, moment in (("earliest", task.earliest, earliest), ("due", task.due, due)):
            if said is not None and moment is None:
                yield (
                    (key,),
                    f"`{said}` is no {'day: write it like 2026-10-14' if self._plan.dated else 'whole unit'}",
                )
        yield from self._far(task.earliest, ("earliest",))
        yield from self._far(task.due, ("due",))
        for skill, count in [*task.people.items(), *((s, n) for way in task.modes for s, n in way.people.items())]:
            if not 0 <= count <= _MOST_AT_ONCE:
                yield ("people", skill), f"{count} people with {skill}"
        if earliest is not None and due is not None and due < earliest:
            yield ("due",), f"due {task.due}, before its earliest start {task.earliest}"

    def _moment(self, said: str | int | None) -> int | None:
        if isinstance(said, str) and self._plan.dated:
            return found.toordinal() if (found := _day(said)) else None
        return said if isinstance(said, int) and not self._plan.dated and said >= 0 else None

    def _waits(self, task: Task) -> Iterator[Wrong]:
        for number, after in enumerate(task.after):
            wait = after if isinstance(after, After) else After(task=after)
            if wait.task not in self._tasks:
                yield ("after", number), f"no task `{wait.task}`{did_you_mean(wait.task, list(self._tasks), show=8)}"
            elif wait.task == task.id:
                yield ("after", number), "it waits for itself"
            yield from self._amount(wait.lag, ("after", number), negative=True)

    def _work(self, task: Task) -> Iterator[Wrong]:
        if task.modes:
            for number, way in enumerate(task.modes):
                yield from self._amount(way.duration, ("modes", number, "duration"))
        elif isinstance(task.estimate, Estimate):
            parts = (task.estimate.optimistic, task.estimate.likely, task.estimate.pessimistic)
            wrong_ones = [fault for part in parts for fault in self._amount(part, ("estimate",))]
            yield from wrong_ones
            if not wrong_ones and list(said := [hours_of(part, 8) for part in parts]) != sorted(said):
                yield ("estimate",), "optimistic, likely and pessimistic are not in this order"
        elif task.estimate is not None or task.duration is not None:
            key = "estimate" if task.estimate is not None else "duration"
            yield from self._amount(getattr(task, key), (key,))
        elif task.points is None:
            yield ("id",), "how long does it take? say `estimate`, `points`, `duration` or `modes`"
        if task.points is not None and task.points < 0:
            yield ("points",), f"{task.points} points"

    def _amount(self, said: Any, place: Place, *, negative: bool = False) -> Iterator[Wrong]:
        try:
            found = hours_of(said, 8)
        except ValueError as fault:
            yield place, str(fault)
            return
        if found < 0 and not negative:
            yield place, f"`{said}` is negative"
        elif self._plan.dated and abs(found) > _MOST_HOURS:
            yield place, f"`{said}` is more than {_MOST_HOURS} hours"
        elif not self._plan.dated and (isinstance(said, str) or found != int(found)):
            yield place, f"`{said}`: a plan without `start` counts whole units"


def days(said: str) -> tuple[date, date] | None:
    """First and last day of `2026-10-20` or `2026-10-20..2026-10-24`; `None` for what is neither."""
    first, _, last = said.partition("..")
    begin, end = _day(first.strip()), _day((last or first).strip())
    return (begin, end) if begin and end and begin <= end else None


def _spans(said: tuple[str, ...], key: str) -> Iterator[Wrong]:
    for at, span in enumerate(said):
        if days(span) is None:
            yield (key, at), f"`{span}` is no span of days: write 2026-10-20 or 2026-10-20..2026-10-24"


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return None
