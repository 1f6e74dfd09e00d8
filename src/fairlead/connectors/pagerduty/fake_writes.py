"""What the APIs of the fake PagerDuty change: incidents over REST, and events with their key."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.tool import Json, said

_SEVERITIES = ("critical", "error", "warning", "info")


class Driven(Protocol):
    """What writes do to the fake, each as the driver call of its name does it."""

    effects: list[str]
    users: list[Json]
    services: list[Json]
    incidents: list[Json]
    read_only: bool

    def at(self) -> datetime:
        """When it happens."""
        ...

    def trigger(
        self, service: Json, title: str, at: datetime, urgency: str = "high", priority: str = "",
        page: Json | None = None,
    ) -> Json:  # fmt: skip
        """An incident begins."""
        ...

    def acknowledge(self, incident: Json, by: Json, at: datetime) -> None:
        """Somebody takes it."""
        ...

    def resolve(self, incident: Json, by: Json | None, at: datetime) -> None:
        """It is over."""
        ...

    def reassign(self, incident: Json, whom: list[Json], by: Json, at: datetime) -> None:
        """Others have it."""
        ...

    def note(self, incident: Json, text: str, by: Json, at: datetime) -> Json:
        """A note."""
        ...


def write(fake: Driven, request: Request) -> Response:
    """The answer to a request that changes something."""
    asked = msgspec.json.decode(request.body or b"{}")
    parts = request.path.strip("/").split("/")
    if parts == ["v2", "enqueue"]:
        return _enqueue(fake, asked)
    by = next((one for one in fake.users if one["email"] == request.headers.get("from")), None)
    if fake.read_only:
        return _fault(403, 2010, "Access Denied")
    if by is None:
        return _fault(400, 2001, "Invalid Input Provided", "Requester User Not Found")
    if parts == ["incidents"]:
        return _open(fake, asked.get("incident") or {})
    incident = next((one for one in fake.incidents if one["id"] == parts[1]), None)
    if incident is None or parts[0] != "incidents":
        return _fault(404, 2100, "Not Found")
    if parts[2:] == ["notes"]:
        content = (asked.get("note") or {}).get("content")
        if not content:
            return _fault(400, 2001, "Invalid Input Provided", "Content can't be blank")
        found = fake.note(incident, content, by, fake.at())
        fake.effects.append(f"note {incident['id']}")
        return said({"note": found}, 201)
    return _edit(fake, incident, asked.get("incident") or {}, by)


def _open(fake: Driven, asked: Json) -> Response:
    service = next((one for one in fake.services if one["id"] == (asked.get("service") or {}).get("id")), None)
    if service is None or not asked.get("title"):
        return _fault(400, 2001, "Invalid Input Provided", "Service cannot be empty")
    key = asked.get("incident_key")
    same = [one for one in fake.incidents if one["incident_key"] == key and one["service"]["id"] == service["id"]]
    if key and any(one["status"] != "resolved" for one in same):
        words = "Open incident with matching dedup key already exists on this service"
        return _fault(400, 2001, "Invalid Input Provided", words)
    made = fake.trigger(service, asked["title"], fake.at(), asked.get("urgency") or "high")
    made["incident_key"] = key or made["incident_key"]
    fake.effects.append(f"incident {service['summary']}")
    return said({"incident": made}, 201)


def _edit(fake: Driven, incident: Json, asked: Json, by: Json) -> Response:
    if incident["status"] == "resolved":
        return _fault(400, 2001, "Invalid Input Provided", "Incident Already Resolved")
    if whom := asked.get("assignments"):
        ids = [(one.get("assignee") or {}).get("id") for one in whom]
        found = [one for one in fake.users if one["id"] in ids]
        if len(found) != len(ids):
            return _fault(400, 2001, "Invalid Input Provided", "Assignee is invalid")
        fake.reassign(incident, found, by, fake.at())
        fake.effects.append(f"assign {incident['id']}")
    if (status := asked.get("status")) and status != incident["status"]:
        (fake.resolve if status == "resolved" else fake.acknowledge)(incident, by, fake.at())
        fake.effects.append(f"{status} {incident['id']}")
    return said({"incident": incident})


def _enqueue(fake: Driven, asked: Json) -> Response:
    payload = asked.get("payload") or {}
    missing = [name for name in ("summary", "source", "severity") if not payload.get(name)]
    if missing or payload.get("severity") not in _SEVERITIES:
        errors = [f"'payload.{name}' is missing or blank" for name in missing]
        return said({"status": "invalid event", "message": "Event object is invalid", "errors": errors}, 400)
    service = next((one for one in fake.services if one["integration_key"] == asked.get("routing_key")), None)
    key = asked.get("dedup_key") or f"auto-{len(fake.incidents)}"
    told = {"status": "success", "message": "Event processed", "dedup_key": key}
    # an unknown key is taken as well, and leads nowhere
    open_ones = [one for one in fake.incidents if one["incident_key"] == key and one["status"] != "resolved"]
    if service is not None and asked.get("event_action") == "trigger" and not open_ones:
        made = fake.trigger(service, payload["summary"], fake.at())
        made["incident_key"] = key
        fake.effects.append(f"page {service['summary']}")
    return said(told, 202)


def _fault(status: int, code: int, message: str, *errors: str) -> Response:
    return said({"error": {"message": message, "code": code, "errors": list(errors)}}, status)
