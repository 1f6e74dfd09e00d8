"""Routes about accounts, organisation and teams."""

from __future__ import annotations

from fairlead.connectors.github.fake.api.call import Answer, Call, Listing, Refusal, Route, route
from fairlead.connectors.github.fake.payloads.repository import repository
from fairlead.connectors.github.fake.payloads.user import full_user, organization, team, user
from fairlead.connectors.github.fake.state import Team


def _me(call: Call) -> Answer:
    if call.caller.kind != "user":
        raise Refusal(403, "Resource not accessible by integration")
    return full_user(call.wire, call.fake.account(call.caller.login))


def _account(call: Call) -> Answer:
    found = call.fake.accounts.get(call.parts["login"])
    if found is None or found.deleted_at is not None:
        raise Refusal(404, "Not Found")
    return full_user(call.wire, found)


def _org(call: Call) -> Answer:
    _our(call)
    org = call.fake.org
    return {**organization(call.wire, org), "name": org.name, "type": "Organization", "public_repos": 0}


def _our(call: Call) -> None:
    if call.parts["org"].lower() != call.fake.org.login.lower():
        raise Refusal(404, "Not Found")


def _repositories(call: Call) -> Answer:
    if "org" in call.parts:
        _our(call)
    found = sorted(call.fake.repositories.values(), key=lambda repo: repo.created_at, reverse=True)
    kind = call.word("type", "all")
    if kind in ("private", "public"):
        found = [repo for repo in found if repo.private == (kind == "private")]
    return Listing(found, lambda repo: repository(call.wire, repo))


def _installed(call: Call) -> Answer:
    if call.caller.kind != "installation":
        raise Refusal(403, "You must authenticate with an installation access token in order to list repositories.")
    found = list(call.fake.repositories.values())
    return Listing(found, lambda repo: repository(call.wire, repo), key="repositories")


def _members(call: Call) -> Answer:
    _our(call)
    people = [one for one in call.fake.accounts.values() if one.kind == "User" and one.deleted_at is None]
    return Listing(people, lambda one: user(call.wire, one))


def _teams(call: Call) -> Answer:
    _our(call)
    return Listing(list(call.fake.teams.values()), lambda one: team(call.wire, one, call.fake.org))


def _team_of(call: Call) -> Team:
    _our(call)
    found = call.fake.teams.get(call.parts["slug"])
    if found is None:
        raise Refusal(404, "Not Found")
    return found


def _team(call: Call) -> Answer:
    found = _team_of(call)
    counts = {"members_count": len(found.members), "repos_count": len(found.repositories)}
    return {**team(call.wire, found, call.fake.org), **counts, "organization": _org(call)}


def _team_members(call: Call) -> Answer:
    found, role = _team_of(call), call.word("role", "all")
    logins = [login for login, own in found.members.items() if role in ("all", own)]
    people = [call.fake.account(login) for login in logins]
    return Listing([one for one in people if one.deleted_at is None], lambda one: user(call.wire, one))


def _team_repositories(call: Call) -> Answer:
    found = _team_of(call)
    repos = [repo for name, repo in call.fake.repositories.items() if name in found.repositories]
    return Listing(repos, lambda repo: repository(call.wire, repo))


def _repository_teams(call: Call) -> Answer:
    name = call.repo.name
    found = [one for one in call.fake.teams.values() if name in one.repositories]
    return Listing(found, lambda one: team(call.wire, one, call.fake.org))


def _collaborators(call: Call) -> Answer:
    _ = call.repo
    people = [one for one in call.fake.accounts.values() if one.kind == "User" and one.deleted_at is None]
    return Listing(people, lambda one: user(call.wire, one))


ROUTES: tuple[Route, ...] = (
    route("/user", _me),
    route("/users/{login}", _account),
    route("/orgs/{org}", _org),
    route("/orgs/{org}/repos", _repositories),
    route("/user/repos", _repositories),
    route("/installation/repositories", _installed),
    route("/orgs/{org}/members", _members),
    route("/orgs/{org}/teams", _teams),
    route("/orgs/{org}/teams/{slug}", _team),
    route("/orgs/{org}/teams/{slug}/members", _team_members),
    route("/orgs/{org}/teams/{slug}/repos", _team_repositories),
    route("/repos/{owner}/{repo}/teams", _repository_teams),
    route("/repos/{owner}/{repo}/collaborators", _collaborators),
)
