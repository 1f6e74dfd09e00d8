"""Weekly: decisions, risks, what shipped and how it went in a team's own week, and the weeks before it."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.papers import report
from fairlead.ui.views.weeks import week_links
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The document of `fairlead weekly` as a page; `?week=` names one that is over."""
    week = visit.said("week")
    command = f"fairlead weekly --week {week}" if week else "fairlead weekly"
    others = (visit.words("For other readers"), visit.scope.link("/update", week=week))
    return report(visit, "weekly", command, [*week_links(visit, "/weekly"), others])


PAGE = Page("/weekly", "Weekly", 16, show, shown="more", key="y", cut=("team",), reads=("week",))
