"""The brief: what needs you, what is at risk, how it goes, what changed; each sentence leads to its rows."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.papers import report
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The document of `fairlead brief` as a page."""
    return report(visit, "brief")


PAGE = Page("/", "Brief", 10, show, key="b", cut=("team",))
