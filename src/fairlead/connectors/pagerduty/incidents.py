"""Incidents and what happened to them.

A webhook and the log entry of one step say the same: the step's own time, in whole seconds, is version and value.
PagerDuty writes milliseconds into webhooks and seconds into its log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from msgspec import UNSET

from fairlead.connectors.kit.moments import EMBEDDED, GONE, SNAPSHOT
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.pagerduty.sheet import Sheet
from fairlead.model.events import EventType
from fairlead.model.patch import OLDEST
from fairlead.model.records.kinds import Text, Texts
from fairlead.model.records.operation import SEVERITIES, Incident, IncidentEvent
from fairlead.model.times import iso

_STATUS: Mapping[str, str] = MappingProxyType(
    {"triggered": "open", "acknowledged": "acknowledged", "resolved": "resolved"}
)
_STEPS: Mapping[str, int] = MappingProxyType(
    {
        "triggered": 10, "escalated": 20, "delegated": 21, "acknowledged": 30, "unacknowledged": 35, "resolved": 80,
        "reopened": 85,
    }
)  # fmt: skip
"""Steps that both the webhooks and the log tell, with their ranks within one second."""
_LOGGED: Mapping[str, str] = MappingProxyType(
    {
        "trigger": "triggered", "escalate": "escalated", "delegate": "delegated", "acknowledge": "acknowledged",
        "unacknowledge": "unacknowledged", "resolve": "resolved", "reopen": "reopened", "notify": "notified",
    }
)  # fmt: skip
_EVENTS: Mapping[str, EventType] = MappingProxyType(
    {
        "triggered": "dev.cdevents.incident.detected.0.3.0",
        "resolved": "dev.cdevents.incident.resolved.0.3.0",
        "reopened": "dev.cdevents.incident.reported.0.3.0",
    }
)
_PRIORITIES: Mapping[str, str] = MappingProxyType(
    {f"{word}{number}": severity for word in ("P", "SEV", "SEV-") for number, severity in zip(
        ("1", "2", "3", "4", "5"), (*SEVERITIES, "low"), strict=True)}
)  # fmt: skip
_MERGED = "merge_resolve_reason"
_URGENCIES: Mapping[str, str] = MappingProxyType({"high": "high", "low": "low"})


def second(at: datetime) -> datetime:
    """A moment as the log writes it."""
    return at.replace(microsecond=0)


def told(sheet: Sheet, found: Doc, action: str, at: datetime, actor: str | None) -> None:
    """An `incident.*` webhook: the incident as it is now, and the step that it took."""
    identity = _say(sheet, found, at, _STEPS.get(action, EMBEDDED))
    if action in _STEPS:
        _stepped(sheet, identity, action, at, actor)


def snapshot(sheet: Sheet, found: Doc) -> None:
    """An incident as the API lists it."""
    at = found.time("updated_at") or sheet.date or found.time("last_status_change_at") or OLDEST
    _say(sheet, found, at, SNAPSHOT)


def logged(sheet: Sheet, entry: Doc, identity: str) -> None:
    """An entry of the log; those that tell no step and page nobody are left out."""
    kind = _LOGGED.get(entry.need_text("type").removesuffix("_log_entry"))
    at = second(entry.need_time("created_at"))
    if kind == "notified":
        _happened(sheet, f"{identity}/notified/{entry.need_text('id')}", identity, kind, at, _notified(sheet, entry))
    elif kind:
        _stepped(sheet, identity, kind, at, sheet.account(entry.child("agent")))


def note(sheet: Sheet, found: Doc, identity: str, at: datetime, actor: str | None) -> None:
    """A note; a webhook cuts long ones off, which the API's later version mends."""
    trimmed = bool(found.flag("trimmed"))
    body, rank = found.text("content"), EMBEDDED if trimmed else SNAPSHOT
    name = f"{identity}/note/{found.need_text('id')}"
    _happened(sheet, name, identity, "note", second(at), actor, body, rank)


def update(sheet: Sheet, found: Doc, identity: str, at: datetime, actor: str | None) -> None:
    """A status update for those who wait."""
    name = f"{identity}/update/{found.need_text('id')}"
    rank = EMBEDDED if found.flag("trimmed") else SNAPSHOT
    _happened(sheet, name, identity, "status_update", second(at), actor, found.text("message"), rank)


def _say(sheet: Sheet, found: Doc, at: datetime, rank: int) -> str:
    identity = f"{sheet.source}:{found.need_text('id')}"
    # webhooks and API call the same number by two names
    number = found.whole("number") if "number" in found else found.whole("incident_number")
    status = found.text("status")
    teams = [sheet.team(team) for team in found.children("teams")]
    sheet.say(
        Incident(
            id=identity,
            source=sheet.source,
            url=found.text("html_url"),
            created_at=found.time("created_at"),
            key=f"#{number}" if number else UNSET,
            title=found.text("title"),
            service=sheet.service(found.child("service")),
            team=(teams[0] if teams else None) if "teams" in found else UNSET,
            severity=_severity(sheet, found),
            status=_STATUS.get(status, UNSET) if status else UNSET,
            # an incident that is reopened keeps its beginning
            started_at=found.time("created_at"),
            labels=_labels(found),
            made_from="incident",
        ),
        at,
        rank,
    )
    reason = found.child("resolve_reason")
    # A merge resolves all but one, and nothing was restored by it: counted, they would make recovery look quick.
    if reason is not None and reason.text("type") == _MERGED:
        ended = found.time("last_status_change_at") or at
        sheet.say(Incident(id=identity, source=sheet.source, deleted_at=ended), at, GONE)
    return identity


def _stepped(sheet: Sheet, identity: str, step: str, at: datetime, actor: str | None) -> None:
    """What a step does to the state, and its line in the log."""
    if said := _said(step, at):
        sheet.say(Incident(id=identity, source=sheet.source, **said), at, _STEPS[step])
    _happened(sheet, f"{identity}/{step}/{iso(at)}", identity, step, at, actor)
    if step in _EVENTS:
        sheet.emit(_EVENTS[step], identity, at)


def _said(step: str, at: datetime) -> dict[str, Any]:
    match step:
        case "acknowledged":
            return {"status": "acknowledged", "acknowledged_at": at}
        case "resolved":
            return {"status": "resolved", "resolved_at": at}
        case "reopened":
            # Restored is when it was resolved for the last time: what came before did not hold.
            return {"status": "open", "resolved_at": None, "deleted_at": None}
        case "unacknowledged":
            return {"status": "open"}
    return {}


def _happened(
    sheet: Sheet,
    name: str,
    incident: str,
    kind: str,
    at: datetime,
    actor: str | None,
    body: Text = UNSET,
    rank: int = 0,
) -> None:
    record = IncidentEvent(
        id=name, source=sheet.source, incident=incident, at=at, kind=kind, actor=actor, body=body, deleted_at=None
    )
    sheet.say(record, at, rank)


def _notified(sheet: Sheet, entry: Doc) -> str | None:
    """Who was paged."""
    return sheet.account(entry.child("user"))


def _severity(sheet: Sheet, found: Doc) -> Text:
    """By the priority that people gave, in the team's words or the usual ones; else by the urgency."""
    priority = found.child("priority")
    # a reference has a summary only, a priority in full both
    word = (priority.text("summary") or priority.text("name") or "").strip() if priority else ""
    stated = sheet.options.get("priorities")
    chosen = stated.get(word) if isinstance(stated, dict) else None
    if chosen in SEVERITIES:
        return str(chosen)
    if known := _PRIORITIES.get(word.upper()):
        return known
    urgency = found.text("urgency")
    return _URGENCIES.get(urgency, UNSET) if urgency else UNSET


def _labels(found: Doc) -> Texts:
    """Priority and urgency in PagerDuty's own words."""
    if "priority" not in found and "urgency" not in found:
        return UNSET
    priority = found.child("priority")
    words = (priority.text("summary") if priority else None, found.text("urgency"))
    return tuple(sorted({word for word in words if word}))
