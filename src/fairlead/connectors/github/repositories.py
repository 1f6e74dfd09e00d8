"""Repositories: in every payload a little, in their own events the whole."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET

from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.connector import Rename
from fairlead.connectors.kit.moments import EMBEDDED, GONE, RENAMED, USUAL_RANK, version
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.code import Repository


def enter_repository(sheet: Sheet, found: Doc) -> None:
    """Makes the repository of a payload the one that all else is about, and says it."""
    sheet.enter(found.need_text("full_name"))
    say_repository(sheet, found, EMBEDDED)


def repository_event(sheet: Sheet, payload: Doc) -> None:
    """A `repository` webhook; the repository itself has been entered already."""
    found = payload.need("repository")
    action = payload.need_text("action")
    at = version(found, "updated_at", "pushed_at", "created_at")
    if action == "deleted":
        sheet.say(Repository(id=sheet.repository, deleted_at=at), at, GONE)
        sheet.emit("dev.cdevents.repository.deleted.0.3.0", sheet.repository, at)
        return
    if action == "created":
        # The name may have belonged to a repository that was deleted.
        sheet.say(Repository(id=sheet.repository, deleted_at=None), at, USUAL_RANK)
        sheet.emit("dev.cdevents.repository.created.0.3.0", sheet.repository, at)
        return
    say_repository(sheet, found, USUAL_RANK)
    sheet.emit("dev.cdevents.repository.modified.0.3.0", sheet.repository, at, action=action)
    _renamed(sheet, payload, found, at)


def installation_event(sheet: Sheet, payload: Doc) -> None:
    """An `installation` or `installation_repositories` webhook: repositories that we may now see."""
    for key in ("repositories", "repositories_added"):
        for found in payload.children(key):
            _say_named(sheet, found)


def say_repository(sheet: Sheet, found: Doc, rank: int) -> None:
    """Says all that a repository object carries."""
    number = found.whole("id")
    sheet.say(
        Repository(
            id=f"{sheet.source}:{found.need_text('full_name')}",
            source=sheet.source,
            url=found.text("html_url"),
            created_at=found.time("created_at"),
            updated_at=found.time("updated_at"),
            name=found.text("full_name"),
            external_id=str(number) if number else UNSET,
            default_branch=found.text("default_branch"),
            private=found.flag("private"),
            archived=found.flag("archived"),
            fork=found.flag("fork"),
            language=found.text("language"),
            pushed_at=found.time("pushed_at"),
        ),
        _as_of(found),
        rank,
    )


def _as_of(found: Doc) -> datetime:
    # a push does not move `updated_at` at once, so the later of both is what the object is as of
    return max((moment for key in ("updated_at", "pushed_at") if (moment := found.time(key))), default=OLDEST)


def _say_named(sheet: Sheet, found: Doc) -> None:
    name = found.need_text("full_name")
    number = found.whole("id")
    sheet.say(
        Repository(
            id=f"{sheet.source}:{name}",
            source=sheet.source,
            name=name,
            external_id=str(number) if number else UNSET,
            private=found.flag("private"),
        ),
        OLDEST,
    )


def _renamed(sheet: Sheet, payload: Doc, found: Doc, at: datetime) -> None:
    changes = payload.child("changes")
    if changes is None:
        return
    full_name = found.need_text("full_name")
    owner, _, name = full_name.partition("/")
    # `renamed` has the old name, `transferred` the old owner, each without the other half
    renamed, moved = changes.child("repository"), changes.child("owner")
    if renamed and (old := renamed.child("name")):
        name = old.need_text("from")
    if moved and (former := moved.child("from")):
        who = former.child("user") or former.child("organization")
        owner = who.need_text("login") if who else owner
    if f"{owner}/{name}" != full_name:
        # a transfer need not move `updated_at`: of two sayings of one second a page with the old name would win
        sheet.say(Repository(id=sheet.repository, name=full_name), _as_of(found), RENAMED)
        sheet.renames.append(Rename(f"{sheet.source}:{owner}/{name}", sheet.repository, at))
