"""Writers of what happened to changes and work items, so that webhook and API say it under the same id."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from msgspec import UNSET

from fairlead.connectors.kit.ids import link_ends
from fairlead.connectors.kit.moments import GONE, USUAL_RANK
from fairlead.connectors.kit.sheet import Sheet
from fairlead.model.records.code import ChangeEvent
from fairlead.model.records.conversation import Message
from fairlead.model.records.kinds import Flag, Text, Time
from fairlead.model.records.work import WorkItemChange, WorkItemLink, WorkItemTransition
from fairlead.model.times import iso


class State(NamedTuple):
    """One end of a transition."""

    status: Text
    """In the tool's own word."""
    category: Text


BEFORE_ALL = State(None, UNSET)
"""Where an item was before it came into being."""


def say_event(
    sheet: Sheet,
    change: str,
    kind: Text,
    at: datetime,
    *,
    key: str = "",
    actor: Text = UNSET,
    subject: Text = UNSET,
    team: Text = UNSET,
    sha: Text = UNSET,
    body: Text = UNSET,
    detail: Text = UNSET,
    review: Text = UNSET,
    url: Text = UNSET,
    updated_at: Time = UNSET,
    rank: int = 0,
) -> None:
    """Says an event of a change; without a `key` its id is made of kind, time and whom it concerns."""
    # One act may ask three people in one second: whom it concerns keeps them apart. A detail does so for labels
    # alone; elsewhere only one of the two ways knows it, and the id must be the same by both.
    whom = shown(subject) or shown(team) or (shown(detail) if kind in ("labeled", "unlabeled") else "")
    sheet.say(
        ChangeEvent(
            id=f"{change}/{key}" if key else f"{change}/{kind}/{iso(at)}" + (f"/{whom}" if whom else ""),
            source=sheet.source,
            url=url,
            created_at=at,
            updated_at=updated_at,
            change=change,
            repository=sheet.repository,
            kind=kind,
            at=at,
            actor=actor,
            subject=subject,
            subject_team=team,
            sha=sha,
            body=body,
            detail=detail,
            review=review,
        ),
        updated_at or at,
        rank,
    )


def say_pushed(sheet: Sheet, change: str, at: datetime, actor: Text, sha: str, forced: bool = False) -> None:
    """New commits; keyed by the new head, since a webhook dates the push and the API may know only the commit."""
    say_event(sheet, change, "force_pushed" if forced else "pushed", at, key=f"pushed/{sha}", actor=actor, sha=sha)


def say_opened(sheet: Sheet, item: str, at: datetime, actor: Text, after: State, before: State = BEFORE_ALL) -> None:
    """A work item came into being."""
    say_transition(sheet, item, f"opened/{iso(at)}", at, actor, before, after)
    sheet.emit("dev.cdevents.ticket.created.0.2.0", item, at)


def say_closed(sheet: Sheet, item: str, at: datetime, actor: Text, before: State, after: State) -> None:
    """A work item was closed."""
    say_transition(sheet, item, f"closed/{iso(at)}", at, actor, before, after)
    sheet.emit("dev.cdevents.ticket.closed.0.2.0", item, at)


def say_reopened(sheet: Sheet, item: str, at: datetime, actor: Text, before: State, after: State) -> None:
    """A work item was opened again, for which CDEvents has no type of its own."""
    say_transition(sheet, item, f"reopened/{iso(at)}", at, actor, before, after)
    sheet.emit("dev.cdevents.ticket.updated.0.2.0", item, at, action="reopened")


def say_transition(
    sheet: Sheet, item: str, key: str, at: datetime, actor: Text, before: State, after: State, rank: int = 0
) -> None:
    """A work item went from one status to another."""
    sheet.say(
        WorkItemTransition(
            id=f"{item}/{key}",
            source=sheet.source,
            work_item=item,
            at=at,
            from_status=before.status,
            to_status=after.status,
            from_category=before.category,
            to_category=after.category,
            actor=actor,
        ),
        at,
        rank,
    )


def say_field(
    sheet: Sheet, item: str, field: str, at: datetime, actor: Text, old: Text, new: Text, key: str = ""
) -> None:
    """A field of a work item has another value. `key` is the tool's id of the act; where it has none, the time is."""
    sheet.say(
        WorkItemChange(
            id=f"{item}/{field}/{key or iso(at)}",
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


def say_value(
    sheet: Sheet, item: str, field: str, at: datetime, actor: Text, value: str, came: bool, key: str = ""
) -> None:
    """One of several values of a field came or went, like a label: each is a change, so nobody compares lists."""
    old, new, way = (None, value, "+") if came else (value, None, "-")
    say_field(sheet, item, field, at, actor, old, new, f"{key or iso(at)}/{way}{shown(value)}")


def say_link(
    sheet: Sheet,
    one: str,
    kind: str,
    other: str,
    at: datetime,
    rank: int = 0,
    *,
    created_at: Time = UNSET,
    deleted_at: Time = UNSET,
) -> None:
    """One item or change does something to another; the link is named by its ends, whoever of them tells it."""
    first, second = link_ends(one, kind, other)
    sheet.say(
        WorkItemLink(
            id=f"{first}/{kind}/{second}",
            source=sheet.source,
            created_at=created_at,
            deleted_at=deleted_at,
            from_item=first,
            to_item=second,
            kind=kind,
        ),
        at,
        rank,
    )


def say_message(
    sheet: Sheet,
    about: str,
    number: str | int,
    at: datetime,
    author: Text,
    body: Text,
    *,
    url: Text = UNSET,
    updated_at: Time = UNSET,
    deleted_at: Time = UNSET,
    restricted: Flag = UNSET,
    rank: int = USUAL_RANK,
) -> None:
    """A comment on something other than a change, whose comments are events of it."""
    sheet.say(
        Message(
            id=f"{about}/comment/{number}",
            source=sheet.source,
            url=url,
            created_at=at,
            updated_at=updated_at,
            deleted_at=deleted_at,
            about=about,
            author=author,
            # whom its author did not want to read it, would read it here
            body=None if restricted else body,
            at=at,
            restricted=restricted,
        ),
        deleted_at or updated_at or at,
        GONE if deleted_at else rank,
    )


def shown(value: Text) -> str:
    """An account as its handle, a team or label as it is: the last part of an id."""
    return value.partition(":@")[2] or value if isinstance(value, str) else ""
