"""Releases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.moments import GONE, SNAPSHOT, USUAL_RANK, version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.delivery import Release

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_RANKS: Mapping[str, int] = MappingProxyType(
    {"created": 10, "prereleased": 40, "published": 41, "released": 42, "unpublished": 45, "edited": 50}
)


def release_event(sheet: Sheet, payload: Doc) -> None:
    """A `release` webhook."""
    action = payload.need_text("action")
    found = payload.need("release")
    identity = say_release(sheet, found, _RANKS.get(action, USUAL_RANK))
    if action == "deleted":
        at = version(found, "updated_at", "published_at", "created_at")
        sheet.say(Release(id=identity, deleted_at=at), at, GONE)


def release_page(sheet: Sheet, found: Doc) -> None:
    """A release as the API lists it."""
    say_release(sheet, found, SNAPSHOT)


def say_release(sheet: Sheet, found: Doc, rank: int) -> str:
    """Says all that a release object carries and gives its id."""
    identity = f"{sheet.repository}/release/{found.need_whole('id')}"
    target = found.text("target_commitish")
    published = found.time("published_at")
    sheet.say(
        Release(
            id=identity,
            source=sheet.source,
            url=found.text("html_url"),
            created_at=found.time("created_at"),
            updated_at=found.time("updated_at"),
            repository=sheet.repository,
            tag=found.text("tag_name"),
            name=found.text("name"),
            body=found.text("body"),
            sha=target if isinstance(target, str) and _SHA.fullmatch(target) else UNSET,
            target=target,
            author=sheet.person(found, "author"),
            draft=found.flag("draft"),
            prerelease=found.flag("prerelease"),
            published_at=published,
            kind="release",
        ),
        version(found, "updated_at", "published_at", "created_at"),
        rank,
    )
    if published and not found.flag("draft"):
        sheet.emit("dev.fairlead.release.published.0.1.0", identity, published)
    return identity
