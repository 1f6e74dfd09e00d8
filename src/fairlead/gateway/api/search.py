"""Search: records of every kind by what somebody typed."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request

from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.reports.finding import PEOPLE_READ, find, words_of
from fairlead.store import aliases


def routes(api: Api) -> APIRouter:
    """`/search`."""
    router = APIRouter(tags=["records"])

    @router.get("/search")
    def search(
        request: Request,
        q: Annotated[
            str, Query(description="An id, a number like #42, a key, the begin of a hash, words of a title.")
        ],
        kind: Annotated[str, Query(description="Only this kind, like `change`.")] = "",
        limit: Annotated[int, Query(ge=1, le=1000, description="Of each kind.")] = 50,
        offset: Annotated[int, Query(ge=0, le=10_000_000, description="Of each kind.")] = 0,
    ) -> dict[str, Any]:
        """Records that hold every word, by kind: those that are named so first, then the newest."""
        viewer = viewer_of(request)
        viewer.demand("viewer", "read")
        owner = viewer.sees_people
        with api.services.database.read() as tx:
            former = aliases.called_now(tx, words_of(q))
        groups = find(api.services.warehouse, q, people=owner, kind=kind, limit=limit, offset=offset, former=former)
        if seen := sum(len(group.hits) for group in groups if group.kind == "person"):
            api.access.note_reading(viewer, "api", f"GET {request.url.path}", list(PEOPLE_READ), seen, allowed=True)
        # A row more than asked tells of a next page elsewhere; here every kind says how much there is of it.
        more = any(group.total > offset + limit for group in groups)
        following = str(request.url.include_query_params(offset=offset + limit)) if more else None
        return {"groups": msgspec.to_builtins(groups), "next": following}

    return router
