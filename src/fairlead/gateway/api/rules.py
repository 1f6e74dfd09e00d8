"""Rules: what they are, what they say now, why of one subject, and what they would have said in the past."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from fairlead.gateway.api.asking import Api, viewer_of
from fairlead.wiring.verbs import ask


def routes(api: Api) -> APIRouter:
    """`/rules`, `/rules/{rule}` and `/rules/{rule}/backtest`."""
    router = APIRouter(tags=["signals"])

    def answer(request: Request, **words: str) -> Response:
        viewer_of(request).demand("viewer", "read")
        reply = ask(
            api.services, "rules", {"form": "json", **{name: value for name, value in words.items() if value}}
        )
        return Response(reply.text, media_type=reply.media_type)

    @router.get("/rules")
    def rules(request: Request) -> Response:
        """Every rule with how many subjects it names now, of how many it cannot know, and those that are broken."""
        return answer(request)

    @router.get("/rules/{rule}")
    def rule(
        request: Request,
        rule: str,
        subject: Annotated[str, Query(description="Of this one each part of the condition.")] = "",
    ) -> Response:
        """The subjects that a rule names now, or of one why it does or does not."""
        return answer(request, rule=rule, subject=subject)

    @router.get("/rules/{rule}/backtest")
    def backtest(
        request: Request,
        rule: str,
        days: Annotated[int, Query(ge=1, le=730)] = 90,
        changed: Annotated[str, Query(alias="with", description="Another value, like `lines=800`.")] = "",
    ) -> Response:
        """How often a rule would have fired, at which teams, for how long, and what was over by itself."""
        return answer(request, rule=rule, days=str(days), **{"with": changed})

    return router
