"""Pages of the API: which reader takes which path.

A page is an answer body with the path that was asked for: in the header `path` of the raw event, or as its kind
(`api:/repos/acme/payments/pulls`). Where the kind is only a name (`api:pulls`), objects tell their repository.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from msgspec import UNSET

from fairlead.connectors.github import (
    alerts,
    builds,
    comments,
    commits,
    deployments,
    issues,
    labels,
    milestones,
    organisations,
    pulls,
    refs,
    releases,
    repositories,
    reviews,
    timeline,
)
from fairlead.connectors.github.files import change_file, contents_page
from fairlead.connectors.github.graphql import graphql_page, pushed_since
from fairlead.connectors.github.paths import issue_of_url, organisation_of_path, repository_of_path
from fairlead.connectors.github.sheet import Sheet
from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.kit.moments import SNAPSHOT, version
from fairlead.connectors.kit.payload import Doc, decode
from fairlead.connectors.kit.reading import page_date
from fairlead.model.errors import Unreadable

_Page = Callable[[Sheet, list[Doc], str], None]
"""Takes the entries of a page and what the path says beyond the repository."""


@dataclass(frozen=True, slots=True)
class _Route:
    name: str
    pattern: re.Pattern[str]
    read: _Page


def read_page(delivery: Delivery, options: Options) -> Reading:
    """A page -> patches and events."""
    value = decode(delivery.body)
    path = _path(delivery)
    sheet = Sheet(options, page_date(delivery.headers), delivery.headers)
    if delivery.kind == "api:graphql" or path.rstrip("/").endswith("graphql"):
        graphql_page(sheet, _object(value), noted(sheet, "commits-before"))
        return sheet.reading()
    entries = _entries(value)
    _enter(sheet, path, entries)
    route, rest = _route(delivery.kind, path)
    if route is None:
        return Reading(nothing=f"no reader for `{path or delivery.kind}`")
    if not sheet.repository and route.name not in _WITHOUT_REPOSITORY and entries:
        raise Unreadable("path", "the page does not tell which repository it is about")
    route.read(sheet, entries, rest)
    return sheet.reading("the page is empty")


def _each(read: Callable[[Sheet, Doc], object]) -> _Page:
    def page(sheet: Sheet, entries: list[Doc], _rest: str) -> None:
        for entry in entries:
            read(sheet, entry)

    return page


def _of_change(read: Callable[[Sheet, Doc, str], object]) -> _Page:
    """Entries below one pull request, which either the path names or the entry."""

    def page(sheet: Sheet, entries: list[Doc], rest: str) -> None:
        for entry in entries:
            read(sheet, entry, _about(sheet, entry, rest, "pull_request_url"))

    return page


def _about(sheet: Sheet, entry: Doc, rest: str, key: str) -> str:
    if rest:
        return f"{sheet.repository}#{rest}"
    found = issue_of_url(sheet.source, entry.need_text(key))
    return found or entry.wrong(key, "names neither issue nor pull request")


def _repository_page(sheet: Sheet, entries: list[Doc], _rest: str) -> None:
    for entry in entries:
        repositories.say_repository(sheet, entry, SNAPSHOT)


def _issue_comments(sheet: Sheet, entries: list[Doc], rest: str) -> None:
    for entry in entries:
        about = _about(sheet, entry, rest, "issue_url")
        if "/pull/" in (entry.text("html_url") or ""):
            reviews.say_comment(sheet, entry, about)
        else:
            comments.say_comment_on(sheet, entry, about)


def _commits_of_change(sheet: Sheet, entries: list[Doc], rest: str) -> None:
    change = f"{sheet.repository}#{rest}"
    first = 100 * (max(noted(sheet, "page"), 1) - 1)
    for position, entry in enumerate(entries, start=first):
        commits.change_commit(sheet, entry, change, position)
        pushed_since(sheet, change, entry, version(Doc(dict(sheet.headers), "headers"), "opened"))


def noted(sheet: Sheet, name: str) -> int:
    """A number that the caller noted beside the page."""
    text = sheet.headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _statuses(sheet: Sheet, entries: list[Doc], rest: str) -> None:
    for entry in entries:
        sha = entry.text("sha") or rest
        commit = sha if re.fullmatch(r"[0-9a-f]{40,64}", sha) else UNSET
        builds.say_status(sheet, entry, commit, sheet.headers.get("branch") or UNSET)


def _members(sheet: Sheet, entries: list[Doc], rest: str) -> None:
    for entry in entries:
        organisations.member_page(sheet, entry, sheet.team(rest))


def _events(sheet: Sheet, entries: list[Doc], _rest: str) -> None:
    timeline.events_page(sheet, entries)


def _timeline(sheet: Sheet, entries: list[Doc], rest: str) -> None:
    timeline.timeline(sheet, entries, f"{sheet.repository}#{rest}", None)


def _routes() -> tuple[_Route, ...]:
    """Longer paths stand before those that they begin with; `()` in a pattern is what the reader needs of it."""
    table: tuple[tuple[str, str, _Page], ...] = (
        ("pull_commits", r"/pulls/(\d+)/commits", _commits_of_change),
        ("pull_files", r"/pulls/(\d+)/files", _of_change(change_file)),
        ("pull_reviews", r"/pulls/(\d+)/reviews(?:/\d+)?", _of_change(reviews.say_review)),
        ("pull_comments", r"/pulls/(?:comments(?:/\d+)?|(\d+)/comments)", _of_change(reviews.say_comment)),
        ("pulls", r"/pulls(?:/\d+)?", _each(pulls.snapshot)),
        ("issue_events", r"/issues/events", _events),
        ("timeline", r"/issues/(\d+)/(?:timeline|events)", _timeline),
        ("issue_comments", r"/issues/(?:comments(?:/\d+)?|(\d+)/comments)", _issue_comments),
        ("borne_labels", r"/issues/labels", _each(labels.borne_by)),
        ("issues", r"/issues(?:/\d+)?", _each(issues.issue_snapshot)),
        ("check_runs", r"/(?:commits|check-suites)/[^/]+/check-runs|/check-runs/\d+", _each(builds.say_check)),
        ("statuses", r"/commits/([^/]+)/status(?:es)?|/statuses/([^/]+)", _statuses),
        ("commits", r"/commits(?:/[^/]+)?", _each(commits.commit_page)),
        ("jobs", r"/actions/runs/\d+(?:/attempts/\d+)?/jobs|/actions/jobs/\d+", _each(builds.say_job)),
        ("runs", r"/actions/(?:workflows/[^/]+/)?runs(?:/\d+)?(?:/attempts/\d+)?", _each(builds.say_run)),
        ("deployment_statuses", r"/deployments/\d+/statuses(?:/\d+)?", _each(deployments.status_page)),
        ("deployments", r"/deployments(?:/\d+)?", _each(deployments.say_deployment)),
        ("releases", r"/releases(?:/\d+|/latest|/tags/.+)?", _each(releases.release_page)),
        ("tags", r"/tags", _each(refs.tag_page)),
        ("milestones", r"/milestones(?:/\d+)?", _each(milestones.milestone_page)),
        ("code_scanning_alerts", r"/code-scanning/alerts(?:/\d+)?", _each(alerts.alert_page(alerts.code_scanning))),
        ("dependabot_alerts", r"/dependabot/alerts(?:/\d+)?", _each(alerts.alert_page(alerts.dependency))),
        ("secret_scanning_alerts", r"/secret-scanning/alerts(?:/\d+)?", _each(alerts.alert_page(alerts.secret))),
        ("contents", r"/contents/.+", contents_page),
        ("members", r"/teams/([^/]+)/members", _members),
        ("teams", r"/teams(?:/[^/]+)?", _each(organisations.team_page)),
        ("collaborators", r"/collaborators|/members|/contributors|/assignees", _each(Sheet.account)),
        ("repositories", r"/repos|/installation/repositories|/user/repos", _repository_page),
        ("repository", r"", _repository_page),
    )  # fmt: skip
    return tuple(_Route(name, re.compile(pattern), read) for name, pattern, read in table)


_ROUTES = _routes()
_BY_NAME = {route.name: route for route in _ROUTES}
_WITHOUT_REPOSITORY = frozenset(("members", "teams", "collaborators", "repositories", "repository"))
_BELOW = re.compile(r"/?(?:api/v3/)?(?:repos/[^/]+/[^/]+|orgs/[^/]+)?(/.*)?")
_LISTS = (
    "workflow_runs", "jobs", "check_runs", "statuses", "repositories", "items", "entries",
)  # fmt: skip


def _path(delivery: Delivery) -> str:
    path = delivery.headers.get("path", "")
    name = delivery.kind.removeprefix("api:")
    if not path and "/" in name:
        path = name
    return re.sub(r"^https?://[^/]+", "", path).partition("?")[0].rstrip("/")


def _route(kind: str, path: str) -> tuple[_Route | None, str]:
    if not path:
        return _BY_NAME.get(kind.removeprefix("api:")), ""
    below = _BELOW.fullmatch(path)
    rest = (below[1] if below else None) or ""
    for route in _ROUTES:
        if found := route.pattern.fullmatch(rest):
            return route, next((group for group in found.groups() if group), "")
    return None, ""


def _object(value: object) -> Doc:
    if type(value) is not dict:
        raise Unreadable("", "expected an object")
    return Doc(value, "")


def _entries(value: object) -> list[Doc]:
    """A list, a list below one of GitHub's names, or one object."""
    if type(value) is list:
        return list(Doc({"entries": value}, "").children("entries"))
    found = _object(value)
    for key in _LISTS:
        if type(found.plain(key)) is list:
            return list(found.children(key))
    return [found]


def _enter(sheet: Sheet, path: str, entries: list[Doc]) -> None:
    if name := repository_of_path(path):
        sheet.enter(name)
    elif login := organisation_of_path(path):
        sheet.owner = login
    elif entries:
        for key in ("repository_url", "url", "pull_request_url", "deployment_url", "issue_url"):
            if name := repository_of_path(entries[0].text(key) or ""):
                sheet.enter(name)
                return
