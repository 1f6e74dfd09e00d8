"""One reading statement over records and marts."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from starlette.responses import JSONResponse, Response

from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.model.errors import Denied
from fairlead.model.schema import TABLES, columns

_WORD = re.compile(r"\w+")
_PERSON_COLUMNS = frozenset(column.name for table in TABLES for column in columns(table) if column.person)


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
            api.access.note_reading(viewer, "sql", query[:10_000], _about_people(query, ()), 0, allowed=False)
            raise
        if owner:
            about = _about_people(query, answer.columns)
            api.access.note_reading(viewer, "sql", query[:10_000], about, len(answer.rows), allowed=True)
        content: dict[str, Any] = {"columns": answer.columns, "rows": answer.rows, "cut": answer.cut}
        return JSONResponse(content)

    return router


def _about_people(query: str, answered: tuple[str, ...]) -> list[str]:
    """Person columns that a statement names or answers with; the statement itself is kept beside them."""
    return sorted(_PERSON_COLUMNS & {*_WORD.findall(query), *answered})
