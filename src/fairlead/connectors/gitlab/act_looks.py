"""What GitLab has to say before and after an act: whether it is there already, what came of it, how it is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from fairlead.connectors.gitlab.act_places import build, item, project
from fairlead.connectors.gitlab.api import listed
from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.kit.http import Missing
from fairlead.connectors.kit.marks import carries, spoken
from fairlead.connectors.kit.naming import handle
from fairlead.connectors.kit.rest import Entry, Rest, text
from fairlead.connectors.kit.writing import Deed, act_of, entry, inner, those
from fairlead.model.acts import (
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
    subject_of,
)  # fmt: skip
from fairlead.model.errors import Skip
from fairlead.model.times import iso

_BACK = timedelta(days=30)
"""How far back a look for our own mark goes: no approval waits so long between two tries."""
_FIELDS: Mapping[str, str] = {"title": "title", "description": "body", "due_date": "due"}
"""Field of an issue -> that of the act."""


def state_of(to: str) -> str:
    """State that a status means; GitLab's own statuses are set by hand alone."""
    said = to.strip().lower()
    if said in ("open", "opened", "reopened", "reopen"):
        return "opened"
    if said in ("closed", "close", "done", "completed", "resolved"):
        return "closed"
    raise Skip(f"GitLab has no status `{to}`", hint="there are: open, closed")


def comment(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """A comment is found again by its mark."""
    act = act_of(request, Comment)

    def made(found: Mapping[str, Any], found_again: bool = False) -> Outcome:
        number = str(found.get("id", ""))
        undo = DeleteComment(subject=act.subject, comment=number)
        return Outcome(True, f"commented on {act.subject}", "", {"comment": number}, found_again, undo)

    def look() -> Outcome | None:
        notes = _all(rest, _path(rest, calls[0].url), {"sort": "desc", "order_by": "created_at"})
        found = (one for one in notes if carries(one.get("body"), request.key))
        return next((made(one, True) for one in found), None)

    return Deed(calls, lambda answers: made(entry(answers[0])), look)


def delete_comment(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """What is gone is gone, whoever took it away."""
    act = act_of(request, DeleteComment)

    def look() -> Outcome | None:
        try:
            rest.get(_path(rest, calls[0].url))
        except Missing:
            return Outcome(True, f"the comment on {act.subject} is gone", found=True)
        return None

    return Deed(calls, lambda _: Outcome(True, f"took back the comment on {act.subject}"), look, first=True)


def label(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """Labels are a state: what is there is done, and only what changed is undone."""
    act = act_of(request, Label)
    before: set[str] = set()

    def look() -> Outcome | None:
        nonlocal before
        found = _get(rest, calls[0].url)
        before = {str(one) for one in found.get("labels") or ()}
        wanted, unwanted = ({spoken(name) for name in names} for names in (act.add, act.remove))
        if wanted <= before and not unwanted & before:
            return Outcome(True, f"{act.subject} has these labels already", _page(found), found=True)
        return None

    def done(answers: Sequence[Any]) -> Outcome:
        undo = Label(
            subject=act.subject,
            add=tuple(name for name in act.remove if name in before),
            remove=tuple(name for name in act.add if name not in before),
        )
        return Outcome(True, f"labelled {act.subject}", _page(entry(answers[0])), undo=undo)

    return Deed(calls, done, look, first=True)


def review(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """Reviewers stay reviewers once they have reviewed, so they are a state."""
    act = request.act
    assert isinstance(act, RequestReview | WithdrawReview)
    asks = isinstance(act, RequestReview)
    named = {handle(request, one).lower(): one for one in act.reviewers}

    def told(found: Entry, before: set[str]) -> Outcome:
        words = f"{'asked' if asks else 'asked no more'} for a review of {act.subject}"
        changed = tuple(one for name, one in named.items() if name not in before)
        undo = WithdrawReview(subject=act.subject, reviewers=changed) if asks and changed else None
        return Outcome(True, words, _page(found), undo=undo)

    wanted, unwanted = (set(named), set[str]()) if asks else (set[str](), set(named))
    return _people(request, rest, calls, ("reviewers", wanted, unwanted), told)


def assign(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """Assignees are a state."""
    act = act_of(request, Assign)
    added, taken = ({handle(request, one).lower(): one for one in who} for who in (act.add, act.remove))

    def told(found: Entry, before: set[str]) -> Outcome:
        undo = Assign(
            subject=act.subject,
            add=tuple(one for name, one in taken.items() if name in before),
            remove=tuple(one for name, one in added.items() if name not in before),
        )
        return Outcome(True, f"assigned {act.subject}", _page(found), undo=undo)

    return _people(request, rest, calls, ("assignees", set(added), set(taken)), told)


def transition(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """Open or closed."""
    act = act_of(request, Transition)
    state = state_of(act.to)

    def look() -> Outcome | None:
        found = _get(rest, calls[0].url)
        was = text(found, "state")
        if was == "merged":
            raise Skip(f"{act.subject} is merged")
        return Outcome(True, f"{act.subject} is {act.to} already", _page(found), found=True) if was == state else None

    def done(answers: Sequence[Any]) -> Outcome:
        undo = Transition(subject=act.subject, to="closed" if state == "opened" else "open")
        return Outcome(True, f"{act.subject} is {act.to}", _page(entry(answers[0])), undo=undo)

    return Deed(calls, done, look, first=True)


def new_issue(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """An issue is found again by the mark in its text; it is undone by closing it."""
    act = request.act
    assert isinstance(act, CreateIssue | OpenIncident)

    def made(found: Mapping[str, Any], found_again: bool = False) -> Outcome:
        identity = f"{act.place}#{found.get('iid', '')}"
        undo = Transition(subject=identity, to="closed")
        return Outcome(True, f"opened {identity}", _page(found), {"id": identity}, found_again, undo)

    def look() -> Outcome | None:
        asked = {"created_after": iso(request.now - _BACK), "order_by": "created_at", "sort": "desc"}
        issues = _all(rest, _path(rest, project(request, act.place)) + "/issues", asked)
        found = (one for one in issues if carries(one.get("description"), request.key))
        return next((made(one, True) for one in found), None)

    return Deed(calls, lambda answers: made(entry(answers[0])), look)


def edit_issue(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """Title, text and due day are a state."""
    act = act_of(request, EditIssue)
    wanted: dict[str, str] = dict(calls[0].body)
    before: dict[str, str] = {}

    def look() -> Outcome | None:
        found = _get(rest, calls[0].url)
        before.update({name: text(found, name) for name in wanted})
        same = before == wanted
        return Outcome(True, f"{act.subject} says so already", _page(found), found=True) if same else None

    def done(answers: Sequence[Any]) -> Outcome:
        # what is empty stays as it is, so what was empty before cannot be given back
        undo = EditIssue(subject=act.subject, **{_FIELDS[name]: said for name, said in before.items()})
        whole = all(before.values())
        return Outcome(True, f"edited {act.subject}", _page(entry(answers[0])), undo=undo if whole else None)

    return Deed(calls, done, look, first=True)


def rerun(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """What is run again has not failed any more: a job is replaced by another one, a pipeline begins anew."""
    act = act_of(request, Rerun)
    one = build(request, act.subject)

    def look() -> Outcome | None:
        home = _path(rest, one.project)
        found = entry(rest.get(f"{home}/{one.kind}s/{one.number}").value)
        if one.kind == "pipeline":
            again = text(found, "status") not in ("failed", "canceled")
        else:
            jobs = _all(rest, f"{home}/pipelines/{inner(found, 'pipeline').get('id')}/jobs", {})
            # the list leaves out jobs that were run again, unless it is asked for them
            again = one.number not in {job.get("id") for job in jobs}
        return Outcome(True, f"{act.subject} runs again", _page(found), found=True) if again else None

    def done(answers: Sequence[Any]) -> Outcome:
        return Outcome(True, f"{act.subject} runs again", _page(entry(answers[0])))

    return Deed(calls, done, look, first=True)


def merge(request: ActRequest, rest: Rest, calls: Sequence[Call]) -> Deed:
    """Merged at the head that was approved; at any other head it is another change."""
    act = act_of(request, Merge)

    def look() -> Outcome | None:
        found = _get(rest, item(request, act.subject).address)
        if (head := text(found, "sha")) != act.head_sha:
            raise Skip(
                f"the head moved: {act.subject} is at {head[:12]}", hint="look again and propose the merge anew"
            )
        if text(found, "state") == "merged":
            sha = text(found, "merge_commit_sha") or text(found, "squash_commit_sha")
            return Outcome(True, f"{act.subject} is merged already", _page(found), {"sha": sha}, True)
        return None

    def done(answers: Sequence[Any]) -> Outcome:
        sha = text(entry(answers[0]), "merge_commit_sha") or text(entry(answers[0]), "squash_commit_sha")
        return Outcome(True, f"merged {act.subject}", _page(entry(answers[0])), {"sha": sha})

    return Deed(calls, done, look, first=True)


def _people(
    request: ActRequest,
    rest: Rest,
    calls: Sequence[Call],
    wanted: tuple[str, set[str], set[str]],
    told: Callable[[Entry, set[str]], Outcome],
) -> Deed:
    """People of a list of the item: key, who shall be in it and who shall not, by login in lower case."""
    key, present, absent = wanted
    address = calls[0].url.removesuffix("/notes")
    before: set[str] = set()

    def there() -> tuple[Entry, set[str]]:
        found = _get(rest, address)
        return found, {text(one, "username").lower() for one in those(found, key)}

    def look() -> Outcome | None:
        nonlocal before
        found, before = there()
        if "reviewers" in found and text(found, "state") != "opened" and key == "reviewers":
            raise Skip(f"{subject_of(request.act)} is {text(found, 'state')}")
        if present <= before and not absent & before:
            return Outcome(True, f"{subject_of(request.act)} is so already", _page(found), found=True)
        return None

    def done(_: Sequence[Any]) -> Outcome:
        # a command that may not be given is passed over, and its answer says little: only the list tells
        found, now = there()
        if refused := sorted((present - now) | (absent & now)):
            raise Skip(f"GitLab did not change {', '.join(refused)} at {subject_of(request.act)}: have they access?")
        return told(found, before)

    return Deed(calls, done, look, first=True)


def _path(rest: Rest, address: str) -> str:
    return address.removeprefix(rest.http.base)


def _get(rest: Rest, address: str) -> Entry:
    return entry(rest.get(_path(rest, address)).value)


def _all(rest: Rest, path: str, asked: Mapping[str, Any]) -> Iterator[Entry]:
    for _, found in listed(rest, path, asked):
        yield from found


def _page(found: Mapping[str, Any]) -> str:
    return text(found, "web_url")
