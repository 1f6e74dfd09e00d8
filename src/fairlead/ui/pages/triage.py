"""Triage: open changes in the order in which they should be looked at, why, and who could review."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.papers import report
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The document of `fairlead triage` as a page."""
    return report(visit, "triage")


PAGE = Page("/triage", "Triage", 20, show, key="t", cut=("team",))
