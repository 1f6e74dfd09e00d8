"""What PagerDuty has to say before and after an act: whether it is there, what came of it, how it is undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.kit.marks import key_of, short_of
from fairlead.connectors.kit.naming import identity
from fairlead.connectors.kit.rest import Entry, Rest, entries, text
from fairlead.connectors.kit.writing import Deed, act_of, entry, inner, those
from fairlead.model.acts import Assign, Comment, OpenIncident, PageSomebody, Transition
from fairlead.model.errors import Skip

_EVENTS_V2 = "events_api_v2_inbound_integration"


def status_of(to: str) -> str:
    """Status that a word means; nothing sets an incident back."""
    said = to.strip().lower()
    if said in ("acknowledged", "acknowledge", "ack"):
        return "acknowledged"
    if said in ("resolved", "resolve", "closed", "close", "done"):
        return "resolved"
    raise Skip(f"an incident of PagerDuty cannot be set to `{to}`", hint="there are: acknowledged, resolved")


def mark(request: ActRequest) -> str:
    """What a note of ours ends with."""
    return f"[fairlead {short_of(request.key)}]"


def comment(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """A note is found again by its last words; it cannot be taken back."""
    act = act_of(request, Comment)

    def made(found: Mapping[str, Any], found_again: bool = False) -> Outcome:
        return Outcome(True, f"noted on {act.subject}", "", {"comment": text(found, "id")}, found_again)

    def look() -> Outcome | None:
        notes = entries(rest.get(_path(rest, calls[0].url)), "notes")
        found = (one for one in notes if text(one, "content").rstrip().endswith(mark(request)))
        return next((made(one, True) for one in found), None)

    return Deed(calls, lambda answers: made(inner(entry(answers[0]), "note")), look)


def assign(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """Whoever has an incident is a state; giving it to others takes it from those who had it."""
    act = act_of(request, Assign)
    wanted = {identity(request, one) for one in act.add}
    before: list[str] = []

    def look() -> Outcome | None:
        nonlocal before
        found = _incident(rest, calls[0])
        before = [text(inner(one, "assignee"), "id") for one in those(found, "assignments")]
        if set(before) == wanted:
            return Outcome(True, f"{act.subject} is with them already", text(found, "html_url"), found=True)
        return None

    def done(answers: Sequence[Any]) -> Outcome:
        back = tuple(f"{request.options.source}:@{one}" for one in before)
        undo = Assign(subject=act.subject, add=back) if back else None
        return Outcome(True, f"assigned {act.subject}", _page(answers[0]), undo=undo)

    return Deed(calls, done, look, first=True)


def transition(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """A status; nothing sets it back."""
    act = act_of(request, Transition)

    def look() -> Outcome | None:
        found = _incident(rest, calls[0])
        now = text(found, "status")
        if now == status_of(act.to):
            return Outcome(True, f"{act.subject} is {now} already", text(found, "html_url"), found=True)
        if now == "resolved":
            raise Skip(f"{act.subject} is resolved")
        return None

    return Deed(
        calls, lambda answers: Outcome(True, f"{act.subject} is {act.to}", _page(answers[0])), look, first=True
    )


def open_incident(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """An incident is found again by its key; it is undone by resolving it."""
    act = act_of(request, OpenIncident)

    def look() -> Outcome | None:
        return _keyed(request, rest, f"opened an incident for {act.place}", undone=True)

    def done(answers: Sequence[Any]) -> Outcome:
        return _made(
            request, inner(entry(answers[0]), "incident"), f"opened an incident for {act.place}", undone=True
        )

    return Deed(calls, done, look)


def page(request: ActRequest, rest: Rest, calls: Sequence[Call], service: str) -> Deed:
    """A page is an event with a key of ours, which PagerDuty takes once; who was woken cannot be let sleep again."""
    act, left = act_of(request, PageSomebody), list(calls)

    def look() -> Outcome | None:
        # the key of the service is looked up here, so that no plan ever shows it
        left[:] = [replace(calls[0], body={**calls[0].body, "routing_key": _routing_key(rest, service)})]
        return _keyed(request, rest, f"paged for {act.place}") if request.tried else None

    def done(answers: Sequence[Any]) -> Outcome:
        return Outcome(True, f"paged for {act.place}", result={"dedup_key": text(entry(answers[0]), "dedup_key")})

    return Deed(left, done, look, first=True, repeatable=True)


def _routing_key(rest: Rest, service: str) -> str:
    found = inner(entry(rest.get(f"/services/{service}", {"include[]": "integrations"}).value), "service")
    for one in those(found, "integrations"):
        if text(one, "type").startswith(_EVENTS_V2):
            key = text(one, "integration_key")
            # some accounts show integrations as references alone
            if not key:
                path = f"/services/{service}/integrations/{text(one, 'id')}"
                key = text(inner(entry(rest.get(path).value), "integration"), "integration_key")
            if key:
                return key
    raise Skip(f"the service {service} has no integration for events", hint="add one: Events API v2")


def _keyed(request: ActRequest, rest: Rest, told: str, *, undone: bool = False) -> Outcome | None:
    asked = {"incident_key": key_of(request.key), "date_range": "all"}
    for one in entries(rest.get("/incidents", asked), "incidents"):
        return _made(request, one, told, found_again=True, undone=undone)
    return None


def _made(
    request: ActRequest, found: Entry, told: str, *, found_again: bool = False, undone: bool = False
) -> Outcome:
    number = f"{request.options.source}:{text(found, 'id')}"
    undo = Transition(subject=number, to="resolved") if undone else None
    result = {"id": number, "dedup_key": key_of(request.key)}
    return Outcome(True, told, text(found, "html_url"), result, found_again, undo)


def _incident(rest: Rest, call: Call) -> Entry:
    return inner(entry(rest.get(_path(rest, call.url)).value), "incident")


def _page(answer: Any) -> str:
    return text(inner(entry(answer), "incident"), "html_url")


def _path(rest: Rest, address: str) -> str:
    return address.removeprefix(rest.http.base)
