"""Sprint: burndown, burn-up, the ledger of its scope, what may be carried over, and what it will bring."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.papers import report
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The document of `fairlead sprint-health` as a page; `?sprint=` names another than the running one."""
    return report(visit, "sprint-health")


PAGE = Page("/sprint", "Sprint", 33, show, shown="more", key="i", cut=("team",), reads=("sprint",))
