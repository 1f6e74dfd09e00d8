"""Reviews of a pull request, their comments and threads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.github.pulls import embedded
from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.happened import say_event
from fairlead.connectors.kit.moments import GONE, filled, version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.code import ChangeEvent
from fairlead.model.records.kinds import Text

_KINDS: Mapping[str, str] = MappingProxyType(
    {"approved": "approved", "changes_requested": "changes_requested", "commented": "reviewed"}
)


def review_event(sheet: Sheet, payload: Doc) -> None:
    """A `pull_request_review` webhook."""
    pull = payload.need("pull_request")
    change = embedded(sheet, pull)
    found = payload.need("review")
    say_review(sheet, found, change)
    if payload.text("action") == "dismissed":
        at = version(pull, "updated_at")
        say_dismissed(sheet, change, at, sheet.person(payload, "sender"), str(found.need_whole("id")), UNSET)
        sheet.emit("dev.cdevents.change.reviewed.0.3.0", change, at, state="dismissed")


def review_comment_event(sheet: Sheet, payload: Doc) -> None:
    """A `pull_request_review_comment` webhook."""
    change = embedded(sheet, payload.need("pull_request"))
    comment = payload.need("comment")
    if payload.text("action") == "deleted":
        say_gone(sheet, comment, change, version(payload.need("pull_request"), "updated_at"))
    else:
        say_comment(sheet, comment, change)


def review_thread_event(sheet: Sheet, payload: Doc) -> None:
    """A `pull_request_review_thread` webhook: resolving is no act of review, its comments are."""
    change = embedded(sheet, payload.need("pull_request"))
    thread = payload.need("thread")
    for comment in thread.children("comments"):
        say_comment(sheet, comment, change)


def say_review(sheet: Sheet, review: Doc, change: str) -> None:
    """Says a submitted review; a pending one is nobody's business but its author's."""
    # webhooks write it small, REST in capitals
    state = (review.text("state") or "").lower()
    at = review.time("submitted_at")
    if not at or state == "pending":
        return
    number = str(review.need_whole("id"))
    kind = _KINDS.get(state)
    key = f"review/{number}"
    say_event(
        sheet,
        change,
        kind or UNSET,
        at,
        key=key,
        actor=sheet.person(review, "user"),
        review=number,
        sha=review.text("commit_id"),
        body=filled(review.text("body")),
        url=review.text("html_url"),
        updated_at=review.time("updated_at"),
    )
    if kind:
        sheet.emit("dev.cdevents.change.reviewed.0.3.0", change, at, state=state)
    else:
        # A dismissed review no longer tells what it was: `reviewed` holds until something does.
        sheet.say(ChangeEvent(id=f"{change}/{key}", kind="reviewed"), OLDEST)


def say_dismissed(
    sheet: Sheet, change: str, at: datetime, actor: Text, review: str, previous: Text, message: Text = UNSET
) -> None:
    """Says that a review was dismissed, and what it was before, which its own object no longer tells."""
    say_event(
        sheet,
        change,
        "review_dismissed",
        at,
        key=f"review/{review}/dismissed",
        actor=actor,
        review=review,
        body=message,
    )
    if kind := _KINDS.get((previous or "").lower()):
        sheet.say(ChangeEvent(id=f"{change}/review/{review}", kind=kind), at)


def say_comment(sheet: Sheet, comment: Doc, change: str) -> None:
    """Says a comment on the diff or in the conversation of a change."""
    number = comment.need_whole("id")
    review = comment.whole("pull_request_review_id")
    at = comment.need_time("created_at")
    say_event(
        sheet,
        change,
        "commented",
        at,
        key=f"comment/{number}",
        actor=sheet.person(comment, "user"),
        review=str(review) if review else UNSET,
        # `commit_id` follows the branch as it moves; the commit that was commented on does not.
        sha=comment.text("original_commit_id") or comment.text("commit_id"),
        body=comment.text("body"),
        detail=comment.text("path"),
        url=comment.text("html_url"),
        updated_at=comment.time("updated_at"),
    )


def say_gone(sheet: Sheet, comment: Doc, change: str, at: datetime) -> None:
    """Says that a comment was deleted."""
    say_comment(sheet, comment, change)
    at = max(at, version(comment, "updated_at"))
    gone = ChangeEvent(id=f"{change}/comment/{comment.need_whole('id')}", deleted_at=at)
    sheet.say(gone, at, GONE)
