"""Where things belong: milestones, iterations and epics, which several projects of a group share."""

from __future__ import annotations

import re

from msgspec import UNSET

from fairlead.connectors.gitlab.sheet import Sheet, second, seconds
from fairlead.connectors.kit.dates import say_date
from fairlead.connectors.kit.moments import EMBEDDED, GONE, SNAPSHOT, USUAL_RANK
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text
from fairlead.model.records.work import Milestone, Sprint

_STATES = {"active": "open", "closed": "closed"}
_ITERATIONS = {1: "future", 2: "active", 3: "closed"}
_GROUP = re.compile(r"(?:^|://[^/]+)/groups/(?P<path>.+?)/-/")


def milestone_event(sheet: Sheet, payload: Doc) -> None:
    """A `milestone` webhook; none is sent for an edit."""
    found = payload.need("object_attributes")
    if payload.text("action") == "delete":
        at = seconds(found, "updated_at", "created_at")
        sheet.say(Milestone(id=_milestone_id(sheet, found), source=sheet.source, deleted_at=at), at, GONE)
    else:
        say_milestone(sheet, found, USUAL_RANK)


def milestone_page(sheet: Sheet, found: Doc) -> None:
    """A milestone as the API lists it."""
    say_milestone(sheet, found, SNAPSHOT)


def milestone_of(sheet: Sheet, doc: Doc) -> Text:
    """Milestone of an issue or merge request: an object by the API, a number by webhook."""
    if "milestone" in doc:
        found = doc.child("milestone")
        return say_milestone(sheet, found, EMBEDDED) if found else None
    number = doc.whole("milestone_id")
    return f"{sheet.source}:milestone/{number}" if number else number if number is None else UNSET


def say_milestone(sheet: Sheet, found: Doc, rank: int) -> str:
    """Says a milestone; its id is the server's, since that is all that a webhook tells of it."""
    identity = _milestone_id(sheet, found)
    state = _STATES.get(found.text("state") or "", UNSET)
    sheet.say(
        Milestone(
            id=identity,
            source=sheet.source,
            url=found.text("web_url"),
            created_at=second(found, "created_at"),
            updated_at=second(found, "updated_at"),
            repository=sheet.repository if found.whole("project_id") and sheet.repository else UNSET,
            number=found.whole("iid"),
            title=found.text("title"),
            body=found.text("description") or None,
            state=state,
            due_at=found.time("due_date"),
        ),
        seconds(found, "updated_at", "created_at"),
        rank,
    )
    if "due_date" in found:
        say_date(sheet, identity, second(found, "updated_at"), found.time("due_date"), state, rank)
    return identity


def _milestone_id(sheet: Sheet, found: Doc) -> str:
    return f"{sheet.source}:milestone/{found.need_whole('id')}"


def iteration_page(sheet: Sheet, found: Doc) -> None:
    """An iteration as the API lists it."""
    say_iteration(sheet, found, SNAPSHOT)


def iteration_of(sheet: Sheet, doc: Doc) -> Text:
    """Iteration of an issue; tiers without iterations leave the key out, and webhooks do so everywhere."""
    if "iteration" not in doc:
        return UNSET
    found = doc.child("iteration")
    return say_iteration(sheet, found, EMBEDDED) if found else None


def say_iteration(sheet: Sheet, found: Doc, rank: int) -> str:
    """Says an iteration as a sprint. Those of a cadence have no title but their dates."""
    identity = f"{sheet.source}:sprint/{found.need_whole('id')}"
    url = found.text("web_url") or ""
    # whole days without a zone: those of the server, which nobody tells
    start, end = found.time("start_date"), found.time("due_date")
    group = _GROUP.search(url)
    name = found.text("title") or (f"{start:%Y-%m-%d} - {end:%Y-%m-%d}" if start and end else UNSET)
    sheet.say(
        Sprint(
            id=identity,
            source=sheet.source,
            url=url or UNSET,
            created_at=second(found, "created_at"),
            updated_at=second(found, "updated_at"),
            name=name,
            project=group["path"] if group else UNSET,
            state=_ITERATIONS.get(found.whole("state") or 0, UNSET),
            goal=found.text("description") or None,
            start_at=start,
            # the last day belongs to it
            end_at=end.replace(hour=23, minute=59, second=59) if end else end,
        ),
        seconds(found, "updated_at", "created_at"),
        rank,
    )
    return identity


def epic_of(sheet: Sheet, doc: Doc) -> Text:
    """Epic of an issue by its address: the number alone does not tell the group."""
    if "epic" not in doc:
        return UNSET
    epic = doc.child("epic")
    if epic is None:
        return None
    group = _GROUP.search(epic.text("url") or "")
    return f"{sheet.source}:{group['path']}&{epic.need_whole('iid')}" if group else UNSET


def group_of(url: str) -> str:
    """Path of the group whose page this is; empty for that of a project."""
    found = _GROUP.search(url)
    return found["path"] if found else ""
