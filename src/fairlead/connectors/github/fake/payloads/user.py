"""Users, bots, organisations, teams and apps."""

from __future__ import annotations

from fairlead.connectors.github.fake.names import GHOST_ID, node_id, stamp
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.state import Account, App, Team

_USER_LINKS = {
    "url": "",
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}


def user(wire: Wire, account: Account) -> Json:
    """The short form in which a user appears inside other objects; deleted users appear as GitHub's ghost."""
    if account.deleted_at is not None:
        return wire.kept("ghost", lambda: _user(wire, GHOST_ID, "ghost", "User"))
    return wire.kept(("user", account.id), lambda: _user(wire, account.id, account.login, account.kind))


def user_or_none(wire: Wire, account: Account | None) -> Json | None:
    """Like `user`; reviews and commits of deleted users have no user at all."""
    return None if account is None or account.deleted_at is not None else user(wire, account)


def _user(wire: Wire, number: int, login: str, kind: str) -> Json:
    page = f"{wire.html}/apps/{login.removesuffix('[bot]')}" if kind == "Bot" else f"{wire.html}/{login}"
    return {
        "login": login,
        "id": number,
        "node_id": node_id("BOT" if kind == "Bot" else "U", number),
        "type": kind,
        "site_admin": False,
        **wire.detail(
            avatar_url=f"https://avatars.githubusercontent.com/u/{number}?v=4",
            gravatar_id="",
            html_url=page,
            user_view_type="public",
        ),
        **wire.links(f"{wire.api}/users/{login}", _USER_LINKS),
    }


def full_user(wire: Wire, account: Account) -> Json:
    """The long form of `GET /users/{login}` and `GET /user`."""
    return {
        **user(wire, account),
        "name": account.name,
        "company": None,
        "blog": "",
        "location": None,
        "email": account.email,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": stamp(account.created_at),
        "updated_at": stamp(account.created_at),
    }


def organization(wire: Wire, account: Account) -> Json:
    """An organisation as webhooks and lists carry it."""
    return wire.kept(("organization", account.id), lambda: _organization(wire, account))


def _organization(wire: Wire, account: Account) -> Json:
    links = {
        "url": "", "repos_url": "/repos", "events_url": "/events", "hooks_url": "/hooks", "issues_url": "/issues",
        "members_url": "/members{/member}", "public_members_url": "/public_members{/member}",
    }  # fmt: skip
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("O", account.id),
        "description": account.name,
        **wire.detail(avatar_url=f"https://avatars.githubusercontent.com/u/{account.id}?v=4"),
        **wire.links(f"{wire.api}/orgs/{account.login}", links),
    }


def app(wire: Wire, found: App) -> Json:
    """A GitHub App as check runs name it."""
    return wire.kept(("app", found.id), lambda: _app(wire, found))


def _app(wire: Wire, found: App) -> Json:
    return {
        "id": found.id,
        "slug": found.slug,
        "node_id": node_id("A", found.id),
        "name": found.name,
        "owner": user(wire, found.owner),
        **wire.detail(
            client_id=f"Iv1.{found.id:016x}",
            description="",
            external_url=f"{wire.html}/apps/{found.slug}",
            html_url=f"{wire.html}/apps/{found.slug}",
            created_at=stamp(found.created_at),
            updated_at=stamp(found.created_at),
            permissions={"checks": "write", "contents": "read", "metadata": "read"},
            events=[],
        ),
    }


def team(wire: Wire, found: Team, organisation: Account) -> Json:
    """A team of the organisation."""
    address = f"{wire.api}/organizations/{organisation.id}/team/{found.id}"
    page = f"{wire.html}/orgs/{organisation.login}/teams/{found.slug}"
    return {
        "name": found.name,
        "id": found.id,
        "node_id": node_id("T", found.id),
        "slug": found.slug,
        "description": found.description,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "type": "organization",
        "organization_id": organisation.id,
        "html_url": page,
        "url": address,
        "members_url": f"{address}/members{{/member}}",
        "repositories_url": f"{address}/repos",
        "parent": team(wire, found.parent, organisation) if found.parent is not None else None,
    }
