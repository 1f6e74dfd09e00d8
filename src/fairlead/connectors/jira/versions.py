"""Versions of a project: milestones here."""

from __future__ import annotations

from msgspec import UNSET

from fairlead.connectors.jira.sheet import Sheet, id_of
from fairlead.connectors.kit.dates import say_date
from fairlead.connectors.kit.moments import GONE, SNAPSHOT, USUAL_RANK, filled
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.kinds import Text
from fairlead.model.records.work import Milestone


def event(sheet: Sheet, payload: Doc, kind: str) -> None:
    """A `jira:version_*` webhook; a merge deletes the version that it is named for."""
    found = payload.need("version")
    if kind in ("jira:version_deleted", "jira:version_merged"):
        at = sheet.date or OLDEST
        gone = version_id(sheet.source, id_of(found))
        sheet.say(Milestone(id=gone, source=sheet.source, deleted_at=at), at, GONE)
        return
    say(sheet, found, USUAL_RANK)
    _say_date(sheet, found, USUAL_RANK)


def snapshot(sheet: Sheet, found: Doc) -> None:
    """A version as its project lists it."""
    say(sheet, found, SNAPSHOT)
    # The list comes with every sync: of a day its last telling is kept, and of what has ended none.
    if sheet.date and _state(found) == "open":
        _say_date(sheet, found, SNAPSHOT, by_day=True)


def _say_date(sheet: Sheet, found: Doc, rank: int, *, by_day: bool = False) -> None:
    """A release writes its own day over the date that was promised, so what was told before is all there is of it."""
    due = found.time("releaseDate") if "releaseDate" in found else None
    identity = version_id(sheet.source, id_of(found))
    say_date(sheet, identity, sheet.date or UNSET, due, _state(found), rank, by_day=by_day)


def say(sheet: Sheet, found: Doc, rank: int) -> None:
    """Says all that a version object carries. Like a sprint it has no time of its last change."""
    due = found.time("releaseDate")
    sheet.say(
        Milestone(
            id=version_id(sheet.source, id_of(found)),
            source=sheet.source,
            title=found.text("name"),
            body=filled(found.text("description")),
            state=_state(found),
            due_at=due if "releaseDate" in found else None,
            closed_at=(due or None) if found.flag("released") else None,
        ),
        sheet.date or OLDEST,
        rank,
    )


def _state(found: Doc) -> Text:
    released, archived = found.flag("released"), found.flag("archived")
    if released is UNSET and archived is UNSET:
        return UNSET
    return "closed" if released or archived else "open"


def first(sheet: Sheet, fields: Doc) -> Text:
    """The milestone of an issue: the first of its fix versions, in the order that the project gave them."""
    if "fixVersions" not in fields:
        return UNSET
    return next((version_id(sheet.source, id_of(one)) for one in fields.children("fixVersions")), None)


def version_id(source: str, identity: str) -> str:
    """Id of a version; webhooks name the project by number only, so it is no part of it."""
    return f"{source}:version/{identity}"
