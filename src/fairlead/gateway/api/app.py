"""Assembles the API: families of routes, faults as problem documents (RFC 9457)."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from fairlead.gateway.access import Access
from fairlead.gateway.api import (
    actions,
    bodies,
    data,
    deciding,
    depending,
    goals,
    incidents,
    ledger,
    notices,
    outbox,
    people,
    policy,
    reports,
    rows,
    rules,
    search,
    signals,
    sql,
    standup,
    tokens,
)
from fairlead.gateway.api.asking import Api
from fairlead.model.errors import Denied, Fault, Retry
from fairlead.wiring.services import Services

_ABOUT = """Records, figures and reports of this Fairlead.

Sign in with `Authorization: Bearer fl_...`. Lists are paged: follow `next`. A figure carries its definition, count,
exclusions and freshness, a claim its evidence. Columns that name or describe people are left out unless an owner asks
with the scope `sql`, which is recorded."""


_PROBLEM = {
    "type": "object",
    "required": ["status", "title"],
    "properties": {"status": {"type": "integer"}, "title": {"type": "string"}, "hint": {"type": "string"}},
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": meaning, "content": {"application/problem+json": {"schema": _PROBLEM}}}
    for status, meaning in (
        (400, "The body is not what it says it is"),
        (401, "Who are you?"),
        (403, "You may not"),
        (404, "Not there"),
        (422, "The question is wrong"),
        (429, "Wait"),
        (503, "Try again after `Retry-After`"),
    )
}
"""Every route may answer with these: told in the description, so that generated clients know them."""


def create_api(services: Services, access: Access) -> FastAPI:
    """The API as an ASGI app, to be mounted at `/api/v1` behind the guard."""
    app = bodies.Described(
        title="Fairlead",
        version="1",
        description=_ABOUT,
        # The usual pages load scripts from elsewhere; the document itself is all that tools need.
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        responses=_PROBLEMS,
        dependencies=[Depends(bodies.known_fields)],
    )
    app.add_exception_handler(Fault, _fault)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    api = Api(services, access)
    for family in (
        rows,
        rules,
        search,
        reports,
        standup,
        incidents,
        signals,
        actions,
        deciding,
        depending,
        goals,
        notices,
        data,
        outbox,
        ledger,
        policy,
        people,
        sql,
        tokens,
    ):
        app.include_router(family.routes(api))
    return app


def problem(status: int, title: str, hint: str = "", **headers: str) -> Response:
    """A problem document."""
    body = {"status": status, "title": title} | ({"hint": hint} if hint else {})
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")


async def _fault(_request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Fault)
    if isinstance(fault, Denied):
        return problem(403, fault.message, fault.hint)
    if isinstance(fault, Retry):
        return problem(503, fault.message, fault.hint, **{"retry-after": str(round(fault.after_s or 5))})
    # The asker can mend all others: a name that is not there, a window that is empty.
    return problem(422, fault.message, fault.hint)


async def _http(_request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    # A wrong method names the right ones in a header of its own.
    return problem(fault.status_code, str(fault.detail), **(fault.headers or {}))


async def _invalid(_request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    # Place and reason, never the value: it may be a secret that was put into the wrong field.
    wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in fault.errors())
    return problem(422, wrong)
