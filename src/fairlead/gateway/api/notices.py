"""What the asker was told, why and who else, and how they want to be told: nobody asks for anybody else."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request

from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.governance import preferring
from fairlead.governance.wishes import MOST
from fairlead.store import notices
from fairlead.wiring import ordering


def routes(api: Api) -> APIRouter:
    """`/notices` and `/notices/wish`."""
    router = APIRouter(tags=["notices"])
    services = api.services

    @router.get("/notices")
    def mine(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> dict[str, Any]:
        """The asker's newest notices with what became of each."""
        viewer = viewer_of(request)
        viewer.demand("viewer", "read")
        with services.database.read() as tx:
            found = notices.of_recipient(tx, viewer.person, limit=limit)
        return {"notices": [preferring.told(one) for one in found]}

    @router.get("/notices/wish")
    def wish(request: Request) -> dict[str, Any]:
        """How the asker wants to be told, as far as they said it."""
        viewer = viewer_of(request)
        viewer.demand("viewer", "read")
        return preferring.wish_of(services, viewer.person)

    @router.post("/notices/wish", status_code=202)
    def prefer(
        request: Request,
        channels: Annotated[list[Literal["slack", "mail"]] | None, Body(description="Empty: the page alone.")] = None,
        quiet: Annotated[str | None, Body(description="Hours of working days, like `18:30-08:00`.")] = None,
        digest_at: Annotated[str | None, Body(description="Hour of the digest, like `08:45`.")] = None,
        muted: Annotated[list[str] | None, Body(description="Topics: ids of rules, `approval`, `action`.")] = None,
        budget: Annotated[int | None, Body(ge=0, le=MOST, description="Messages of a day.")] = None,
        deputy: Annotated[str | None, Body(description="Person id who is told while the asker is away.")] = None,
        where: Annotated[
            str | None, Body(description="Signals to hear of, in the language of rules: `severity = 'critical'`.")
        ] = None,
        language: Annotated[Literal["", "en", "de"] | None, Body()] = None,
    ) -> dict[str, Any]:
        """Says how the asker wants to be told; what is not named stays."""
        viewer = viewer_of(request)
        viewer.demand("viewer", "write")
        said = {
            "channels": channels, "quiet": quiet, "digest_at": digest_at, "muted": muted, "budget": budget,
            "deputy": deputy, "where": where, "language": language,
        }  # fmt: skip
        given = {name: value for name, value in said.items() if value is not None}
        return ordering.prefer(services, viewer.person, given)

    # last, for its path takes in everything below
    @router.get("/notices/{notice}")
    def why(request: Request, notice: str) -> dict[str, Any]:
        """Why the asker was told: rule, step, who else."""
        viewer = viewer_of(request)
        viewer.demand("viewer", "read")
        return preferring.why(services, notice, viewer.person)

    return router
