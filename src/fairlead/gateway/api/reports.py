"""Figures and reports: the same answers that the command line and the pages give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from fairlead.gateway.api.asking import FORMS, PICTURES, Api, viewer_of
from fairlead.gateway.viewer import Viewer
from fairlead.model.records.work import WORK_TYPES
from fairlead.wiring.verbs import ask

Form = Literal["json", "md", "html"]
Language = Literal["", "en", "de"]
_Form = Annotated[Form, Query(alias="format")]
_Drawn = Annotated[
    Literal["json", "md", "html", "svg", "png"], Query(alias="format", description="A picture is one of `chart`.")
]
_Chart = Annotated[str, Query(description="Which of its charts, like `burndown`, where a picture is asked for.")]
_Window = Annotated[Literal["", "7d", "30d", "90d"], Query(description="Days that it tells of.")]
_Service = Annotated[str, Query(description="Of this service alone, by key or id.")]
_Week = Annotated[str, Query(description="Like `2026-W46`, as known by its end; else up to now.")]

_PLAIN = {
    "brief": "What changed, what is stuck, what failed, what to do first.",
    "triage": "Open changes in the order in which they should be looked at, with reasons and reviewers.",
    "standup": "What is done, under way and blocked, by team; each line says how it is known.",
    "snapshot": "How everything stood at the last look: endpoints, containers, the store, the flow of events, tests.",
    "kpi": "The figures that are on, each with its definition, its mark and its guardrail.",
}
"""Report -> what the server says of its route."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who asks for a report, and what every report takes."""

    viewer: Viewer
    team: str
    words: dict[str, str]


def _text(request: Request, team: str = "", language: Language = "", form: _Form = "json") -> _Asking:
    return _Asking(viewer_of(request), team, {"language": language, "form": form})


def _drawn(
    request: Request, team: str = "", language: Language = "", form: _Drawn = "json", chart: _Chart = ""
) -> _Asking:
    return _Asking(viewer_of(request), team, {"language": language, "form": form, "chart": chart})


_Text = Annotated[_Asking, Depends(_text)]
"""A report in words."""
_Pictured = Annotated[_Asking, Depends(_drawn)]
"""A report with charts, any of which can be asked for by itself."""


class _Reports:
    """Answers by the same verbs as every other face.

    Whoever may read reads of every team, here as on the pages: reports tell of work, and name people only as those
    who do it. How busy somebody is stands in a plan for themselves and for who manages its team. Roles in one team
    decide what somebody does there.
    """

    def __init__(self, api: Api) -> None:
        self._services = api.services

    def __call__(self, asking: _Asking, verb: str, **words: str) -> Response:
        asking.viewer.demand("viewer", "read")
        said = {name: value for name, value in {**asking.words, **words, "team": asking.team}.items() if value}
        if verb == "plan":
            said["load"] = asking.viewer.loads
        reply = ask(self._services, verb, said)
        return Response(reply.data or reply.text, media_type=reply.media_type)


def routes(api: Api) -> APIRouter:
    """`/figures`, and each report by its name."""
    router, answer = APIRouter(), _Reports(api)
    for name, told in _PLAIN.items():
        _plain(router, answer, name, told)
    _of_days(router, answer)
    _of_sprints_and_weeks(router, answer)
    _of_plans(router, answer)
    _views_of_plans(router, answer)
    _of_objectives(router, answer)
    _numbers(router, answer)
    return router


def _plain(router: APIRouter, answer: _Reports, name: str, told: str) -> None:
    """A report that takes nothing beside what every report takes."""

    def report(asking: _Text) -> Response:
        return answer(asking, name)

    # the server's own description of a route is what its report is for, and no docstring that all of them share
    router.add_api_route(
        f"/{name}", report, methods=["GET"], name=name, description=told, tags=["reports"], responses=FORMS
    )


def _of_days(router: APIRouter, answer: _Reports) -> None:
    """Reports of the days before now, and of what stands now."""

    @router.get("/flow", tags=["reports"], responses=PICTURES)
    def flow(asking: _Pictured, window: _Window = "") -> Response:
        """What stands where day by day, how long finished items took, and what is older than usual."""
        return answer(asking, "flow", window=window)

    @router.get("/balance", tags=["reports"], responses=FORMS)
    def balance(asking: _Text, window: _Window = "") -> Response:
        """Shares of the work by kind, beside what was agreed and what the next sprint plans."""
        return answer(asking, "balance", window=window)

    @router.get("/reliability", tags=["reports"], responses=PICTURES)
    def reliability(asking: _Pictured, service: _Service = "", window: _Window = "") -> Response:
        """Service levels and error budgets, incidents by class, recovery, recurrence and on-call load."""
        return answer(asking, "reliability", service=service, window=window)

    @router.get("/slo", tags=["reports"], responses=PICTURES)
    def slo(asking: _Pictured, service: _Service = "") -> Response:
        """Objectives: what is promised and kept, the budget left, burn rates by window."""
        return answer(asking, "slo", service=service)


def _of_sprints_and_weeks(router: APIRouter, answer: _Reports) -> None:
    """Reports of an iteration or a week, and what may come after it."""

    @router.get("/sprint-health", tags=["reports"], responses=PICTURES)
    def sprint_health(
        asking: _Pictured, sprint: Annotated[str, Query(description="Id, name or number; else the running one.")] = ""
    ) -> Response:
        """A sprint: burndown, scope ledger, what may be carried over, forecast with its back-test."""
        return answer(asking, "sprint-health", sprint=sprint)

    @router.get("/weekly", tags=["reports"], responses=PICTURES)
    def weekly(asking: _Pictured, week: _Week = "") -> Response:
        """A week: what to decide, what is at risk, what shipped, how delivery, flow and quality went."""
        return answer(asking, "weekly", week=week)

    @router.get("/update", tags=["reports"], responses=PICTURES)
    def update(
        asking: _Pictured,
        audience: Annotated[Literal["executive", "product", "team"], Query(alias="for")],
        week: _Week = "",
    ) -> Response:
        """The same facts in the depth and words of those who read them."""
        return answer(asking, "update", week=week, **{"for": audience})

    @router.get("/forecast", tags=["reports"], responses=PICTURES)
    def forecast(
        asking: _Pictured,
        items: Annotated[int | None, Query(ge=1, le=100_000, description="When so many items are done.")] = None,
        by: Annotated[date | None, Query(description="How many are done by this day.")] = None,
        epic: Annotated[str, Query(description="When an epic is done: its key, id or title.")] = "",
        milestone: Annotated[str, Query(description="When a milestone is reached: its title or id.")] = "",
        sprint: Annotated[str, Query(description="What a running sprint brings: its id, name or number.")] = "",
        as_of: Annotated[date | None, Query(description="What was known before this day.")] = None,
    ) -> Response:
        """Answers of 50, 85 and 95 % from daily throughput, and how often such answers held."""
        return answer(
            asking, "forecast", items=str(items or ""), by=by.isoformat() if by else "", epic=epic,
            milestone=milestone, sprint=sprint, as_of=as_of.isoformat() if as_of else "",
        )  # fmt: skip

    @router.get("/forecasts", tags=["reports"], responses=PICTURES)
    def forecasts(asking: _Pictured) -> Response:
        """How true forecasts were: how many of each level held, and each with what came."""
        return answer(asking, "forecasts")


def _of_plans(router: APIRouter, answer: _Reports) -> None:
    """What is to come, with durations and people."""

    @router.get("/plan", tags=["reports"], responses=PICTURES)
    def plan(
        asking: _Pictured,
        sprint: Annotated[str, Query(description="`NEXT`, or id, name or number; the default is the next.")] = "",
        epic: Annotated[str, Query(description="Key, id or title of an epic.")] = "",
        milestone: Annotated[str, Query(description="Title or id of a milestone.")] = "",
        what_if: Annotated[
            list[str] | None,
            Query(description="`absence:kim:2026-10-20..2026-10-24`, `end:2026-11-01`, `add:person`"),
        ] = None,
        time_limit: Annotated[float, Query(ge=0, le=10, description="Seconds for the solver.")] = 0.0,
    ) -> Response:
        """Who does what by when, what decides the end, how sure it is, what does not fit."""
        changes = "\n".join(what_if or ())
        words = {"sprint": sprint, "epic": epic, "milestone": milestone, "what_if": changes}
        return answer(asking, "plan", time_limit=str(time_limit), **words)


def _views_of_plans(router: APIRouter, answer: _Reports) -> None:
    """What else is told of plans."""

    @router.get("/plan/rebalance", tags=["reports"], responses=FORMS)
    def rebalance(
        asking: _Text, sprint: Annotated[str, Query(description="Id, name or number of a sprint that runs.")]
    ) -> Response:
        """Who has too much to do in a sprint that runs, and few moves that even it out; a member sees their own."""
        return answer(asking, "plan", view="rebalance", sprint=sprint)

    @router.get("/plan/slices", tags=["reports"], responses=FORMS)
    def slices(
        asking: _Text,
        epic: Annotated[str, Query(description="Key, id or title of an epic.")] = "",
        milestone: Annotated[str, Query(description="Title or id of a milestone.")] = "",
    ) -> Response:
        """An epic or milestone in slices of a sprint each, from the items that it has."""
        return answer(asking, "plan", view="slices", epic=epic, milestone=milestone)


def _of_objectives(router: APIRouter, answer: _Reports) -> None:
    """Work beside what it is to reach."""

    @router.get("/alignment", tags=["reports"], responses=FORMS)
    def alignment(
        asking: _Text,
        window: _Window = "",
        by: Annotated[Literal["time", "points"], Query(description="Time in progress, or points done.")] = "time",
    ) -> Response:
        """Share of effort of each objective, what serves none, and what probably serves one."""
        return answer(asking, "alignment", window=window, by=by)

    @router.get("/quarter", tags=["reports"], responses=FORMS)
    def quarter(
        asking: _Text, quarter: Annotated[str, Query(description="Like `2026-Q4`; else the one that runs.")] = ""
    ) -> Response:
        """The plan of a quarter: objectives, milestones, what teams owe each other, risks, hours and effort."""
        return answer(asking, "quarter", quarter=quarter)


def _numbers(router: APIRouter, answer: _Reports) -> None:
    """What programs compute with: the board of work, and figures by name or group."""

    @router.get("/work", tags=["reports"], responses=FORMS)
    def work(
        asking: _Text,
        work_type: Annotated[Literal["", *WORK_TYPES], Query(alias="type", description="One type of work.")] = "",  # type: ignore[valid-type]
        lane: Annotated[str, Query(description="`in_progress:In Review`: page through one status alone.")] = "",
        page: Annotated[int, Query(ge=1, le=10_000, description="Fifty items of each lane.")] = 1,
    ) -> Response:
        """What is not finished, by status: its age against its project's cycle times, and what holds it up."""
        return answer(asking, "work", type=work_type, lane=lane, page=str(page))

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
        # no language and one form: programs read it, and words are the faces' own
        words = {"from": start, "to": end, "segment": "\n".join(segment or ()), "compatible": compatible}
        asking = _Asking(viewer_of(request), team, {"form": "json"})
        return answer(asking, "metrics", name=name, grain=grain, **words)
