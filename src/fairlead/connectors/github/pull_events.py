"""The events of a change that the actions of a `pull_request` webhook tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.github import change_events as told
from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.happened import say_event, say_pushed
from fairlead.connectors.kit.moments import version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text

_Say = Callable[[Sheet, str, str, datetime, Text, Doc], None]

_CONCERNING: Mapping[str, _Say] = MappingProxyType(
    dict.fromkeys(told.LABELLED, told.say_labelled)
    | dict.fromkeys(told.ASSIGNED, told.say_assigned)
    | dict.fromkeys(told.MILESTONED, told.say_milestoned)
    | dict.fromkeys(told.REQUESTED, told.say_requested)
)


def happened(sheet: Sheet, payload: Doc, pull: Doc, change: str, action: str) -> None:
    """Says the event of one action; unknown actions have left their mark on the object only."""
    at = version(pull, "updated_at", "created_at")
    actor = sheet.person(payload, "sender")
    if say := _CONCERNING.get(action):
        # The timeline has the milestone in the item, the webhook beside or inside the pull request.
        say(sheet, change, action, at, actor, payload if "milestone" in payload or action not in _AT_PULL else pull)
    elif action == "dequeued" and (payload.text("reason") or "").upper() == "MERGE":
        return  # leaving the queue by the merge is the merge, which comes as `closed`
    elif kind := told.PLAIN.get(action):
        say_event(sheet, change, kind, at, actor=actor, detail=payload.text("reason"))
    elif action == "opened":
        _opened(sheet, pull, change, at)
    elif action == "closed":
        _closed(sheet, pull, change, at, actor)
    elif action == "synchronize":
        say_pushed(sheet, change, at, actor, payload.need_text("after"))
    elif action == "edited":
        _edited(sheet, payload, change, at, actor)
    _emit(sheet, pull, change, action, at)


_AT_PULL = frozenset(told.MILESTONED)


def _opened(sheet: Sheet, pull: Doc, change: str, at: datetime) -> None:
    created = pull.time("created_at") or at
    say_event(sheet, change, "opened", created, actor=sheet.person(pull, "user"))


def _closed(sheet: Sheet, pull: Doc, change: str, at: datetime, actor: Text) -> None:
    # the action of a merge is `closed` too
    if merged := pull.time("merged_at"):
        by = sheet.person(pull, "merged_by")
        say_event(
            sheet, change, "merged", merged, actor=by if by is not UNSET else actor, sha=pull.text("merge_commit_sha")
        )
    else:
        say_event(sheet, change, "closed", pull.time("closed_at") or at, actor=actor)


def _edited(sheet: Sheet, payload: Doc, change: str, at: datetime, actor: Text) -> None:
    changes = payload.child("changes")
    if changes is None:
        return
    if title := changes.child("title"):
        say_event(sheet, change, "renamed", at, actor=actor, detail=title.text("from"))
    base = changes.child("base")
    if base and (ref := base.child("ref")):
        say_event(sheet, change, "base_changed", at, actor=actor, detail=ref.text("from"))


def _emit(sheet: Sheet, pull: Doc, change: str, action: str, at: datetime) -> None:
    if action == "opened":
        sheet.emit("dev.cdevents.change.created.0.4.0", change, pull.time("created_at") or at)
    elif action != "closed":
        sheet.emit("dev.cdevents.change.updated.0.3.0", change, at, action=action)
    elif merged := pull.time("merged_at"):
        sheet.emit("dev.cdevents.change.merged.0.3.0", change, merged)
    else:
        sheet.emit("dev.cdevents.change.abandoned.0.3.0", change, pull.time("closed_at") or at)
