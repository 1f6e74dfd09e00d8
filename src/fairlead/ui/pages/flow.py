"""Flow: cumulative flow, throughput, cycle time of each finished item, and what is older than usual."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.papers import report
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The document of `fairlead flow` as a page."""
    return report(visit, "flow", f"fairlead flow --window {visit.scope.window}")


PAGE = Page("/flow", "Flow", 34, show, shown="more", key="o", cut=("team", "window"))
