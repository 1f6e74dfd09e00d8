"""What happens to an issue, told alike by its webhooks and by its timeline."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.moments import version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text
from fairlead.model.records.work import WorkItemChange, WorkItemTransition
from fairlead.model.times import iso

_CANCELED = ("not_planned", "duplicate")


def category(state: Text, reason: Text) -> Text:
    """Category of a state: GitHub knows no more of an open issue than that it is open."""
    if state == "open":
        return "todo"
    if state == "closed":
        return "canceled" if reason in _CANCELED else "done"
    return UNSET


def happened(sheet: Sheet, payload: Doc, issue: Doc, item: str, action: str) -> None:
    """Says the transition or change of one action of an `issues` webhook."""
    at = version(issue, "updated_at", "created_at")
    actor = sheet.person(payload, "sender")
    if action == "opened":
        opened(sheet, item, issue.time("created_at") or at, sheet.person(issue, "user"))
    elif action == "closed":
        closed(sheet, item, issue.time("closed_at") or at, actor, issue.text("state_reason"))
    elif action == "reopened":
        reopened(sheet, item, at, actor)
    else:
        sheet.emit("dev.cdevents.ticket.updated.0.2.0", item, at, action=action)
        changed(sheet, item, action, at, actor, payload if action not in ("milestoned", "demilestoned") else issue)
        _retitled(sheet, payload, issue, item, at, actor)


def dated_by_object(sheet: Sheet, issue: Doc, item: str) -> None:
    """The transitions that the object itself dates."""
    if created := issue.time("created_at"):
        opened(sheet, item, created, sheet.person(issue, "user"))
    ended = issue.time("closed_at")
    if ended and issue.text("state") == "closed":
        closed(sheet, item, ended, sheet.person(issue, "closed_by") or UNSET, issue.text("state_reason"))


def opened(sheet: Sheet, item: str, at: datetime, actor: Text) -> None:
    """It came into being."""
    _transition(sheet, item, "opened", at, actor, None, "open", None, "todo")
    sheet.emit("dev.cdevents.ticket.created.0.2.0", item, at)


def closed(sheet: Sheet, item: str, at: datetime, actor: Text, reason: Text) -> None:
    """It was closed."""
    _transition(sheet, item, "closed", at, actor, "open", "closed", "todo", category("closed", reason))
    sheet.emit("dev.cdevents.ticket.closed.0.2.0", item, at)


def reopened(sheet: Sheet, item: str, at: datetime, actor: Text) -> None:
    """It was opened again; what it had been closed as is left open, since neither way tells it."""
    _transition(sheet, item, "reopened", at, actor, "closed", "open", UNSET, "todo")
    sheet.emit("dev.cdevents.ticket.updated.0.2.0", item, at, action="reopened")


def changed(sheet: Sheet, item: str, action: str, at: datetime, actor: Text, doc: Doc) -> None:
    """A label, an assignee, a milestone, a type came or went."""
    if action in ("labeled", "unlabeled"):
        label = doc.child("label")
        _field(sheet, item, "labels", at, actor, label.text("name") if label else None, action == "labeled")
    elif action in ("assigned", "unassigned"):
        _field(sheet, item, "assignee", at, actor, sheet.account(doc.child("assignee")), action == "assigned")
    elif action in ("milestoned", "demilestoned"):
        milestone = doc.child("milestone")
        _field(sheet, item, "milestone", at, actor, milestone.text("title") if milestone else None, action[0] == "m")
    elif action in ("typed", "untyped"):
        kind = doc.child("type")
        _field(sheet, item, "type", at, actor, kind.text("name") if kind else None, action == "typed")


def renamed(sheet: Sheet, item: str, at: datetime, actor: Text, old: Text, new: Text) -> None:
    """The title changed."""
    _change(sheet, item, "title", at, actor, old, new, "")


def _retitled(sheet: Sheet, payload: Doc, issue: Doc, item: str, at: datetime, actor: Text) -> None:
    changes = payload.child("changes")
    if changes and (title := changes.child("title")):
        renamed(sheet, item, at, actor, title.text("from"), issue.text("title"))


def _field(sheet: Sheet, item: str, field: str, at: datetime, actor: Text, value: Text, came: bool) -> None:
    if isinstance(value, str):
        _change(sheet, item, field, at, actor, None if came else value, value if came else None, value)


def _change(sheet: Sheet, item: str, field: str, at: datetime, actor: Text, old: Text, new: Text, key: str) -> None:
    way = "" if not key else "/+" if new else "/-"
    sheet.say(
        WorkItemChange(
            id=f"{item}/{field}/{iso(at)}{way}{key.partition(':@')[2] or key}",
            source=sheet.source,
            work_item=item,
            at=at,
            field=field,
            from_value=old,
            to_value=new,
            actor=actor,
        ),
        at,
    )


def _transition(
    sheet: Sheet,
    item: str,
    kind: str,
    at: datetime,
    actor: Text,
    from_status: Text,
    to_status: str,
    from_category: Text,
    to_category: Text,
) -> None:
    sheet.say(
        WorkItemTransition(
            id=f"{item}/{kind}/{iso(at)}",
            source=sheet.source,
            work_item=item,
            at=at,
            from_status=from_status,
            to_status=to_status,
            from_category=from_category,
            to_category=to_category,
            actor=actor,
        ),
        at,
    )
