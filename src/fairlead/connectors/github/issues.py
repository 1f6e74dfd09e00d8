"""Issues: the object, its webhooks, sub-issues and dependencies."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.github import issue_events as told
from fairlead.connectors.github.milestones import milestone_id
from fairlead.connectors.github.moments import ISSUE_RANKS
from fairlead.connectors.github.paths import issue_of_url
from fairlead.connectors.github.pulls import labels
from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.connector import Rename
from fairlead.connectors.kit.happened import say_link
from fairlead.connectors.kit.moments import EMBEDDED, GONE, SNAPSHOT, USUAL_RANK, filled, version
from fairlead.connectors.kit.payload import Doc
from fairlead.connectors.kit.worktypes import work_type
from fairlead.model.records.kinds import Text
from fairlead.model.records.work import WorkItem


def issue_event(sheet: Sheet, payload: Doc) -> None:
    """An `issues` webhook."""
    issue = payload.need("issue")
    action = payload.need_text("action")
    identity = f"{sheet.repository}#{issue.need_whole('number')}"
    if action == "deleted":
        at = version(issue, "updated_at", "created_at")
        sheet.say(WorkItem(id=identity, source=sheet.source, deleted_at=at), at, GONE)
        return
    say_issue(sheet, issue, ISSUE_RANKS.get(action, USUAL_RANK))
    told.happened(sheet, payload, issue, identity, action)
    # the number and the id of the issue are new ones: only these two tell which belongs to which
    if action in ("transferred", "opened"):
        _transferred(sheet, payload, issue, identity)


def issue_snapshot(sheet: Sheet, issue: Doc) -> None:
    """An issue as the API lists it; the same list holds pull requests, which their own pages tell."""
    if "pull_request" not in issue:
        identity = say_issue(sheet, issue, SNAPSHOT)
        told.dated_by_object(sheet, issue, identity)


def sub_issue_event(sheet: Sheet, payload: Doc) -> None:
    """A `sub_issues` webhook: either end may be in another repository."""
    parent, child = payload.need("parent_issue"), payload.need("sub_issue")
    parent_id = _said_elsewhere(sheet, parent, payload.child("parent_issue_repo"))
    child_id = _said_elsewhere(sheet, child, payload.child("sub_issue_repo"))
    removed = payload.need_text("action").endswith("_removed")
    at = max(version(parent, "updated_at", "created_at"), version(child, "updated_at", "created_at"))
    sheet.say(WorkItem(id=child_id, parent=None if removed else parent_id), at, USUAL_RANK + removed)


def dependency_event(sheet: Sheet, payload: Doc) -> None:
    """An `issue_dependencies` webhook."""
    blocked, blocking = payload.need("blocked_issue"), payload.need("blocking_issue")
    blocked_id = _said_elsewhere(sheet, blocked, payload.child("blocked_issue_repo"))
    blocking_id = _said_elsewhere(sheet, blocking, payload.child("blocking_issue_repo"))
    removed = payload.need_text("action").endswith("_removed")
    at = max(version(blocked, "updated_at", "created_at"), version(blocking, "updated_at", "created_at"))
    gone = at if removed else None
    say_link(sheet, blocking_id, "blocks", blocked_id, at, USUAL_RANK + removed, deleted_at=gone)


def say_issue(sheet: Sheet, issue: Doc, rank: int) -> str:
    """Says all that an issue object carries and gives the item's id."""
    number = issue.need_whole("number")
    identity = f"{sheet.repository}#{number}"
    kind = issue.child("type")
    type_name = kind.text("name") if kind else (None if "type" in issue else UNSET)
    names = labels(issue)
    assignees = sheet.people(issue, "assignees")
    state, reason = issue.text("state"), issue.text("state_reason")
    external = issue.whole("id")
    sheet.say(
        WorkItem(
            id=identity,
            source=sheet.source,
            url=issue.text("html_url"),
            created_at=issue.time("created_at"),
            updated_at=issue.time("updated_at"),
            key=f"{sheet.repository.partition(':')[2]}#{number}",
            external_id=str(external) if external else UNSET,
            repository=sheet.repository,
            title=issue.text("title"),
            body=filled(issue.text("body")),
            type=type_name,
            work_type=work_type(names, type_name, sheet.options),
            status=state if state in ("open", "closed") else UNSET,
            status_category=told.category(state, reason),
            author=sheet.person(issue, "user"),
            assignees=assignees,
            assignee=(assignees[0] if assignees else None) if isinstance(assignees, tuple) else UNSET,
            labels=names,
            parent=_parent(sheet, issue),
            milestone=milestone_id(sheet, issue),
            closed_at=issue.time("closed_at"),
            resolution=reason if state == "closed" else None if state == "open" else UNSET,
        ),
        version(issue, "updated_at", "created_at"),
        rank,
    )
    return identity


def _parent(sheet: Sheet, issue: Doc) -> Text:
    url = issue.text("parent_issue_url")
    return issue_of_url(sheet.source, url) or UNSET if isinstance(url, str) else url


def _said_elsewhere(sheet: Sheet, issue: Doc, repository: Doc | None) -> str:
    """Says an issue of perhaps another repository and gives its id."""
    home, owner = sheet.repository, sheet.owner
    name = repository.text("full_name") if repository else None
    if name:
        sheet.enter(name)
    identity = say_issue(sheet, issue, EMBEDDED)
    sheet.repository, sheet.owner = home, owner
    return identity


def _transferred(sheet: Sheet, payload: Doc, issue: Doc, identity: str) -> None:
    """Both ends of a transfer tell it: the old repository by `transferred`, the new one by `opened`."""
    changes = payload.child("changes")
    if changes is None:
        return
    at: datetime = version(issue, "updated_at", "created_at")
    new, home = changes.child("new_issue"), changes.child("new_repository")
    if new and home:
        target = f"{sheet.source}:{home.need_text('full_name')}#{new.need_whole('number')}"
        sheet.renames.append(Rename(identity, target, at, "work_items"))
    old, former = changes.child("old_issue"), changes.child("old_repository")
    if old and former:
        origin = f"{sheet.source}:{former.need_text('full_name')}#{old.need_whole('number')}"
        sheet.renames.append(Rename(origin, identity, at, "work_items"))
