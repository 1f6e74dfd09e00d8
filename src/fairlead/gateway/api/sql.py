"""One reading statement over records and marts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from starlette.responses import JSONResponse, Response

from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.model.errors import Denied


def routes(api: Api) -> APIRouter:
    """`/sql`."""
    router = APIRouter(tags=["sql"])

    @router.post("/sql")
    def ask(
        request: Request,
        query: Annotated[str, Body(max_length=100_000)],
        limit: Annotated[int, Body(ge=1, le=100_000)] = 10_000,
    ) -> Response:
        """Rows of one SELECT; columns about people exist for owners only, whose every statement is recorded."""
        viewer = viewer_of(request)
        viewer.demand("member", "sql")
        owner = viewer.sees_people
        try:
            answer = api.services.warehouse.readonly(query, owner=owner, limit=limit)
        except Denied:
            tried = api.services.warehouse.people_read(query)
            api.access.note_reading(viewer, "sql", query[:10_000], tried, 0, allowed=False)
            raise
        if owner:
            about = api.services.warehouse.people_read(query)
            api.access.note_reading(viewer, "sql", query[:10_000], about, len(answer.rows), allowed=True)
        content: dict[str, Any] = {"columns": answer.columns, "rows": answer.rows, "cut": answer.cut}
        return JSONResponse(content)

    return router
