"""The ledger: what was decided and done, how it stands, and the proof for an entry."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.gateway.viewer import Viewer
from fairlead.governance.ledger.telling import COLUMNS
from fairlead.wiring import ledgering


def routes(api: Api) -> APIRouter:
    """`/ledger`, `/ledger/standing`, `/ledger/verify`, `/ledger/{index}` and `/ledger/proof/{index}`."""
    router = APIRouter(tags=["ledger"])
    services = api.services

    def read(request: Request, count: int = 0) -> Viewer:
        viewer = viewer_of(request)
        viewer.demand("manager", "read")
        if count and viewer.sees_people:
            where = f"GET {request.url.path}"
            api.access.note_reading(viewer, "api", where, list(COLUMNS), count, allowed=True)
        return viewer

    @router.get("/ledger")
    def listed(
        request: Request,
        kind: str = "",
        subject: str = "",
        person: str = "",
        before: Annotated[int | None, Query(ge=0)] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> dict[str, Any]:
        """The newest entries; names and personal values only for owners, which is recorded."""
        people = read(request).sees_people
        found = ledgering.listed(
            services, kind=kind, subject=subject, person=person, before=before, limit=limit, people=people
        )
        read(request, len(found))
        return {"entries": found, "next": found[-1]["index"] if len(found) == limit else None}

    @router.get("/ledger/standing")
    def standing(request: Request) -> dict[str, Any]:
        """How many entries there are, what is signed, and what the auditor saw last."""
        read(request)
        return {**ledgering.standing(services), "key": ledgering.key(services)}

    @router.post("/ledger/verify")
    def verify(request: Request) -> dict[str, Any]:
        """Looks at all of it, which takes up to a minute for a million entries."""
        viewer_of(request).demand("owner", "read")
        return ledgering.found(services.ledger.verify())

    @router.get("/ledger/{index}")
    def shown(request: Request, index: int) -> dict[str, Any]:
        """One entry; names and personal values only for owners, which is recorded."""
        found = ledgering.shown(services, index, people=read(request).sees_people)
        read(request, 1)
        return found

    @router.get("/ledger/proof/{index}")
    def proof(request: Request, index: int) -> dict[str, Any]:
        """The path from an entry to a signed root, for somebody who has nothing else of the ledger."""
        read(request)
        return ledgering.proof(services, index)

    return router
