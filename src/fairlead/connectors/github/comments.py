"""Comments on issues, pull requests and commits."""

from __future__ import annotations

from msgspec import UNSET

from fairlead.connectors.github.issues import say_issue
from fairlead.connectors.github.pulls import say_commented
from fairlead.connectors.github.reviews import say_comment, say_gone
from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.happened import say_message
from fairlead.connectors.kit.moments import EMBEDDED, version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Time


def issue_comment_event(sheet: Sheet, payload: Doc) -> None:
    """An `issue_comment` webhook: on a pull request an event of the change, on an issue a message."""
    issue, comment = payload.need("issue"), payload.need("comment")
    about = f"{sheet.repository}#{issue.need_whole('number')}"
    deleted = payload.need_text("action") == "deleted"
    # a deleted comment keeps its old times: the issue says when that was
    seen = version(issue, "updated_at", "created_at")
    if "pull_request" in issue:
        say_commented(sheet, issue, about)
        if deleted:
            say_gone(sheet, comment, about, seen)
        else:
            say_comment(sheet, comment, about)
        return
    say_issue(sheet, issue, EMBEDDED)
    say_comment_on(sheet, comment, about, max(seen, version(comment, "updated_at")) if deleted else UNSET)


def commit_comment_event(sheet: Sheet, payload: Doc) -> None:
    """A `commit_comment` webhook."""
    comment = payload.need("comment")
    say_comment_on(sheet, comment, f"{sheet.repository}@{comment.need_text('commit_id')}")


def say_comment_on(sheet: Sheet, comment: Doc, about: str, deleted_at: Time = UNSET) -> None:
    """Says a comment as a message about a record."""
    at, author = comment.need_time("created_at"), sheet.person(comment, "user")
    say_message(
        sheet,
        about,
        comment.need_whole("id"),
        at,
        author,
        comment.text("body"),
        url=comment.text("html_url"),
        updated_at=comment.time("updated_at"),
        deleted_at=deleted_at,
    )
