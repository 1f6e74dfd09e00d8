"""Releases and tags."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.gitlab.sheet import Sheet, second, seconds
from fairlead.connectors.kit.commits import say_tag
from fairlead.connectors.kit.moments import GONE, SNAPSHOT, USUAL_RANK
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.delivery import Release
from fairlead.model.records.kinds import Text

_RANKS = {"create": 10, "update": 50}


def release_event(sheet: Sheet, payload: Doc) -> None:
    """A `release` webhook, whose fields stand at its top."""
    action = payload.text("action") or "create"
    tag = payload.need_text("tag")
    if action == "delete":
        at = seconds(payload, "released_at", "created_at")
        gone = Release(id=f"{sheet.repository}/release/{tag}", source=sheet.source, deleted_at=at)
        sheet.say(gone, at, GONE)
        return
    _say(sheet, payload, tag, UNSET, seconds(payload, "released_at", "created_at"), _RANKS.get(action, USUAL_RANK))


def release_page(sheet: Sheet, found: Doc) -> None:
    """A release as the API lists it. It carries no version, so it is what it was when it was asked for."""
    at = sheet.date or seconds(found, "released_at", "created_at")
    _say(sheet, found, found.need_text("tag_name"), sheet.person(found, "author"), at, SNAPSHOT)


def tag_page(sheet: Sheet, found: Doc) -> None:
    """A tag as the API lists it."""
    commit = found.child("commit")
    name = found.need_text("name")
    at = second(found, "created_at") or (second(commit, "committed_date") if commit else None)
    sha = commit.text("id") if commit else UNSET
    say_tag(sheet, name, sha, sheet.date or at or OLDEST, SNAPSHOT, published_at=at, deleted_at=None)


def tag_pushed(sheet: Sheet, name: str, sha: Text, at: datetime) -> None:
    """Says that a tag was set or moved. A push has no time of its own: that of its commit is the best."""
    say_tag(sheet, name, sha, at, USUAL_RANK)


def _say(sheet: Sheet, found: Doc, tag: str, author: Text, at: datetime, rank: int) -> None:
    identity = f"{sheet.repository}/release/{tag}"
    commit, links = found.child("commit"), found.child("_links")
    published = second(found, "released_at")
    sheet.say(
        Release(
            id=identity,
            source=sheet.source,
            url=found.text("url") or (links.text("self") if links else UNSET) or UNSET,
            created_at=second(found, "created_at"),
            deleted_at=None,
            repository=sheet.repository,
            tag=tag,
            name=found.text("name"),
            body=found.text("description"),
            sha=commit.text("id") if commit else UNSET,
            author=author,
            # a release may be announced with a date to come
            draft=found.flag("upcoming_release"),
            published_at=published,
            kind="release",
        ),
        at,
        rank,
    )
    if published:
        sheet.emit("dev.fairlead.release.published.0.1.0", identity, published)
