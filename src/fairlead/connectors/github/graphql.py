"""GraphQL nodes, rewritten into the shapes of the REST API, so that one set of readers reads both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead.connectors.github.commits import change_commit
from fairlead.connectors.github.files import change_file
from fairlead.connectors.github.pulls import snapshot
from fairlead.connectors.github.reviews import say_comment
from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.github.timeline import of_pull
from fairlead.connectors.kit.happened import say_pushed
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.kinds import Time

_Values = dict[str, Any]

_PULL = {
    "number": "number", "url": "html_url", "title": "title", "body": "body", "isDraft": "draft",
    "createdAt": "created_at", "updatedAt": "updated_at", "closedAt": "closed_at", "mergedAt": "merged_at",
    "additions": "additions", "deletions": "deletions", "changedFiles": "changed_files",
}  # fmt: skip
_COMMENT = {"body": "body", "url": "html_url", "path": "path", "createdAt": "created_at", "updatedAt": "updated_at"}
_FILE = {"path": "filename", "additions": "additions", "deletions": "deletions"}
_MILESTONE = {
    "number": "number", "title": "title", "description": "description", "url": "html_url",
    "createdAt": "created_at", "updatedAt": "updated_at", "dueOn": "due_on", "closedAt": "closed_at",
}  # fmt: skip
_EVENTS: Mapping[str, str] = {
    "ReadyForReviewEvent": "ready_for_review", "ConvertToDraftEvent": "convert_to_draft",
    "ReviewRequestedEvent": "review_requested", "ReviewRequestRemovedEvent": "review_request_removed",
    "ReviewDismissedEvent": "review_dismissed", "PullRequestReview": "reviewed", "IssueComment": "commented",
    "LabeledEvent": "labeled", "UnlabeledEvent": "unlabeled", "AssignedEvent": "assigned",
    "UnassignedEvent": "unassigned", "ClosedEvent": "closed", "MergedEvent": "merged", "ReopenedEvent": "reopened",
    "RenamedTitleEvent": "renamed", "BaseRefChangedEvent": "base_ref_changed",
    "HeadRefForcePushedEvent": "head_ref_force_pushed", "AddedToMergeQueueEvent": "added_to_merge_queue",
    "RemovedFromMergeQueueEvent": "removed_from_merge_queue", "AutoMergeEnabledEvent": "auto_merge_enabled",
    "AutoMergeDisabledEvent": "auto_merge_disabled", "LockedEvent": "locked", "UnlockedEvent": "unlocked",
    "MilestonedEvent": "milestoned", "DemilestonedEvent": "demilestoned",
}  # fmt: skip


def graphql_page(sheet: Sheet, body: Doc, commits_before: int = 0) -> None:
    """An answer to one of our queries."""
    repository = body.need("data").need("repository")
    sheet.enter(repository.need_text("nameWithOwner"))
    many, one = repository.child("pullRequests"), repository.child("pullRequest")
    for node in many.children("nodes") if many else ([one] if one else []):
        _pull(sheet, node, commits_before)


def _pull(sheet: Sheet, node: Doc, commits_before: int) -> None:
    values = _picked(node, _PULL)
    state = node.text("state")
    # REST has two states and `merged_at`, GraphQL three states
    values["state"] = (state or "").lower().replace("merged", "closed")
    values["id"] = _number(node, "fullDatabaseId")
    # asking makes GitHub compute it, and the first answer is often `UNKNOWN`
    values["mergeable_state"] = (node.text("mergeStateStatus") or "unknown").lower()
    values |= _actors(node, {"author": "user", "mergedBy": "merged_by"})
    merge, head = node.child("mergeCommit"), node.child("headRepository")
    values["merge_commit_sha"] = merge.text("oid") if merge else None
    values["base"] = {"ref": node.plain("baseRefName"), "sha": node.plain("baseRefOid")}
    values["head"] = {
        "ref": node.plain("headRefName"),
        "sha": node.plain("headRefOid"),
        "repo": {"full_name": head.plain("nameWithOwner")} if head else None,
    }
    values["auto_merge"] = {} if node.child("autoMergeRequest") else None
    values["milestone"] = _milestone(node.child("milestone"))
    values["labels"] = [label.data for label in _nodes(node, "labels")]
    values["assignees"] = [_user(user) for user in _nodes(node, "assignees")]
    values |= _requested(node)
    commits = node.child("commits")
    values["commits"] = commits.whole("totalCount") if commits else None
    pull = Doc(values, node.path)
    change = snapshot(sheet, pull)
    for file in _nodes(node, "files"):
        change_file(sheet, Doc(_file(file), file.path), change)
    _timeline(sheet, node, pull, change, commits_before)


def pushed_since(sheet: Sheet, change: str, commit: Doc, opened: Time) -> None:
    """Commits that are older than the change were there when it was opened; without that time nobody can tell."""
    committer = commit.need("commit").child("committer")
    at = committer.time("date") if committer else None
    if at and opened and opened != OLDEST and at > opened:
        say_pushed(sheet, change, at, sheet.person(commit, "author"), commit.need_text("sha"))


def _file(file: Doc) -> _Values:
    status = (file.text("changeType") or "").lower()
    return {**_picked(file, _FILE), "status": {"deleted": "removed"}.get(status, status) or None}


def _timeline(sheet: Sheet, node: Doc, pull: Doc, change: str, position: int) -> None:
    entries: list[Doc] = []
    merged, created = pull.time("merged_at"), pull.time("created_at")
    for item in _nodes(node, "timelineItems"):
        kind = item.need_text("__typename")
        if kind == "PullRequestCommit":
            commit = _commit(item.need("commit"))
            change_commit(sheet, commit, change, position)
            position += 1
            pushed_since(sheet, change, commit, created)
        elif kind in _EVENTS:
            entries.append(Doc(_entry(item, kind), item.path))
            # comments on lines stand below their review and not in the timeline
            for comment in _nodes(item, "comments"):
                say_comment(sheet, _review_comment(comment, item), change)
    of_pull(sheet, entries, change, [merged] if merged else [])


def _entry(item: Doc, kind: str) -> _Values:
    """A timeline item in REST's shape."""
    values = _picked(item, _COMMENT) | _actors(item, {"actor": "actor", "author": "user", "assignee": "assignee"})
    values["event"] = _EVENTS[kind]
    values |= _picked(item, {"label": "label", "reason": "reason", "previousRefName": "from"})
    if "milestoneTitle" in item:
        values["milestone"] = {"title": item.plain("milestoneTitle")}
    if "previousTitle" in item:
        values["rename"] = {"from": item.plain("previousTitle"), "to": item.plain("currentTitle")}
    # of a force push the head after it; the one before says nothing about now
    commit = item.child("commit") or item.child("afterCommit")
    if commit:
        values["commit_id"] = commit.plain("oid")
    if "fullDatabaseId" in item:
        values["id"] = _number(item, "fullDatabaseId")
    if kind == "PullRequestReview":
        values |= _picked(item, {"state": "state", "submittedAt": "submitted_at"})
    if kind == "ReviewDismissedEvent":
        values["dismissed_review"] = _dismissed(item)
    if asked := item.child("requestedReviewer"):
        values |= {"requested_team": asked.data} if asked.text("slug") else {"requested_reviewer": _user(asked)}
    return values


def _dismissed(item: Doc) -> _Values:
    review = item.child("review")
    return {
        "review_id": _number(review, "fullDatabaseId") if review else None,
        "state": item.plain("previousReviewState"),
        "dismissal_message": item.plain("dismissalMessage"),
    }


def _review_comment(comment: Doc, review: Doc) -> Doc:
    values = _picked(comment, _COMMENT) | _actors(comment, {"author": "user"})
    original = comment.child("originalCommit")
    values["id"] = _number(comment, "fullDatabaseId")
    values["pull_request_review_id"] = _number(review, "fullDatabaseId")
    values["original_commit_id"] = original.plain("oid") if original else None
    return Doc(values, comment.path)


def _commit(node: Doc) -> Doc:
    values: _Values = {
        "sha": node.plain("oid"),
        "html_url": node.plain("url"),
        "parents": [{"sha": parent.plain("oid")} for parent in _nodes(node, "parents")],
    }
    inner: _Values = {"message": node.plain("message")}
    for key, date in (("author", "authoredDate"), ("committer", "committedDate")):
        who = node.child(key)
        inner[key] = {**(_picked(who, {"name": "name", "email": "email"}) if who else {}), "date": node.plain(date)}
        values |= _actors(who, {"user": key}) if who else {}
    return Doc({**values, "commit": inner}, node.path)


def _requested(node: Doc) -> _Values:
    asked = [found for request in _nodes(node, "reviewRequests") if (found := request.child("requestedReviewer"))]
    return {
        "requested_reviewers": [_user(one) for one in asked if not one.text("slug")],
        "requested_teams": [one.data for one in asked if one.text("slug")],
    }


def _milestone(node: Doc | None) -> _Values | None:
    if node is None:
        return None
    return {**_picked(node, _MILESTONE), "state": (node.text("state") or "").lower()}


def _user(node: Doc) -> _Values:
    """An actor; GraphQL writes the login of a bot without its `[bot]`."""
    kind, login = node.text("__typename"), node.text("login")
    if kind == "Bot" and isinstance(login, str) and not login.endswith("[bot]"):
        login = f"{login}[bot]"
    values = {"login": login or None, "type": kind or None, "html_url": node.text("url") or None}
    return {**values, "id": node.plain("databaseId")}


def _actors(node: Doc, names: Mapping[str, str]) -> _Values:
    found: _Values = {}
    for graphql, rest in names.items():
        if graphql in node:
            actor = node.child(graphql)
            found[rest] = _user(actor) if actor else None
    return found


def _picked(node: Doc, names: Mapping[str, str]) -> _Values:
    return {rest: node.data[graphql] for graphql, rest in names.items() if graphql in node.data}


def _nodes(node: Doc, key: str) -> list[Doc]:
    """Nodes of a connection; null stands for what we may not see."""
    connection = node.child(key)
    if connection is None:
        return []
    known = connection.plain("nodes")
    if type(known) is list and None in known:
        connection = Doc({**connection.data, "nodes": [one for one in known if one is not None]}, connection.path)
    return list(connection.children("nodes"))


def _number(node: Doc, key: str) -> int | None:
    """A 64-bit id, which GraphQL writes as text."""
    value = node.plain(key)
    if type(value) is str and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    return node.whole(key) or None
