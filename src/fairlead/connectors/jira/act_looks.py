"""What Jira has to say before and after an act: whether it is there already, what came of it, how it is undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from fairlead.connectors.jira.api import Site, search
from fairlead.connectors.jira.prose import plain
from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.kit.http import Missing
from fairlead.connectors.kit.marks import key_of, spoken
from fairlead.connectors.kit.naming import within
from fairlead.connectors.kit.rest import Entry, entries, number, text
from fairlead.connectors.kit.writing import Deed, act_of, entry, inner, those
from fairlead.model.acts import (
    Assign,
    Comment,
    CreateIssue,
    DeleteComment,
    EditIssue,
    Label,
    MoveInto,
    Transition,
    subject_of,
)  # fmt: skip
from fairlead.model.errors import Skip

_BACK = timedelta(days=30)
"""How far back a look for an issue of ours goes: no approval waits so long between two tries."""
PROPERTY = "fairlead"
"""Entity property that holds the key of the act which made a comment or an issue: nobody sees it, and a look does."""
_FIELDS: Mapping[str, str] = {"summary": "title", "duedate": "due"}
"""Field of an issue -> that of the act."""


def comment(request: ActRequest, site: Site, calls: Sequence[Call]) -> Deed:
    """A comment is found again by the property that it was made with."""
    act = act_of(request, Comment)

    def made(found: Mapping[str, Any], found_again: bool = False) -> Outcome:
        number = text(found, "id")
        undo = DeleteComment(subject=act.subject, comment=number)
        page = _page(request, site)
        return Outcome(True, f"commented on {act.subject}", page, {"comment": number}, found_again, undo)

    def look() -> Outcome | None:
        asked = {"orderBy": "-created", "expand": "properties", "maxResults": 100}
        words = plain(calls[0].body["body"])
        for one in entries(site.rest.get(_path(site, calls[0].url), asked), "comments"):
            # only some versions show the properties along with the list; of others each is asked that says the same
            if "properties" in one:
                ours = any(_is_ours(request, mark) for mark in those(one, "properties"))
            else:
                ours = plain(one.get("body")) == words and _has_mark(request, site, f"comment/{text(one, 'id')}")
            if ours:
                return made(one, True)
        return None

    return Deed(calls, lambda answers: made(entry(answers[0])), look)


def delete_comment(request: ActRequest, site: Site, calls: Sequence[Call]) -> Deed:
    """What is gone is gone, whoever took it away."""
    act = act_of(request, DeleteComment)

    def look() -> Outcome | None:
        try:
            site.rest.get(_path(site, calls[0].url))
        except Missing:
            return Outcome(True, f"the comment on {act.subject} is gone", found=True)
        return None

    return Deed(calls, lambda _: Outcome(True, f"took back the comment on {act.subject}"), look, first=True)


def label(request: ActRequest, site: Site, calls: Sequence[Call]) -> Deed:
    """Labels are a state: what is there is done, and only what changed is undone."""
    act = act_of(request, Label)
    before: set[str] = set()

    def look() -> Outcome | None:
        nonlocal before
        before = {str(one) for one in _fields(site, calls[0].url, "labels").get("labels") or ()}
        wanted, unwanted = ({spoken(name) for name in names} for names in (act.add, act.remove))
        if wanted <= before and not unwanted & before:
            return _already(request, site, "has these labels already")
        return None

    def done(_: Sequence[Any]) -> Outcome:
        undo = Label(
            subject=act.subject,
            add=tuple(name for name in act.remove if name in before),
            remove=tuple(name for name in act.add if name not in before),
        )
        return Outcome(True, f"labelled {act.subject}", _page(request, site), undo=undo)

    return Deed(calls, done, look, first=True)


def assign(request: ActRequest, site: Site, calls: Sequence[Call]) -> Deed:
    """One assignee or nobody."""
    act = act_of(request, Assign)
    [(field, wanted)] = calls[0].body.items()
    before = ""

    def look() -> Outcome | None:
        nonlocal before
        now = inner(_fields(site, calls[0].url.removesuffix("/assignee"), "assignee"), "assignee")
        before = text(now, "accountId") or text(now, "key") or text(now, "name")
        if wanted is None:
            # somebody else has it by now, and is not whom it was to be taken from
            ours = {one.partition(":@")[2] for one in act.remove}
            there = bool({before, text(now, field)} & ours)
            return None if there else _already(request, site, "is with none of them")
        return _already(request, site, "is with them already") if text(now, field) == wanted else None

    def done(_: Sequence[Any]) -> Outcome:
        back = (f"{request.options.source}:@{before}",) if before else ()
        undo = Assign(subject=act.subject, add=back, remove=() if back else act.add)
        return Outcome(True, f"assigned {act.subject}", _page(request, site), undo=undo)

    return Deed(calls, done, look, first=True)


def transition(request: ActRequest, site: Site, calls: Sequence[Call]) -> Deed:
    """A status is reached by a transition whose id depends on where the issue stands."""
    act = act_of(request, Transition)
    before, left = "", list(calls)

    def look() -> Outcome | None:
        nonlocal before
        before = text(inner(_fields(site, calls[0].url.removesuffix("/transitions"), "status"), "status"), "name")
        if before.lower() == act.to.strip().lower():
            return _already(request, site, f"is {before} already")
        possible = entries(site.rest.get(_path(site, calls[0].url)), "transitions")
        left[:] = [replace(calls[0], body={"transition": {"id": _leading_to(act, before, possible)}})]
        return None

    def done(_: Sequence[Any]) -> Outcome:
        undo = Transition(subject=act.subject, to=before)
        return Outcome(True, f"{act.subject} is {act.to}", _page(request, site), undo=undo)

    return Deed(left, done, look, first=True)


def _leading_to(act: Transition, before: str, possible: Sequence[Entry]) -> str:
    wanted = act.to.strip().lower()
    # by the status that it leads to first; its own name is what people see on the button, and may be the same word
    named = [(text(inner(one, "to"), "name"), one) for one in possible] + [
        (text(one, "name"), one) for one in possible
    ]
    for name, one in named:
        if name.lower() == wanted:
            return text(one, "id")
    names = ", ".join(dict.fromkeys(text(inner(one, "to"), "name") for one in possible)) or "none"
    raise Skip(f"from {before} nothing leads {act.subject} to `{act.to}`", hint=f"it can go to: {names}")


def new_issue(request: ActRequest, site: Site, calls: Sequence[Call]) -> Deed:
    """An issue is found again by its property; it cannot be taken back without the right to delete."""
    act = act_of(request, CreateIssue)
    summary = calls[0].body["fields"]["summary"]

    def made(found: Mapping[str, Any], found_again: bool = False) -> Outcome:
        identity = f"{request.options.source}:{text(found, 'key')}"
        page = f"{site.rest.http.base}/browse/{text(found, 'key')}"
        return Outcome(True, f"created {identity}", page, {"id": identity}, found_again)

    def look() -> Outcome | None:
        key, since = within(request, act.place), site.local(request.now - _BACK)
        # properties can be searched for only where an app has them indexed, and titles only by their words
        jql = f'project = "{key}" AND updated >= "{since}" ORDER BY created DESC'
        for _, page in search(site, jql, {"fields": "summary"}):
            for one in page:
                same = text(inner(one, "fields"), "summary") == summary
                if same and _has_mark(request, site, f"issue/{text(one, 'key')}"):
                    return made(one, True)
        return None

    return Deed(calls, lambda answers: made(entry(answers[0])), look)


def edit_issue(request: ActRequest, site: Site, calls: Sequence[Call]) -> Deed:
    """Title, text and due day are a state."""
    act = act_of(request, EditIssue)
    wanted = {name: plain(said) for name, said in calls[0].body["fields"].items()}
    before: dict[str, str] = {}

    def look() -> Outcome | None:
        found = _fields(site, calls[0].url, ",".join(wanted))
        before.update({name: plain(found.get(name)) for name in wanted})
        return _already(request, site, "says so already") if before == wanted else None

    def done(_: Sequence[Any]) -> Outcome:
        # the words of a text would come back without its tables and pictures, so it is not given back at all
        whole = all(before.values()) and "description" not in wanted
        undo = (
            EditIssue(subject=act.subject, **{_FIELDS[name]: said for name, said in before.items()})
            if whole
            else None
        )
        return Outcome(True, f"edited {act.subject}", _page(request, site), undo=undo)

    return Deed(calls, done, look, first=True)


def move_into(request: ActRequest, site: Site, calls: Sequence[Call]) -> Deed:
    """An issue is in one open sprint at a time, or in the backlog; what closed sprints it was in does not count."""
    act = act_of(request, MoveInto)
    key, wanted = within(request, act.subject), act.into.rpartition("/")[2] if "/" in act.into else ""
    before = ""

    def look() -> Outcome | None:
        nonlocal before
        found = entry(site.rest.get(f"/rest/agile/1.0/issue/{quote(key, safe='')}", {"fields": "sprint"}).value)
        held = number(inner(inner(found, "fields"), "sprint"), "id")
        before = str(held) if held else ""
        return _already(request, site, "is there already") if before == wanted else None

    def done(_: Sequence[Any]) -> Outcome:
        back = f"{request.options.source}:sprint/{before}" if before else "sprint"
        undo = MoveInto(subject=act.subject, into=back)
        return Outcome(True, f"moved {act.subject}", _page(request, site), undo=undo)

    return Deed(calls, done, look, first=True)


def _is_ours(request: ActRequest, mark: Mapping[str, Any]) -> bool:
    return mark.get("key") == PROPERTY and inner(mark, "value").get("key") == key_of(request.key)


def _has_mark(request: ActRequest, site: Site, thing: str) -> bool:
    try:
        return _is_ours(request, entry(site.rest.get(f"{site.api}/{thing}/properties/{PROPERTY}").value))
    except Missing:
        return False


def _already(request: ActRequest, site: Site, words: str) -> Outcome:
    return Outcome(True, f"{subject_of(request.act)} {words}", _page(request, site), found=True)


def _page(request: ActRequest, site: Site) -> str:
    return f"{site.rest.http.base}/browse/{within(request, subject_of(request.act))}"


def _path(site: Site, address: str) -> str:
    return address.removeprefix(site.rest.http.base)


def _fields(site: Site, address: str, names: str) -> Entry:
    return inner(entry(site.rest.get(_path(site, address), {"fields": names}).value), "fields")
