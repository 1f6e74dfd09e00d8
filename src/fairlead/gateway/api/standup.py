"""One's own part of the standup: a draft for the asker alone, and its posting to the team."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Body, Query, Request

from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.ingest.posting import posted
from fairlead.model.errors import Skip
from fairlead.model.times import entered_at
from fairlead.reports.asked import Asked
from fairlead.reports.standup_draft import draft


def routes(api: Api) -> APIRouter:
    """`/standup/draft` and `/standup/post`."""
    router = APIRouter(tags=["reports"])

    @router.get("/standup/draft")
    def mine(
        request: Request,
        team: Annotated[str, Query(description="Whose working days count; else everybody's.")] = "",
        language: Literal["", "en", "de"] = "",
    ) -> dict[str, list[str]]:
        """Lines from the asker's own work since the last working day began: shown to nobody else and kept nowhere."""
        viewer = viewer_of(request)
        viewer.demand("member", "read")
        # no parameter names a person: whoever asks is the one person that can be asked about
        services = api.services
        asked = Asked(services.warehouse, services.setup, services.clock.now(), team or None, language or "en")
        found: dict[str, list[str]] = msgspec.to_builtins(draft(asked.teller(), viewer.person))
        return found

    @router.post("/standup/post", status_code=202)
    def post(
        request: Request,
        team: Annotated[str, Body(description="Team id; `*` where no teams are stated.")],
        done: Annotated[str, Body(description="Lines.")] = "",
        planned: Annotated[str, Body(description="Lines.")] = "",
        blockers: Annotated[str, Body(description="Lines.")] = "",
    ) -> dict[str, str]:
        """Hands lines to the standup of a team, in place of those that the asker posted there earlier that day."""
        viewer, key = viewer_of(request), team if team == "*" or ":" in team else f"team:{team}"
        viewer.demand("member", "write", key)
        if not viewer.person.startswith("person:"):
            raise Skip("the operator is nobody of a team", hint="use a token of a person: `fairlead people invite`")
        said = {"done": done.strip(), "planned": planned.strip(), "blockers": blockers.strip()}
        api.services.log.append(
            [posted(api.services.database, key, said, viewer.person, entered_at(api.services.clock))]
        )
        return {"team": key, **said}

    return router
