"""Branches and tags that came and went."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.commits import say_tag
from fairlead.connectors.kit.moments import GONE, SNAPSHOT, USUAL_RANK, version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.kinds import Text


def created(sheet: Sheet, payload: Doc) -> None:
    """A `create` webhook, which does not tell the commit; the push beside it does."""
    _came_or_went(sheet, payload, deleted=False)


def deleted(sheet: Sheet, payload: Doc) -> None:
    """A `delete` webhook."""
    _came_or_went(sheet, payload, deleted=True)


def tag_pushed(sheet: Sheet, name: str, sha: Text, at: datetime, deleted: bool) -> None:
    """Says that a tag was set, moved or deleted."""
    _say_tag(sheet, name, UNSET if deleted else sha, at, deleted)


def tag_page(sheet: Sheet, found: Doc) -> None:
    """A tag as the API lists it: without any time, so the commit that it names dates it at best."""
    commit = found.need("commit")
    name = found.need_text("name")
    say_tag(sheet, name, commit.text("sha"), OLDEST, SNAPSHOT, published_at=commit.time("date"))


def _came_or_went(sheet: Sheet, payload: Doc, deleted: bool) -> None:
    ref, kind = payload.need_text("ref"), payload.need_text("ref_type")
    at = version(payload.need("repository"), "pushed_at", "updated_at")
    if kind == "tag":
        _say_tag(sheet, ref, UNSET, at, deleted)
    elif kind == "branch":
        subject = f"{sheet.repository}/branch/{ref}"
        sheet.emit(
            "dev.cdevents.branch.deleted.0.3.0" if deleted else "dev.cdevents.branch.created.0.3.0", subject, at
        )


def _say_tag(sheet: Sheet, name: str, sha: Text, at: datetime, deleted: bool) -> None:
    if deleted:
        say_tag(sheet, name, sha, at, GONE, deleted_at=at)
    else:
        say_tag(sheet, name, sha, at, USUAL_RANK, published_at=at, deleted_at=None)
