"""Objectives: read by everybody who may read reports; set by managers of their team and by who answers for them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from fairlead.gateway.api.asking import FORMS, Api, viewer_of
from fairlead.gateway.viewer import Viewer
from fairlead.governance import aiming, entering
from fairlead.model.errors import Skip
from fairlead.store.access import EVERYWHERE
from fairlead.store.decided import Row
from fairlead.wiring.verbs import ask

_Fields = Annotated[dict[str, Any], Body(description="Fields of the record; what is not named stays.")]
_Form = Annotated[Literal["json", "md", "html"], Query(alias="format")]
_TEXTS = frozenset(("epics", "labels", "milestones"))


def routes(api: Api) -> APIRouter:
    """`/goals`."""
    router = APIRouter(tags=["goals"])

    @router.get("/goals", responses=FORMS)
    def goals(
        request: Request,
        team: str = "",
        quarter: Annotated[str, Query(description="Those that run in it, like 2026-Q4; else those of now.")] = "",
        language: Literal["", "en", "de"] = "",
        form: _Form = "json",
    ) -> Response:
        """Objectives with their key results: value, target, progress, what would be even, each with its evidence."""
        return _answer(api, request, team=team, quarter=quarter, language=language, form=form)

    @router.get("/goals/{objective}", responses=FORMS)
    def goal(
        request: Request, objective: str, language: Literal["", "en", "de"] = "", form: _Form = "json"
    ) -> Response:
        """One objective by name, number or id, with how its values went."""
        return _answer(api, request, objective=objective, language=language, form=form)

    @router.post("/goals", status_code=202)
    def add(request: Request, fields: _Fields) -> dict[str, str]:
        """Enters an objective by hand; it gets the next number."""
        said = _said(fields, aiming.FIELDS)
        viewer = _sets(request, said.get("team"))
        return {"id": aiming.add(api.services, said, viewer.person)}

    _results(router, api)
    _one(router, api)
    return router


def _results(router: APIRouter, api: Api) -> None:
    """Routes of which the second word is no objective; before those of which it is."""

    @router.post("/goals/check-ins", status_code=202)
    def check_in(
        request: Request,
        key_result: Annotated[str, Body(description="Its id, or like `month-end/hours`.")],
        value: Annotated[float | str, Body(description="A number, or like `36h`, `2d`, `85%`.")],
        on: Annotated[str, Body(description="Day for which it holds; else today.")] = "",
        note: Annotated[str, Body()] = "",
        confidence: Annotated[float | None, Body(description="From 0 to 1.")] = None,
    ) -> dict[str, str]:
        """Enters the value of a key result on a day, in place of an earlier one of that day. For members."""
        viewer_of(request).demand("member", "write")
        row = aiming.result(api.services, key_result)
        viewer = _works(request, aiming.one(api.services, row["objective"]), row["owner"])
        return {
            "id": aiming.check_in(
                api.services, row["id"], value, viewer.person, on=on, note=note, confidence=confidence
            )
        }

    @router.post("/goals/links", status_code=202)
    def link(
        request: Request,
        item: Annotated[str, Body(description="Id of a work item; an epic stands for all below it.")],
        objective: Annotated[str, Body()],
        state: Annotated[Literal["confirmed", "refused"], Body()] = "confirmed",
        reason: Annotated[str, Body()] = "",
    ) -> dict[str, str]:
        """Says that a work item serves an objective, or that it does not. For members of its team."""
        viewer_of(request).demand("member", "write")
        viewer = _works(request, aiming.one(api.services, objective))
        return {"id": aiming.link(api.services, item, objective, state, viewer.person, reason)}

    @router.post("/goals/results", status_code=202)
    def adjust(
        request: Request, key_result: Annotated[str, Body()], fields: Annotated[dict[str, Any], Body()]
    ) -> dict[str, str]:
        """Changes a key result that was entered by hand; with `removed` it is taken back."""
        removed = bool(fields.pop("removed", False))
        said = _said(fields, aiming.RESULT_FIELDS)
        viewer_of(request).demand("member", "write")
        row = aiming.result(api.services, key_result)
        goal = aiming.one(api.services, row["objective"])
        viewer = _sets(request, goal["team"], goal["owner"])
        if removed:
            return {"id": aiming.remove(api.services, row["id"], viewer.person)}
        return {"id": aiming.adjust(api.services, row["id"], said, viewer.person)}


def _one(router: APIRouter, api: Api) -> None:
    @router.post("/goals/{objective}", status_code=202)
    def edit(request: Request, objective: str, fields: _Fields) -> dict[str, str]:
        """Changes an objective that was entered by hand; with `removed` it is taken back."""
        removed = bool(fields.pop("removed", False))
        said = _said(fields, aiming.FIELDS)
        viewer, row = _owned(api, request, objective)
        if removed:
            return {"id": aiming.remove(api.services, row["id"], viewer.person)}
        if team := said.get("team"):
            viewer.demand("manager", "write", team)
        return {"id": aiming.change(api.services, row["id"], said, viewer.person)}

    @router.post("/goals/{objective}/end", status_code=202)
    def end(
        request: Request,
        objective: str,
        state: Annotated[Literal["reached", "missed", "dropped", "open"], Body(embed=True)],
    ) -> dict[str, str]:
        """Says how an objective ended; `open` takes an end back."""
        viewer, row = _owned(api, request, objective)
        return {"id": aiming.end(api.services, row["id"], state, viewer.person)}

    @router.post("/goals/{objective}/results", status_code=202)
    def measure(request: Request, objective: str, fields: _Fields) -> dict[str, str]:
        """Adds a key result to an objective that was entered by hand."""
        said = _said(fields, aiming.RESULT_FIELDS)
        viewer, row = _owned(api, request, objective)
        return {"id": aiming.measure(api.services, row["id"], said, viewer.person)}


def _answer(api: Api, request: Request, **words: str) -> Response:
    viewer_of(request).demand("viewer", "read")
    reply = ask(api.services, "goals", {name: value for name, value in words.items() if value})
    return Response(reply.text, media_type=reply.media_type)


def _owned(api: Api, request: Request, objective: str) -> tuple[Viewer, Row]:
    # before it is looked up: who may not write learns nothing of what there is
    viewer_of(request).demand("member", "write")
    row = aiming.one(api.services, objective)
    return _sets(request, row["team"], row["owner"]), row


def _sets(request: Request, team: Any, owner: Any = None) -> Viewer:
    """Who asks, if they answer for it or manage its team; what is everybody's is for managers of all."""
    viewer = viewer_of(request)
    if owner and owner == viewer.person:
        viewer.demand("member", "write")
    else:
        viewer.demand("manager", "write", str(team) if team else EVERYWHERE)
    return viewer


def _works(request: Request, goal: Row, owner: Any = None) -> Viewer:
    """Who asks, if they belong to the team of an objective or look after the value."""
    viewer = viewer_of(request)
    if viewer.person not in (owner, goal["owner"]):
        viewer.demand("member", "write", goal["team"] or None)
    return viewer


def _said(fields: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    if unknown := sorted(set(fields) - known):
        raise Skip(f"no field {unknown[0]!r:.80}", hint=f"there are: {', '.join(sorted(known))}")
    for name, value in fields.items():
        wanted = list if name in _TEXTS else dict if name == "segment" else (str, int, float)
        if value is not None and (not isinstance(value, wanted) or isinstance(value, bool)):
            raise Skip(f"`{name}` is no {'list' if name in _TEXTS else 'object' if name == 'segment' else 'value'}")
    said = dict(fields)
    if said.get("team"):
        said["team"] = entering.team_id(str(said["team"]))
    return said
