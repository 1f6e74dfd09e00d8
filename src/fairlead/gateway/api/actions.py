"""Actions: what is proposed, waits, was done; propose, decide, withdraw, take back. Each word is its asker's own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Body, Query, Request
from starlette.exceptions import HTTPException

from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.gateway.viewer import Viewer
from fairlead.governance import showing
from fairlead.model.acts import Act, read_act
from fairlead.model.errors import Skip
from fairlead.store import actions
from fairlead.store.access import Role
from fairlead.store.actions import Row
from fairlead.wiring import governing, hands

_ACTION = Annotated[str, Body(description="Id, like `action:17`.")]
_WHY = Annotated[str, Body(description="The reason, in a few words.")]


def routes(api: Api) -> APIRouter:
    """`/actions` and what people do with them."""
    router = APIRouter(tags=["actions"])
    _shown(router, api)
    _proposed(router, api)
    _judged(router, api)
    return router


def _shown(router: APIRouter, api: Api) -> None:
    services = api.services

    @router.get("/actions")
    def listed(
        request: Request,
        state: Annotated[str, Query(description="Only these, like `waiting`, `done` or `unknown`.")] = "",
        mine: Annotated[bool, Query(description="Only what waits for the asker's own word.")] = False,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> list[dict[str, Any]]:
        """The newest actions; like all that is read here, of every team."""
        viewer = viewer_of(request)
        viewer.demand("viewer", "read")
        if mine:
            rows = governing.waiting_for(services, viewer.person, viewer.roles)
        else:
            with services.database.read() as tx:
                rows = actions.in_states(tx, [state])[::-1] if state else actions.newest(tx, limit)
        return [_told(showing.told(row), viewer) for row in rows[:limit]]

    @router.get("/actions/{action}")
    def one(request: Request, action: str) -> dict[str, Any]:
        """One action with its whole life: requests, what policy said, words of people, entries of the ledger."""
        viewer = viewer_of(request)
        viewer.demand("viewer", "read")
        row = _row(api, action)
        with services.database.read() as tx:
            return _told(showing.whole(tx, row), viewer)


def _proposed(router: APIRouter, api: Api) -> None:
    """What makes an action or takes one back."""
    services = api.services

    @router.post("/actions", status_code=201)
    def propose(
        request: Request,
        act: Annotated[dict[str, Any], Body(description="What is to be done, with its `kind`.")],
        tool: Annotated[str, Body(description="Source; else the one that the subject names.")] = "",
        why: _WHY = "",
        dry_run: Annotated[bool, Body(description="Only tell the exact requests.")] = False,
    ) -> dict[str, Any]:
        """Proposes an act; policy judges it at once."""
        viewer = viewer_of(request)
        viewer.demand("member", "write")
        read = _read(act)
        where = tool or hands.tool_of(read)
        if dry_run:
            return {"calls": msgspec.to_builtins(hands.calls_of(services, read, where, by=viewer.person))}
        return _told(showing.told(governing.propose(services, read, where, by=viewer.person, why=why)), viewer)

    @router.post("/actions/edit")
    def edit(
        request: Request,
        action: _ACTION,
        act: Annotated[dict[str, Any], Body(description="All of what is to be done now, with its `kind`.")],
    ) -> dict[str, Any]:
        """Puts another act in the place of a proposal: its proposer, or a manager of its team; judged anew."""
        viewer, row = _writer(request), _row(api, action)
        after = governing.edit(services, row["id"], _read(act), by=viewer.person, roles=viewer.roles)
        return _told(showing.told(after), viewer)

    @router.post("/plan/propose", status_code=201)
    def propose_plan(
        request: Request,
        sprint: Annotated[str, Body(description="`NEXT`, or id, name or number; the default is the next.")] = "",
        epic: Annotated[str, Body(description="Key, id or title of an epic.")] = "",
        milestone: Annotated[str, Body(description="Title or id of a milestone.")] = "",
        team: Annotated[str, Body(description="Key of a team.")] = "",
        rebalance: Annotated[bool, Body(description="Of a sprint that runs: moves that even out the work.")] = False,
    ) -> dict[str, Any]:
        """Proposes what the tools would have to be told so that they show a plan; what is so already is left out."""
        viewer = viewer_of(request)
        viewer.demand("manager", "write")
        from fairlead.wiring import planviews, planwriting

        words = {"sprint": sprint, "epic": epic, "milestone": milestone, "team": team, "load": viewer.loads}
        words |= {"rebalance": "1" if rebalance else ""}
        wishes = planviews.wishes(services, {name: said for name, said in words.items() if said})
        rows = planwriting.propose(services, wishes.acts, by=viewer.person)
        return {"actions": [_told(showing.told(row), viewer) for row in rows], "refused": dict(wishes.refused)}

    @router.post("/actions/withdraw")
    def withdraw(request: Request, action: _ACTION, why: _WHY = "") -> dict[str, Any]:
        """Takes a proposal back: whoever made it, or a manager of its team."""
        viewer, row = _writer(request), _row(api, action)
        after = governing.withdraw(services, row["id"], by=viewer.person, roles=viewer.roles, why=why)
        return _told(showing.told(after), viewer)

    @router.post("/actions/undo", status_code=201)
    def undo(request: Request, action: _ACTION, why: _WHY = "") -> dict[str, Any]:
        """Proposes what takes a done action back."""
        viewer, row = _writer(request, "member"), _row(api, action)
        back = governing.undo(services, row["id"], by=viewer.person, roles=viewer.roles, why=why)
        return _told(showing.told(back), viewer)


def _read(act: dict[str, Any]) -> Act:
    try:
        return read_act(act)
    except msgspec.ValidationError as fault:
        raise Skip(f"this is no act: {fault}", hint="docs/acts.md lists all kinds with their fields") from fault


def _judged(router: APIRouter, api: Api) -> None:
    """What people say of an action that is there."""
    services = api.services

    @router.post("/actions/decide")
    def decide(
        request: Request,
        action: _ACTION,
        digest: Annotated[str, Body(description="Digest of exactly what was looked at.")],
        verdict: Annotated[Literal["approved", "refused"], Body()],
        reason: _WHY = "",
        break_glass: Annotated[bool, Body(description="Override policy in an emergency; reviewed.")] = False,
    ) -> dict[str, Any]:
        """The asker's word on an action; 403 says why it does not count."""
        viewer, row = _writer(request), _row(api, action)
        after = governing.decide(
            services,
            row["id"],
            person=viewer.person,
            roles=viewer.roles,
            digest=digest,
            verdict=verdict,
            reason=reason,
            how="api",
            break_glass=break_glass,
        )
        return _told(showing.told(after), viewer)

    @router.post("/actions/settle")
    def settle(
        request: Request, action: _ACTION, found: Annotated[Literal["done", "failed"], Body()], why: _WHY = ""
    ) -> dict[str, Any]:
        """What somebody found at the tool, where nobody could tell whether it was done."""
        viewer, row, done = _writer(request, "member"), _row(api, action), found == "done"
        after = governing.settle(services, row["id"], done=done, by=viewer.person, roles=viewer.roles, why=why)
        return _told(showing.told(after), viewer)


def _writer(request: Request, role: Role = "viewer") -> Viewer:
    """Who asks, with the scope; whether this action is for them governance says, which keeps what it refuses."""
    viewer = viewer_of(request)
    viewer.demand(role, "write")
    return viewer


def _row(api: Api, action: str) -> Row:
    with api.services.database.read() as tx:
        found = actions.one(tx, action if action.startswith("action:") else f"action:{action}")
    if found is None:
        raise HTTPException(404, f"no action `{action}`")
    return found


def _told(said: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    return said if viewer.sees_people or viewer.role != "viewer" else showing.unnamed(said)
