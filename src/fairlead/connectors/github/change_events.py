"""What happens to a change, told alike by its webhooks and by its timeline."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.happened import say_event
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text

LABELLED = {"labeled": "labeled", "unlabeled": "unlabeled"}
ASSIGNED = {"assigned": "assigned", "unassigned": "unassigned"}
MILESTONED = {"milestoned": "milestoned", "demilestoned": "demilestoned"}
REQUESTED = {"review_requested": "review_requested", "review_request_removed": "review_request_removed"}
PLAIN = {
    "reopened": "reopened",
    "ready_for_review": "ready",
    "converted_to_draft": "drafted",
    "convert_to_draft": "drafted",
    "enqueued": "queued",
    "added_to_merge_queue": "queued",
    "dequeued": "dequeued",
    "removed_from_merge_queue": "dequeued",
    "auto_merge_enabled": "auto_merge_enabled",
    "auto_squash_enabled": "auto_merge_enabled",
    "auto_rebase_enabled": "auto_merge_enabled",
    "auto_merge_disabled": "auto_merge_disabled",
    "locked": "locked",
    "unlocked": "unlocked",
}
"""Action of a webhook or name in the timeline -> kind, for those that concern nobody in particular."""


def say_labelled(sheet: Sheet, change: str, kind: str, at: datetime, actor: Text, doc: Doc) -> None:
    """A label came or went."""
    label = doc.child("label")
    if label:
        say_event(sheet, change, LABELLED[kind], at, actor=actor, detail=label.need_text("name"))


def say_assigned(sheet: Sheet, change: str, kind: str, at: datetime, actor: Text, doc: Doc) -> None:
    """Somebody was assigned or relieved."""
    who = sheet.account(doc.child("assignee"))
    if who:
        say_event(sheet, change, ASSIGNED[kind], at, actor=actor, subject=who)


def say_milestoned(sheet: Sheet, change: str, kind: str, at: datetime, actor: Text, doc: Doc) -> None:
    """It entered or left a milestone."""
    milestone = doc.child("milestone")
    title = milestone.text("title") if milestone else UNSET
    say_event(sheet, change, MILESTONED[kind], at, actor=actor, detail=title)


def say_requested(sheet: Sheet, change: str, kind: str, at: datetime, actor: Text, doc: Doc) -> None:
    """A review was asked of a person or a team, or no longer."""
    # a request of a team has no person, and one of a person no team
    team = doc.child("requested_team")
    who = sheet.account(doc.child("requested_reviewer"))
    if who:
        say_event(sheet, change, REQUESTED[kind], at, actor=actor, subject=who)
    elif team:
        say_event(sheet, change, REQUESTED[kind], at, actor=actor, team=sheet.team(team.need_text("slug")))
