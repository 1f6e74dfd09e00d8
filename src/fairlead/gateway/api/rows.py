"""Records and marts as rows: filtered, paged, as JSON or CSV."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.gateway.viewer import Viewer
from fairlead.metrics.readonly import plain
from fairlead.metrics.shown import about_people, documented, relation, visible
from fairlead.model.errors import Skip
from fairlead.reports import render

_OWN = frozenset({"limit", "offset", "format"})

_FORMS: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {}, "text/csv": {}}}}


def routes(api: Api) -> APIRouter:
    """`/records` and `/records/{table}`."""
    router = APIRouter(tags=["records"])

    @router.get("/records")
    def tables(request: Request) -> dict[str, Any]:
        """The tables, each with its columns as the asker sees them."""
        viewer = viewer_of(request)
        viewer.demand("viewer", "read")
        told = _columns(api, viewer)
        return {"tables": [{"name": name, "columns": list(told[name])} for name in sorted(told)]}

    @router.get("/records/{table}", responses=_FORMS)
    def rows(
        request: Request,
        table: str,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
        offset: Annotated[int, Query(ge=0)] = 0,
        form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
    ) -> Response:
        """Rows of a table; any other parameter filters by a column, repeated ones mean either."""
        viewer = viewer_of(request)
        viewer.demand("viewer", "read")
        # Filters only by columns that the asker sees: a filter by a hidden one would tell its values by guessing.
        columns = _known(api, viewer, table)
        filters = [(name, value) for name, value in request.query_params.multi_items() if name not in _OWN]
        found = _ask(api, viewer, table, columns, filters, limit + 1, offset)
        _note(api, viewer, request, table, columns, len(found[:limit]))
        if form == "csv":
            return _csv(table, columns, found[:limit])
        # One row more than asked was read: whether there is a next page needs no count of all.
        following = str(request.url.include_query_params(offset=offset + limit)) if len(found) > limit else None
        return JSONResponse({"table": table, "rows": found[:limit], "next": following})

    @router.get("/records/{table}/{record:path}")
    def one(request: Request, table: str, record: str) -> Response:
        """One record by id."""
        viewer = viewer_of(request)
        viewer.demand("viewer", "read")
        columns = _known(api, viewer, table)
        found = _ask(api, viewer, table, columns, [("id", record)], 1, 0)
        if not found:
            raise HTTPException(404, f"no `{record}` in `{table}`")
        _note(api, viewer, request, table, columns, 1)
        return JSONResponse(found[0])

    return router


def _columns(api: Api, viewer: Viewer) -> dict[str, list[str]]:
    """The documented tables: what the warehouse keeps for itself, and steps on the way, are nobody's data."""
    there = visible(api.services.warehouse.cursor(), viewer.sees_people)
    return {name: there[name] for name in documented() if name in there}


def _known(api: Api, viewer: Viewer, table: str) -> list[str]:
    told = _columns(api, viewer)
    if table not in told:
        raise HTTPException(404, f"no table `{table}`")
    return told[table]


def _ask(
    api: Api,
    viewer: Viewer,
    table: str,
    columns: list[str],
    filters: list[tuple[str, str]],
    limit: int,
    offset: int,
) -> list[dict[str, Any]]:
    """Names come from the catalogue and values travel as parameters: nothing of a request becomes SQL."""
    wanted: dict[str, list[str]] = {}
    for name, value in filters:
        if name not in columns:
            raise Skip(f"no column `{name}` in `{table}`", hint=f"there are: {', '.join(columns)}")
        wanted.setdefault(name, []).append(value)
    where = "".join(
        f' {"and" if at else "where"} list_contains(?, cast("{name}" as varchar))' for at, name in enumerate(wanted)
    )
    # Without an order two pages may hold the same row.
    order = '"id"' if "id" in columns else "all"
    sql = f"select * from {relation(viewer.sees_people, table)}{where} order by {order} limit ? offset ?"  # noqa: S608
    found = api.services.warehouse.rows(sql, [*wanted.values(), limit, offset])
    return [{name: plain(value) for name, value in row.items()} for row in found]


def _note(api: Api, viewer: Viewer, request: Request, table: str, columns: list[str], count: int) -> None:
    """Rows with columns about people are read by owners only, and that is written down."""
    if not viewer.sees_people:
        return
    about = [f"{table}.{name}" for name in columns if about_people(table, name)]
    if about:
        api.access.note_reading(viewer, "api", f"{request.method} {request.url.path}", about, count, allowed=True)


def _csv(table: str, columns: list[str], rows: list[dict[str, Any]]) -> Response:
    headers = {"content-disposition": f'attachment; filename="{table}.csv"'}
    return Response(render.csv(columns, rows), media_type="text/csv; charset=utf-8", headers=headers)
