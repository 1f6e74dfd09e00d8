"""Dependencies of teams: read by all who may read, entered by members of the two teams."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from fairlead.gateway.api.asking import FORMS, Api, viewer_of
from fairlead.gateway.viewer import Viewer
from fairlead.governance import depending, entering
from fairlead.model.errors import Denied, Skip
from fairlead.wiring.dependencies import said_of
from fairlead.wiring.verbs import ask

_Fields = Annotated[dict[str, Any], Body(description="`from_team`, `to_team`, `title`, `work_item`, `waiting_item`.")]


def routes(api: Api) -> APIRouter:
    """`/dependencies`."""
    router = APIRouter(tags=["dependencies"])

    @router.get("/dependencies", responses=FORMS)
    def listed(
        request: Request,
        team: Annotated[str, Query(description="Only what this team waits for or delivers.")] = "",
        language: Literal["", "en", "de"] = "",
        form: Annotated[Literal["json", "md", "html", "mermaid"], Query(alias="format")] = "json",
    ) -> Response:
        """Who waits for whom: dates agreed and moved, what is late or likely to be, and what links suggest."""
        viewer_of(request).demand("viewer", "read")
        words = {name: said for name, said in {"team": team, "language": language, "form": form}.items() if said}
        reply = ask(api.services, "dependencies", words)
        return Response(reply.text, media_type=reply.media_type)

    @router.post("/dependencies", status_code=202)
    def add(request: Request, fields: _Fields) -> dict[str, str]:
        """Enters that a team waits for another, or confirms what a link suggests."""
        said = said_of(fields)
        viewer = may(viewer_of(request), said.get("from_team"), said.get("to_team"))
        return {"id": depending.add(api.services, said, viewer.person)}

    @router.post("/dependencies/refuse", status_code=202)
    def refuse(request: Request, fields: _Fields) -> dict[str, str]:
        """Says that a suggested one is none."""
        said = said_of(fields)
        viewer = may(viewer_of(request), said.get("from_team"), said.get("to_team"))
        return {"id": depending.refuse(api.services, said, viewer.person)}

    @router.post("/dependencies/{dependency}/{act}", status_code=202)
    def do(
        request: Request,
        dependency: str,
        act: Literal["agree", "move", "deliver", "drop"],
        until: Annotated[str, Body(embed=True, description="Day that is agreed, like `2027-03-01`.")] = "",
    ) -> dict[str, str]:
        """Agrees on a date (the team that delivers), moves it, says that it is there, or that nobody waits."""
        viewer = viewer_of(request)
        # before it is looked up: who may not write learns nothing of what there is
        viewer.demand("member", "write")
        row = entering.one(api.services, depending.TABLE, dependency)
        # whoever owes it gives the promise; both may say what became of it
        teams = (row["to_team"],) if act == "agree" else (row["from_team"], row["to_team"])
        by = may(viewer, *teams).person
        if act in ("agree", "move"):
            change = depending.agree if act == "agree" else depending.move
            return {"id": change(api.services, row["id"], _day(until), by)}
        return {"id": (depending.deliver if act == "deliver" else depending.drop)(api.services, row["id"], by)}

    return router


def may(viewer: Viewer, *teams: Any) -> Viewer:
    """Whoever is a member of one of the teams; raises `Denied` for others."""
    viewer.demand("member", "write")
    refused: Denied | None = None
    for team in filter(None, teams):
        try:
            viewer.demand("member", "write", str(team))
            return viewer
        except Denied as fault:
            refused = fault
    if refused:
        raise refused
    return viewer


def _day(said: str) -> datetime:
    found = entering.moment(said or None)
    if found is None:
        raise Skip("a date is needed", hint="write `until` like 2027-03-01")
    return found
