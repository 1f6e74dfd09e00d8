"""Writes to GitHub: every kind of act as the requests of its REST API, and the looks that keep each to one effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fairlead.connectors.github import act_looks as looks
from fairlead.connectors.github.act_places import build, item, milestone, repository, team
from fairlead.connectors.github.api import Api
from fairlead.connectors.github.connector import GitHub
from fairlead.connectors.github.sync import connect
from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.kit.marks import fitting, marked, spoken
from fairlead.connectors.kit.naming import handles
from fairlead.connectors.kit.writing import Deed, Forbidden, Rejected, Writer, asking, carry_out
from fairlead.model.acts import (
    Act,
    Assign,
    Comment,
    CreateIssue,
    DeleteComment,
    EditIssue,
    Label,
    Merge,
    MoveInto,
    OpenIncident,
    RequestReview,
    Rerun,
    Transition,
    WithdrawReview,
    kind_of,
)  # fmt: skip
from fairlead.model.errors import Skip

_TOOL, _LONGEST, _LONGEST_TITLE, _LONGEST_LABEL = "GitHub", 65_536, 256, 50
INCIDENT = "incident"
"""Label of an incident that is kept as an issue; the settings take it for one unless they say otherwise."""


def plan(request: ActRequest) -> list[Call]:
    """The requests of an act, in order."""
    return _CALLS[_known(request.act)](request, request.act)


def act(request: ActRequest) -> Outcome:
    """Does it."""
    calls, kind = plan(request), kind_of(request.act)
    try:
        return carry_out(
            lambda: connect(asking(request)),
            lambda api: Writer(api.http, GitHub.acts[kind]),
            lambda api: _DEEDS[kind](request, api, calls),
            tried=request.tried,
        )
    except Rejected as fault:
        # 409 says that the head is another one; 405 that it may not be merged, and why
        if kind == "merge" and fault.status == 409:
            raise Skip(f"the head moved: {fault.said}", hint="look at it again and propose the merge anew") from None
        raise
    except Forbidden as fault:
        # a run that is too old or at work is refused with the status of a missing right, and with words of its own
        if kind == "rerun" and fault.status == 403 and "resource not accessible" not in fault.said.lower():
            raise Skip(fault.message) from None
        raise


def _known(act: Act) -> str:
    kind = kind_of(act)
    if kind not in _CALLS:
        raise Skip(f"GitHub knows no `{kind}`")
    return kind


def _comment(request: ActRequest, act: Comment) -> list[Call]:
    return [Call("POST", f"{item(request, act.subject).issue}/comments", {"body": _body(request, act.body)})]


def _body(request: ActRequest, text: str, *, needed: bool = True) -> str:
    if needed:
        fitting("body", spoken(text), _LONGEST, _TOOL)
    return fitting("body", marked(text, request.key), _LONGEST, _TOOL)


def _title(text: str) -> str:
    return fitting("title", spoken(text), _LONGEST_TITLE, _TOOL)


def _labels(field: str, names: Sequence[str]) -> list[str]:
    return [fitting(field, spoken(name), _LONGEST_LABEL, _TOOL) for name in names]


def _delete_comment(request: ActRequest, act: DeleteComment) -> list[Call]:
    if not act.comment.isdigit():
        raise Skip(f"`{act.comment}` is no comment of GitHub")
    return [Call("DELETE", f"{item(request, act.subject).repository}/issues/comments/{act.comment}")]


def _label(request: ActRequest, act: Label) -> list[Call]:
    at = item(request, act.subject).issue
    add = [Call("POST", f"{at}/labels", {"labels": _labels("add", act.add)})] if act.add else []
    return [*add, *(Call("DELETE", f"{at}/labels/{quote(name, safe='')}") for name in act.remove)]


def _review(request: ActRequest, act: RequestReview | WithdrawReview) -> list[Call]:
    body = {
        "reviewers": handles(request, act.reviewers),
        "team_reviewers": [team(request, one) for one in act.teams],
    }
    method = "POST" if isinstance(act, RequestReview) else "DELETE"
    return [Call(method, f"{item(request, act.subject).pull}/requested_reviewers", body)]


def _assign(request: ActRequest, act: Assign) -> list[Call]:
    at = f"{item(request, act.subject).issue}/assignees"
    sides = (("POST", act.add), ("DELETE", act.remove))
    return [Call(method, at, {"assignees": handles(request, who)}) for method, who in sides if who]


def _transition(request: ActRequest, act: Transition) -> list[Call]:
    state, reason = looks.state_of(act.to)
    body = {"state": state, **({"state_reason": reason} if reason else {})}
    return [Call("PATCH", item(request, act.subject).issue, body)]


def _create_issue(request: ActRequest, act: CreateIssue) -> list[Call]:
    body: dict[str, Any] = {"title": _title(act.title), "body": _body(request, act.body, needed=False)}
    if act.labels:
        body["labels"] = _labels("labels", act.labels)
    if act.assignees:
        body["assignees"] = handles(request, act.assignees)
    if act.type:
        body["type"] = act.type
    return [Call("POST", f"{repository(request, act.place)}/issues", body)]


def _open_incident(request: ActRequest, act: OpenIncident) -> list[Call]:
    said = f"Urgency: {act.urgency}\n\n{act.body}"
    body = {"title": _title(act.title), "body": _body(request, said), "labels": [INCIDENT]}
    return [Call("POST", f"{repository(request, act.place)}/issues", body)]


def _edit_issue(request: ActRequest, act: EditIssue) -> list[Call]:
    if act.due:
        raise Skip("issues of GitHub have no due day", hint="put it under a milestone that has one")
    sides = (("title", act.title, _LONGEST_TITLE), ("body", act.body, _LONGEST))
    body = {name: fitting(name, spoken(said), most, _TOOL) for name, said, most in sides if said}
    if not body:
        raise Skip("nothing is to be changed")
    return [Call("PATCH", item(request, act.subject).issue, body)]


def _move_into(request: ActRequest, act: MoveInto) -> list[Call]:
    where = item(request, act.subject)
    if act.into == "milestone":
        return [Call("PATCH", where.issue, {"milestone": None})]
    return [Call("PATCH", where.issue, {"milestone": milestone(request, act.into, where)})]


def _rerun(request: ActRequest, act: Rerun) -> list[Call]:
    one = build(request, act.subject)
    if one.kind == "run":
        how = "rerun-failed-jobs" if act.failed_only else "rerun"
        return [Call("POST", f"{one.repository}/actions/runs/{one.number}/{how}")]
    if one.kind == "job":
        return [Call("POST", f"{one.repository}/actions/jobs/{one.number}/rerun")]
    return [Call("POST", f"{one.repository}/check-runs/{one.number}/rerequest")]


def _merge(request: ActRequest, act: Merge) -> list[Call]:
    # the hash makes GitHub itself refuse what nobody has looked at
    body = {"sha": act.head_sha, "merge_method": act.method}
    return [Call("PUT", f"{item(request, act.subject).pull}/merge", body)]


_CALLS: Mapping[str, Callable[[ActRequest, Any], list[Call]]] = {
    "comment": _comment,
    "delete_comment": _delete_comment,
    "label": _label,
    "request_review": _review,
    "withdraw_review": _review,
    "assign": _assign,
    "transition": _transition,
    "create_issue": _create_issue,
    "open_incident": _open_incident,
    "edit_issue": _edit_issue,
    "move_into": _move_into,
    "rerun": _rerun,
    "merge": _merge,
}
_DEEDS: Mapping[str, Callable[[ActRequest, Api, Sequence[Call]], Deed]] = {
    "comment": looks.comment,
    "delete_comment": looks.delete_comment,
    "label": looks.label,
    "request_review": looks.review,
    "withdraw_review": looks.review,
    "assign": looks.assign,
    "transition": looks.transition,
    "create_issue": looks.new_issue,
    "open_incident": looks.new_issue,
    "edit_issue": looks.edit_issue,
    "move_into": looks.move_into,
    "rerun": looks.rerun,
    "merge": looks.merge,
}
