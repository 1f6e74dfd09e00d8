"""What happens to a merge request, told alike by its webhooks, its system notes and its resource events."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.gitlab.sheet import Sheet
from fairlead.connectors.kit.happened import say_event, shown
from fairlead.model.records.kinds import Text
from fairlead.model.times import iso


def opened(sheet: Sheet, change: str, at: datetime, author: Text) -> None:
    """It was opened."""
    say_event(sheet, change, "opened", at, actor=author)
    sheet.emit("dev.cdevents.change.created.0.4.0", change, at)


def merged(sheet: Sheet, change: str, at: datetime, actor: Text, sha: Text = UNSET) -> None:
    """It was merged, which happens once: three ways tell it, each with a time that may be a second off."""
    say_event(sheet, change, "merged", at, key="merged", actor=actor, sha=sha)
    sheet.emit("dev.cdevents.change.merged.0.3.0", change, at)


def closed(sheet: Sheet, change: str, at: datetime, actor: Text) -> None:
    """It was closed without a merge."""
    say_event(sheet, change, "closed", at, actor=actor)
    sheet.emit("dev.cdevents.change.abandoned.0.3.0", change, at)


def approved(sheet: Sheet, change: str, at: datetime, actor: Text) -> None:
    """Somebody approved it. An approval has no id anywhere, so it is named by whose it is and when."""
    whose = shown(actor)
    say_event(sheet, change, "approved", at, key=f"approved/{iso(at)}/{whose}", actor=actor)
    sheet.emit("dev.cdevents.change.reviewed.0.3.0", change, at, state="approved")


def unapproved(sheet: Sheet, change: str, at: datetime, actor: Text, whose: Text) -> None:
    """An approval was taken back by its author, or by a push that resets approvals."""
    say_event(sheet, change, "review_dismissed", at, actor=actor, subject=whose)
    sheet.emit("dev.cdevents.change.reviewed.0.3.0", change, at, state="dismissed")


def requested(sheet: Sheet, change: str, at: datetime, actor: Text, whom: str, came: bool) -> None:
    """A review was asked of somebody, or no longer."""
    kind = "review_requested" if came else "review_request_removed"
    say_event(sheet, change, kind, at, actor=actor, subject=whom)


def assigned(sheet: Sheet, change: str, at: datetime, actor: Text, whom: str, came: bool) -> None:
    """Somebody was assigned or relieved."""
    say_event(sheet, change, "assigned" if came else "unassigned", at, actor=actor, subject=whom)


def labelled(sheet: Sheet, change: str, at: datetime, actor: Text, label: str, came: bool) -> None:
    """A label came or went."""
    say_event(sheet, change, "labeled" if came else "unlabeled", at, actor=actor, detail=label)


def milestoned(sheet: Sheet, change: str, at: datetime, actor: Text, title: Text, came: bool) -> None:
    """It entered or left a milestone, whose title webhooks do not tell."""
    say_event(sheet, change, "milestoned" if came else "demilestoned", at, actor=actor, detail=title)


def drafted(sheet: Sheet, change: str, at: datetime, actor: Text, draft: bool) -> None:
    """It became a draft, or ready."""
    say_event(sheet, change, "drafted" if draft else "ready", at, actor=actor)
