"""Writes to Jira: every kind of act as the requests of its REST API, version 3 at Cloud and 2 at Data Center."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from fairlead.connectors.jira import act_looks as looks
from fairlead.connectors.jira.api import Site, connect
from fairlead.connectors.jira.connector import Jira
from fairlead.connectors.jira.prose import document_of, markup_of
from fairlead.connectors.jira.sheet import is_key
from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.kit.marks import fitting, key_of, spoken
from fairlead.connectors.kit.naming import handle, identity, within
from fairlead.connectors.kit.writing import Deed, Writer, asking, carry_out
from fairlead.model.acts import (
    Assign,
    Comment,
    CreateIssue,
    DeleteComment,
    EditIssue,
    Label,
    MoveInto,
    Transition,
    kind_of,
)  # fmt: skip
from fairlead.model.errors import Skip

_TOOL, _LONGEST, _LONGEST_NAME = "Jira", 32_767, 255


def plan(request: ActRequest) -> list[Call]:
    """The requests of an act, in order."""
    kind = kind_of(request.act)
    if kind not in _CALLS:
        raise Skip(f"Jira knows no `{kind}`")
    return _CALLS[kind](request, request.act)


def act(request: ActRequest) -> Outcome:
    """Does it."""
    calls, kind = plan(request), kind_of(request.act)
    return carry_out(
        lambda: _signed_in(request),
        lambda site: Writer(site.rest.http, Jira.acts[kind]),
        lambda site: _DEEDS[kind](request, site, calls),
        tried=request.tried,
    )


def _signed_in(request: ActRequest) -> Site:
    site = connect(asking(request))
    if site.cloud is not _is_cloud(request):
        edition = "Cloud" if site.cloud else "Data Center"
        # what was approved was written for the other one, which names people and writes texts in its own way
        raise Skip(f"this Jira is {edition}", hint="set `user` in its source for Cloud, and only there")
    return site


def _is_cloud(request: ActRequest) -> bool:
    host = urlsplit(str(request.settings.get("url") or "")).hostname or ""
    return bool(request.settings.get("user")) or host.endswith(".atlassian.net")


def _api(request: ActRequest) -> str:
    base = str(request.settings.get("url") or "").rstrip("/")
    return f"{base}/rest/api/{3 if _is_cloud(request) else 2}"


def _issue(request: ActRequest, subject: str) -> str:
    key = within(request, subject)
    if not is_key(key):
        raise Skip(f"`{subject}` is no issue of Jira")
    return f"{_api(request)}/issue/{quote(key, safe='')}"


def _prose(request: ActRequest, text: str) -> Any:
    """A text as plain words: neither edition may take a piece of it for markup, a mention or a picture."""
    # counted as it is read: what the edition makes of it is longer
    said = fitting("body", spoken(text), _LONGEST, _TOOL)
    return document_of(said) if _is_cloud(request) else fitting("body", markup_of(said), _LONGEST, _TOOL)


def _properties(request: ActRequest) -> list[dict[str, Any]]:
    return [{"key": looks.PROPERTY, "value": {"key": key_of(request.key)}}]


def _person(request: ActRequest, account_id: str) -> dict[str, str]:
    """An account as its edition names it: by id at Cloud, by login at Data Center."""
    if _is_cloud(request):
        return {"accountId": identity(request, account_id)}
    return {"name": handle(request, account_id)}


def _comment(request: ActRequest, act: Comment) -> list[Call]:
    body = {"body": _prose(request, act.body), "properties": _properties(request)}
    return [Call("POST", f"{_issue(request, act.subject)}/comment", body)]


def _delete_comment(request: ActRequest, act: DeleteComment) -> list[Call]:
    if not act.comment.isdigit():
        raise Skip(f"`{act.comment}` is no comment of Jira")
    return [Call("DELETE", f"{_issue(request, act.subject)}/comment/{act.comment}")]


def _label(request: ActRequest, act: Label) -> list[Call]:
    if spaced := [name for name in (*act.add, *act.remove) if re.search(r"\s", name)]:
        raise Skip(f"a label of Jira has no spaces: `{spaced[0]}`")
    sides = (("add", act.add), ("remove", act.remove))
    steps = [{side: fitting(side, spoken(name), _LONGEST_NAME, _TOOL)} for side, named in sides for name in named]
    return [Call("PUT", _issue(request, act.subject), {"update": {"labels": steps}})]


def _assign(request: ActRequest, act: Assign) -> list[Call]:
    if len(act.add) > 1:
        raise Skip("an issue of Jira has one assignee")
    nobody = {"accountId" if _is_cloud(request) else "name": None}
    return [
        Call("PUT", f"{_issue(request, act.subject)}/assignee", _person(request, act.add[0]) if act.add else nobody)
    ]


def _transition(request: ActRequest, act: Transition) -> list[Call]:
    late = "the id of the transition that leads there, which depends on where the issue stands by then"
    body = {"transition": {"id": f"<transition to {spoken(act.to)}>"}}
    return [Call("POST", f"{_issue(request, act.subject)}/transitions", body, late=late)]


def _create_issue(request: ActRequest, act: CreateIssue) -> list[Call]:
    key = within(request, act.place)
    if not re.fullmatch(r"[A-Z][A-Z0-9_]{1,254}", key):
        raise Skip(f"`{act.place}` is no project of Jira")
    fields: dict[str, Any] = {
        "project": {"key": key},
        "summary": _summary(act.title),
        "issuetype": {"name": act.type or "Task"},
    }
    if act.body:
        fields["description"] = _prose(request, act.body)
    if act.labels:
        fields["labels"] = [fitting("labels", spoken(name), _LONGEST_NAME, _TOOL) for name in act.labels]
    if act.assignees:
        fields["assignee"] = _person(request, act.assignees[0])
    return [Call("POST", f"{_api(request)}/issue", {"fields": fields, "properties": _properties(request)})]


def _summary(title: str) -> str:
    return fitting("title", " ".join(spoken(title).split()), _LONGEST_NAME, _TOOL)


def _edit_issue(request: ActRequest, act: EditIssue) -> list[Call]:
    fields: dict[str, Any] = {"summary": _summary(act.title) if act.title else "", "duedate": act.due}
    fields = {name: said for name, said in fields.items() if said}
    if act.body:
        fields["description"] = _prose(request, act.body)
    if not fields:
        raise Skip("nothing is to be changed")
    return [Call("PUT", _issue(request, act.subject), {"fields": fields})]


def _move_into(request: ActRequest, act: MoveInto) -> list[Call]:
    key = within(request, act.subject)
    if not is_key(key):
        raise Skip(f"`{act.subject}` is no issue of Jira")
    base = str(request.settings.get("url") or "").rstrip("/")
    if act.into == "sprint":
        return [Call("POST", f"{base}/rest/agile/1.0/backlog/issue", {"issues": [key]})]
    number = within(request, act.into).removeprefix("sprint/")
    if not re.fullmatch(r"[0-9]{1,18}", number):
        raise Skip(f"`{act.into}` is no sprint of Jira")
    return [Call("POST", f"{base}/rest/agile/1.0/sprint/{number}/issue", {"issues": [key]})]


_CALLS: Mapping[str, Callable[[ActRequest, Any], list[Call]]] = {
    "comment": _comment,
    "delete_comment": _delete_comment,
    "label": _label,
    "assign": _assign,
    "transition": _transition,
    "create_issue": _create_issue,
    "edit_issue": _edit_issue,
    "move_into": _move_into,
}
_DEEDS: Mapping[str, Callable[[ActRequest, Site, Sequence[Call]], Deed]] = {
    "comment": looks.comment,
    "delete_comment": looks.delete_comment,
    "label": looks.label,
    "assign": looks.assign,
    "transition": looks.transition,
    "create_issue": looks.new_issue,
    "edit_issue": looks.edit_issue,
    "move_into": looks.move_into,
}
