"""What happens to an issue, told alike by its webhooks and by its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.happened import State, say_closed, say_field, say_opened, say_reopened, say_value
from fairlead.connectors.kit.moments import version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text

_CANCELED = ("not_planned", "duplicate")
_OPEN = State("open", "todo")
_FIELDS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "labeled": ("labels", True), "unlabeled": ("labels", False),
        "assigned": ("assignee", True), "unassigned": ("assignee", False),
        "milestoned": ("milestone", True), "demilestoned": ("milestone", False),
        "typed": ("type", True), "untyped": ("type", False),
    }
)  # fmt: skip
"""Action -> field, and whether its value came."""
_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"labels": ("label", "name"), "milestone": ("milestone", "title"), "type": ("type", "name")}
)
"""Field -> key of what came or went, and what of it is its name."""


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
    say_opened(sheet, item, at, actor, _OPEN, State(None, None))


def closed(sheet: Sheet, item: str, at: datetime, actor: Text, reason: Text) -> None:
    """It was closed."""
    say_closed(sheet, item, at, actor, _OPEN, State("closed", category("closed", reason)))


def reopened(sheet: Sheet, item: str, at: datetime, actor: Text) -> None:
    """It was opened again; what it had been closed as is left open, since neither way tells it."""
    say_reopened(sheet, item, at, actor, State("closed", UNSET), _OPEN)


def changed(sheet: Sheet, item: str, action: str, at: datetime, actor: Text, doc: Doc) -> None:
    """A label, an assignee, a milestone, a type came or went."""
    if action not in _FIELDS:
        return
    field, came = _FIELDS[action]
    value = sheet.account(doc.child("assignee")) if field == "assignee" else _named(doc, field)
    if isinstance(value, str):
        say_value(sheet, item, field, at, actor, value, came)


def renamed(sheet: Sheet, item: str, at: datetime, actor: Text, old: Text, new: Text) -> None:
    """The title changed."""
    say_field(sheet, item, "title", at, actor, old, new)


def _retitled(sheet: Sheet, payload: Doc, issue: Doc, item: str, at: datetime, actor: Text) -> None:
    changes = payload.child("changes")
    if changes and (title := changes.child("title")):
        renamed(sheet, item, at, actor, title.text("from"), issue.text("title"))


def _named(doc: Doc, field: str) -> Text:
    key, word = _NAMES[field]
    found = doc.child(key)
    return found.text(word) if found else None
