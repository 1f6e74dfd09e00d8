"""What GitHub has to say before and after an act: whether it is there already, what came of it, how it is undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from fairlead.connectors.github.act_places import Item, build, item, repository, team
from fairlead.connectors.github.api import Api
from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.kit.http import Missing
from fairlead.connectors.kit.marks import carries, spoken
from fairlead.connectors.kit.naming import handle
from fairlead.connectors.kit.rest import Entry, number, text
from fairlead.connectors.kit.writing import Deed, act_of, entry, inner, those
from fairlead.model.acts import (
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
)  # fmt: skip
from fairlead.model.errors import Skip
from fairlead.model.times import iso

_BACK = timedelta(days=30)
"""How far back a look for our own mark goes: no approval waits so long between two tries."""
_CLOSED = ("closed", "close", "done", "completed", "resolved")
_NOT_PLANNED = ("not planned", "not_planned", "cancelled", "canceled", "won't do")
_OPEN = ("open", "opened", "reopened", "reopen")


def state_of(to: str) -> tuple[str, str]:
    """State and reason that a status means; an issue of GitHub knows no others."""
    said = to.strip().lower()
    if said in _OPEN:
        return "open", ""
    if said in _CLOSED:
        return "closed", "completed"
    if said in _NOT_PLANNED:
        return "closed", "not_planned"
    raise Skip(f"GitHub has no status `{to}`", hint="there are: open, closed, not planned")


def comment(request: ActRequest, api: Api, calls: Sequence[Call]) -> Deed:
    """A comment is found again by its mark."""
    act = act_of(request, Comment)

    def made(found: Mapping[str, Any], found_again: bool = False) -> Outcome:
        number = str(found.get("id", ""))
        undo = DeleteComment(subject=act.subject, comment=number)
        told = f"commented on {act.subject}"
        return Outcome(True, told, _page(found), {"comment": number}, found_again, undo)

    def look() -> Outcome | None:
        path = _path(api, item(request, act.subject).issue) + "/comments"
        since = {"since": iso(request.now - _BACK)}
        found = (one for one in _all(api, path, since) if carries(one.get("body"), request.key))
        return next((made(one, True) for one in found), None)

    return Deed(calls, lambda answers: made(entry(answers[0])), look)


def delete_comment(request: ActRequest, api: Api, calls: Sequence[Call]) -> Deed:
    """What is gone is gone, whoever took it away."""
    act = act_of(request, DeleteComment)

    def look() -> Outcome | None:
        try:
            api.get(_path(api, calls[0].url))
        except Missing:
            return Outcome(True, f"the comment on {act.subject} is gone", found=True)
        return None

    return Deed(calls, lambda _: Outcome(True, f"took back the comment on {act.subject}"), look, first=True)


def label(request: ActRequest, api: Api, calls: Sequence[Call]) -> Deed:
    """Labels are a state: what is there is done, and only what changed is undone."""
    act = act_of(request, Label)
    before: set[str] = set()
    left = list(calls)

    def look() -> Outcome | None:
        nonlocal before
        found = _get(api, item(request, act.subject).issue)
        before = {text(one, "name").lower() for one in those(found, "labels")}
        wanted, unwanted = ({spoken(name).lower() for name in names} for names in (act.add, act.remove))
        if wanted <= before and not unwanted & before:
            return Outcome(True, f"{act.subject} has these labels already", _page(found), found=True)
        # what is not there cannot be taken off: GitHub says 404, which is also what it says of a missing right
        off = [one for one in calls if one.method == "DELETE"]
        left[:] = [one for one in calls if one not in off]
        left.extend(one for one, name in zip(off, act.remove, strict=True) if name.lower() in before)
        return None

    def done(_: Sequence[Any]) -> Outcome:
        undo = Label(
            subject=act.subject,
            add=tuple(name for name in act.remove if name.lower() in before),
            remove=tuple(name for name in act.add if name.lower() not in before),
        )
        return Outcome(True, f"labelled {act.subject}", undo=undo)

    return Deed(left, done, look, first=True)


def review(request: ActRequest, api: Api, calls: Sequence[Call]) -> Deed:
    """Requests for a review are a state, which a review of the present head ends."""
    act = request.act
    assert isinstance(act, RequestReview | WithdrawReview)
    asks = isinstance(act, RequestReview)
    before: set[str] = set()

    def look() -> Outcome | None:
        nonlocal before
        at = item(request, act.subject)
        found = _get(api, at.pull)
        before = {text(one, "login").lower() for one in those(found, "requested_reviewers")}
        before |= {f"/{text(one, 'slug').lower()}" for one in those(found, "requested_teams")}
        asked = {handle(request, one).lower() for one in act.reviewers}
        asked |= {f"/{team(request, one).lower()}" for one in act.teams}
        if not asks:
            told = f"nobody of these is asked at {act.subject}"
            return None if asked & before else Outcome(True, told, _page(found), found=True)
        if found.get("state") != "open":
            raise Skip(f"{act.subject} is {'merged' if found.get('merged') else 'closed'}")
        missing = asked - before
        if (author := text(inner(found, "user"), "login").lower()) in missing:
            raise Skip(f"{author} is the author of {act.subject}, and reviews no change of their own")
        # whoever answers is asked no more: a try whose answer was lost must not ask them once more
        if missing and missing - _reviewed(api, at, found):
            return None
        return Outcome(True, f"all are asked, or have reviewed {act.subject}", _page(found), found=True)

    def done(answers: Sequence[Any]) -> Outcome:
        told = f"{'asked' if asks else 'asked no more'} for a review of {act.subject}"
        if not asks:
            return Outcome(True, told, _page(entry(answers[0])))
        undo = WithdrawReview(
            subject=act.subject,
            reviewers=tuple(one for one in act.reviewers if handle(request, one).lower() not in before),
            teams=tuple(one for one in act.teams if f"/{team(request, one).lower()}" not in before),
        )
        return Outcome(True, told, _page(entry(answers[0])), undo=undo)

    return Deed(calls, done, look, first=True)


def assign(request: ActRequest, api: Api, calls: Sequence[Call]) -> Deed:
    """Assignees are a state; GitHub leaves out whoever may not have it without a word."""
    act = act_of(request, Assign)
    before: set[str] = set()

    def state() -> tuple[set[str], Entry]:
        found = _get(api, item(request, act.subject).issue)
        return {text(one, "login").lower() for one in those(found, "assignees")}, found

    def lacking(there: set[str]) -> list[str]:
        return [one for one in (handle(request, who) for who in act.add) if one.lower() not in there]

    def look() -> Outcome | None:
        nonlocal before
        before, found = state()
        gone = not [one for one in act.remove if handle(request, one).lower() in before]
        if gone and not lacking(before):
            return Outcome(True, f"{act.subject} is with them already", _page(found), found=True)
        return None

    def done(_: Sequence[Any]) -> Outcome:
        there, found = state()
        if refused := lacking(there):
            raise Skip(f"GitHub did not take {', '.join(refused)} for {act.subject}: they need access to it")
        undo = Assign(
            subject=act.subject,
            add=tuple(one for one in act.remove if handle(request, one).lower() in before),
            remove=tuple(one for one in act.add if handle(request, one).lower() not in before),
        )
        return Outcome(True, f"assigned {act.subject}", _page(found), undo=undo)

    return Deed(calls, done, look, first=True)


def transition(request: ActRequest, api: Api, calls: Sequence[Call]) -> Deed:
    """Open or closed, and if closed why."""
    act = act_of(request, Transition)
    state, reason = state_of(act.to)
    before = ""

    def look() -> Outcome | None:
        nonlocal before
        found = _get(api, item(request, act.subject).issue)
        was = text(found, "state"), text(found, "state_reason")
        before = "not planned" if was[1] == "not_planned" else was[0]
        same = was[0] == state and (not reason or was[1] in ("", reason))
        return Outcome(True, f"{act.subject} is {act.to} already", _page(found), found=True) if same else None

    def done(answers: Sequence[Any]) -> Outcome:
        undo = Transition(subject=act.subject, to=before)
        return Outcome(True, f"{act.subject} is {act.to}", _page(entry(answers[0])), undo=undo)

    return Deed(calls, done, look, first=True)


def new_issue(request: ActRequest, api: Api, calls: Sequence[Call]) -> Deed:
    """An issue is found again by the mark in its text; it is undone by closing it, for it cannot be taken back."""
    act = request.act
    assert isinstance(act, CreateIssue | OpenIncident)

    def made(found: Mapping[str, Any], found_again: bool = False) -> Outcome:
        identity = f"{act.place}#{found.get('number', '')}"
        undo = Transition(subject=identity, to="not planned")
        return Outcome(True, f"opened {identity}", _page(found), {"id": identity}, found_again, undo)

    def look() -> Outcome | None:
        path = _path(api, repository(request, act.place)) + "/issues"
        asked = {"state": "all", "sort": "created", "direction": "desc", "since": iso(request.now - _BACK)}
        found = (one for one in _all(api, path, asked) if carries(one.get("body"), request.key))
        return next((made(one, True) for one in found), None)

    return Deed(calls, lambda answers: made(entry(answers[0])), look)


def edit_issue(request: ActRequest, api: Api, calls: Sequence[Call]) -> Deed:
    """Title and text are a state."""
    act = act_of(request, EditIssue)
    wanted: dict[str, str] = dict(calls[0].body)
    before: dict[str, str] = {}

    def look() -> Outcome | None:
        found = _get(api, item(request, act.subject).issue)
        before.update({name: text(found, name) for name in wanted})
        same = before == wanted
        return Outcome(True, f"{act.subject} says so already", _page(found), found=True) if same else None

    def done(answers: Sequence[Any]) -> Outcome:
        undo = EditIssue(subject=act.subject, **before)
        # an empty text stays where it is said, so one that was empty before cannot be given back
        whole = all(before.values())
        return Outcome(True, f"edited {act.subject}", _page(entry(answers[0])), undo=undo if whole else None)

    return Deed(calls, done, look, first=True)


def move_into(request: ActRequest, api: Api, calls: Sequence[Call]) -> Deed:
    """An item is under one milestone or none."""
    act = act_of(request, MoveInto)
    wanted, before = calls[0].body["milestone"] or 0, 0

    def look() -> Outcome | None:
        nonlocal before
        found = _get(api, item(request, act.subject).issue)
        before = number(inner(found, "milestone"))
        words = f"{act.subject} is there already"
        return Outcome(True, words, _page(found), found=True) if before == wanted else None

    def done(answers: Sequence[Any]) -> Outcome:
        place = act.subject.partition("#")[0]
        undo = MoveInto(subject=act.subject, into=f"{place}/milestone/{before}" if before else "milestone")
        return Outcome(True, f"moved {act.subject}", _page(entry(answers[0])), undo=undo)

    return Deed(calls, done, look, first=True)


def rerun(request: ActRequest, api: Api, calls: Sequence[Call]) -> Deed:
    """A run counts its attempts: a later one than that of the id means that it was run again."""
    act = act_of(request, Rerun)
    one = build(request, act.subject)
    actions = f"{_path(api, one.repository)}/actions"

    def look() -> Outcome | None:
        number, attempt = one.number, one.attempt
        if one.kind == "job":
            job = entry(api.get(f"{actions}/jobs/{one.number}").value)
            number, attempt = int(job.get("run_id") or 0), int(job.get("run_attempt") or 1)
        run = entry(api.get(f"{actions}/runs/{number}").value)
        again = int(run.get("run_attempt") or 1)
        if again <= (attempt or 1):
            return None
        return Outcome(True, f"{act.subject} runs again: attempt {again}", _page(run), {"attempt": again}, True)

    # a check of another app tells nothing that would show whether it was asked for again
    return Deed(
        calls,
        lambda _: Outcome(True, f"{act.subject} runs again"),
        None if one.kind == "check" else look,
        first=one.kind != "check",
    )


def merge(request: ActRequest, api: Api, calls: Sequence[Call]) -> Deed:
    """Merged at the head that was approved; at any other head it is another change."""
    act = act_of(request, Merge)

    def look() -> Outcome | None:
        found = _get(api, item(request, act.subject).pull)
        head = text(inner(found, "head"), "sha")
        if head != act.head_sha:
            raise Skip(
                f"the head moved: {act.subject} is at {head[:12]}", hint="look again and propose the merge anew"
            )
        if found.get("merged") is True:
            sha = text(found, "merge_commit_sha")
            return Outcome(True, f"{act.subject} is merged already", _page(found), {"sha": sha}, True)
        return None

    def done(answers: Sequence[Any]) -> Outcome:
        return Outcome(True, f"merged {act.subject}", result={"sha": text(entry(answers[0]), "sha")})

    return Deed(calls, done, look, first=True)


def _reviewed(api: Api, at: Item, pull: Entry) -> set[str]:
    """Who has reviewed the present head."""
    head = text(inner(pull, "head"), "sha")
    reviews = _all(api, _path(api, at.pull) + "/reviews", {})
    return {text(inner(one, "user"), "login").lower() for one in reviews if one.get("commit_id") == head}


def _path(api: Api, address: str) -> str:
    return address.removeprefix(api.http.base)


def _get(api: Api, address: str) -> Entry:
    return entry(api.get(_path(api, address)).value)


def _all(api: Api, path: str, asked: Mapping[str, Any]) -> Iterator[Entry]:
    for _, _, found in api.lists(path, asked):
        yield from found


def _page(found: Mapping[str, Any]) -> str:
    return text(found, "html_url")
