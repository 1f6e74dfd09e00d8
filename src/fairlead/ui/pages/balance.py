"""Balance: how the work was shared among its kinds, beside what was agreed and what the next sprint plans."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.papers import report
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The document of `fairlead balance` as a page."""
    return report(visit, "balance", f"fairlead balance --window {visit.scope.window}")


PAGE = Page("/balance", "Balance", 36, show, shown="more", key="h", cut=("team", "window"))
