"""Writes to PagerDuty: incidents by its REST API in somebody's name, pages by its Events API.

Both take a key of ours and refuse or merge what comes again with it, so a repetition has no effect while an incident
is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.kit.http import Http
from fairlead.connectors.kit.marks import fitting, key_of, spoken
from fairlead.connectors.kit.naming import identity, row, within
from fairlead.connectors.kit.rest import Rest
from fairlead.connectors.kit.writing import Deed, Rejected, Writer, asking, carry_out
from fairlead.connectors.pagerduty import act_looks as looks
from fairlead.connectors.pagerduty.connector import PagerDuty
from fairlead.connectors.pagerduty.sync import PUBLIC, connect
from fairlead.model.acts import Assign, Comment, OpenIncident, PageSomebody, Transition, kind_of
from fairlead.model.errors import Skip

_ID = re.compile(r"[A-Z0-9]{5,20}")
_OF_SERVICE = re.compile(r"/(?:service-directory|services)/([A-Z0-9]{5,20})(?:/|$)")
_TOOL, _LONGEST, _LONGEST_SUMMARY = "PagerDuty", 25_000, 1024


def plan(request: ActRequest) -> list[Call]:
    """The requests of an act, in order."""
    kind = kind_of(request.act)
    if kind not in _CALLS:
        raise Skip(f"PagerDuty knows no `{kind}`")
    return _CALLS[kind](request, request.act)


def act(request: ActRequest) -> Outcome:
    """Does it."""
    calls, kind = plan(request), kind_of(request.act)

    def writer(rest: Rest) -> Writer:
        http = rest.http
        if kind == "page":
            # the Events API goes by the key in the body, and is no place for the token of an account
            http = Http(http.client, http.base, dict, http.report, http.sleep, http.now)
        return Writer(http, PagerDuty.acts[kind])

    def once(tried: bool) -> Outcome:
        return carry_out(
            lambda: connect(asking(request)), writer, lambda rest: _DEEDS[kind](request, rest, calls), tried=tried
        )

    try:
        return once(request.tried)
    except Rejected as fault:
        # how PagerDuty says that an incident with this key is open: it is ours then, by an earlier try
        if kind == "open_incident" and fault.status == 400 and "dedup key" in fault.said and not request.tried:
            return once(True)
        raise


def _base(request: ActRequest) -> str:
    return str(request.settings.get("url") or PUBLIC).rstrip("/")


def _events(request: ActRequest) -> str:
    """The Events API of the same region; a server of one's own has it beside the other."""
    base = _base(request)
    host = urlsplit(base).hostname or ""
    return base.replace("//api.", "//events.", 1) if host.endswith("pagerduty.com") else base


def _named(request: ActRequest) -> dict[str, str]:
    """In whose name: a key of an account has to say it, a token of a user need not."""
    user = str(request.settings.get("user") or "")
    return {"From": user} if user else {}


def _incident(request: ActRequest, subject: str) -> str:
    number = within(request, subject)
    if not _ID.fullmatch(number):
        raise Skip(f"`{subject}` is no incident of PagerDuty")
    return f"{_base(request)}/incidents/{number}"


def service(request: ActRequest, place: str) -> str:
    """PagerDuty's id of a service: by the settings, by the page of its record, or named outright."""
    head, _, key = place.partition(":")
    if head == request.options.source and _ID.fullmatch(named := key.removeprefix("service/")):
        return named
    stated = request.options.values.get("services")
    by_key = {str(ours): str(theirs) for theirs, ours in stated.items()} if isinstance(stated, Mapping) else {}
    if head == "service" and key in by_key:
        return by_key[key]
    found = _OF_SERVICE.search(str(row(request, place).get("url") or ""))
    if head != "service" or found is None:
        raise Skip(
            f"nobody knows which service of PagerDuty `{place}` is",
            hint='say it: services = {PABC123 = "checkout"} in the options of the source',
        )
    return found[1]


def _comment(request: ActRequest, act: Comment) -> list[Call]:
    # notes are plain text, so the mark by which a look finds it again is a short one that everybody sees
    content = f"{fitting('body', spoken(act.body), _LONGEST, _TOOL)}\n\n{looks.mark(request)}"
    return [Call("POST", f"{_incident(request, act.subject)}/notes", {"note": {"content": content}}, _named(request))]


def _assign(request: ActRequest, act: Assign) -> list[Call]:
    if not act.add:
        raise Skip("an incident of PagerDuty is given to others, and not taken from somebody")
    who = [{"assignee": {"id": identity(request, one), "type": "user_reference"}} for one in act.add]
    return [_put(request, act.subject, {"assignments": who})]


def _transition(request: ActRequest, act: Transition) -> list[Call]:
    return [_put(request, act.subject, {"status": looks.status_of(act.to)})]


def _put(request: ActRequest, subject: str, values: Mapping[str, Any]) -> Call:
    body = {"incident": {"type": "incident_reference", **values}}
    return Call("PUT", _incident(request, subject), body, _named(request))


def _open_incident(request: ActRequest, act: OpenIncident) -> list[Call]:
    incident = {
        "type": "incident",
        "title": fitting("title", spoken(act.title), _LONGEST_SUMMARY, _TOOL),
        "service": {"id": service(request, act.place), "type": "service_reference"},
        "urgency": act.urgency,
        "incident_key": key_of(request.key),
        "body": {"type": "incident_body", "details": spoken(act.body)},
    }
    return [Call("POST", f"{_base(request)}/incidents", {"incident": incident}, _named(request))]


def _page(request: ActRequest, act: PageSomebody) -> list[Call]:
    number = service(request, act.place)
    payload: dict[str, Any] = {
        "summary": fitting("title", spoken(act.title), _LONGEST_SUMMARY, _TOOL),
        "source": "fairlead",
        "severity": act.severity,
    }
    if act.body:
        payload["custom_details"] = {"body": spoken(act.body)}
    body = {
        "routing_key": f"<integration key of {number}>",
        "event_action": "trigger",
        "dedup_key": key_of(request.key),
        "payload": payload,
    }
    return [Call("POST", f"{_events(request)}/v2/enqueue", body, late="the service's integration key, a secret")]


_CALLS: Mapping[str, Callable[[ActRequest, Any], list[Call]]] = {
    "comment": _comment,
    "assign": _assign,
    "transition": _transition,
    "open_incident": _open_incident,
    "page": _page,
}
_DEEDS: Mapping[str, Callable[[ActRequest, Rest, Sequence[Call]], Deed]] = {
    "comment": looks.comment,
    "assign": looks.assign,
    "transition": looks.transition,
    "open_incident": looks.open_incident,
    "page": lambda request, rest, calls: looks.page(request, rest, calls, service(request, _place(request))),
}


def _place(request: ActRequest) -> str:
    return str(getattr(request.act, "place", ""))
