"""What happens to an issue, told alike by its webhooks, its resource events and its system notes."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.gitlab.sheet import Sheet
from fairlead.model.records.kinds import Text
from fairlead.model.records.work import WorkItemChange, WorkItemTransition
from fairlead.model.times import iso


def opened(sheet: Sheet, item: str, at: datetime, actor: Text) -> None:
    """It came into being."""
    _transition(sheet, item, "opened", at, actor, None, "opened", None, "todo")
    sheet.emit("dev.cdevents.ticket.created.0.2.0", item, at)


def closed(sheet: Sheet, item: str, at: datetime, actor: Text) -> None:
    """It was closed."""
    _transition(sheet, item, "closed", at, actor, "opened", "closed", "todo", "done")
    sheet.emit("dev.cdevents.ticket.closed.0.2.0", item, at)


def reopened(sheet: Sheet, item: str, at: datetime, actor: Text) -> None:
    """It was opened again."""
    _transition(sheet, item, "reopened", at, actor, "closed", "opened", "done", "todo")
    sheet.emit("dev.cdevents.ticket.updated.0.2.0", item, at, action="reopened")


def field(sheet: Sheet, item: str, name: str, at: datetime, actor: Text, value: str, came: bool) -> None:
    """One of several values came or went: a label, an assignee, a milestone."""
    key = value.partition(":@")[2] or value
    _change(sheet, item, name, at, actor, None if came else value, value if came else None, f"{'+-'[not came]}{key}")


def change(sheet: Sheet, item: str, name: str, at: datetime, actor: Text, old: Text, new: Text) -> None:
    """A field that holds one value has another."""
    _change(sheet, item, name, at, actor, old, new, "")


def _change(sheet: Sheet, item: str, name: str, at: datetime, actor: Text, old: Text, new: Text, key: str) -> None:
    sheet.say(
        WorkItemChange(
            id=f"{item}/{name}/{iso(at)}" + (f"/{key}" if key else ""),
            source=sheet.source,
            work_item=item,
            at=at,
            field=name,
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
    to_category: str,
) -> None:
    sheet.say(
        WorkItemTransition(
            id=f"{item}/{kind}/{iso(at)}",
            source=sheet.source,
            work_item=item,
            at=at,
            from_status=from_status,
            to_status=to_status,
            from_category=from_category if from_category is not None else UNSET,
            to_category=to_category,
            actor=actor,
        ),
        at,
    )
