"""Incidents with their causes, and a person's word on a cause."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from fairlead.gateway.api.asking import FORMS, Api, viewer_of
from fairlead.ingest.attributing import stated_cause, stated_no_cause, withdrawn_cause
from fairlead.model.errors import Skip
from fairlead.model.raw import RawEvent
from fairlead.model.times import entered_at
from fairlead.wiring.verbs import ask


def routes(api: Api) -> APIRouter:
    """`/incidents` and `/incidents/attribution`."""
    router = APIRouter(tags=["incidents"])

    @router.get("/incidents", responses=FORMS)
    def incidents(
        request: Request,
        incident: Annotated[str, Query(description="Only this one, however old.")] = "",
        team: str = "",
        language: Literal["", "en", "de"] = "",
        form: Annotated[Literal["json", "md", "html"], Query(alias="format")] = "json",
    ) -> Response:
        """Incidents of 90 days: the deployment each counts for, the verdict, the score and its parts."""
        # Both forms of a team's name are in use: keys by people, ids in answers of this API.
        whose = team if not team or ":" in team else f"team:{team}"
        viewer_of(request).demand("viewer", "read")
        words = {"incident": incident, "team": whose, "language": language, "form": form}
        reply = ask(api.services, "incidents", {name: value for name, value in words.items() if value})
        return Response(reply.text, media_type=reply.media_type)

    @router.post("/incidents/attribution", status_code=202)
    def attribute(
        request: Request,
        incident: Annotated[str, Body()],
        deployment: Annotated[str, Body(description="What caused it.")] = "",
        reason: Annotated[str, Body(description="Why no deployment caused it.")] = "",
        withdraw: Annotated[bool, Body(description="Let the score decide again.")] = False,
    ) -> dict[str, str | bool]:
        """States which deployment caused an incident, or that none did, or takes that back; exactly one of them."""
        viewer = viewer_of(request)
        viewer.demand("manager", "write")
        # Two of them at once would contradict each other, and which holds would be chance.
        if [bool(deployment), bool(reason), withdraw].count(True) != 1:
            raise Skip("give one of `deployment`, `reason` and `withdraw`")
        api.services.log.append([_event(api, incident, deployment, reason, viewer.person)])
        return {"incident": incident, "deployment": deployment, "reason": reason, "withdraw": withdraw}

    return router


def _event(api: Api, incident: str, deployment: str, reason: str, by: str) -> RawEvent:
    """What a person states is a raw event: it replays with the rest."""
    database, now = api.services.database, entered_at(api.services.clock)
    if deployment:
        return stated_cause(database, incident, deployment, by, now)
    return (
        stated_no_cause(database, incident, reason, by, now)
        if reason
        else withdrawn_cause(database, incident, by, now)
    )
