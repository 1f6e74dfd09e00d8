"""The asker's own tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Body, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from fairlead.gateway.api.asking import Api, viewer_of


def routes(api: Api) -> APIRouter:
    """`/me` and `/tokens`."""
    router = APIRouter(tags=["tokens"])

    @router.get("/me")
    def me(request: Request) -> dict[str, Any]:
        """Who the server takes the asker for."""
        viewer = viewer_of(request)
        return {
            "person": viewer.person,
            "name": viewer.name,
            "roles": dict(viewer.roles),
            "scopes": sorted(viewer.scopes),
            "how": viewer.how,
        }

    @router.get("/tokens")
    def listed(request: Request) -> Response:
        """The asker's tokens without their secrets."""
        return JSONResponse(msgspec.to_builtins(api.access.tokens(viewer_of(request))))

    @router.post("/tokens", status_code=201)
    def mint(
        request: Request,
        name: Annotated[str, Body(min_length=1, max_length=100)],
        scopes: Annotated[list[str], Body(min_length=1)],
        days: Annotated[int, Body(ge=1, le=365)] = 90,
    ) -> dict[str, Any]:
        """A new token; its secret is shown this one time."""
        token, secret = api.access.mint(viewer_of(request), name, scopes, timedelta(days=days))
        return {"id": token.id, "secret": secret, "scopes": token.scopes, "expires_at": token.expires_at}

    @router.delete("/tokens/{token_id}", status_code=204)
    def revoke(request: Request, token_id: str) -> Response:
        """Ends a token at once."""
        # Another's token and one that is not there look the same to whoever may not see it.
        if not api.access.revoke(viewer_of(request), token_id):
            raise HTTPException(404, f"no token `{token_id}`")
        return Response(status_code=204)

    return router
