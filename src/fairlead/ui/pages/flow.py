"""Flow: cumulative flow, throughput, cycle time of each finished item, and what is older than usual."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.documents import story
from fairlead.ui.views.papers import paper
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The tree of the report `flow`; its figures are those of `fairlead metrics flow`."""
    told = story(paper("flow", visit), visit)
    return visit.page("pages/report.html", told.title.text, story=told, command="fairlead metrics flow")


PAGE = Page("/flow", "Flow", 34, show, key="o", cut=("team", "window"))
