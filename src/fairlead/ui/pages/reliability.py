"""Reliability: service levels, incidents by class, recovery in its steps, what came back, on-call load of teams."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.papers import report
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The document of `fairlead reliability` as a page."""
    service = dict(visit.scope.segment).get("service", "")
    return report(visit, "reliability", f"fairlead reliability --service {service}" if service else "")


PAGE = Page("/reliability", "Reliability", 44, show, shown="more", cut=("team", "service"), key="l")
