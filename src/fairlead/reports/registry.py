"""The reports by name: what pages show and what can be sent on a schedule. A new report is one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from fairlead.reports.alignment import alignment
from fairlead.reports.asked import Asked
from fairlead.reports.balance import balance
from fairlead.reports.brief import brief
from fairlead.reports.dependencies import dependencies
from fairlead.reports.document import Document
from fairlead.reports.flow import flow
from fairlead.reports.forecasts import forecasts
from fairlead.reports.goals import goals
from fairlead.reports.incidents import incidents
from fairlead.reports.quarter import quarter
from fairlead.reports.reliability import reliability
from fairlead.reports.snapshot import snapshot
from fairlead.reports.sprint_health import sprint_health
from fairlead.reports.standup import standup
from fairlead.reports.triage import triage
from fairlead.reports.weekly import update, weekly
from fairlead.reports.weekly_views import AUDIENCES
from fairlead.reports.work import work


def _plan(asked: Asked, *, sprint: str = "", epic: str = "", milestone: str = "") -> Document:
    # arrays start threads as they are read, and no other report has any use for them
    from fairlead.reports.planned import plan_report

    return plan_report(asked, sprint=sprint, epic=epic, milestone=milestone)


def _forecast(asked: Asked, **words: str) -> Document:
    from fairlead.reports.forecast import forecast_report

    return forecast_report(asked, **words)


REPORTS: Mapping[str, Callable[..., Document]] = {
    "brief": brief,
    "triage": triage,
    "snapshot": snapshot,
    "incidents": incidents,
    "flow": flow,
    "reliability": reliability,
    "standup": standup,
    "sprint-health": sprint_health,
    "weekly": weekly,
    # by audience, so that a page or a delivery names all that it wants in one word
    **{view.kind: partial(update, audience=audience) for audience, view in AUDIENCES.items()},
    "work": work,
    "goals": goals,
    "alignment": alignment,
    "quarter": quarter,
    "plan": _plan,
    "balance": balance,
    "dependencies": dependencies,
    "forecast": _forecast,
    "forecasts": forecasts,
}
"""Name -> who makes it of what was asked; what it takes beside that is its own and has a default."""


def asked_as(report: str) -> tuple[str, Mapping[str, str]]:
    """The word by which people and programs ask for a report, and what they say beside it."""
    for audience, view in AUDIENCES.items():
        if view.kind == report:
            return "update", {"for": audience}
    return report, {}
