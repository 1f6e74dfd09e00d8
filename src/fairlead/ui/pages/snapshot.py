"""Snapshot: how endpoints, containers, the store, the flow of events and tests stood at the last look."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.papers import report
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The document of `fairlead snapshot` as a page."""
    return report(visit, "snapshot", command="fairlead snapshot --no-look")


PAGE = Page("/snapshot", "Snapshot", 46, show, shown="more", cut=())
