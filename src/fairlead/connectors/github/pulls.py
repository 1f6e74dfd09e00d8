"""Pull requests: the object, and what its own webhooks tell."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.github.closing import closing_references
from fairlead.connectors.github.milestones import milestone_id
from fairlead.connectors.github.moments import CHANGE_RANKS
from fairlead.connectors.github.pull_events import happened
from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.happened import say_event, say_link
from fairlead.connectors.kit.moments import EMBEDDED, SNAPSHOT, USUAL_RANK, filled, version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.code import Change
from fairlead.model.records.kinds import Flag, Text, Texts

_MERGEABLE = {
    "clean": "clean", "has_hooks": "clean", "dirty": "conflicting", "blocked": "blocked", "draft": "blocked",
    "behind": "behind", "unstable": "unstable",
}  # fmt: skip


def pull_request(sheet: Sheet, payload: Doc) -> None:
    """A `pull_request` webhook."""
    pull = payload.need("pull_request")
    action = payload.need_text("action")
    change = say_change(sheet, pull, CHANGE_RANKS.get(action, USUAL_RANK))
    happened(sheet, payload, pull, change, action)
    if action == "edited":
        _links_edited(sheet, payload, pull, change)


def embedded(sheet: Sheet, pull: Doc) -> str:
    """A pull request that came with an event about something else."""
    return say_change(sheet, pull, EMBEDDED)


def snapshot(sheet: Sheet, pull: Doc) -> str:
    """A pull request as the API lists it, with the events that the object itself dates."""
    change = say_change(sheet, pull, SNAPSHOT)
    created, merged, closed = pull.time("created_at"), pull.time("merged_at"), pull.time("closed_at")
    author = sheet.person(pull, "user")
    if created:
        say_event(sheet, change, "opened", created, actor=author)
        sheet.emit("dev.cdevents.change.created.0.4.0", change, created)
    if merged:
        say_event(
            sheet, change, "merged", merged, actor=sheet.person(pull, "merged_by"), sha=pull.text("merge_commit_sha")
        )
        sheet.emit("dev.cdevents.change.merged.0.3.0", change, merged)
    # who closed it stands in the timeline alone
    elif closed:
        say_event(sheet, change, "closed", closed)
        sheet.emit("dev.cdevents.change.abandoned.0.3.0", change, closed)
    return change


def say_change(sheet: Sheet, pull: Doc, rank: int) -> str:
    """Says all that a pull request object carries and gives the change's id."""
    number = pull.need_whole("number")
    change = f"{sheet.repository}#{number}"
    merged_at = pull.time("merged_at")
    head, base = pull.child("head"), pull.child("base")
    at = version(pull, "updated_at", "created_at")
    sheet.say(
        Change(
            id=change,
            source=sheet.source,
            url=pull.text("html_url"),
            created_at=pull.time("created_at"),
            updated_at=pull.time("updated_at"),
            repository=sheet.repository,
            number=number,
            external_id=_external_id(pull),
            title=pull.text("title"),
            body=filled(pull.text("body")),
            author=sheet.person(pull, "user"),
            state=_state(pull),
            draft=pull.flag("draft"),
            base_branch=base.text("ref") if base else UNSET,
            base_sha=base.text("sha") if base else UNSET,
            head_branch=head.text("ref") if head else UNSET,
            head_repository=_head_repository(sheet, head),
            head_sha=head.text("sha") if head else UNSET,
            # Before the merge this field holds GitHub's own test merge, which is no commit of anybody.
            merge_sha=UNSET if merged_at is UNSET else pull.text("merge_commit_sha") if merged_at else None,
            merged_at=merged_at,
            merged_by=sheet.person(pull, "merged_by"),
            closed_at=pull.time("closed_at"),
            additions=pull.whole("additions"),
            deletions=pull.whole("deletions"),
            changed_files=pull.whole("changed_files"),
            commit_count=pull.whole("commits"),
            labels=labels(pull),
            assignees=sheet.people(pull, "assignees"),
            requested_reviewers=sheet.people(pull, "requested_reviewers"),
            requested_teams=_teams(sheet, pull),
            milestone=milestone_id(sheet, pull),
            auto_merge=_auto_merge(pull),
        ),
        at,
        rank,
    )
    _say_mergeable(sheet, pull, change, at, rank)
    _say_links(sheet, pull, change)
    return change


def say_commented(sheet: Sheet, issue: Doc, change: str) -> None:
    """Says what the issue that a comment on a pull request carries tells of it: less than a pull request object."""
    shadow = issue.child("pull_request")
    merged_at = shadow.time("merged_at") if shadow else UNSET
    state = issue.text("state")
    sheet.say(
        Change(
            id=change,
            source=sheet.source,
            created_at=issue.time("created_at"),
            updated_at=issue.time("updated_at"),
            repository=sheet.repository,
            number=issue.need_whole("number"),
            title=issue.text("title"),
            author=sheet.person(issue, "user"),
            # A closed one may have been merged, which older servers do not tell here.
            state="open" if state == "open" else "merged" if merged_at else UNSET,
        ),
        version(issue, "updated_at", "created_at"),
        EMBEDDED,
    )


def labels(doc: Doc) -> Texts:
    """Names of labels, sorted."""
    if "labels" not in doc:
        return UNSET
    return tuple(sorted({label.need_text("name") for label in doc.children("labels")}))


def _external_id(pull: Doc) -> Text:
    number = pull.whole("id")
    return str(number) if number else UNSET


def _state(pull: Doc) -> Text:
    """`closed` alone does not tell whether it was merged; an object without `merged_at` leaves that open."""
    state, merged_at = pull.text("state"), pull.time("merged_at")
    if merged_at:
        return "merged"
    if state == "closed":
        return UNSET if merged_at is UNSET else "closed"
    return "open" if state == "open" else UNSET


def _head_repository(sheet: Sheet, head: Doc | None) -> Text:
    if head is None or "repo" not in head:
        return UNSET
    repository = head.child("repo")
    name = repository.text("full_name") if repository else None
    return f"{sheet.source}:{name}" if name else name


def _teams(sheet: Sheet, pull: Doc) -> Texts:
    if "requested_teams" not in pull:
        return UNSET
    return tuple(sorted(sheet.team(team.need_text("slug")) for team in pull.children("requested_teams")))


def _auto_merge(pull: Doc) -> Flag:
    return pull.child("auto_merge") is not None if "auto_merge" in pull else UNSET


def _say_mergeable(sheet: Sheet, pull: Doc, change: str, at: datetime, rank: int) -> None:
    """Whether it can be merged moves with the base branch, not with `updated_at`; `unknown` says nothing."""
    found = _MERGEABLE.get(pull.text("mergeable_state") or "")
    if pull.text("state") == "closed":
        sheet.say(Change(id=change, mergeable=None), at, rank)
    elif found:
        sheet.say(Change(id=change, mergeable=found), max(at, sheet.date or at), rank)


def _say_links(sheet: Sheet, pull: Doc, change: str) -> None:
    for item in closing_references(pull.text("body") or "", sheet.source, sheet.repository):
        if item != change:
            say_link(sheet, change, "closes", item, pull.time("created_at") or OLDEST)


def _links_edited(sheet: Sheet, payload: Doc, pull: Doc, change: str) -> None:
    """A keyword taken out of the text takes the link away; put in again, it brings it back."""
    changes = payload.child("changes")
    old = changes.child("body") if changes else None
    if old is None:
        return
    at = version(pull, "updated_at")
    now = closing_references(pull.text("body") or "", sheet.source, sheet.repository)
    before = closing_references(old.text("from") or "", sheet.source, sheet.repository)
    for item in dict.fromkeys((*now, *before)):
        if item == change:
            continue
        gone = None if item in now else at
        say_link(sheet, change, "closes", item, at, CHANGE_RANKS["edited"], deleted_at=gone)
