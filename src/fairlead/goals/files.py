"""The files of objectives: read with all their faults, and as fields of records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from fairlead.config import check
from fairlead.config.entries import Entries
from fairlead.config.entries import Entry as Place
from fairlead.goals.amounts import amount, days_of
from fairlead.goals.periods import FIRST_YEAR, HINT, LAST_YEAR, first_day, quarter
from fairlead.goals.written import NAME, Written, WrittenResult
from fairlead.metrics.catalogue import Entry as Metric
from fairlead.model.calendar.resolve import Calendars
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import ConfigFault
from fairlead.model.records.goals import OBJECTIVE_STATES
from fairlead.model.setup import Setup

FILES = Entries(None, "goals")
Keys = tuple[str | int, ...]
Wrong = tuple[Keys, str]
"""Where in an entry, and what is wrong there."""
Rules = Callable[[str], Sequence[str]]
"""What is wrong with a condition in the language of rules: nothing where it can be read."""


@dataclass(frozen=True, slots=True)
class Known:
    """What files may name."""

    setup: Setup
    metrics: Mapping[str, Metric]
    people: Collection[str] | None = None
    """Ids of recorded people; `None` where no store was asked."""
    folder: Path | None = None
    """Folder of the settings: paths are told from there."""
    rules: Rules | None = None
    """Reads conditions; `None` where there are none to be read."""


@dataclass(frozen=True, slots=True)
class Stated:
    """An objective of a file as fields of records."""

    id: str
    fields: Mapping[str, Any]
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Id of a key result -> its fields."""
    place: Place | None = None

    def fault(self, keys: Keys, words: str) -> ConfigFault:
        """A fault that only shows when it is tried, at its key."""
        assert self.place is not None
        return self.place.fault(keys, words)


def read(folders: Iterable[Path], known: Known) -> tuple[list[Stated], list[ConfigFault]]:
    """The objectives that are whole, in the order of the files, and all that is wrong with any."""
    faults: list[ConfigFault] = []
    written = list(_written(folders, faults))
    names = list(dict.fromkeys(goal.name for goal, _ in written))
    calendars = Calendars(known.setup)
    found: dict[str, Stated] = {}
    for goal, place in written:
        wrong = [*_faults(goal, known, names)]
        if f"objective:{goal.name}" in found:
            wrong.append((("name",), f"there is another objective `{goal.name}`"))
        faults += [place.fault(keys, words) for keys, words in wrong]
        if not wrong:
            made = _stated(goal, known, calendars.of_team(_team(goal) or None), place)
            found[made.id] = made
    circles = list(_circles(found))
    faults += [one.fault(("serves",), "it serves itself in the end") for one in circles]
    return [one for one in found.values() if one not in circles], faults


def _written(folders: Iterable[Path], faults: list[ConfigFault]) -> Iterator[tuple[Written, Place]]:
    for place in FILES.written(FILES.files(folders), faults):
        faults += place.faults
        if place.faults:
            continue
        said = _with_days(place.said)
        try:
            yield (
                msgspec.convert({**said, "path": str(place.path)} if isinstance(said, dict) else said, Written),
                place,
            )
        except (msgspec.ValidationError, TypeError) as fault:
            told = list(check.faults(said, Written)) or [((), str(fault))]
            faults += [place.fault(keys, words, value=False) for keys, words in told]


def _with_days(said: Any) -> Any:
    """YAML makes dates of days that stand without quotes: both are the same to whoever writes them."""
    if isinstance(said, dict):
        return {key: _with_days(value) for key, value in said.items()}
    if isinstance(said, list):
        return [_with_days(one) for one in said]
    # a moment is a date to Python; as a day it would lose its hour unseen
    return said.isoformat() if isinstance(said, date) and not isinstance(said, datetime) else said


def _faults(goal: Written, known: Known, names: Sequence[str]) -> Iterator[Wrong]:
    setup = known.setup
    yield from _name_faults(goal.name)
    if not goal.title.strip():
        yield ("title",), "say in a sentence what is to be reached"
    if goal.team and goal.team.removeprefix("team:") not in setup.teams:
        yield ("team",), f"no team `{goal.team}`{check.did_you_mean(goal.team, list(setup.teams))}"
    yield from _owner_faults(goal.owner, known)
    if goal.serves and goal.serves not in names:
        yield ("serves",), f"no objective `{goal.serves}`{check.did_you_mean(goal.serves, [*names])}"
    if goal.state and goal.state not in OBJECTIVE_STATES:
        yield ("state",), f"expected one of {', '.join(OBJECTIVE_STATES)}, got `{goal.state}`"
    yield from _time_faults(goal)
    if goal.rule and known.rules:
        yield from ((("rule",), words) for words in known.rules(goal.rule))
    seen: set[str] = set()
    for at, result in enumerate(goal.key_results):
        wrong = [*_result_faults(goal, result, known)]
        if result.name in seen:
            wrong.append((("name",), f"there is another key result `{result.name}`"))
        seen.add(result.name)
        yield from ((("key_results", at, *keys), words) for keys, words in wrong)


def _name_faults(name: str) -> Iterator[Wrong]:
    if not NAME.fullmatch(name):
        yield ("name",), f"`{name:.80}` is no name: write small letters, digits, `-` and `_`, a letter first"


def _owner_faults(owner: str, known: Known) -> Iterator[Wrong]:
    if not owner or known.people is None:
        return
    if owner.removeprefix("person:") not in known.setup.people and _person(owner) not in known.people:
        there = [one.removeprefix("person:") for one in (*known.people, *known.setup.people)]
        yield ("owner",), f"no person `{owner:.80}`{check.did_you_mean(owner, there, show=0)}"


def _time_faults(goal: Written) -> Iterator[Wrong]:
    if goal.quarter:
        if first_day(goal.quarter) is None:
            yield ("quarter",), f"`{goal.quarter:.40}` is no quarter: {HINT}"
        if goal.starts or goal.due:
            yield ("quarter",), "say the quarter, or `starts` and `due`"
        return
    if not (goal.starts and goal.due):
        yield (), "when does it run? Say `quarter: 2026-Q4`, or `starts` and `due`"
        return
    days = [day_of(said) for said in (goal.starts, goal.due)]
    for key, day in zip(("starts", "due"), days, strict=True):
        if day is None:
            yield (key,), f"`{getattr(goal, key):.40}` is no day: write it like 2026-10-01"
    if days[0] and days[1] and days[1] < days[0]:
        yield ("due",), "it ends before it begins"


def _result_faults(goal: Written, result: WrittenResult, known: Known) -> Iterator[Wrong]:
    yield from _name_faults(result.name)
    yield from _owner_faults(result.owner, known)
    if result.due and (day := day_of(result.due)) is None:
        yield ("due",), f"`{result.due:.40}` is no day: write it like 2026-10-01"
    elif result.due and goal.starts and (starts := day_of(goal.starts)) and day and day < starts:
        yield ("due",), "it ends before its objective begins"
    if not 0 <= result.stale_after_days <= 3_660:
        yield ("stale_after_days",), "say a number of days from 0 to 3660"
    if result.metric and result.query:
        yield ("query",), "a value comes from a metric or from a query, not from both"
        return
    if result.metric:
        yield from _metric_faults(result, known.metrics)
        if result.metric not in known.metrics:
            return
    yield from _range_faults(result, unit_of(result, known.metrics))


def entered(
    result: WrittenResult, goal: Written, known: Known, calendar: WorkingCalendar
) -> tuple[dict[str, Any], list[str]]:
    """Fields of a key result that somebody enters by hand, and what is wrong with it, as of one in a file."""
    wrong = [words for _, words in _result_faults(goal, result, known)]
    return ({}, wrong) if wrong else (_fields(goal, result, known, calendar), [])


def _metric_faults(result: WrittenResult, metrics: Mapping[str, Metric]) -> Iterator[Wrong]:
    entry = metrics.get(result.metric)
    if entry is None:
        yield ("metric",), f"no metric `{result.metric}`{check.did_you_mean(result.metric, list(metrics), show=0)}"
        return
    if result.unit and result.unit != entry.unit:
        yield ("unit",), f"`{entry.name}` is measured in {entry.unit}"
    if days_of(result.window) is None:
        yield ("window",), f"`{result.window:.40}` is no window: write it like 30d or 4w"
    for key in result.segment:
        if key not in entry.segments:
            there = ", ".join(entry.segments) or "nothing"
            yield ("segment", key), f"`{entry.name}` cannot be limited by `{key}`; it can by: {there}"
    for key, value in result.segment.items():
        if "," in value or not value.strip():
            yield ("segment", key), "a value is one name, without commas"


def _range_faults(result: WrittenResult, unit: str) -> Iterator[Wrong]:
    values: dict[str, float] = {}
    for key in ("baseline", "target"):
        if (said := getattr(result, key)) is not None:
            try:
                values[key] = amount(said, unit)
            except ValueError as fault:
                yield (key,), str(fault)
    if result.query and result.baseline is None:
        yield (), "say the `baseline`: a query tells nothing of the time before"
    if "baseline" in values and values["baseline"] == values.get("target"):
        yield ("target",), "it is the baseline: there is no way to go"


def unit_of(result: WrittenResult, metrics: Mapping[str, Metric]) -> str:
    """Unit in which a key result is measured."""
    entry = metrics.get(result.metric)
    return entry.unit if entry else result.unit


def day_of(said: str) -> date | None:
    """A day as people write it; `None` where it is none."""
    try:
        found = date.fromisoformat(said.strip())
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _stated(goal: Written, known: Known, calendar: WorkingCalendar, place: Place) -> Stated:
    starts_at, due_at = _span(goal, calendar)
    objective = f"objective:{goal.name}"
    said: dict[str, Any] = {
        "title": goal.title.strip(), "body": goal.why, "team": _team(goal), "owner": _person(goal.owner),
        "parent": f"objective:{goal.serves}" if goal.serves else "", "starts_at": starts_at, "due_at": due_at,
        "epics": list(goal.epics), "labels": list(goal.labels), "rule": goal.rule,
        "milestones": list(goal.milestones), "path": _told(goal.path, known.folder),
        **({"state": goal.state} if goal.state else {}),
    }  # fmt: skip
    results = {f"key_result:{goal.name}/{one.name}": _fields(goal, one, known, calendar) for one in goal.key_results}
    return Stated(objective, said, results, place)


def _fields(goal: Written, result: WrittenResult, known: Known, calendar: WorkingCalendar) -> dict[str, Any]:
    unit, entry = unit_of(result, known.metrics), known.metrics.get(result.metric)
    segment = dict(result.segment)
    if entry and _team(goal) and "team" in entry.segments and not segment:
        segment["team"] = _team(goal)
    due = day_of(result.due)
    return {
        "title": result.title.strip(), "owner": _person(result.owner), "unit": unit,
        "value_from": "metric" if result.metric else "query" if result.query else "manual",
        "metric": result.metric, "segment": ",".join(f"{key}={value}" for key, value in sorted(segment.items())),
        "span": result.window if result.metric else "", "query": result.query.strip(),
        "baseline": None if result.baseline is None else amount(result.baseline, unit),
        "target": amount(result.target, unit), "due_at": calendar.day_bounds(due)[1] if due else None,
        "stale_after_days": result.stale_after_days,
    }  # fmt: skip


def _span(goal: Written, calendar: WorkingCalendar) -> tuple[datetime, datetime]:
    if goal.quarter:
        found = quarter(goal.quarter, calendar)
        return found.start, found.end
    starts, due = day_of(goal.starts), day_of(goal.due)
    assert starts is not None and due is not None
    # the last day belongs to it
    return calendar.day_bounds(starts)[0], calendar.day_bounds(due)[1]


def _circles(found: Mapping[str, Stated]) -> Iterator[Stated]:
    for one in found.values():
        seen, parent = {one.id}, one.fields["parent"]
        while parent in found and parent not in seen:
            seen.add(parent)
            parent = found[parent].fields["parent"]
        if parent == one.id:
            yield one


def _team(goal: Written) -> str:
    return f"team:{goal.team.removeprefix('team:')}" if goal.team else ""


def _person(owner: str) -> str:
    return f"person:{owner.removeprefix('person:')}" if owner else ""


def _told(path: str, folder: Path | None) -> str:
    """Where it stands, from the settings: what lies above them is nobody's business."""
    found = Path(path)
    return str(found.relative_to(folder)) if folder and found.is_relative_to(folder) else found.name
