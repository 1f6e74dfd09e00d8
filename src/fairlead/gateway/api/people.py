"""Identity and roles: pairs of accounts that may be one person, and who may do what."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Body, Request
from starlette.responses import JSONResponse, Response

from fairlead.gateway.access import whole_team
from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.gateway.viewer import Viewer
from fairlead.model.errors import Skip
from fairlead.model.times import entered_at
from fairlead.store import access, records
from fairlead.store.access import EVERYWHERE, Role

Decision = Literal["confirmed", "refused", "reverted"]


def routes(api: Api) -> APIRouter:
    """`/identity` and `/users`."""
    router = APIRouter(tags=["people"])
    database = api.services.database

    @router.get("/identity/links")
    def links(request: Request, status: str = "suggested") -> Response:
        """Pairs of accounts with score and reason."""
        viewer = viewer_of(request)
        viewer.demand("manager", "read")
        with database.read() as tx:
            found = [row for row in records.rows(tx, "identity_links") if row["status"] == status]
        api.access.note_reading(viewer, "api", "GET /identity/links", ["identity_links.id"], len(found), allowed=True)
        return JSONResponse(msgspec.to_builtins(found))

    @router.post("/identity/decisions", status_code=202)
    def decide(
        request: Request,
        link: Annotated[str, Body()],
        decision: Annotated[Decision, Body()],
    ) -> dict[str, str]:
        """Confirms that two accounts are one person, refuses it, or takes either back."""
        viewer = viewer_of(request)
        viewer.demand("manager", "write")
        with database.read() as tx:
            if records.get(tx, "identity_links", link) is None:
                raise Skip(f"no link `{link}`", hint="GET /identity/links lists them")
        _decide(api, viewer, link, decision)
        return {"link": link, "decision": decision}

    _users(router, api)

    @router.get("/access-log")
    def log(request: Request, limit: int = 1000) -> Response:
        """Who read columns about people, how and what."""
        viewer_of(request).demand("owner", "admin")
        with database.read() as tx:
            found: list[Any] = access.readings(tx, max(1, min(limit, 10_000)))
        return JSONResponse(msgspec.to_builtins(found))

    return router


def _users(router: APIRouter, api: Api) -> None:
    """Who may do what: each change is a raw event too."""
    database = api.services.database

    @router.get("/users")
    def users(request: Request) -> Response:
        """Who may sign in, with roles by team; `*` is everywhere."""
        viewer_of(request).demand("owner", "admin")
        with database.read() as tx:
            found = access.all_users(tx)
        return JSONResponse(msgspec.to_builtins(found))

    @router.post("/users/invite", status_code=201)
    def invite(
        request: Request,
        person: Annotated[str, Body()],
        role: Annotated[Role, Body()],
        team: Annotated[str, Body()] = EVERYWHERE,
    ) -> dict[str, str | None]:
        """Gives a known person a role and a link that lets them in once; owners of a team invite into that team.

        Without a `link` the person may already sign in, and a link that signs in as them is for owners everywhere.
        """
        viewer = viewer_of(request)
        # An owner of one team lets people into that team, and nowhere else.
        viewer.demand("owner", "admin", None if team == EVERYWHERE else whole_team(team))
        secret = api.access.invite(person, role, team, by=viewer.person)
        if secret is None:
            return {"person": person, "link": None, "note": "has the role; may already sign in, so no link is made"}
        return {"person": person, "link": f"{_base(api, request)}/sign-in/{secret}"}

    @router.post("/users/disable")
    def disable(request: Request, person: Annotated[str, Body(embed=True)]) -> dict[str, str]:
        """Ends every session, link and token of a person."""
        viewer = viewer_of(request)
        viewer.demand("owner", "admin")
        api.access.disable(person, by=viewer.person)
        return {"person": person}

    @router.post("/users/withdraw")
    def withdraw(
        request: Request, person: Annotated[str, Body()], team: Annotated[str, Body()] = EVERYWHERE
    ) -> dict[str, str]:
        """Takes the role of a person in a team away."""
        viewer = viewer_of(request)
        viewer.demand("owner", "admin", None if team == EVERYWHERE else whole_team(team))
        api.access.withdraw(person, team, by=viewer.person)
        return {"person": person, "team": team}


def _decide(api: Api, viewer: Viewer, link: str, decision: Decision) -> None:
    """What a person decides is a raw event: it replays with the rest."""
    from fairlead.connectors.fairlead import identity_decided

    account, separator, other = link.removeprefix("link:").partition("~")
    if not separator:
        raise Skip(f"not a link: {link}", hint="it looks like link:<account>~<account>")
    api.services.log.append(
        [identity_decided(decision, account, other, viewer.person, entered_at(api.services.clock))]
    )


def _base(api: Api, request: Request) -> str:
    public = api.services.settings.server.public_url.rstrip("/")
    return public or f"{request.url.scheme}://{request.url.netloc}"
