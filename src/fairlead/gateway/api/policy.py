"""Policies: what there is, what their tests say, what they say of an act and why, what they would have said."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.model.errors import Abort
from fairlead.store import actions
from fairlead.wiring.verbs import ask


def routes(api: Api) -> APIRouter:
    """`/policies`, their tests, explanations and simulations."""
    router = APIRouter(tags=["policy"])

    def answer(words: dict[str, str]) -> Response:
        reply = ask(api.services, "policy", {**words, "form": "json"})
        return Response(reply.text, media_type=reply.media_type)

    @router.get("/policies")
    def listed(request: Request) -> Response:
        """Every policy with what it may say; with a fault among them everything is denied."""
        viewer_of(request).demand("viewer", "read")
        return answer({})

    @router.get("/policies/tests")
    def tested(request: Request, policy: str = "") -> dict[str, Any]:
        """Runs the tests that stand beside policies, or beside one."""
        viewer_of(request).demand("viewer", "read")
        found = [one for one in api.services.policy.tests if policy in ("", one.policy)]
        return {"count": len(found), "tests": msgspec.to_builtins(found)}

    @router.get("/policies/simulation")
    def simulated(request: Request, days: Annotated[int, Query(ge=1, le=3650)] = 90) -> Response:
        """What policies would have said of the proposals of the last days."""
        viewer_of(request).demand("manager", "read")
        return answer({"days": str(days)})

    @router.post("/policies/explanation")
    def explained(
        request: Request,
        action: Annotated[str, Body(description="Id of an action.")] = "",
        document: Annotated[
            dict[str, Any] | None, Body(description="An input document, in place of an action.")
        ] = None,
    ) -> Response:
        """What policy says, and of each rule whether it spoke and which of its conditions did not hold."""
        viewer = viewer_of(request)
        viewer.demand("manager", "read")
        if document is not None:
            return answer({"input": msgspec.json.encode(document).decode()})
        with api.services.database.read() as tx:
            row = actions.one(tx, action)
        if row is None:
            raise Abort(f"no action `{action}`", hint="name an `action`, or hand over a `document`")
        viewer.demand("manager", "read", row["team"] or None)
        return answer({"action": action})

    return router
