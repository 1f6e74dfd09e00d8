"""Lists of everything that there is: what is missing in them was deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from fairlead.connectors.github.api import Api
from fairlead.connectors.kit.connector import Page
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.ids import ids_page
from fairlead.connectors.kit.rest import Entry, number, text


def numbered(api: Api, home: str, _mark: Mark) -> Iterator[Page]:
    """Issues and pull requests share their numbers and their list, but are swept from two tables."""
    at, found = everything(api, f"{home}/issues", {"state": "all"})
    name = f"{api.request.options.source}:{home.removeprefix('/repos/')}"
    ids: dict[str, list[str]] = {"changes": [], "work_items": []}
    for entry in found:
        ids["changes" if "pull_request" in entry else "work_items"].append(f"{name}#{number(entry)}")
    for table, own in ids.items():
        yield ids_page(table, f"{name}#", own, at)


def published(api: Api, home: str, _mark: Mark) -> Iterator[Page]:
    """Releases and tags."""
    name = f"{api.request.options.source}:{home.removeprefix('/repos/')}"
    at, found = everything(api, f"{home}/releases", {})
    yield ids_page("releases", f"{name}/release/", [f"{name}/release/{number(entry, 'id')}" for entry in found], at)
    at, found = everything(api, f"{home}/tags", {})
    yield ids_page("releases", f"{name}/tag/", [f"{name}/tag/{text(entry, 'name')}" for entry in found], at)


def milestones(api: Api, home: str, _mark: Mark) -> Iterator[Page]:
    """Milestones."""
    name = f"{api.request.options.source}:{home.removeprefix('/repos/')}"
    at, found = everything(api, f"{home}/milestones", {"state": "all"})
    yield ids_page("milestones", f"{name}/milestone/", [f"{name}/milestone/{number(entry)}" for entry in found], at)


def members_page(source: str, team: str, logins: list[str], at: datetime) -> Page:
    """Members of one team, as listed just now."""
    ids = [f"{team}/{source}:@{login}" for login in logins]
    return ids_page("memberships", f"{team}/", ids, at)


def no_document(api: Api, home: str, path: str) -> Page:
    """A file that was there and is gone."""
    name = f"{api.request.options.source}:{home.removeprefix('/repos/')}"
    return ids_page("documents", f"{name}/file/{path}", [], api.http.now)


def everything(api: Api, path: str, asked: dict[str, str]) -> tuple[datetime, list[Entry]]:
    """All entries with the date of the first page: whatever is made while we read is later than that."""
    at: datetime | None = None
    found: list[Entry] = []
    for _, answer, page in api.lists(path, {**asked, "sort": "created", "direction": "asc"} if asked else asked):
        at = at or answer.date
        found += page
    return at or api.http.now, found
