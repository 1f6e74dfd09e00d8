"""`FakePagerDuty`: drive it, and it sends V3 webhooks and answers the REST API about one and the same history.

fake = FakePagerDuty(secret="s3cret", token="t0ken")
kim = fake.add_user("Kim Adler", "kim@acme.example")
service = fake.add_service("Checkout")
incident = fake.trigger(service, "Card payments fail", at=t0, priority="P1", page=kim)
fake.sent                              # what PagerDuty would have sent
FakeTransport(fake)                    # for httpx; `kit.fake.server.app(fake)` for sockets
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.tool import FakeTool, Json, said
from fairlead.connectors.pagerduty.fake_writes import write
from fairlead.model.times import iso, parse_time

_API, _WEB = "https://api.pagerduty.com", "https://acme.pagerduty.com"


@dataclass
class FakePagerDuty(FakeTool):
    """One account. Calls come in the order of time; each takes `at`."""

    secret: str
    token: str
    read_only: bool = False
    """Whether the token may only read."""
    requests_a_minute: int = field(default=960, kw_only=True)
    hook_url: str = "https://fairlead.example/hooks/pagerduty"
    users: list[Json] = field(default_factory=list)
    services: list[Json] = field(default_factory=list)
    teams: list[Json] = field(default_factory=list)
    incidents: list[Json] = field(default_factory=list)
    log: list[Json] = field(default_factory=list)
    notes: list[Json] = field(default_factory=list)
    updates: list[Json] = field(default_factory=list)
    shifts: list[Json] = field(default_factory=list)
    _numbers: int = field(default=0, kw_only=True)

    def add_user(self, name: str, email: str) -> Json:
        """Somebody with a login."""
        user = self._thing("user", "users", name, name=name, email=email, time_zone="Etc/UTC", role="limited_user")
        self.users.append(user)
        return user

    def add_team(self, name: str) -> Json:
        """A team."""
        self.teams.append(team := self._thing("team", "teams", name, name=name, description=None))
        return team

    def add_service(self, name: str, team: Json | None = None) -> Json:
        """A service."""
        teams = [_reference(team)] if team else []
        service = self._thing("service", "services", name, name=name, status="active", teams=teams)
        service["integration_key"] = hashlib.sha256(service["id"].encode()).hexdigest()[:32]
        self.services.append(service)
        return service

    def on_call(self, user: Json, schedule: str, start: datetime, end: datetime, level: int = 1) -> None:
        """A shift."""
        place = {"id": "S" + hashlib.sha256(schedule.encode()).hexdigest()[:6].upper(), "summary": schedule}
        self.shifts.append(
            {
                "escalation_policy": {"id": "PEP0001", "type": "escalation_policy_reference", "summary": "Default"},
                "escalation_level": level,
                "schedule": {**place, "type": "schedule_reference"},
                "user": _reference(user),
                "start": iso(start),
                "end": iso(end),
            }
        )

    def trigger(
        self,
        service: Json,
        title: str,
        at: datetime,
        urgency: str = "high",
        priority: str = "",
        page: Json | None = None,
    ) -> Json:
        """An incident begins, and somebody is paged."""
        incident = self._thing("incident", "incidents", title)
        incident |= {
            # `incident_number` by the API, `number` in a webhook
            "incident_number": self._numbers, "title": title, "created_at": _short(at), "status": "triggered",
            "service": _reference(service), "teams": list(service["teams"]), "urgency": urgency,
            "resolve_reason": None, "priority": self._priority(priority),
            "incident_key": incident["id"].lower(), "updated_at": _short(at),
            "assignments": [{"at": _short(at), "assignee": _reference(page)}] if page else [],
        }  # fmt: skip
        self.incidents.append(incident)
        # a monitoring tool triggers, so no person is the agent
        self._step(incident, "trigger", "triggered", None, at)
        if page:
            # that somebody was paged stands in the log alone: no webhook tells it
            self._entry(incident, "notify", None, at + timedelta(seconds=4), user=_reference(page))
        return incident

    def acknowledge(self, incident: Json, by: Json, at: datetime) -> None:
        """Somebody takes it."""
        incident["status"] = "acknowledged"
        self._step(incident, "acknowledge", "acknowledged", by, at)

    def unacknowledge(self, incident: Json, at: datetime) -> None:
        """Nobody did anything for too long."""
        incident["status"] = "triggered"
        self._step(incident, "unacknowledge", "unacknowledged", None, at)

    def escalate(self, incident: Json, at: datetime, page: Json | None = None) -> None:
        """The next level is asked."""
        self._step(incident, "escalate", "escalated", None, at)
        if page:
            self._entry(incident, "notify", None, at + timedelta(seconds=4), user=_reference(page))

    def resolve(self, incident: Json, by: Json | None, at: datetime) -> None:
        """It is over, by a person or by the monitoring."""
        incident["status"] = "resolved"
        self._step(incident, "resolve", "resolved", by, at)

    def reopen(self, incident: Json, by: Json, at: datetime) -> None:
        """It was not over."""
        incident["status"] = "triggered"
        self._step(incident, "reopen", "reopened", by, at)

    def prioritise(self, incident: Json, priority: str, by: Json, at: datetime) -> None:
        """Another priority."""
        incident |= {"priority": self._priority(priority), "updated_at": _short(at)}
        self._send("incident.priority_updated", _shown(incident), by, at)

    def reassign(self, incident: Json, whom: list[Json], by: Json, at: datetime) -> None:
        """Others have it from now on."""
        incident["assignments"] = [{"at": _short(at), "assignee": _reference(one)} for one in whom]
        incident["updated_at"] = _short(at)
        self._entry(incident, "assign", by, at)
        self._send("incident.reassigned", _shown(incident), by, at)

    def note(self, incident: Json, text: str, by: Json, at: datetime) -> Json:
        """A note."""
        found = {"id": self._id("N"), "content": text, "created_at": _short(at), "user": _reference(by)}
        self.notes.append({**found, "incident_id": incident["id"]})
        self._entry(incident, "annotate", by, at, channel={"type": "note", "summary": text})
        # a note has no time of its own in a webhook: that of the event is all
        data = {"incident": _reference(incident), "id": found["id"], "content": text, "trimmed": False}
        self._send("incident.annotated", {**data, "type": "incident_note"}, by, at)
        return found

    def update(self, incident: Json, text: str, by: Json, at: datetime) -> None:
        """Word for those who wait."""
        found = {"id": self._id("U"), "message": text, "created_at": _short(at), "sender": _reference(by)}
        self.updates.append({**found, "incident_id": incident["id"]})
        data = {"incident": _reference(incident), "id": found["id"], "message": text, "trimmed": False}
        self._send("incident.status_update_published", {**data, "type": "incident_status_update"}, by, at)

    def knows(self, request: Request) -> bool:
        """By the token of the account; an event says in its body where it belongs."""
        return request.path == "/v2/enqueue" or request.headers.get("authorization") == f"Token token={self.token}"

    def refused(self, wait_s: int) -> Response:
        """PagerDuty tells the seconds that are left, where others tell a moment."""
        answer = said({"error": {"message": "Rate Limit Exceeded", "code": 2020}}, 429)
        answer.headers["ratelimit-reset"] = str(wait_s)
        return answer

    def answer(self, request: Request) -> Response:
        """By path."""
        parts = request.path.strip("/").split("/")
        if request.method != "GET":
            return write(self, request)
        if parts[0] == "services" and len(parts) == 2:
            return self._service(parts[1])
        incident = next((one for one in self.incidents if one["id"] == parts[1]), None) if len(parts) > 1 else None
        if parts == ["abilities"]:
            return said({"abilities": ["teams", "read_only_users"]})
        if parts == ["webhook_subscriptions"]:
            method = {"type": "http_delivery_method", "url": self.hook_url, "temporarily_disabled": False}
            hook = {"id": "PHOOK01", "type": "webhook_subscription", "active": True, "delivery_method": method}
            return _page(request, "webhook_subscriptions", [hook])
        if len(parts) == 1 and (found := self._list(parts[0], request)) is not None:
            return _page(request, parts[0], found)
        if incident is not None and parts[0] == "incidents":
            if len(parts) == 2:
                return said({"incident": incident})
            below = {"log_entries": self.log, "notes": self.notes, "status_updates": self.updates}.get(parts[2])
            if below is not None:
                own = [one for one in below if _owner(one) == incident["id"]]
                return _page(request, parts[2], own)
        return said({"error": {"message": "Not Found", "code": 2100}}, 404)

    def _service(self, identity: str) -> Response:
        found = next((one for one in self.services if one["id"] == identity), None)
        if found is None:
            return said({"error": {"message": "Not Found", "code": 2100}}, 404)
        shown = {key: value for key, value in found.items() if key != "integration_key"}
        events = {"id": "PINT001", "type": "events_api_v2_inbound_integration", "summary": "Events API v2"}
        return said({"service": {**shown, "integrations": [{**events, "integration_key": found["integration_key"]}]}})

    def _list(self, name: str, request: Request) -> list[Json] | None:
        since, until = (parse_time(request.query.get(word) or None) for word in ("since", "until"))
        match name:
            case "incidents" if "incident_key" in request.query:
                return [one for one in self.incidents if one["incident_key"] == request.query["incident_key"]]
            case "incidents":
                return _within(sorted(self.incidents, key=lambda one: str(one["created_at"])), since, until)
            case "log_entries":
                # newest first, whatever is asked for
                return _within(self.log, since, until)[::-1]
            case "oncalls":
                return [one for one in self.shifts if _overlaps(one, since, until)]
            case "services":
                hidden = "integration_key"
                return [{key: value for key, value in one.items() if key != hidden} for one in self.services]
            case "users" | "teams":
                return list(getattr(self, name))
        return None

    def _step(self, incident: Json, logged: str, step: str, by: Json | None, at: datetime) -> None:
        incident |= {"last_status_change_at": _short(at), "updated_at": _short(at)}
        self._entry(incident, logged, by, at)
        self._send(f"incident.{step}", _shown(incident), by, at)

    def _entry(self, incident: Json, kind: str, by: Json | None, at: datetime, **more: Any) -> None:
        # a service acts where no person did
        agent = _reference(by) if by else incident["service"]
        entry = self._thing(f"{kind}_log_entry", "log_entries", kind, created_at=_short(at), agent=agent)
        entry |= {"incident": _reference(incident), "service": incident["service"], "teams": incident["teams"]}
        self.log.append({**entry, "channel": {"type": "auto"}, **more})

    def _send(self, kind: str, data: Json, by: Json | None, at: datetime) -> None:
        event = {
            "id": self._id("01"), "event_type": kind, "resource_type": "incident",
            # milliseconds here, whole seconds in the log: one step must not become two
            "occurred_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "agent": _reference(by) if by else data.get("service"), "client": {"name": "PagerDuty"}, "data": data,
        }  # fmt: skip
        body = msgspec.json.encode({"event": event})
        made = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "User-Agent": "PagerDuty-Webhook/V3.0"}
        self.hand_out({**headers, "X-PagerDuty-Signature": f"v1={made}"}, body, at)

    def _thing(self, kind: str, below: str, summary: str, **more: Any) -> Json:
        identity = self._id("P")
        return {
            "id": identity, "type": kind, "summary": summary, "self": f"{_API}/{below}/{identity}",
            "html_url": f"{_WEB}/{below}/{identity}", **more,
        }  # fmt: skip

    def _priority(self, name: str) -> Json | None:
        return {"id": f"PRI{name}", "type": "priority", "summary": name, "name": name} if name else None

    def _id(self, head: str) -> str:
        self._numbers += 1
        return f"{head}{self._numbers:06X}"


def _reference(thing: Json) -> Json:
    kept = ("id", "summary", "self", "html_url")
    return {"type": f"{thing['type'].removesuffix('_reference')}_reference", **{key: thing[key] for key in kept}}


def _shown(incident: Json) -> Json:
    """An incident as webhooks show it: another name for the number, no times but its beginning."""
    kept = ("id", "type", "self", "html_url", "status", "incident_key", "created_at", "title", "service", "teams",
            "priority", "urgency", "resolve_reason")  # fmt: skip
    assignees = [one["assignee"] for one in incident["assignments"]]
    return {**{key: incident[key] for key in kept}, "number": incident["incident_number"], "assignees": assignees}


def _page(request: Request, key: str, found: list[Json]) -> Response:
    offset, limit = (int(request.query.get(word) or usual) for word, usual in (("offset", 0), ("limit", 25)))
    # PagerDuty counts no further, so long lists are asked for in windows of time
    if offset + limit > 10_000:
        return said({"error": {"message": "Offset must be less than 10000", "code": 2001}}, 400)
    # counting is dear, so it is done on demand
    total = len(found) if request.query.get("total") == "true" else None
    more = offset + limit < len(found)
    return said({key: found[offset : offset + limit], "limit": limit, "offset": offset, "more": more, "total": total})


def _within(found: list[Json], since: datetime | None, until: datetime | None) -> list[Json]:
    """Both ends count; without an end the list reaches to now."""
    kept = []
    for one in found:
        at = parse_time(re.sub("Z$", "+00:00", one["created_at"]))
        if at is not None and (since is None or at >= since) and (until is None or at <= until):
            kept.append(one)
    return kept


def _overlaps(shift: Json, since: datetime | None, until: datetime | None) -> bool:
    start, end = parse_time(shift["start"]), parse_time(shift["end"])
    if start is None or end is None:
        return True
    return (until is None or start < until) and (since is None or end > since)


def _owner(entry: Json) -> str:
    return str(entry["incident_id"] if "incident_id" in entry else entry["incident"]["id"])


def _short(at: datetime) -> str:
    return iso(at.replace(microsecond=0))
