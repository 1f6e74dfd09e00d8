"""Entries about decisions and risks, and how people want to be told: made here and read here.

A decision or risk is entered field by field: what an entry leaves out stays as it was, an empty text empties it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from fairlead.connectors.kit.connector import Options, Reading
from fairlead.connectors.kit.entered import RANK, entered, meant
from fairlead.connectors.kit.payload import Doc
from fairlead.model.errors import Unreadable
from fairlead.model.events import Event
from fairlead.model.patch import Patch
from fairlead.model.raw import RawEvent
from fairlead.model.records.judgement import DECISION_STATES, RISK_STATES, Decision, Risk
from fairlead.model.records.work import TeamDependency
from fairlead.model.schema import columns
from fairlead.model.times import iso, parse_time

Read = Callable[[Doc, Options], Reading]
_RECORDS: Mapping[str, tuple[type[Decision] | type[Risk] | type[TeamDependency], tuple[str, ...]]] = MappingProxyType(
    {
        "decisions": (Decision, DECISION_STATES),
        "risks": (Risk, RISK_STATES),
        "team_dependencies": (TeamDependency, ()),
    }
)
_TYPES: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {"whole": (int,), "number": (int, float), "texts": (list, tuple)}
)
_SCALE = range(1, 6)


def decision_entered(decision: str, said: Mapping[str, Any], by: str, at: datetime, what: str = "") -> RawEvent:
    """Fields of a decision, the first time or anew; `what` the person did is for the ledger."""
    return entered(
        "decision.entered", {"id": decision, "said": plain_values(said), **({"what": what} if what else {})}, by, at
    )


def risk_entered(risk: str, said: Mapping[str, Any], by: str, at: datetime, what: str = "") -> RawEvent:
    """Fields of a risk, the first time or anew; `what` the person did is for the ledger."""
    return entered(
        "risk.entered", {"id": risk, "said": plain_values(said), **({"what": what} if what else {})}, by, at
    )


def dependency_entered(dependency: str, said: Mapping[str, Any], by: str, at: datetime, what: str = "") -> RawEvent:
    """Fields of what one team owes another, the first time or anew; `what` the person did is for the ledger."""
    body = {"id": dependency, "said": plain_values(said), **({"what": what} if what else {})}
    return entered("dependency.entered", body, by, at)


def notices_preferred(wish: Mapping[str, Any], by: str, at: datetime) -> RawEvent:
    """How a person wants to be told from now on; only the operator can enter it for somebody else."""
    return entered("notices.preferred", {"wish": dict(wish)}, by, at)


def plain_values(said: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as JSON has them."""
    return {
        name: iso(value) if isinstance(value, datetime) else list(value) if isinstance(value, tuple) else value
        for name, value in said.items()
    }


def values_of(table: str, said: Any) -> dict[str, Any]:
    """Fields of a record as an entry says them, in the record's own kinds."""
    if not isinstance(said, Mapping) or not said:
        raise Unreadable("said", "names no field")
    kinds = {column.name: column.kind for column in columns(table)}
    if unknown := sorted(set(said) - kinds.keys()):
        raise Unreadable(f"said.{unknown[0]}", "is no field of it")
    return {name: _value(name, kinds[name], value) for name, value in said.items()}


def _fields(table: str) -> Read:
    record, states = _RECORDS[table]

    def read(entry: Doc, options: Options) -> Reading:
        at, values = entry.need_time("at"), values_of(table, entry.data.get("said"))
        if values.get("state") is not None and values["state"] not in states:
            raise Unreadable("said.state", f"`{values['state']}` is none of {', '.join(states)}")
        if table == "risks":
            _score(values)
        made = record(id=entry.need_text("id"), source=options.source, updated_at=at, **values)
        return Reading(patches=[Patch(made, at, RANK)])

    return read


def _value(name: str, kind: str, value: Any) -> Any:
    """A value of JSON as the record has it."""
    if value in ("", None):
        return None
    # `True` is a whole number to Python
    known = _TYPES.get(kind, (str,))
    if isinstance(value, bool) or (kind != "time" and not isinstance(value, known)):
        raise Unreadable(f"said.{name}", f"is no {kind}")
    try:
        if kind == "time":
            return parse_time(value)
        if kind == "number":
            # JSON writes a number that happens to be whole like a whole one
            return float(value)
    except (TypeError, ValueError, OverflowError, AttributeError) as fault:
        raise Unreadable(f"said.{name}", str(fault)) from fault
    return tuple(str(one) for one in value) if kind == "texts" else value


def _score(values: Mapping[str, Any]) -> None:
    for name in ("likelihood", "impact"):
        if values.get(name) is not None and values[name] not in _SCALE:
            raise Unreadable(f"said.{name}", f"{values[name]} is not from 1 to 5")


def _preferred(entry: Doc, options: Options) -> Reading:
    """No record: how people want to be told is nobody else's business, and records are what everybody may query."""
    wish = entry.data.get("wish")
    if not isinstance(wish, Mapping):
        raise Unreadable("wish", "is missing")
    said = Event(
        type="dev.fairlead.notices.preferred.0.1.0",
        source=options.source,
        subject=meant(entry.need_text("by")),
        time=entry.need_time("at"),
        data={"wish": dict(wish)},
    )
    return Reading(events=[said])


READERS: Mapping[str, Read] = MappingProxyType(
    {
        "decision.entered": _fields("decisions"),
        "risk.entered": _fields("risks"),
        "dependency.entered": _fields("team_dependencies"),
        "notices.preferred": _preferred,
    }
)
"""Kind of entry -> who reads it."""
