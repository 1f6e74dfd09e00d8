"""The sync: which lists of which repositories, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import partial

from fairlead.connectors.github import deliveries, labels, sweeps, walks
from fairlead.connectors.github.api import PUBLIC, Api
from fairlead.connectors.github.app import SignedIn
from fairlead.connectors.github.pulls_walk import pulls
from fairlead.connectors.github.runs import runs
from fairlead.connectors.github.walks import Walk
from fairlead.connectors.kit.connector import Page, SyncRequest
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.rest import http_of, text
from fairlead.connectors.kit.steps import Step, walked
from fairlead.model.errors import Abort, Skip
from fairlead.model.raw import content_id

_ALL = {"state": "all"}


def sync(request: SyncRequest) -> Iterator[Page]:
    """Raw pages, each with the state after it."""
    api = connect(request)
    return walked(api, _steps(api))


def connect(request: SyncRequest) -> Api:
    """Signs in at the configured server."""
    http = http_of(request, "GitHub", PUBLIC)
    signed_in = SignedIn(http.client, http.base, request.settings, request.credentials, lambda: http.now)
    http.signed, http.renew = signed_in.headers, signed_in.renew
    api = Api(http, request, signed_in=signed_in)
    http.report = api.waits
    return api


def repositories(api: Api) -> list[str]:
    """Full names of the repositories to read: named ones, and all of the organisations."""
    settings = api.request.settings
    found = dict.fromkeys(str(name) for name in settings.get("repositories") or ())
    for login in settings.get("organisations") or ():
        found |= dict.fromkeys(_owned(api, str(login)))
    if not found and api.signed_in.is_app:
        for _, _, page in api.lists("/installation/repositories", key="repositories"):
            found |= dict.fromkeys(text(entry, "full_name") for entry in page)
    if not found:
        raise Abort(
            "no repository was found by the names that are set",
            hint=f"check `repositories` and `organisations` in `[sources.{api.request.options.source}]`",
        )
    excluded = tuple(settings.get("exclude") or ())
    return [name for name in found if name.count("/") == 1 and not any(fnmatchcase(name, glob) for glob in excluded)]


def _owned(api: Api, login: str) -> list[str]:
    """Repositories of an organisation, or of a person who is named like one."""
    for home in (f"/orgs/{login}/repos", f"/users/{login}/repos"):
        try:
            pages = api.lists(home, {"type": "all", "sort": "full_name"})
            return [text(entry, "full_name") for _, _, page in pages for entry in page]
        except Skip as fault:
            told = fault.message
    api.leave_out(f"{login}: {told}")
    return []


def _steps(api: Api) -> Iterator[Step]:
    """All lists; how many they are is known as soon as the repositories are."""
    names, organisations = repositories(api), _organisations(api)
    api.total = len(organisations) + len(names) * _lists_of_one(api) + api.signed_in.is_app
    for login in organisations:
        yield Step(f"{login}: teams", partial(_teams, api, f"/orgs/{login}"), optional=True)
    for name in names:
        yield from _of_repository(api, name)
    if api.signed_in.is_app:
        yield Step("deliveries", partial(deliveries.of_app, api, ""), optional=True)


def _lists_of_one(api: Api) -> int:
    """Lists of one repository, itself included."""
    own_deliveries = not api.signed_in.is_app
    return 1 + len(_lists("")) + own_deliveries + (len(_SWEEPS) if api.request.full else 0)


def _of_repository(api: Api, name: str) -> Iterator[Step]:
    """Asks for the repository first: it may go by another name now, or not be ours to see."""
    try:
        answer = api.get(f"/repos/{name}")
    except Skip as fault:
        api.done += _lists_of_one(api)
        api.leave_out(f"{name}: {fault.message}")
        return
    found = answer.value if isinstance(answer.value, dict) else {}
    name = text(found, "full_name") or name
    home = f"/repos/{name}"
    yield Step(f"{name}: repository", lambda _mark: iter([api.page("repository", home, answer)]))
    for what, walk, optional in _lists(text(found, "default_branch") or "HEAD"):
        yield Step(f"{name}: {what}", partial(walk, api, home), optional)
    if not api.signed_in.is_app:
        yield Step(f"{name}: deliveries", partial(deliveries.of_repository, api, home), optional=True)
    if api.request.full:
        for what, walk in _SWEEPS:
            yield Step(f"{name}: {what}", partial(walk, api, home))


def _lists(branch: str) -> Sequence[tuple[str, Walk, bool]]:
    return (
        ("CODEOWNERS", walks.code_owners, True),
        ("ignored revisions", walks.ignored_revisions, True),
        ("milestones", walks.whole("milestones", "/milestones", _ALL), False),
        ("issues", walks.by_updated("issues", "/issues", _ALL), False),
        ("pull requests", pulls, False),
        ("comments", walks.by_updated("issue_comments", "/issues/comments"), False),
        ("review comments", walks.by_updated("pull_comments", "/pulls/comments"), False),
        ("events", walks.events, False),
        ("labels", labels.borne, True),
        ("commits", walks.commits(branch), False),
        ("releases", walks.whole("releases", "/releases"), False),
        ("tags", walks.whole("tags", "/tags"), False),
        ("deployments", walks.deployments, False),
        ("workflow runs", runs, True),
        ("Dependabot alerts", _alerts("dependabot", {"sort": "updated", "direction": "desc"}), True),
        ("code scanning alerts", _alerts("code_scanning", {"sort": "updated", "direction": "desc"}), True),
        ("secret scanning alerts", _alerts("secret_scanning", {"sort": "updated", "direction": "desc"}), True),
    )


_SWEEPS: Sequence[tuple[str, Walk]] = (
    ("numbers of all issues and pull requests", sweeps.numbered),
    ("all releases and tags", sweeps.published),
    ("all milestones", sweeps.milestones),
)


def _alerts(kind: str, asked: dict[str, str]) -> Walk:
    return walks.newest_first(f"{kind}_alerts", f"/{kind.replace('_', '-')}/alerts", "updated_at", asked)


def _organisations(api: Api) -> list[str]:
    """Organisations whose teams are read: those named, and the owners of the repositories named."""
    settings = api.request.settings
    owners = (str(name).partition("/")[0] for name in settings.get("repositories") or ())
    return list(dict.fromkeys((*(str(login) for login in settings.get("organisations") or ()), *owners)))


def _teams(api: Api, home: str, mark: Mark) -> Iterator[Page]:
    """Teams and their members as of now, if anything about them changed; a user's own repositories have none."""
    found = list(_team_pages(api, home))
    lists = (page.body for page in found if page.kind != "api:ids")
    mark.following = content_id(*lists)
    if mark.following != mark.value:
        yield from found


def _team_pages(api: Api, home: str) -> Iterator[Page]:
    login = home.removeprefix("/orgs/")
    source = api.request.options.source
    for _, answer, teams in api.lists(f"{home}/teams"):
        yield api.page("teams", f"{home}/teams", answer)
        for team in teams:
            slug = text(team, "slug")
            logins: list[str] = []
            at = None
            for _, members, found in api.lists(f"{home}/teams/{slug}/members"):
                at = at or members.date
                logins += [text(one, "login") for one in found]
                yield api.page("members", f"{home}/teams/{slug}/members", members)
            yield sweeps.members_page(source, f"{source}:@{login}/{slug}", logins, at or api.http.now)
