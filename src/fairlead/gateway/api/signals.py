"""Signals: what is open, one of them with its life, and what a member of the team says of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from fairlead.gateway.api.asking import FORMS, Api, viewer_of
from fairlead.gateway.minding import demand_member, demand_mute
from fairlead.gateway.viewer import Viewer
from fairlead.governance import reviewing
from fairlead.model.raw import RawEvent
from fairlead.model.times import entered_at, iso
from fairlead.signals import entering
from fairlead.wiring import signalling
from fairlead.wiring.verbs import ask

_SIGNAL = Annotated[str, Body(description="Id of the signal.")]
_UNTIL = Annotated[
    str, Body(description="`morning` (the next business morning of yours), a day, a moment, or a length like `4h`.")
]

_SKIP = Annotated[int, Query(ge=0, le=10_000_000, description="How many to pass over: the next page of the list.")]


def routes(api: Api) -> APIRouter:
    """`/signals` and what people say of them."""
    router = APIRouter(tags=["signals"])

    @router.get("/signals", responses=FORMS)
    def listed(
        request: Request,
        team: str = "",
        rule: str = "",
        state: Annotated[str, Query(description="`open`, `pending`, `unknown`, `resolved` or `snoozed`.")] = "",
        response: Literal["", "escalate", "quick_fix", "plan", "backlog"] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        skip: _SKIP = 0,
    ) -> Response:
        """Open signals that are awake, or those of a state: what asks for most first, of that the gravest."""
        viewer_of(request).demand("viewer", "read")
        words = {"team": team, "rule": rule, "state": state, "response": response, "form": "json"}
        reply = ask(api.services, "signals", {**words, "limit": str(limit), "skip": str(skip)})
        return Response(reply.text, media_type=reply.media_type)

    @router.get("/signals/{signal:path}", responses=FORMS)
    def one(request: Request, signal: str) -> Response:
        """One signal: its condition part by part, what it read, all that happened to it, and who is told."""
        viewer_of(request).demand("viewer", "read")
        reply = ask(api.services, "signals", {"signal": signal, "form": "json"})
        return Response(reply.text, media_type=reply.media_type)

    @router.post("/signals/acknowledge", status_code=202)
    def acknowledge(request: Request, signal: Annotated[str, Body(embed=True)]) -> dict[str, Any]:
        """Takes a signal on: its escalation stops."""
        viewer, at = _member(api, request, signal), entered_at(api.services.clock)
        return _noted(
            api, reviewing.acknowledged(api.services.database, signal, viewer.person, at), {"signal": signal}
        )

    @router.post("/signals/snooze", status_code=202)
    def snooze(
        request: Request,
        signal: _SIGNAL,
        reason: Annotated[str, Body(description="Why nobody needs to hear of it.")],
        until: _UNTIL = entering.MORNING,
    ) -> dict[str, Any]:
        """Nobody hears of a signal until a moment; always with a reason."""
        viewer, at = _member(api, request, signal), entered_at(api.services.clock)
        end = signalling.until_of(api.services, until, viewer.person)
        event = reviewing.snoozed(api.services.database, signal, end, reason, viewer.person, at)
        return _noted(api, event, {"signal": signal, "until": iso(end), "reason": reason})

    @router.post("/signals/wake", status_code=202)
    def wake(request: Request, signal: Annotated[str, Body(embed=True)]) -> dict[str, Any]:
        """Ends a snooze before its time."""
        viewer, at = _member(api, request, signal), entered_at(api.services.clock)
        return _noted(api, entering.woken(api.services.database, signal, viewer.person, at), {"signal": signal})

    @router.post("/signals/mute", status_code=202)
    def mute(
        request: Request,
        rule: Annotated[str, Body()],
        whom: Annotated[str, Body(description="Person or team id; without one: you.")] = "",
        reason: Annotated[str, Body(description="Why.")] = "",
        until: _UNTIL = entering.MORNING,
        off: Annotated[bool, Body(description="They want to hear of it again.")] = False,
    ) -> dict[str, Any]:
        """Lets you, or a team that you manage, hear nothing of a rule until a moment."""
        viewer, at = viewer_of(request), entered_at(api.services.clock)
        whom = whom or viewer.person
        demand_mute(viewer, whom)
        said = {"rule": rule, "whom": whom, "muted": not off}
        if off:
            return _noted(api, entering.unmuted(api.services.database, rule, whom, viewer.person, at), said)
        end = signalling.until_of(api.services, until, viewer.person)
        names = signalling.rule_names(api.services)
        event = reviewing.muted(names, rule, whom, end, reason, viewer.person, at)
        return _noted(api, event, {**said, "until": iso(end)})

    return router


def _member(api: Api, request: Request, signal: str) -> Viewer:
    """Who asks, if they belong to the team that the signal concerns."""
    viewer = viewer_of(request)
    demand_member(viewer, api.services.database, signal)
    return viewer


def _noted(api: Api, event: RawEvent, said: dict[str, Any]) -> dict[str, Any]:
    api.services.log.append([event])
    return said
