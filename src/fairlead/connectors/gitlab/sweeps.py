"""Lists of everything that there is: what is missing in them was deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fairlead.connectors.gitlab.api import Project, listed
from fairlead.connectors.kit.connector import Page
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.ids import ids_page
from fairlead.connectors.kit.rest import Entry, Rest, number, text

_STABLE = {"scope": "all", "order_by": "created_at", "sort": "asc"}
"""Oldest first: whatever is made while we read comes at the end."""


def numbered(rest: Rest, project: Project, _mark: Mark) -> Iterator[Page]:
    """Issues and merge requests."""
    for feature, table, mark in (("issues", "work_items", "#"), ("merge_requests", "changes", "!")):
        if project.has(feature):
            yield _ids(rest, project, feature, table, mark, lambda entry: str(number(entry, "iid")), _STABLE)


def published(rest: Rest, project: Project, _mark: Mark) -> Iterator[Page]:
    """Tags and releases."""
    yield _ids(rest, project, "repository/tags", "releases", "/tag/", lambda entry: text(entry, "name"), {})
    yield _ids(rest, project, "releases", "releases", "/release/", lambda entry: text(entry, "tag_name"), {})


def _ids(
    rest: Rest,
    project: Project,
    below: str,
    table: str,
    mark: str,
    name: Callable[[Entry], str],
    asked: dict[str, str],
) -> Page:
    """All ids as of the first page: what is made while we read is later than that."""
    scope = f"{rest.request.options.source}:{project.path}{mark}"
    at, ids = None, list[str]()
    for answer, found in listed(rest, f"{project.home}/{below}", asked):
        at = at or answer.date
        ids += [f"{scope}{name(entry)}" for entry in found]
    return ids_page(table, scope, ids, at or rest.http.now)
