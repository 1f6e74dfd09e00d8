"""Merge requests: the object by webhook and by API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.gitlab import change_events as told
from fairlead.connectors.gitlab.change_diff import differences
from fairlead.connectors.gitlab.closing import closing_references
from fairlead.connectors.gitlab.places import milestone_of
from fairlead.connectors.gitlab.sheet import Sheet, second, seconds
from fairlead.connectors.kit.happened import say_event, say_link, say_pushed
from fairlead.connectors.kit.moments import EMBEDDED, SNAPSHOT, USUAL_RANK
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.code import Change
from fairlead.model.records.kinds import Text, Texts, Time

_STATES: Mapping[str, str] = MappingProxyType(
    {"opened": "open", "locked": "open", "closed": "closed", "merged": "merged"}
)
_RANKS: Mapping[str, int] = MappingProxyType(
    {"open": 10, "update": 20, "approval": 22, "approved": 23, "unapproval": 24, "unapproved": 25, "close": 30,
     "reopen": 31, "merge": 40}
)  # fmt: skip
_MERGEABLE: Mapping[str, str] = MappingProxyType(
    {
        "mergeable": "clean", "conflict": "conflicting", "need_rebase": "behind", "ci_still_running": "unstable",
        "broken_status": "conflicting", "cannot_be_merged": "conflicting", "can_be_merged": "clean",
        **dict.fromkeys(
            ("ci_must_pass", "not_approved", "discussions_not_resolved", "draft_status", "blocked_status",
             "requested_changes", "merge_request_blocked", "external_status_checks", "jira_association_missing",
             "policies_denied", "security_policy_violations", "locked_paths", "locked_lfs_files"),
            "blocked",
        ),
    }
)  # fmt: skip
"""`unchecked`, `checking` and `preparing` say nothing; `not_open` is told by the state."""


def merge_request_event(sheet: Sheet, payload: Doc) -> None:
    """A `merge_request` webhook."""
    found = payload.need("object_attributes")
    action = found.text("action") or "update"
    # who may be named elsewhere by number alone is learnt first
    actor = sheet.person(payload, "user")
    people = sheet.people_of(payload, "assignees", found, "assignee_ids")
    reviewers = sheet.people_of(payload, "reviewers", found, "reviewer_ids")
    change = _say(sheet, found, people, reviewers, _RANKS.get(action, USUAL_RANK))
    at = seconds(found, "updated_at", "created_at")
    if action == "merge":
        _ended(sheet, change, found, at, merged_by=actor)
    elif action == "close":
        _ended(sheet, change, found, at)
    _happened(sheet, payload, found, change, action, at, actor)


def embedded(sheet: Sheet, found: Doc) -> str:
    """A merge request that came with a comment or a pipeline; the first of its few fields is its number."""
    if "updated_at" not in found:
        return f"{sheet.repository}!{found.need_whole('iid')}"
    return _say(sheet, found, UNSET, UNSET, EMBEDDED)


def merge_request_page(sheet: Sheet, found: Doc) -> None:
    """A merge request as the API lists it, with the events that the object itself dates."""
    assignees = sheet.people_of(found, "assignees", found, "assignee_ids")
    reviewers = sheet.people_of(found, "reviewers", found, "reviewer_ids")
    change = _say(sheet, found, assignees, reviewers, SNAPSHOT)
    if created := second(found, "created_at"):
        told.opened(sheet, change, created, sheet.person(found, "author"))
    if merged := second(found, "merged_at"):
        by = sheet.person(found, "merge_user") if "merge_user" in found else sheet.person(found, "merged_by")
        told.merged(sheet, change, merged, by, _merge_sha(found))


def titles(doc: Doc, key: str = "labels") -> Texts:
    """Names of labels, sorted: texts by the API, objects by webhook."""
    if key not in doc:
        return UNSET
    value = doc.plain(key)
    if isinstance(value, list) and value and isinstance(value[0], str):
        return tuple(sorted(set(doc.texts(key))))
    return tuple(sorted({label.text("title") or label.need_text("name") for label in doc.children(key)}))


def _say(sheet: Sheet, found: Doc, assignees: Texts, reviewers: Texts, rank: int) -> str:
    change = f"{sheet.repository}!{found.need_whole('iid')}"
    at = seconds(found, "updated_at", "created_at")
    state = _STATES.get(found.text("state") or "", UNSET)
    number = found.whole("id")
    author = sheet.person(found, "author") if "author" in found else sheet.numbered(found, "author_id")
    # a webhook has the last commit as an object, the API its hash alone
    last = found.child("last_commit")
    refs = found.child("diff_refs")
    sheet.say(
        Change(
            id=change,
            source=sheet.source,
            url=found.text("web_url") or found.text("url") or UNSET,
            created_at=second(found, "created_at"),
            updated_at=second(found, "updated_at"),
            repository=sheet.repository,
            number=found.whole("iid"),
            external_id=str(number) if number else UNSET,
            title=found.text("title"),
            body=found.text("description") or (None if "description" in found else UNSET),
            author=author,
            state=state,
            draft=found.flag("draft") if "draft" in found else found.flag("work_in_progress"),
            base_branch=found.text("target_branch"),
            base_sha=(refs.text("base_sha") if refs else None) or UNSET,
            head_branch=found.text("source_branch"),
            head_repository=_head_repository(sheet, found),
            head_sha=last.text("id") if last else found.text("sha") or UNSET,
            merge_sha=_merge_sha(found),
            merged_at=_when(found, state, "merged"),
            closed_at=_when(found, state, "closed"),
            merged_by=_merged_by(sheet, found, state),
            labels=titles(found),
            assignees=assignees,
            requested_reviewers=reviewers,
            milestone=milestone_of(sheet, found),
            auto_merge=found.flag("merge_when_pipeline_succeeds"),
        ),
        at,
        rank,
    )
    _say_mergeable(sheet, found, change, state, at, rank)
    for item in closing_references(found.text("description") or "", sheet.source, sheet.repository):
        say_link(sheet, change, "closes", item, second(found, "created_at") or OLDEST)
    return change


def _when(found: Doc, state: Text, word: str) -> Time:
    """When it ended. Webhooks leave these times out, so only what is open is known to have none."""
    if state == "open":
        return None
    if "merged_at" not in found:
        return UNSET
    merged = second(found, "merged_at")
    return merged if word == "merged" else merged or second(found, "closed_at")


def _merged_by(sheet: Sheet, found: Doc, state: Text) -> Text:
    if state == "open":
        return None
    return sheet.person(found, "merge_user") if "merge_user" in found else sheet.person(found, "merged_by")


def _merge_sha(found: Doc) -> Text:
    """The commit that brought it in: a merge, a squash, or with fast-forward its own last one."""
    if found.text("state") != "merged":
        return UNSET
    made = found.text("merge_commit_sha") or found.text("squash_commit_sha")
    # A webhook does not tell of a squash, so the lack of a merge commit means nothing there.
    return made or (found.text("sha") if "squash_commit_sha" in found else None) or UNSET


def _head_repository(sheet: Sheet, found: Doc) -> Text:
    source = found.child("source")
    if source and (path := source.text("path_with_namespace")):
        return f"{sheet.source}:{path}"
    target = found.whole("target_project_id")
    return sheet.repository if target and found.whole("source_project_id") == target else UNSET


def _say_mergeable(sheet: Sheet, found: Doc, change: str, state: Text, at: datetime, rank: int) -> None:
    """Whether it can be merged moves with the target branch, not with `updated_at`."""
    word = _MERGEABLE.get(found.text("detailed_merge_status") or found.text("merge_status") or "")
    if state in ("closed", "merged"):
        sheet.say(Change(id=change, mergeable=None), at, rank)
    elif word:
        sheet.say(Change(id=change, mergeable=word), max(at, sheet.date or at), rank)


def _ended(sheet: Sheet, change: str, found: Doc, at: datetime, merged_by: Text = UNSET) -> None:
    """What the webhook of an end tells by its own time."""
    merged = found.text("action") == "merge"
    record = Change(id=change, merged_at=at if merged else UNSET, closed_at=at, merged_by=merged_by)
    sheet.say(record, at, _RANKS["merge" if merged else "close"])


def _happened(sheet: Sheet, payload: Doc, found: Doc, change: str, action: str, at: datetime, actor: Text) -> None:
    last = found.child("last_commit")
    head = last.text("id") if last else UNSET
    if action == "open":
        told.opened(sheet, change, second(found, "created_at") or at, actor)
    elif action == "merge":
        told.merged(sheet, change, at, actor, _merge_sha(found))
    elif action == "close":
        told.closed(sheet, change, at, actor)
    elif action == "reopen":
        say_event(sheet, change, "reopened", at, actor=actor)
    # `approved` once all rules are met, `approval` before; either is one approval
    elif action in ("approval", "approved"):
        told.approved(sheet, change, at, actor)
    elif action in ("unapproval", "unapproved"):
        # approvals that a push resets are those of others, whom the payload does not name
        whose = UNSET if payload.flag("system") or found.flag("system") else actor
        told.unapproved(sheet, change, at, actor, whose)
    if action == "update" and found.text("oldrev") and isinstance(head, str):
        say_pushed(sheet, change, at, actor, head)
    # what came with the opening is no change of anything
    if action != "open" and (changes := payload.child("changes")):
        differences(sheet, changes, change, at, actor)
    if action not in ("open", "merge", "close"):
        sheet.emit("dev.cdevents.change.updated.0.3.0", change, at, action=action)
