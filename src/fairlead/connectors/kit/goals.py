"""Entries about objectives, key results, their values, and work that serves them: made here and read here.

What a file states of an objective comes whole: what the file leaves out is empty. What people enter comes field by
field, like decisions and risks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from fairlead.connectors.kit.connector import Options, Reading
from fairlead.connectors.kit.decided import Read, plain_values, values_of
from fairlead.connectors.kit.entered import RANK, SOURCE, entered
from fairlead.connectors.kit.payload import Doc
from fairlead.model.errors import Unreadable
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.raw import RawEvent
from fairlead.model.records.goals import (
    LINK_STATES,
    OBJECTIVE_STATES,
    VALUE_SOURCES,
    CheckIn,
    KeyResult,
    Objective,
    ObjectiveLink,
)
from fairlead.model.times import iso

STATED_OBJECTIVE = (
    "title", "body", "team", "owner", "parent", "starts_at", "due_at", "epics", "labels", "rule", "milestones",
    "path",
)  # fmt: skip
"""What a file says of an objective, or says to be empty. How it ended a person may say as well."""
STATED_RESULT = (
    "objective", "title", "owner", "value_from", "metric", "segment", "span", "query", "unit", "baseline", "target",
    "due_at", "stale_after_days",
)  # fmt: skip
Said = Mapping[str, Any]


def objective_stated(
    objective: str, said: Said, results: Mapping[str, Said], gone: Sequence[str], at: datetime
) -> RawEvent:
    """An objective as a file states it, with its key results by id and those that the file no longer has."""
    body = {
        "id": objective, "said": plain_values(said),
        "results": [{"id": one, "said": plain_values(fields)} for one, fields in results.items()], "gone": list(gone),
    }  # fmt: skip
    return entered("objective.stated", body, "operator", at)


def objective_unstated(objective: str, results: Sequence[str], at: datetime) -> RawEvent:
    """An objective was taken out of the files, with its key results."""
    return entered("objective.unstated", {"id": objective, "gone": list(results)}, "operator", at)


def objective_entered(objective: str, said: Said, by: str, at: datetime, what: str = "") -> RawEvent:
    """Fields of an objective, the first time or anew; `what` the person did is for the ledger."""
    return _entered("objective.entered", objective, said, by, at, what)


def key_result_entered(result: str, said: Said, by: str, at: datetime, what: str = "") -> RawEvent:
    """Fields of a key result, the first time or anew."""
    return _entered("key_result.entered", result, said, by, at, what)


def check_in_entered(check_in: str, said: Said, by: str, at: datetime, what: str = "") -> RawEvent:
    """A value of a key result on a day; a later one for the same day takes its place."""
    return _entered("check_in.entered", check_in, said, by, at, what)


def link_entered(link: str, said: Said, by: str, at: datetime, what: str = "") -> RawEvent:
    """A person's word that a work item serves an objective, or does not; the last word holds."""
    return _entered("objective_link.entered", link, said, by, at, what)


@dataclass(frozen=True, slots=True)
class Measured:
    """A value of a key result that a metric or a query gave."""

    id: str
    key_result: str
    at: datetime
    value: float


def key_results_measured(found: Sequence[Measured], at: datetime) -> RawEvent:
    """What metrics and queries gave on a day: no later look could find it again."""
    values = [{"id": one.id, "key_result": one.key_result, "at": iso(one.at), "value": one.value} for one in found]
    return entered("key_results.measured", {"values": values}, SOURCE, at)


def check_in_id(result: str, on: date) -> str:
    """Of one key result there is one value a day."""
    return f"check_in:{result.partition(':')[2]}/{on:%Y-%m-%d}"


def link_id(objective: str, item: str) -> str:
    """Of an objective and a work item there is one word."""
    return f"objective_link:{objective.partition(':')[2]}/{item}"


def _entered(kind: str, record: str, said: Said, by: str, at: datetime, what: str) -> RawEvent:
    return entered(kind, {"id": record, "said": plain_values(said), **({"what": what} if what else {})}, by, at)


def _stated(entry: Doc, options: Options) -> Reading:
    at, objective = entry.need_time("at"), entry.need_text("id")
    said = _checked("objectives", entry.data.get("said"))
    patches = [
        # until somebody says how it ended; what is dated wins over it
        Patch(Objective(id=objective, state="open"), OLDEST),
        Patch(_whole(Objective, STATED_OBJECTIVE, objective, said, at, options), at, RANK),
    ]
    for result in entry.children("results"):
        fields = _checked("key_results", {"objective": objective, **(result.data.get("said") or {})})
        patches.append(Patch(_whole(KeyResult, STATED_RESULT, result.need_text("id"), fields, at, options), at, RANK))
    return Reading(patches=[*patches, *_tombstones(entry, at, options)])


def _unstated(entry: Doc, options: Options) -> Reading:
    at = entry.need_time("at")
    gone = Objective(id=entry.need_text("id"), source=options.source, updated_at=at, deleted_at=at)
    return Reading(patches=[Patch(gone, at, RANK), *_tombstones(entry, at, options)])


def _whole(
    kind: type[Objective] | type[KeyResult], names: Sequence[str], record: str, said: Said, at: datetime,
    options: Options,
) -> Any:  # fmt: skip
    """All that a file can say; what it leaves out was taken out of it, and what had been deleted is there again."""
    values = {**dict.fromkeys(names), **said}
    return kind(id=record, source=options.source, updated_at=at, deleted_at=None, **values)


def _tombstones(entry: Doc, at: datetime, options: Options) -> list[Patch]:
    return [
        Patch(KeyResult(id=str(one), source=options.source, updated_at=at, deleted_at=at), at, RANK)
        for one in entry.data.get("gone") or ()
    ]


def _fields(table: str, kind: Callable[..., Any], needs: Sequence[str] = ()) -> Read:
    def read(entry: Doc, options: Options) -> Reading:
        at, values = entry.need_time("at"), _checked(table, entry.data.get("said"))
        if missing := [name for name in needs if values.get(name) is None]:
            raise Unreadable(f"said.{missing[0]}", "is missing")
        made = kind(id=entry.need_text("id"), source=options.source, updated_at=at, **values)
        return Reading(patches=[Patch(made, at, RANK)])

    return read


def _measured(entry: Doc, options: Options) -> Reading:
    at = entry.need_time("at")
    patches = []
    for one in entry.children("values"):
        said = _checked("check_ins", {name: value for name, value in one.data.items() if name != "id"})
        made = CheckIn(id=one.need_text("id"), source=options.source, created_at=at, updated_at=at, **said)
        # what a person enters for the same day wins
        patches.append(Patch(made, at))
    return Reading(patches=patches)


_WORDS: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("objectives", "state"): OBJECTIVE_STATES,
        ("key_results", "value_from"): VALUE_SOURCES,
        ("objective_links", "state"): LINK_STATES,
    }
)
_NUMBERS = ("value", "baseline", "target", "confidence")


def _checked(table: str, said: Any) -> dict[str, Any]:
    values = values_of(table, said)
    for name, value in values.items():
        known = _WORDS.get((table, name))
        if known and value is not None and value not in known:
            raise Unreadable(f"said.{name}", f"`{value}` is none of {', '.join(known)}")
        if name in _NUMBERS and value is not None and not math.isfinite(value):
            raise Unreadable(f"said.{name}", "is no finite number")
    if (sure := values.get("confidence")) is not None and not 0 <= sure <= 1:
        raise Unreadable("said.confidence", f"{sure:g} is not from 0 to 1")
    if (days := values.get("stale_after_days")) is not None and not 0 <= days <= 3_660:
        raise Unreadable("said.stale_after_days", f"{days} is no number of days from 0 to 3660")
    return values


READERS: Mapping[str, Read] = MappingProxyType(
    {
        "objective.stated": _stated,
        "objective.unstated": _unstated,
        "objective.entered": _fields("objectives", Objective),
        "key_result.entered": _fields("key_results", KeyResult),
        "key_results.measured": _measured,
        "check_in.entered": _fields("check_ins", CheckIn, ("key_result", "at", "value")),
        "objective_link.entered": _fields("objective_links", ObjectiveLink, ("objective", "work_item", "state")),
    }
)
"""Kind of entry -> who reads it."""
