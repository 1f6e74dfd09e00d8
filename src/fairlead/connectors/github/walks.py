"""How each list of a repository is read: from its mark on, page by page, so that a kill costs one page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fairlead.connectors.github import sweeps
from fairlead.connectors.github.api import PER_PAGE, Api
from fairlead.connectors.github.files import IGNORED_REVISIONS
from fairlead.connectors.kit.connector import Page
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.http import Answer, Missing, next_page
from fairlead.connectors.kit.owners import AT_GITHUB
from fairlead.connectors.kit.rest import Entry, entries, number, text
from fairlead.model.errors import Skip

Walk = Callable[[Api, str, Mark], Iterator[Page]]
"""Takes the repository's path, like `/repos/acme/payments`."""


def whole(kind: str, below: str, params: Mapping[str, Any] | None = None) -> Walk:
    """A short list that has no order of change: all of it, unless the first page is unchanged."""

    def walk(api: Api, home: str, mark: Mark) -> Iterator[Page]:
        for place, answer, _ in api.lists(home + below, params, etag=mark.etag):
            # A first page may stay the same while a later one changes.
            mark.etag = answer.headers.get("etag", "") if place == 1 and next_page(answer) is None else ""
            yield api.page(kind, home + below, answer)

    return walk


def by_updated(kind: str, below: str, params: Mapping[str, Any] | None = None) -> Walk:
    """A list that can be asked for what was updated since.

    Each page begins at the last update of the page before: an entry that is updated meanwhile moves to the end and
    shifts none out of sight, as it would with page numbers.
    """

    def walk(api: Api, home: str, mark: Mark) -> Iterator[Page]:
        since = str(mark.resume.get("since") or mark.value or api.start)
        place, before = 1, b""
        while True:
            asked: dict[str, Any] = {**(params or {}), "sort": "updated", "direction": "asc"}
            asked |= {"per_page": PER_PAGE, "page": place} | ({"since": since} if since else {})
            # Nothing new means the same question as last time, and an unchanged answer costs no limit.
            # The page before once more would look like a hundred changes of one second, and its place be passed over.
            answer = api.following(home + below, asked, before, "" if mark.resume else mark.etag)
            if answer.unchanged:
                return
            before = answer.body
            if not mark.resume:
                mark.etag = answer.headers.get("etag", "")
            found = entries(answer)
            # a hundred entries of one second fill a page: only then the number has to help
            last = max((text(entry, "updated_at") for entry in found), default="")
            mark.later(last)
            since, place = (last, 1) if last > since else (since, place + 1)
            mark.resume["since"] = since
            if found:
                yield api.page(kind, home + below, answer)
            if len(found) < PER_PAGE and next_page(answer) is None:
                return

    return walk


def newest_first(
    kind: str,
    below: str,
    field: str,
    params: Mapping[str, Any] | None = None,
    more: Callable[[Api, str, list[Entry]], Iterator[Page]] | None = None,
) -> Walk:
    """A list that comes newest first: read until what an earlier run has seen; `more` reads what hangs on entries."""

    def walk(api: Api, home: str, mark: Mark) -> Iterator[Page]:
        stop = mark.value or api.start
        first = int(mark.resume.get("page", 1))
        for place, answer, found in api.lists(home + below, params, first=first, etag=mark.etag):
            _turned(mark, place, answer)
            for entry in found:
                mark.later(text(entry, field))
            wanted = [entry for entry in found if text(entry, field) >= stop]
            # entries older than the mark end it, and they come in order
            if not wanted:
                return
            yield api.page(kind, home + below, answer)
            if more is not None:
                yield from more(api, home, wanted)
            if len(wanted) < len(found):
                return

    return walk


def events(api: Api, home: str, mark: Mark) -> Iterator[Page]:
    """Events of all issues and pull requests, newest first, by their growing number."""
    known = int(mark.value or 0)
    first = int(mark.resume.get("page", 1))
    for place, answer, found in api.lists(f"{home}/issues/events", first=first, etag=mark.etag):
        _turned(mark, place, answer)
        mark.following = str(max((number(entry, "id") for entry in found), default=0) or mark.following or "")
        mark.following = str(max(int(mark.following or 0), int(mark.resume.get("top", 0)), known)) or ""
        mark.resume["top"] = int(mark.following or 0)
        yield api.page("issue_events", f"{home}/issues/events", answer)
        # events have no `since`: their growing numbers say where the last run ended
        if any(number(entry, "id") <= known or text(entry, "created_at") < api.start for entry in found):
            return


def code_owners(api: Api, home: str, mark: Mark) -> Iterator[Page]:
    """The CODEOWNERS file that GitHub heeds: the first of three places."""
    for location in AT_GITHUB:
        path = f"{home}/contents/{location}"
        try:
            answer = api.get(path, etag=mark.etag)
        # a file that is not there answers 404, like one that we may not see
        except Skip:
            continue
        mark.etag = answer.headers.get("etag", mark.etag)
        if not answer.unchanged:
            yield api.page("contents", path, answer)
        return


def ignored_revisions(api: Api, home: str, mark: Mark) -> Iterator[Page]:
    """Commits that say nothing about who knows a file; once the file is gone, its document goes too."""
    path = f"{home}/contents/{IGNORED_REVISIONS}"
    try:
        answer = api.get(path, etag=mark.etag)
    except Missing:
        if mark.etag:
            mark.etag = ""
            yield sweeps.no_document(api, home, IGNORED_REVISIONS)
        return
    mark.etag = answer.headers.get("etag", mark.etag)
    if not answer.unchanged:
        yield api.page("contents", path, answer)


def commits(branch: str) -> Walk:
    """Commits of the main branch, newest first; those of changes come with the changes."""

    def walk(api: Api, home: str, mark: Mark) -> Iterator[Page]:
        since = mark.value or api.start
        asked = {"sha": branch} | ({"since": since} if since else {})
        first = int(mark.resume.get("page", 1))
        for place, answer, found in api.lists(f"{home}/commits", asked, first=first, etag=mark.etag):
            _turned(mark, place, answer)
            for entry in found:
                mark.later(_committed_at(entry))
            if found:
                yield api.page("commits", f"{home}/commits", answer)

    return walk


def deployments(api: Api, home: str, mark: Mark) -> Iterator[Page]:
    """Deployments newest first with their statuses; the mark stays at the oldest that is still on its way."""
    stop = mark.value or api.start
    pending = str(mark.resume.get("pending", ""))
    first = int(mark.resume.get("page", 1))
    for place, answer, found in api.lists(f"{home}/deployments", first=first, etag=mark.etag):
        wanted = [entry for entry in found if text(entry, "created_at") >= stop]
        _turned(mark, place, answer)
        if not wanted:
            break
        yield api.page("deployments", f"{home}/deployments", answer)
        for entry in wanted:
            # its end comes as a status of its own, days later where somebody must approve
            created = text(entry, "created_at")
            mark.later(created)
            path = f"{home}/deployments/{number(entry, 'id')}/statuses"
            ended = False
            for _, statuses, told in api.lists(path):
                ended = ended or any(text(status, "state") in _ENDED for status in told)
                if told:
                    yield api.page("deployment_statuses", path, statuses)
            if not ended and created > api.recently:
                pending = min(pending or created, created)
        mark.resume["pending"] = pending
        if len(wanted) < len(found):
            break
    if pending:
        mark.following = pending


_ENDED = ("success", "failure", "error", "inactive")


def _turned(mark: Mark, place: int, answer: Answer) -> None:
    """Notes the page and, at the first, the mark by which the server tells that the list is unchanged."""
    mark.resume["page"] = place
    if place == 1:
        mark.etag = answer.headers.get("etag", "")


def _committed_at(entry: Entry) -> str:
    commit = entry.get("commit")
    committer = commit.get("committer") if isinstance(commit, dict) else None
    return text(committer, "date") if isinstance(committer, dict) else ""
