"""The `changes` of a merge request's webhook: before and after of each field that moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from fairlead.connectors.gitlab import change_events as told
from fairlead.connectors.gitlab.sheet import Sheet
from fairlead.connectors.kit.happened import say_event
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text


def differences(sheet: Sheet, changes: Doc, change: str, at: datetime, actor: Text) -> None:
    """Says what moved; GitLab lists fields that did not move as well, so before and after are compared."""
    for whom, came in people(sheet, changes, "reviewers"):
        told.requested(sheet, change, at, actor, whom, came)
    for whom, came in people(sheet, changes, "assignees"):
        told.assigned(sheet, change, at, actor, whom, came)
    for label, came in labels(changes):
        told.labelled(sheet, change, at, actor, label, came)
    draft = changes.child("draft") or changes.child("work_in_progress")
    if draft and draft.flag("previous") is not draft.flag("current"):
        told.drafted(sheet, change, at, actor, draft.flag("current") is True)
    title = moved(changes, "title")
    if title and _bare(title[0]) != _bare(title[1]):
        say_event(sheet, change, "renamed", at, actor=actor, detail=title[0])
    if branch := moved(changes, "target_branch"):
        say_event(sheet, change, "base_changed", at, actor=actor, detail=branch[0])
    if milestone := changes.child("milestone_id"):
        before, after = milestone.whole("previous"), milestone.whole("current")
        if before and before != after:
            say_event(sheet, change, "demilestoned", at, actor=actor)
        if after and before != after:
            say_event(sheet, change, "milestoned", at, actor=actor)


def people(sheet: Sheet, changes: Doc, key: str) -> Iterator[tuple[str, bool]]:
    """Who came (true) and who went."""
    found = changes.child(key)
    if found is None:
        return
    before, after = (
        {account for user in found.children(side) if (account := sheet.account(user))}
        for side in ("previous", "current")
    )
    yield from ((account, True) for account in sorted(after - before))
    yield from ((account, False) for account in sorted(before - after))


def labels(changes: Doc) -> Iterator[tuple[str, bool]]:
    """Which labels came (true) and which went."""
    found = changes.child("labels")
    if found is None:
        return
    before, after = (
        {label.text("title") or label.need_text("name") for label in found.children(side)}
        for side in ("previous", "current")
    )
    yield from ((label, True) for label in sorted(after - before))
    yield from ((label, False) for label in sorted(before - after))


def moved(changes: Doc, key: str) -> tuple[str, str] | None:
    """Text before and after, if it is another one."""
    found = changes.child(key)
    if found is None:
        return None
    before, after = found.text("previous"), found.text("current")
    return (before or "", after or "") if before and before != after else None


def _bare(title: str) -> str:
    """A title without the mark of a draft, whose coming and going is told as such."""
    for mark in ("Draft: ", "[Draft] ", "(Draft) ", "WIP: "):
        title = title.removeprefix(mark)
    return title
