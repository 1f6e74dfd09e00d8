"""Figures and reports: the same answers that the command line and the pages give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from fairlead.gateway.api.asking import FORMS, PICTURES, Api, viewer_of
from fairlead.gateway.viewer import Viewer
from fairlead.model.records.work import WORK_TYPES
from fairlead.wiring.verbs import ask

Form = Literal["json", "md", "html"]
Language = Literal["", "en", "de"]
_Answer = Callable[[Viewer, str, dict[str, str], str], Response]

_PLAIN = {
    "brief": "What changed, what is stuck, what failed, what to do first.",
    "triage": "Open changes in the order in which they should be looked at, with reasons and reviewers.",
    "standup": "What is done, under way and blocked, by team; each line says how it is known.",
    "snapshot": "How everything stood at the last look: endpoints, containers, the store, the flow of events, tests.",
    "kpi": "The figures that are on, each with its definition, its mark and its guardrail.",
}
"""Report -> what the server says of its route."""


def routes(api: Api) -> APIRouter:
    """`/figures`, and each report by its name."""
    router = APIRouter()

    def answer(viewer: Viewer, verb: str, words: dict[str, str], team: str) -> Response:
        viewer.demand("viewer", "read", _team(team) if team else None)
        reply = ask(api.services, verb, {name: value for name, value in words.items() if value} | _named(team))
        return Response(reply.data or reply.text, media_type=reply.media_type)

    for name, told in _PLAIN.items():
        _plain(router, answer, name, told)
    _windowed(router, answer)

    @router.get("/sprint-health", tags=["reports"], responses=PICTURES)
    def sprint_health(
        request: Request,
        team: str = "",
        sprint: Annotated[str, Query(description="Id, name or number; else the running one.")] = "",
        language: Language = "",
        form: _Drawn = "json",
        chart: _Chart = "",
    ) -> Response:
        """A sprint: burndown, scope ledger, what may be carried over, forecast with its back-test."""
        words = {"sprint": sprint, "language": language, "form": form, "chart": chart}
        return answer(viewer_of(request), "sprint-health", words, team)

    @router.get("/weekly", tags=["reports"], responses=PICTURES)
    def weekly(
        request: Request,
        team: str = "",
        week: _Week = "",
        language: Language = "",
        form: _Drawn = "json",
        chart: _Chart = "",
    ) -> Response:
        """A week: what to decide, what is at risk, what shipped, how delivery, flow and quality went."""
        words = {"week": week, "language": language, "form": form, "chart": chart}
        return answer(viewer_of(request), "weekly", words, team)

    @router.get("/update", tags=["reports"], responses=PICTURES)
    def update(
        request: Request,
        audience: Annotated[Literal["executive", "product", "team"], Query(alias="for")],
        team: str = "",
        week: _Week = "",
        language: Language = "",
        form: _Drawn = "json",
        chart: _Chart = "",
    ) -> Response:
        """The same facts in the depth and words of those who read them."""
        words = {"for": audience, "week": week, "language": language, "form": form, "chart": chart}
        return answer(viewer_of(request), "update", words, team)

    @router.get("/forecast", tags=["reports"], responses=FORMS)
    def forecast(
        request: Request,
        items: Annotated[int | None, Query(ge=1, le=100_000, description="When so many items are done.")] = None,
        by: Annotated[date | None, Query(description="How many are done by this day.")] = None,
        team: str = "",
        language: Language = "",
        form: _Form = "json",
    ) -> Response:
        """Answers of 50, 85 and 95 % from daily throughput, and how often such answers held."""
        words = {"items": str(items or ""), "by": by.isoformat() if by else "", "language": language, "form": form}
        return answer(viewer_of(request), "forecast", words, team)

    _numbers(router, answer)
    return router


def _plain(router: APIRouter, answer: _Answer, name: str, told: str) -> None:
    """A report that takes nothing beside what every report takes."""

    def report(request: Request, team: str = "", language: Language = "", form: _Form = "json") -> Response:
        return answer(viewer_of(request), name, {"language": language, "form": form}, team)

    # the server's own description of a route is what its report is for, and no docstring that all of them share
    router.add_api_route(
        f"/{name}", report, methods=["GET"], name=name, description=told, tags=["reports"], responses=FORMS
    )


def _windowed(router: APIRouter, answer: _Answer) -> None:
    """Reports of the days before now, with charts."""

    @router.get("/flow", tags=["reports"], responses=PICTURES)
    def flow(
        request: Request,
        window: _Window = "",
        team: str = "",
        language: Language = "",
        form: _Drawn = "json",
        chart: _Chart = "",
    ) -> Response:
        """What stands where day by day, how long finished items took, and what is older than usual."""
        words = {"window": window, "language": language, "form": form, "chart": chart}
        return answer(viewer_of(request), "flow", words, team)

    @router.get("/reliability", tags=["reports"], responses=PICTURES)
    def reliability(
        request: Request,
        service: _Service = "",
        window: _Window = "",
        team: str = "",
        language: Language = "",
        form: _Drawn = "json",
        chart: _Chart = "",
    ) -> Response:
        """Service levels and error budgets, incidents by class, recovery, recurrence and on-call load."""
        words = {"service": service, "window": window, "language": language, "form": form, "chart": chart}
        return answer(viewer_of(request), "reliability", words, team)

    @router.get("/slo", tags=["reports"], responses=PICTURES)
    def slo(
        request: Request,
        service: _Service = "",
        team: str = "",
        language: Language = "",
        form: _Drawn = "json",
        chart: _Chart = "",
    ) -> Response:
        """Objectives: what is promised and kept, the budget left, burn rates by window."""
        words = {"service": service, "language": language, "form": form, "chart": chart}
        return answer(viewer_of(request), "slo", words, team)


def _numbers(router: APIRouter, answer: _Answer) -> None:
    """What programs compute with: the board of work, and figures by name or group."""

    @router.get("/work", tags=["reports"], responses=FORMS)
    def work(
        request: Request,
        work_type: Annotated[Literal["", *WORK_TYPES], Query(alias="type", description="One type of work.")] = "",  # type: ignore[valid-type]
        lane: Annotated[str, Query(description="`in_progress:In Review`: page through one status alone.")] = "",
        page: Annotated[int, Query(ge=1, le=10_000, description="Fifty items of each lane.")] = 1,
        team: str = "",
        language: Language = "",
        form: _Form = "json",
    ) -> Response:
        """What is not finished, by status: its age against its project's cycle times, and what holds it up."""
        words = {"type": work_type, "lane": lane, "page": str(page), "language": language, "form": form}
        return answer(viewer_of(request), "work", words, team)

    @router.get("/figures", tags=["figures"])
    @router.get("/figures/{name}", tags=["figures"])
    def figures(
        request: Request,
        name: str = "",
        start: Annotated[str, Query(alias="from", description="First day; else 30 days before the end.")] = "",
        end: Annotated[str, Query(alias="to", description="Day after the window; else now.")] = "",
        team: str = "",
        segment: Annotated[list[str] | None, Query(description="`repository=github:acme/payments`")] = None,
        grain: Literal["day", "week", "month"] = "week",
        compatible: Literal["", "devlake"] = "",
    ) -> Response:
        """One figure by name, a group like `dora`, or the whole catalogue."""
        words = {
            "name": name,
            "from": start,
            "to": end,
            "segment": "\n".join(segment or ()),
            "grain": grain,
            "compatible": compatible,
            "form": "json",
        }
        return answer(viewer_of(request), "metrics", words, team)


_Form = Annotated[Form, Query(alias="format")]
_Drawn = Annotated[
    Literal["json", "md", "html", "svg", "png"], Query(alias="format", description="A picture is one of `chart`.")
]
_Chart = Annotated[str, Query(description="Which of its charts, like `burndown`, where a picture is asked for.")]
_Window = Annotated[Literal["", "7d", "30d", "90d"], Query(description="Days that it tells of.")]
_Service = Annotated[str, Query(description="Of this service alone, by key or id.")]
_Week = Annotated[str, Query(description="Like `2026-W46`, as known by its end; else up to now.")]


def _team(key: str) -> str:
    return key if ":" in key else f"team:{key}"


def _named(team: str) -> dict[str, str]:
    return {"team": team} if team else {}
