"""Weekly: decisions, risks, what shipped and how it went in a team's own week, and the weeks before it."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.model.calendar.weeks import WeekNumber
from fairlead.ui.page import Page
from fairlead.ui.views.papers import report
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The document of `fairlead weekly` as a page; `?week=` names one that is over."""
    words, week = visit.words, visit.said("week")
    command = f"fairlead weekly --week {week}" if week else "fairlead weekly"
    links = [(words("For other readers"), visit.scope.link("/update"))]
    try:
        before = WeekNumber.read(week).before if week else None
    # what is no week is told by the report itself, which knows how one is written
    except ValueError:
        before = None
    if before:
        links = [(words("The week before"), visit.scope.link("/weekly", week=str(before))), *links]
        links.append((words("This week"), visit.scope.link("/weekly")))
    return report(visit, "weekly", command, links)


PAGE = Page("/weekly", "Weekly", 16, show, shown="more", key="y", cut=("team",), reads=("week",))
