"""The outbox: what was sent and what was not, and another try."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request
from starlette.exceptions import HTTPException

from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.governance.outbox import Outbox, teams_told
from fairlead.store import outbox
from fairlead.wiring.outboxes import is_personal, told


def routes(api: Api) -> APIRouter:
    """`/outbox` and `/outbox/retry`."""
    router = APIRouter(tags=["outbox"])
    database = api.services.database

    @router.get("/outbox")
    def listed(
        request: Request,
        status: Literal["", "waiting", "sending", "sent", "failed"] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> dict[str, Any]:
        """The newest messages of the asker's teams; addresses only for owners, which is recorded."""
        viewer = viewer_of(request)
        viewer.demand("manager", "read")
        with database.read() as tx:
            found = outbox.rows(tx, status=status, teams=teams_told(viewer.roles), limit=limit)
            counts = outbox.counts(tx)
        if viewer.sees_people and (named := sum(map(is_personal, found))):
            api.access.note_reading(viewer, "api", "GET /outbox", ["outbox.address"], named, allowed=True)
        rows = [told(message, addresses=viewer.sees_people) for message in found]
        return {"counts": counts if teams_told(viewer.roles) is None else {}, "messages": rows}

    @router.post("/outbox/retry", status_code=202)
    def retry(request: Request, message: Annotated[str, Body(embed=True)]) -> dict[str, str]:
        """Lets a message that failed or waits be tried at once; the workers send it."""
        viewer = viewer_of(request)
        viewer.demand("manager", "write")
        teams = teams_told(viewer.roles)
        with database.read() as tx:
            found = outbox.get(tx, message)
        # one of another team looks like one that is not there
        if found is None or (teams is not None and found.team not in teams):
            raise HTTPException(404, f"no message `{message}`")
        Outbox(database).retry(found.id)
        return {"id": found.id, "status": "waiting"}

    return router
