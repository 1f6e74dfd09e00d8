"""Writes to GitLab: every kind of act as the requests of its REST API.

Reviewers and assignees go by quick actions, GitLab's own commands in a note: the API sets the whole list by numbers,
and whoever was added since it was read would be lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fairlead.connectors.gitlab import act_looks as looks
from fairlead.connectors.gitlab.act_places import Item, build, item, project
from fairlead.connectors.gitlab.api import connect
from fairlead.connectors.gitlab.connector import GitLab
from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.kit.marks import fitting, marked, spoken
from fairlead.connectors.kit.naming import handles, row
from fairlead.connectors.kit.rest import Rest
from fairlead.connectors.kit.writing import Deed, Rejected, Writer, asking, carry_out
from fairlead.model.acts import (
    Act,
    Assign,
    Comment,
    CreateIssue,
    DeleteComment,
    EditIssue,
    Label,
    Merge,
    OpenIncident,
    RequestReview,
    Rerun,
    Transition,
    WithdrawReview,
    kind_of,
)  # fmt: skip
from fairlead.model.errors import Skip

_COMMAND = re.compile(r"(?m)^(\s*)/(?=[A-Za-z])")
_TOOL, _LONGEST, _LONGEST_NAME = "GitLab", 1_000_000, 255
_TYPES = ("issue", "incident", "test_case", "task")


def plan(request: ActRequest) -> list[Call]:
    """The requests of an act, in order."""
    return _CALLS[_known(request.act)](request, request.act)


def act(request: ActRequest) -> Outcome:
    """Does it."""
    calls, kind = plan(request), kind_of(request.act)
    try:
        return carry_out(
            lambda: connect(asking(request)),
            lambda rest: Writer(rest.http, GitLab.acts[kind]),
            lambda rest: _DEEDS[kind](request, rest, calls),
            tried=request.tried,
        )
    except Rejected as fault:
        if kind == "merge" and fault.status == 409:
            raise Skip(f"the head moved: {fault.said}", hint="look at it again and propose the merge anew") from None
        raise


def harmless(text: str) -> str:
    """A text whose lines are no commands: GitLab does what a line like `/merge` says, whoever wrote it."""
    return _COMMAND.sub(r"\1\\/", spoken(text))


def _known(act: Act) -> str:
    kind = kind_of(act)
    if kind not in _CALLS:
        raise Skip(f"GitLab knows no `{kind}`")
    return kind


def _note(at: Item, body: str) -> Call:
    return Call("POST", f"{at.address}/notes", {"body": body})


def _comment(request: ActRequest, act: Comment) -> list[Call]:
    fitting("body", harmless(act.body), _LONGEST, _TOOL)
    body = fitting("body", marked(harmless(act.body), request.key), _LONGEST, _TOOL)
    return [_note(item(request, act.subject), body)]


def _delete_comment(request: ActRequest, act: DeleteComment) -> list[Call]:
    if not act.comment.isdigit():
        raise Skip(f"`{act.comment}` is no note of GitLab")
    return [Call("DELETE", f"{item(request, act.subject).address}/notes/{act.comment}")]


def _label(request: ActRequest, act: Label) -> list[Call]:
    sides = (("add", act.add), ("remove", act.remove))
    names = [fitting(side, spoken(name), _LONGEST_NAME, _TOOL) for side, named in sides for name in named]
    # GitLab takes them in one text, in which a comma begins another label
    if any("," in name for name in names):
        raise Skip("a label of GitLab holds no comma")
    body = {f"{side}_labels": ",".join(spoken(name) for name in named) for side, named in sides if named}
    return [Call("PUT", item(request, act.subject).address, body)]


def _review(request: ActRequest, act: RequestReview | WithdrawReview) -> list[Call]:
    at = item(request, act.subject)
    if not at.is_change:
        raise Skip(f"`{act.subject}` is no merge request")
    if act.teams:
        raise Skip("GitLab asks people for reviews, not groups")
    word = "assign_reviewer" if isinstance(act, RequestReview) else "unassign_reviewer"
    return [_note(at, f"/{word} {_named(request, act.reviewers)}")]


def _assign(request: ActRequest, act: Assign) -> list[Call]:
    at = item(request, act.subject)
    sides = (("assign", act.add), ("unassign", act.remove))
    return [_note(at, f"/{word} {_named(request, who)}") for word, who in sides if who]


def _named(request: ActRequest, who: tuple[str, ...]) -> str:
    return " ".join(f"@{name}" for name in handles(request, who))


def _transition(request: ActRequest, act: Transition) -> list[Call]:
    event = "reopen" if looks.state_of(act.to) == "opened" else "close"
    return [Call("PUT", item(request, act.subject).address, {"state_event": event})]


def _create_issue(request: ActRequest, act: CreateIssue) -> list[Call]:
    if act.type and act.type not in _TYPES:
        raise Skip(f"GitLab has no issues of type `{act.type}`", hint=f"there are: {', '.join(_TYPES)}")
    body = _new(request, act.title, act.body)
    if act.labels:
        names = [fitting("labels", spoken(name), _LONGEST_NAME, _TOOL) for name in act.labels]
        body["labels"] = ",".join(names)
    if act.assignees:
        body["assignee_ids"] = [_number(request, one) for one in act.assignees]
    if act.type:
        body["issue_type"] = act.type
    return [Call("POST", f"{project(request, act.place)}/issues", body)]


def _open_incident(request: ActRequest, act: OpenIncident) -> list[Call]:
    body = _new(request, act.title, f"Urgency: {act.urgency}\n\n{act.body}")
    return [Call("POST", f"{project(request, act.place)}/issues", {**body, "issue_type": "incident"})]


def _new(request: ActRequest, title: str, body: str) -> dict[str, Any]:
    return {
        "title": fitting("title", spoken(title), _LONGEST_NAME, _TOOL),
        "description": fitting("body", marked(harmless(body), request.key), _LONGEST, _TOOL),
    }


def _number(request: ActRequest, account_id: str) -> int:
    number = str(row(request, account_id).get("external_id") or "")
    if not number.isdigit():
        raise Skip(f"nobody knows the number of {account_id} at GitLab", hint="sync the source, then try again")
    return int(number)


def _edit_issue(request: ActRequest, act: EditIssue) -> list[Call]:
    said = {"title": spoken(act.title), "description": harmless(act.body), "due_date": act.due}
    body = {name: value for name, value in said.items() if value}
    for field, name, most in (("title", "title", _LONGEST_NAME), ("body", "description", _LONGEST)):
        if name in body:
            fitting(field, body[name], most, _TOOL)
    if not body:
        raise Skip("nothing is to be changed")
    return [Call("PUT", item(request, act.subject).address, body)]


def _rerun(request: ActRequest, act: Rerun) -> list[Call]:
    one = build(request, act.subject)
    if one.kind == "pipeline" and not act.failed_only:
        raise Skip("GitLab runs again only what failed in a pipeline")
    return [Call("POST", f"{one.project}/{one.kind}s/{one.number}/retry")]


def _merge(request: ActRequest, act: Merge) -> list[Call]:
    if act.method == "rebase":
        raise Skip("how merge requests are rebased is a setting of the project")
    at = item(request, act.subject)
    # the hash makes GitLab itself refuse what nobody has looked at
    return [Call("PUT", f"{at.address}/merge", {"sha": act.head_sha, "squash": act.method == "squash"})]


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
    "rerun": _rerun,
    "merge": _merge,
}
_DEEDS: Mapping[str, Callable[[ActRequest, Rest, Sequence[Call]], Deed]] = {
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
    "rerun": looks.rerun,
    "merge": looks.merge,
}
