"""The sync: sprints of the boards, versions, and issues by the time of their last change.

Issues come in the order of that time, so a run that was killed, or whose search token has expired, goes on from the
last issue that it had instead of from a place in a list that has moved on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import quote

import msgspec

from fairlead.connectors.jira.api import Site, connect, first_day, issue_path, keys_of, listed, search
from fairlead.connectors.jira.history import entry, first_status
from fairlead.connectors.jira.issues import is_whole
from fairlead.connectors.jira.sheet import Sheet
from fairlead.connectors.jira.sprints import sprint_id
from fairlead.connectors.jira.versions import version_id
from fairlead.connectors.kit.connector import Page, SyncRequest
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.http import Answer, Missing
from fairlead.connectors.kit.ids import gone_page, ids_page
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.rest import Entry, entries, number, text
from fairlead.connectors.kit.steps import Step, walked
from fairlead.model.errors import Skip
from fairlead.model.raw import content_id
from fairlead.model.times import iso, parse_time

_OVERLAP = timedelta(minutes=2)
"""The index of the search is a little behind the issues."""


def sync(request: SyncRequest) -> Iterator[Page]:
    """Raw pages, each with the state after it."""
    site = connect(request)
    site.learn()
    keys = keys_of(site)
    _missed(site, keys)
    steps = [
        *(_board_step(site, board) for board in _boards(site)),
        *(Step(f"{key}: versions", partial(_versions, site, key)) for key in keys),
        *(Step(f"{key}: issues", partial(_issues, site, key)) for key in keys),
        *(Step(f"{key}: deleted issues and comments", partial(_ids, site, key)) for key in keys if request.full),
    ]
    site.rest.total = len(steps)
    return walked(site.rest, steps)


def _board_step(site: Site, board: Entry) -> Step:
    # a board of a project that its team manages may do without sprints, and Jira then refuses to list them
    optional = text(board, "type") != "scrum"
    return Step(f"board {number(board, 'id')}: sprints", partial(_sprints, site, board), optional)


def _missed(site: Site, keys: list[str]) -> None:
    """Projects that earlier runs have read and that are out of sight now: nothing was deleted, we may not look."""
    marks = site.rest.request.state.get("marks")
    for name in sorted(marks) if isinstance(marks, dict) else ():
        key, _, rest = name.partition(": ")
        if rest == "issues" and key not in keys:
            site.rest.leave_out(f"{key} can no longer be seen by this account, or is no longer asked for")


def _boards(site: Site) -> list[Entry]:
    """Boards with sprints; those of teams that manage their project may have some."""
    try:
        pages = listed(site.rest, "/rest/agile/1.0/board", "values")
        return [one for _, found in pages for one in found if text(one, "type") != "kanban"]
    except Skip as fault:
        site.rest.leave_out(f"sprints: {fault.message}")
        return []


def _sprints(site: Site, board: Entry, mark: Mark) -> Iterator[Page]:
    """All sprints of a board at first; later those that are not closed, and those that have been closed since."""
    rest, name = site.rest, number(board, "id")
    seen, _, still = mark.value.partition(" ")
    path, place = f"/rest/agile/1.0/board/{name}/sprint", board.get("location")
    project = text(place, "projectKey") if isinstance(place, dict) else ""
    found = list(listed(rest, path, "values", {"state": "active,future"} if mark.value else None))
    sprints = [one for _, page in found for one in page]
    open_ids = {number(one, "id") for one in sprints if text(one, "state") != "closed"}
    rest.tell(f"board {name}: sprints")
    answers = [(path, answer) for answer, _ in found]
    closed, gone = _closed(site, [one for one in still.split(",") if one and int(one) not in open_ids])
    digest = content_id(
        *(msgspec.json.encode(one, order="sorted") for one in sprints if number(one, "id") in open_ids)
    )
    mark.following = f"{digest} {','.join(str(one) for one in sorted(open_ids))}"
    if digest != seen or still != mark.following.partition(" ")[2]:
        for asked, answer in answers + closed:
            # A sprint that is reopened looks as it did before: without the time its page would be one that is known.
            yield rest.page("sprints", asked, answer, board=str(name), project=project, read=iso(rest.http.now))
    if gone:
        yield gone_page("sprints", (sprint_id(rest.request.options.source, one) for one in gone), rest.http.now)


def _closed(site: Site, ids: list[str]) -> tuple[list[tuple[str, Answer]], list[str]]:
    """Sprints that were open and are no more: closed ones, and which were deleted, since their board answered."""
    found, gone = [], []
    for one in ids:
        path = f"/rest/agile/1.0/sprint/{one}"
        try:
            found.append((path, site.rest.get(path)))
        except Missing:
            gone.append(one)
    return found, gone


def _versions(site: Site, key: str, mark: Mark) -> Iterator[Page]:
    path = f"{site.api}/project/{quote(key, safe='')}/versions"
    seen, _, before = mark.value.partition(" ")
    answer = site.rest.get(path)
    digest, ids = content_id(answer.body), [text(one, "id") for one in entries(answer)]
    mark.following = f"{digest} {','.join(ids)}"
    if ids and digest != seen:
        yield site.rest.page("versions", path, answer, read=iso(site.rest.http.now))
    # versions of all projects share one space of ids, so that only this list itself tells which of them it has lost
    if gone := [one for one in before.split(",") if one and one not in ids]:
        source = site.rest.request.options.source
        yield gone_page("milestones", (version_id(source, one) for one in gone), site.rest.http.now)


def _issues(site: Site, key: str, mark: Mark) -> Iterator[Page]:
    began = str(mark.resume.get("began") or iso(site.rest.http.now))
    mark.resume["began"] = began
    start = parse_time(mark.value) if mark.value else first_day(site.rest.request.since)
    last = parse_time(str(mark.resume.get("from") or "")) or (start or first_day(None)) - _OVERLAP
    while True:
        begun = last
        try:
            for answer, found in search(site, _jql(site, key, last), {"fields": "*all", "expand": "changelog"}):
                site.rest.tell(f"{key}: issues changed since {begun:%Y-%m-%d}")
                if found:
                    yield site.rest.page("issues", f"{site.api}/search", answer, **site.notes)
                for issue in found:
                    yield from _below(site, issue)
                    # after the issue was read whole, and never backwards
                    last = max(last, _updated(issue) or last)
                mark.resume["from"] = iso(last)
                # Data Center counts places, and an issue that changes meanwhile leaves its place to the next: as soon
                # as time has moved on, another search begins there.
                if not site.cloud and site.local(last) != site.local(begun):
                    break
            else:
                break
        except Skip:
            # The token of a search expires. From the last issue on it is another search; without any progress it is
            # something else that is wrong.
            if last == begun:
                raise
    mark.following = began


def _jql(site: Site, key: str, since: datetime) -> str:
    return f'{_project(key)} AND updated >= "{site.local(since)}" ORDER BY updated ASC, key ASC'


def _project(key: str) -> str:
    # a key comes from a file that people write, and a quotation mark in it would change the query
    return f'project = "{key.replace(chr(34), "")}"'


def _below(site: Site, issue: Entry) -> Iterator[Page]:
    """What did not fit into the search: the rest of a long changelog, and of many comments."""
    key, log, inner = text(issue, "key"), issue.get("changelog"), issue.get("fields")
    if isinstance(log, dict) and not is_whole(log):
        yield from _changelog(site, key, inner if isinstance(inner, dict) else {})
    comment = inner.get("comment") if isinstance(inner, dict) else None
    if isinstance(comment, dict) and number(comment, "total") > len(comment.get("comments") or ()):
        path = issue_path(site, key, "comment")
        for answer, found in listed(site.rest, path, "comments"):
            if found:
                yield site.rest.page("comments", path, answer)


def _changelog(site: Site, key: str, inner: Entry) -> Iterator[Page]:
    """All pages are read before the first is given: with it goes the status before the first step of all."""
    path = issue_path(site, key, "changelog")
    pages = list(listed(site.rest, path, "values"))
    sheet = Sheet(site.rest.request.options, None, {})
    first = first_status(entry(sheet, Doc(one, "values")) for _, found in pages for one in found)
    status = inner.get("status")
    if first is None and isinstance(status, dict):
        first = (text(status, "id"), text(status, "name"))
    created = text(inner, "created")
    for place, (answer, _) in enumerate(pages):
        begun = {"created": created, "first": first[0], "first_name": first[1]} if first and place == 0 else {}
        yield site.rest.page("changelog", path, answer, **site.notes, **begun)


def _ids(site: Site, key: str, _mark: Mark) -> Iterator[Page]:
    """Keys of all issues of a project. A project out of sight is refused, and then nothing is taken for deleted.

    What Jira restricts to some people is missing here without having been deleted: the records of such issues and
    comments say so themselves, and no list buries them.
    """
    source, at = site.rest.request.options.source, None
    names: list[str] = []
    said: list[str] = []
    unseen = told = 0
    for answer, found in search(site, f"{_project(key)} ORDER BY key ASC", {"fields": "comment"}):
        at = at or answer.date
        told = max(told, number(answer.value, "total") if isinstance(answer.value, dict) else 0)
        for issue in found:
            names.append(f"{source}:{text(issue, 'key')}")
            comments = _comments(site, issue)
            unseen += comments is None
            said += (f"{names[-1]}/comment/{text(one, 'id')}" for one in comments or ())
    scope, moment = f"{source}:{key}-", at or site.rest.http.now
    # Data Center counts places: what is deleted meanwhile pulls another issue over the edge of a page
    if len(names) < told:
        raise Skip(f"the list holds {len(names)} of {told} issues; nothing is taken for deleted")
    yield ids_page("work_items", scope, names, moment)
    # one list tells of the comments of all issues: with a hole in it, it would bury what lies there
    if unseen:
        site.rest.leave_out(f"{key}: deleted comments, for {unseen} issues do not show theirs")
    else:
        yield ids_page("messages", scope, said, moment)


def _comments(site: Site, issue: Entry) -> list[Entry] | None:
    """Comments that we may read; `None` where the issue does not show any, as its field may be hidden."""
    inner = issue.get("fields")
    comment = inner.get("comment") if isinstance(inner, dict) else None
    held = comment.get("comments") if isinstance(comment, dict) else None
    if not isinstance(comment, dict) or not isinstance(held, list):
        return None
    # a list that was cut off would bury what it leaves out
    if number(comment, "total") > len(held):
        path = issue_path(site, text(issue, "key"), "comment")
        try:
            return [one for _, found in listed(site.rest, path, "comments") for one in found]
        except Missing:
            # deleted since the search listed it, and its comments went with it
            return []
    return [one for one in held if isinstance(one, dict)]


def _updated(issue: Entry) -> datetime | None:
    inner = issue.get("fields")
    try:
        found = parse_time(text(inner, "updated")) if isinstance(inner, dict) else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found else None
