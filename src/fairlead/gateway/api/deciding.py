"""Decisions, risks and gates: read by everybody who may read reports, entered by members of the team concerned."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from fairlead.gateway.api.asking import FORMS, Api, viewer_of
from fairlead.gateway.viewer import Viewer
from fairlead.governance import deciding, entering, risking
from fairlead.model.errors import Skip
from fairlead.store.decided import Table
from fairlead.wiring.verbs import ask

_Fields = Annotated[dict[str, Any], Body(description="Fields of the record; what is not named stays.")]
_OF_DECISION = frozenset(("title", "context", "options", "rationale", "owner", "team", "links", "review_at", "state"))
_OF_RISK = frozenset(
    ("title", "category", "likelihood", "impact", "owner", "team", "service", "response", "mitigation", "review_at")
)


def routes(api: Api) -> APIRouter:
    """`/decisions`, `/risks` and `/gates`."""
    router = APIRouter(tags=["decisions"])
    _decisions(router, api)
    _risks(router, api)

    @router.get("/gates", responses=FORMS)
    def gates(
        request: Request,
        change: Annotated[str, Query(description="Id of a change.")] = "",
        sprint: Annotated[str, Query(description="Id or name of a sprint, in place of a change.")] = "",
    ) -> Response:
        """What a change, or each change of a sprint, has to show and does."""
        return _answer(api, request, "gates", change=change, sprint=sprint)

    return router


def _decisions(router: APIRouter, api: Api) -> None:
    @router.get("/decisions", responses=FORMS)
    def decisions(
        request: Request,
        state: Literal["", "proposed", "accepted", "superseded", "withdrawn"] = "",
        team: str = "",
        stale: Annotated[bool, Query(description="Only those whose review is due.")] = False,
    ) -> Response:
        """The log of decisions by number."""
        return _answer(api, request, "decisions", state=state, team=team, stale="yes" if stale else "")

    @router.get("/decisions/{decision}", responses=FORMS)
    def decision(request: Request, decision: str) -> Response:
        """One decision by number or id."""
        return _answer(api, request, "decisions", decision=decision)

    @router.post("/decisions", status_code=202)
    def decide(request: Request, fields: _Fields) -> dict[str, str]:
        """Enters a decision; it gets the next number."""
        said = _said(fields, _OF_DECISION)
        viewer = _may(request, said.get("team"))
        return {"id": deciding.add(api.services, said, viewer.person)}

    @router.post("/decisions/{decision}", status_code=202)
    def edit_decision(request: Request, decision: str, fields: _Fields) -> dict[str, str]:
        """Changes a decision; `superseded_by` names the one that takes its place."""
        later = fields.pop("superseded_by", "")
        said = _said(fields, _OF_DECISION)
        viewer = _one(api, request, "decisions", decision, said)
        if said or not later:
            deciding.change(api.services, decision, said, viewer.person)
        if later:
            deciding.supersede(api.services, decision, str(later), viewer.person)
        return {"id": decision}


def _risks(router: APIRouter, api: Api) -> None:
    @router.get("/risks", responses=FORMS)
    def risks(
        request: Request,
        state: Literal["", "proposed", "open", "accepted", "closed", "refused"] = "",
        team: str = "",
    ) -> Response:
        """Risks that are not over, or those of a state, the highest score first."""
        return _answer(api, request, "risks", state=state, team=team)

    @router.get("/risks/{risk}", responses=FORMS)
    def risk(request: Request, risk: str) -> Response:
        """One risk by number or id, with what else is hit when it happens."""
        return _answer(api, request, "risks", risk=risk)

    @router.post("/risks", status_code=202)
    def add(request: Request, fields: _Fields) -> dict[str, str]:
        """Enters a risk by hand."""
        said = _said(fields, _OF_RISK)
        viewer = _may(request, said.get("team"))
        return {"id": risking.add(api.services, said, viewer.person)}

    @router.post("/risks/{risk}/{act}", status_code=202)
    def do(
        request: Request,
        risk: str,
        act: Literal["accept", "refuse", "edit", "review", "close"],
        fields: Annotated[dict[str, Any], Body(description="Fields, or `reason`, `evidence`, `accepted_until`.")],
    ) -> dict[str, str]:
        """Accepts a proposed risk, refuses it, changes it, notes a review, or closes it with evidence."""
        reason, evidence = str(fields.pop("reason", "")), fields.pop("evidence", ())
        until = fields.pop("accepted_until", None)
        said = _said(fields, _OF_RISK)
        viewer = _one(api, request, "risks", risk, said)
        services, by = api.services, viewer.person
        if act == "accept":
            risking.accept(
                services, risk, {**said, "accepted_until": entering.moment(str(until) if until else None)}, by
            )
        elif act == "refuse":
            risking.refuse(services, risk, reason, by)
        elif act == "close":
            risking.close(services, risk, [str(one) for one in evidence] if isinstance(evidence, list) else [], by)
        elif act == "review":
            risking.review(services, risk, said, by)
        else:
            risking.change(services, risk, said, by)
        return {"id": risk}


def _answer(api: Api, request: Request, verb: str, **words: str) -> Response:
    viewer_of(request).demand("viewer", "read")
    reply = ask(api.services, verb, {**words, "form": "json"})
    return Response(reply.text, media_type=reply.media_type)


def _said(fields: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    if unknown := sorted(set(fields) - known):
        raise Skip(f"no field {unknown[0]!r:.80}", hint=f"there are: {', '.join(sorted(known))}")
    said = dict(fields)
    if said.get("review_at"):
        said["review_at"] = entering.moment(str(said["review_at"]))
    if said.get("team"):
        said["team"] = entering.team_id(str(said["team"]))
    return said


def _may(request: Request, team: Any) -> Viewer:
    viewer = viewer_of(request)
    viewer.demand("member", "write", str(team) if team else None)
    return viewer


def _one(api: Api, request: Request, table: Table, record: str, said: dict[str, Any]) -> Viewer:
    """Who asks, if they belong to the team that it concerns now, and to the one that it shall concern."""
    # before it is looked up: who may not write learns nothing of what there is
    viewer = _may(request, None)
    for team in (entering.one(api.services, table, record)["team"], said.get("team")):
        if team:
            viewer.demand("member", "write", str(team))
    return viewer
