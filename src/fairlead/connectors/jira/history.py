"""The changelog of an issue: transitions, changes of fields, links, and moves to another project.

An entry has an id of its own, the same in a webhook and in the API, so both tell the same records. Only the API knows
of the categories of statuses that an issue is not in: what a webhook does not know it leaves open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.jira import links, sprints, statuses, versions
from fairlead.connectors.jira.sheet import Sheet, id_of, is_key
from fairlead.connectors.kit.connector import Rename
from fairlead.connectors.kit.happened import BEFORE_ALL, State, say_field, say_transition
from fairlead.connectors.kit.moments import USUAL_RANK
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text
from fairlead.model.records.work import WorkItemTransition

_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "status": "status", "assignee": "assignee", "labels": "labels", "sprint": "sprint",
        "fix version": "milestone", "fixversions": "milestone", "component": "component", "components": "component",
        "story points": "points", "story point estimate": "points", "flagged": "flagged", "issuetype": "type",
        "duedate": "due", "priority": "priority", "summary": "title", "resolution": "resolution",
        "epic link": "epic", "parent": "parent", "parent issue": "parent", "issueparentassociation": "parent",
        "parent link": "parent", "key": "key", "link": "link",
    }
)  # fmt: skip
"""Jira's names of fields in changelogs, which it does not translate -> ours."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a changelog."""

    id: str
    at: datetime
    actor: Text
    items: tuple[Doc, ...]


def entry(sheet: Sheet, found: Doc, at: datetime | None = None, actor: Text = UNSET) -> Entry:
    """An entry of the API; a webhook has time and actor outside of it."""
    return Entry(
        id_of(found),
        at or found.need_time("created"),
        sheet.account(found.child("author")) if at is None else actor,
        tuple(found.children("items")),
    )


def meaning(sheet: Sheet, item: Doc) -> str:
    """What the field of an item means to us, empty where nothing."""
    identity, name = item.text("fieldId") or "", item.text("field") or ""
    return sheet.meaning(identity) or _FIELDS.get(name.lower()) or _FIELDS.get(identity.lower()) or ""


def tell(sheet: Sheet, item: str, told: Entry, status: Doc | None = None) -> None:
    """Says all that an entry tells; `status` is the one that a webhook shows the issue in."""
    for each in told.items:
        field = meaning(sheet, each)
        match field:
            case "":
                continue
            case "status":
                _transition(sheet, item, told, each, status)
            case "key":
                _moved(sheet, item, told, each)
            case "link":
                links.logged(sheet, item, each, told.at)
            case "sprint":
                # The whole lists: who is carried over stays in the old sprint beside the new one.
                _change(sheet, item, told, field, _listed(sheet, each, "from"), _listed(sheet, each, "to"))
            case "labels" | "milestone" | "component":
                _came_and_went(sheet, item, told, each, field)
            case _:
                old, new = (_value(sheet, each, field, before) for before in (True, False))
                _change(sheet, item, told, field, old, new)


def began(
    sheet: Sheet,
    item: str,
    at: datetime,
    actor: Text = UNSET,
    first: tuple[str, str] | None = None,
    category: Text = UNSET,
) -> None:
    """The issue came into being, in the first status where that is known."""
    say_transition(sheet, item, "transition/created", at, actor, BEFORE_ALL, State(UNSET, UNSET))
    if first:
        identity, name = first
        # a webhook brings the category along with the status, a page knows it by the id
        word = category or sheet.category(identity, name, sheet.statuses.get(identity), None)
        # a patch of its own: where a changelog is long, its pages tell the first status and the issue the rest
        identity = f"{item}/transition/created"
        record = WorkItemTransition(id=identity, source=sheet.source, to_status=name, to_category=word)
        sheet.say(record, at)


def first_status(entries: Iterable[Entry]) -> tuple[str, str] | None:
    """Id and name of the status before the first transition."""
    steps = ((told.at, _order(told.id), item) for told in entries for item in told.items if _is_status(item))
    earliest = min(steps, key=lambda step: step[:2], default=None)
    return (earliest[2].text("from") or "", earliest[2].text("fromString") or "") if earliest else None


def _is_status(item: Doc) -> bool:
    return item.text("field") == "status"


def _order(identity: str) -> int:
    # two entries of one millisecond happen when a rule answers at once
    return int(identity) if identity.isascii() and identity.isdigit() and len(identity) < 19 else 0


def _transition(sheet: Sheet, item: str, told: Entry, change: Doc, status: Doc | None) -> None:
    resolution = next((one for one in told.items if one.text("field") == "resolution"), None)
    ends: list[State] = []
    for way in ("from", "to"):
        identity, name = change.text(way) or "", change.text(f"{way}String")
        word = sheet.statuses.get(identity)
        if way == "to" and status is not None and status.text("id") == identity:
            inner = status.child("statusCategory")
            word = statuses.CATEGORIES.get(inner.text("key") or "", word or "") if inner else word
        ended = resolution.text(f"{way}String") if resolution else None
        ends.append(State(name, sheet.category(identity, name or "", word or None, ended)))
    before, after = ends
    # what knows more of both ends goes before what knows less
    rank = USUAL_RANK + (before.category is not UNSET) + (after.category is not UNSET)
    say_transition(sheet, item, f"transition/{told.id}", told.at, told.actor, before, after, rank)
    if after.category in ("done", "canceled"):
        sheet.emit("dev.cdevents.ticket.closed.0.2.0", item, told.at)


def _moved(sheet: Sheet, item: str, told: Entry, change: Doc) -> None:
    """A move to another project gives an issue another key; the old one stays its alias and is never used again."""
    old, new = change.text("fromString") or "", change.text("toString") or ""
    if is_key(old) and is_key(new):
        sheet.renames.append(Rename(sheet.item(old), sheet.item(new), told.at, "work_items"))
        _change(sheet, item, told, "project", old.rpartition("-")[0], new.rpartition("-")[0])


def _came_and_went(sheet: Sheet, item: str, told: Entry, change: Doc, field: str) -> None:
    """One change for each value that came or went, so that nobody has to compare lists."""
    before, after = (_values(sheet, change, field, way) for way in ("from", "to"))
    # components are kept among the labels
    name = "labels" if field == "component" else field
    for value in dict.fromkeys([*before, *after]):
        if (value in before) is not (value in after):
            # of a version its number is enough, while `web/api` and `app/api` are two labels
            last = value.rpartition("/")[2] if field == "milestone" else value
            old, new, which = (value, None, f"/-{last}") if value in before else (None, value, f"/+{last}")
            _change(sheet, item, told, name, old, new, which)


def _listed(sheet: Sheet, change: Doc, way: str) -> Text:
    return ",".join(sorted(_values(sheet, change, "sprint", way))) or None


def _values(sheet: Sheet, change: Doc, field: str, way: str) -> list[str]:
    ids, shown = change.text(way) or "", change.text(f"{way}String") or ""
    match field:
        case "sprint":
            return [sprints.sprint_id(sheet.source, one) for one in sprints.numbers_of(ids)]
        case "milestone":
            return [versions.version_id(sheet.source, ids)] if ids else []
        case "component":
            return [shown] if shown else []
    return shown.split()


def _value(sheet: Sheet, change: Doc, field: str, before: bool) -> Text:
    way = "from" if before else "to"
    identity, shown = change.text(way), change.text(f"{way}String")
    match field:
        case "assignee":
            return sheet.account_named(identity, shown)
        case "points":
            return _plain_number(shown or identity)
        case "flagged":
            # an empty choice is written as an empty list by some versions of Jira
            return "true" if shown or identity not in (None, "", "[]") else None
        case "parent" | "epic":
            return sheet.item_named(shown)
        case "due":
            # the shown form is in the language of whoever asks
            return (identity or shown or "")[:10] or None
    return shown or None


def _plain_number(text: Text) -> Text:
    """`3.0` and `3` are one value."""
    try:
        return f"{float(text):g}" if text else None
    except ValueError:
        return text


def _change(sheet: Sheet, item: str, told: Entry, field: str, old: Text, new: Text, which: str = "") -> None:
    # an entry may list a field that it left as it was
    if old != new:
        say_field(sheet, item, field, told.at, told.actor, old, new, f"{told.id}{which}")
