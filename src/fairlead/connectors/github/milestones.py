"""Milestones."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import UNSET

from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.dates import say_date
from fairlead.connectors.kit.moments import EMBEDDED, GONE, SNAPSHOT, USUAL_RANK, version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text
from fairlead.model.records.work import Milestone


def milestone(sheet: Sheet, payload: Doc) -> None:
    """A `milestone` webhook."""
    found = payload.need("milestone")
    if payload.text("action") == "deleted":
        gone = _id(sheet, found)
        at = version(found, "updated_at")
        sheet.say(Milestone(id=gone, source=sheet.source, deleted_at=at), at, GONE)
    else:
        say_milestone(sheet, found, USUAL_RANK)
        _say_date_before(sheet, payload, found)


def _say_date_before(sheet: Sheet, payload: Doc, found: Doc) -> None:
    """The date that an edit replaced, which nothing but its webhook tells: it stood until the second before."""
    changes = payload.child("changes")
    edit = changes.child("due_on") if changes else None
    at = found.time("updated_at")
    if edit and "from" in edit and isinstance(at, datetime):
        # under the rank of what that second may tell itself
        say_date(sheet, _id(sheet, found), at - timedelta(seconds=1), edit.time("from"), _state(found), EMBEDDED - 1)


def milestone_page(sheet: Sheet, found: Doc) -> None:
    """A milestone as the API lists it."""
    say_milestone(sheet, found, SNAPSHOT)


def milestone_id(sheet: Sheet, doc: Doc) -> Text:
    """Id of the milestone inside a pull request or issue, which is said on the way."""
    if "milestone" not in doc:
        return UNSET
    found = doc.child("milestone")
    return say_milestone(sheet, found, EMBEDDED) if found else None


def say_milestone(sheet: Sheet, found: Doc, rank: int) -> str:
    """Says all that a milestone object carries and gives its id."""
    identity = _id(sheet, found)
    sheet.say(
        Milestone(
            id=identity,
            source=sheet.source,
            url=found.text("html_url"),
            created_at=found.time("created_at"),
            updated_at=found.time("updated_at"),
            repository=sheet.repository,
            number=found.whole("number"),
            title=found.text("title"),
            body=found.text("description"),
            state=_state(found),
            due_at=found.time("due_on"),
            closed_at=found.time("closed_at"),
        ),
        version(found, "updated_at", "created_at"),
        rank,
    )
    if "due_on" in found:
        say_date(sheet, identity, found.time("updated_at"), found.time("due_on"), _state(found), rank)
    return identity


def _id(sheet: Sheet, found: Doc) -> str:
    return f"{sheet.repository}/milestone/{found.need_whole('number')}"


def _state(found: Doc) -> Text:
    state = found.text("state")
    return state if state in ("open", "closed") else UNSET
