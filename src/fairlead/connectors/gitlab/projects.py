"""Projects, groups and who belongs to them."""

from __future__ import annotations

from msgspec import UNSET

from fairlead.connectors.gitlab.sheet import Sheet, second, seconds
from fairlead.connectors.kit.connector import Rename
from fairlead.connectors.kit.moments import GONE, SNAPSHOT
from fairlead.connectors.kit.payload import Doc
from fairlead.model.patch import OLDEST
from fairlead.model.records.code import Repository
from fairlead.model.records.kinds import Flag, Text
from fairlead.model.records.people import Membership, Team

_PUBLIC = 20


def enter(sheet: Sheet, project: Doc) -> None:
    """The project of a webhook: what it is called now, and the page to go to."""
    path = project.need_text("path_with_namespace")
    sheet.enter(path)
    number = project.whole("id")
    sheet.say(
        Repository(
            id=sheet.repository,
            source=sheet.source,
            url=project.text("web_url"),
            name=path,
            external_id=str(number) if number else UNSET,
            default_branch=project.text("default_branch"),
            private=_private(project),
        ),
        # webhooks do not tell as of when they describe the project, so any page of the API wins
        OLDEST,
    )


def project_page(sheet: Sheet, project: Doc) -> None:
    """A project as the API gives it."""
    path = project.need_text("path_with_namespace")
    forked = project.child("forked_from_project")
    sheet.say(
        Repository(
            id=f"{sheet.source}:{path}",
            source=sheet.source,
            url=project.text("web_url"),
            created_at=second(project, "created_at"),
            updated_at=second(project, "last_activity_at"),
            deleted_at=None,
            name=path,
            external_id=str(project.need_whole("id")),
            default_branch=project.text("default_branch"),
            private=_private(project),
            archived=project.flag("archived"),
            fork=forked is not None,
            pushed_at=second(project, "last_activity_at"),
        ),
        sheet.date or seconds(project, "last_activity_at", "created_at"),
        SNAPSHOT,
    )


def project_event(sheet: Sheet, payload: Doc) -> None:
    """A system or group hook about a project: made, renamed, moved to another group, deleted."""
    event = payload.need_text("event_name")
    path = payload.need_text("path_with_namespace")
    sheet.enter(path)
    at = seconds(payload, "updated_at", "created_at")
    number = payload.whole("project_id")
    external = str(number) if number else UNSET
    if event == "project_destroy":
        sheet.say(Repository(id=sheet.repository, source=sheet.source, deleted_at=at), at, GONE)
        sheet.emit("dev.cdevents.repository.deleted.0.3.0", sheet.repository, at)
        return
    created = second(payload, "created_at")
    sheet.say(
        Repository(id=sheet.repository, source=sheet.source, name=path, external_id=external, created_at=created),
        OLDEST,
    )
    old = payload.text("old_path_with_namespace")
    if event in ("project_rename", "project_transfer") and old and old != path:
        sheet.renames.append(Rename(f"{sheet.source}:{old}", sheet.repository, at))
        # the name that the last page of the API gave goes along with the row, and would stay until the next sync
        sheet.say(Repository(id=sheet.repository, name=path), at)
    elif event == "project_create":
        # The path may have belonged to a project that was deleted, or to one that goes by another now: number and
        # time together tell from when on it is somebody else's.
        sheet.say(Repository(id=sheet.repository, external_id=external, deleted_at=None), at)
        sheet.emit("dev.cdevents.repository.created.0.3.0", sheet.repository, at)


def group_renamed(sheet: Sheet, payload: Doc) -> None:
    """A system hook: a group has another path, and with it each project below, of which no hook tells by itself."""
    _moved(sheet, payload, payload.text("old_full_path"), payload.need_text("full_path"))


def user_renamed(sheet: Sheet, payload: Doc) -> None:
    """A system hook: somebody has another username, which is the path of their own projects too."""
    user_made(sheet, payload)
    _moved(sheet, payload, payload.text("old_username"), payload.need_text("username"))


def user_made(sheet: Sheet, payload: Doc) -> None:
    """A system hook: somebody has an account. Here administrators see the address that all other hooks hide."""
    handle, number = payload.need_text("username"), payload.whole("user_id") or 0
    sheet.user(handle, number, payload.text("name"), email=payload.text("email"))


def _moved(sheet: Sheet, payload: Doc, old: Text, new: str) -> None:
    if old and old != new:
        at = seconds(payload, "updated_at", "created_at")
        # what lies below, and the account or team itself
        sheet.renames += [
            Rename(f"{sheet.source}:{mark}{old}", f"{sheet.source}:{mark}{new}", at) for mark in ("", "@")
        ]


def group_page(sheet: Sheet, group: Doc) -> None:
    """A group, which people may adopt as a team."""
    path = group.need_text("full_path")
    above = path.rpartition("/")[0]
    sheet.say(
        Team(
            id=f"{sheet.source}:@{path}",
            source=sheet.source,
            url=group.text("web_url"),
            created_at=second(group, "created_at"),
            name=group.text("name"),
            parent=f"{sheet.source}:@{above}" if above else None,
            proposed=True,
        ),
        sheet.date or OLDEST,
        SNAPSHOT,
    )


def member_page(sheet: Sheet, user: Doc) -> None:
    """A member of the group that the page was asked for."""
    team = f"{sheet.source}:@{sheet.headers.get('group', '')}"
    account = sheet.account(user)
    if account and user.text("state") == "active":
        sheet.say(
            Membership(
                id=f"{team}/{account}",
                source=sheet.source,
                team=team,
                account=account,
                # Whoever came back is a member again.
                deleted_at=None,
            ),
            sheet.date or OLDEST,
            SNAPSHOT,
        )


def _private(project: Doc) -> Flag:
    """Webhooks have a number where the API has a word; `internal` is hidden from the public as well."""
    if "visibility" in project:
        word = project.text("visibility")
        return word != "public" if word else UNSET
    level = project.whole("visibility_level")
    return level != _PUBLIC if isinstance(level, int) else UNSET
