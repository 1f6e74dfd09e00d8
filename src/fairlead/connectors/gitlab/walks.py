"""Lists that change all the time: merge requests, issues, pipelines, deployments, commits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from fairlead.connectors.gitlab.api import PER_PAGE, Project, listed
from fairlead.connectors.kit.connector import Page
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.http import TRIES, Answer
from fairlead.connectors.kit.payload import decode
from fairlead.connectors.kit.rest import Entry, Rest, entries, number, text
from fairlead.model.errors import Retry, Skip
from fairlead.model.times import iso, parse_time

_OVERLAP = timedelta(minutes=2)
"""What was changed while a page was made may appear a little late."""
_LATE_COMMITS = timedelta(days=3)
"""A commit is listed by its own date and may be pushed days after it."""
_ADDED = re.compile(r"added \d+ (?:new )?commits?\b")
_OF_CHANGE = ("notes", "resource_state_events", "resource_label_events", "resource_milestone_events")
_OF_ISSUE = (*_OF_CHANGE, "links")
_PREMIUM = ("resource_iteration_events", "resource_weight_events")


def merge_requests(rest: Rest, project: Project, mark: Mark) -> Iterator[Page]:
    """Merge requests by their last change, each with its notes, events, commits and versions."""
    path = f"{project.home}/merge_requests"
    for answer, found in _by_update(rest, path, mark, {"scope": "all", "state": "all"}):
        yield rest.page("merge_requests", path, answer, project=project.path)
        for entry in found:
            about, below = f"{_source(rest, project)}!{number(entry, 'iid')}", f"{path}/{number(entry, 'iid')}"
            # whoever pushed stands in a note, and what was pushed in a version: the notes are read first
            pushers: list[str] = []
            for page in _below(rest, project, below, about, _OF_CHANGE):
                pushers += _pushers(page) if page.kind == "api:notes" else ()
                yield page
            yield from _one_list(rest, project, "change_commits", f"{below}/commits", about)
            yield from _versions(rest, project, f"{below}/versions", about, pushers)
            mark.resume["from"] = text(entry, "updated_at")


def issues(rest: Rest, project: Project, mark: Mark) -> Iterator[Page]:
    """Issues by their last change, each with its notes, events and links."""
    path = f"{project.home}/issues"
    # lists below an issue that the plan has are found by asking for the first one
    premium = list(_PREMIUM)
    for answer, found in _by_update(rest, path, mark, {"scope": "all"}):
        yield rest.page("issues", path, answer, project=project.path)
        for entry in found:
            about, below = f"{_source(rest, project)}#{number(entry, 'iid')}", f"{path}/{number(entry, 'iid')}"
            yield from _below(rest, project, below, about, _OF_ISSUE)
            for name in list(premium):
                try:
                    yield from _one_list(rest, project, name, f"{below}/{name}", about)
                except Skip:
                    premium.remove(name)
            mark.resume["from"] = text(entry, "updated_at")


def pipelines(rest: Rest, project: Project, mark: Mark) -> Iterator[Page]:
    """Pipelines by their last change: the list lacks their times, so each is asked for, and its jobs."""
    path = f"{project.home}/pipelines"
    for _, found in _by_update(rest, path, mark, {}):
        for entry in found:
            below = f"{path}/{number(entry, 'id')}"
            yield rest.page("pipelines", below, rest.get(below), project=project.path)
            # without this word a job that was run again hides its first try
            for answer, jobs in listed(rest, f"{below}/jobs", {"include_retried": "true"}):
                if jobs:
                    yield rest.page("jobs", f"{below}/jobs", answer, project=project.path)
            mark.resume["from"] = text(entry, "updated_at")


def deployments(rest: Rest, project: Project, mark: Mark) -> Iterator[Page]:
    """Deployments by their last change."""
    path = f"{project.home}/deployments"
    for answer, found in _by_update(rest, path, mark, {}):
        yield rest.page("deployments", path, answer, project=project.path)
        mark.resume["from"] = text(found[-1], "updated_at")


def commits(rest: Rest, project: Project, mark: Mark) -> Iterator[Page]:
    """Commits of all branches, newest first."""
    path = f"{project.home}/repository/commits"
    asked = {"all": "true", "with_stats": "true"}
    if since := _earlier(mark.value, _LATE_COMMITS) or rest.start:
        asked["since"] = since
    for answer, found in listed(rest, path, asked):
        rest.tell(f"{project.path}: commits")
        for entry in found:
            mark.later(text(entry, "committed_date"))
        if found:
            yield rest.page("commits", path, answer, project=project.path)


def _by_update(rest: Rest, path: str, mark: Mark, params: Mapping[str, Any]) -> Iterator[tuple[Answer, list[Entry]]]:
    """Entries from the mark on, oldest change first, each once.

    Each page is asked for by the time of the last entry before it and not by its number: an entry that changes while
    we read moves to the end, all behind it move up, and a numbered page would miss one.
    """
    since = str(mark.resume.get("from") or _earlier(mark.value, _OVERLAP) or rest.start)
    page, seen = 1, set[tuple[int, str]]()
    while True:
        asked = {**params, "order_by": "updated_at", "sort": "asc", "per_page": PER_PAGE, "page": page}
        answer = _from(rest, path, {**asked, "updated_after": since} if since else asked)
        listed_now = entries(answer)
        found = [entry for entry in listed_now if (number(entry, "id"), text(entry, "updated_at")) not in seen]
        rest.tell(f"{path.removeprefix('/projects/').replace('%2F', '/')} since {since[:10] or 'the beginning'}")
        if found:
            for entry in found:
                mark.later(text(entry, "updated_at"))
            yield answer, found
        if len(listed_now) < PER_PAGE:
            return
        seen = {(number(entry, "id"), text(entry, "updated_at")) for entry in listed_now}
        last = text(listed_now[-1], "updated_at")
        # a hundred changed in one moment: only then the number has to help
        page, since = (page + 1, since) if last == since else (1, last)


def _from(rest: Rest, path: str, asked: Mapping[str, Any]) -> Answer:
    """A page of what changed from a moment on, asked for again where it begins earlier: then it is the page before.

    That one would look like a hundred changes of one moment, and the page in its place would be passed over.
    """
    since = _moment(str(asked.get("updated_after") or ""))
    for _ in range(TRIES):
        answer = rest.get(path, asked)
        first = next((_moment(text(entry, "updated_at")) for entry in entries(answer)), None)
        if not since or not first or first >= since:
            return answer
    raise Retry(f"`{path}` gives older changes than the ones asked for")


def _below(rest: Rest, project: Project, below: str, about: str, names: tuple[str, ...]) -> Iterator[Page]:
    for name in names:
        try:
            yield from _one_list(rest, project, name, f"{below}/{name}", about)
        except Skip as fault:
            # an entry without its events is still one, but what it lacks is told
            rest.leave_out(f"{name} of {about}: {fault.message}")


def _one_list(rest: Rest, project: Project, kind: str, path: str, about: str) -> Iterator[Page]:
    for answer, found in listed(rest, path):
        if found:
            yield rest.page(kind, path, answer, project=project.path, about=about)


def _versions(rest: Rest, project: Project, path: str, about: str, pushers: list[str]) -> Iterator[Page]:
    """The pushes after the opening; the oldest version is the opening itself and is named beside the pages."""
    pages = list(listed(rest, path))
    oldest = next((text(found[-1], "head_commit_sha") for _, found in reversed(pages) if found), "")
    noted = {"about": about, "first": oldest, "pushers": " ".join(sorted(pushers))}
    for answer, found in pages:
        if found:
            yield rest.page("versions", path, answer, project=project.path, **noted)


def _pushers(page: Page) -> list[str]:
    """Who pushed when, by GitLab's own notes: the versions of a merge request do not tell whose they are."""
    found = []
    for note in decode(page.body):
        author = note.get("author")
        if note.get("system") is True and _ADDED.match(text(note, "body")) and isinstance(author, dict):
            found.append(f"{text(note, 'created_at')}={text(author, 'username')}")
    return found


def _moment(moment: str) -> datetime | None:
    try:
        return parse_time(moment)
    except ValueError:
        return None


def _earlier(moment: str, by: timedelta) -> str:
    found = _moment(moment)
    return iso(found - by) if found else ""


def _source(rest: Rest, project: Project) -> str:
    return f"{rest.request.options.source}:{project.path}"
