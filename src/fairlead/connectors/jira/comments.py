"""Comments on issues."""

from __future__ import annotations

from fairlead.connectors.jira.prose import prose
from fairlead.connectors.jira.sheet import Sheet, id_of
from fairlead.connectors.kit.happened import say_message
from fairlead.connectors.kit.moments import EMBEDDED, GONE, SNAPSHOT, USUAL_RANK
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.conversation import Message
from fairlead.model.records.work import WorkItem


def event(sheet: Sheet, payload: Doc, kind: str) -> None:
    """A `comment_*` webhook."""
    comment = payload.need("comment")
    item = sheet.item(payload.need("issue").need_text("key"))
    if kind == "comment_deleted":
        at = sheet.date or comment.time("updated") or OLDEST
        gone = Message(id=f"{item}/comment/{id_of(comment)}", source=sheet.source, about=item, deleted_at=at)
        sheet.say(gone, at, GONE)
        return
    say(sheet, comment, item)
    # a comment is a change of its issue, and Jira does not tell it apart
    if updated := comment.time("updated"):
        sheet.say(WorkItem(id=item, source=sheet.source, updated_at=updated), updated, EMBEDDED)


def say(sheet: Sheet, comment: Doc, item: str) -> None:
    """Says a comment as a message about an item."""
    say_message(
        sheet,
        item,
        id_of(comment),
        comment.need_time("created"),
        sheet.person(comment, "author"),
        prose(comment, "body"),
        updated_at=comment.time("updated"),
        # the webhook of an administrator brings what only a role or group may read; the token may be of neither
        restricted=bool(comment.child("visibility")),
        # a page writes the text as the API of the sync does, and that is the one to keep
        rank=SNAPSHOT if sheet.headers.get("path") else USUAL_RANK,
    )
