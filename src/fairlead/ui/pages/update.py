"""Update: the week's facts for executives, product managers or the team, in their depth and words."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.reports.weekly_views import AUDIENCES
from fairlead.ui.misnamed import choice
from fairlead.ui.page import Page
from fairlead.ui.views.papers import report
from fairlead.ui.views.weeks import week_links
from fairlead.ui.visit import Visit

WORDS = {"executive": "For executives", "product": "For product managers", "team": "For the team"}
"""Audience -> what its link is called."""


def show(visit: Visit) -> Response:
    """The document of `fairlead update`; `?for=` says who reads it, `?week=` names a week that is over."""
    week = visit.said("week")
    audience = choice(visit, "for", AUDIENCES, next(iter(AUDIENCES)))
    links = [
        (visit.words(WORDS[other]), visit.scope.link("/update", week=week, **{"for": other}))
        for other in AUDIENCES
        if other != audience
    ]
    links.append((visit.words("The whole week"), visit.scope.link("/weekly", week=week)))
    links = [*week_links(visit, "/update", **{"for": audience}), *links]
    command = f"fairlead update --for {audience}" + (f" --week {week}" if week else "")
    return report(visit, AUDIENCES[audience].kind, command, links)


PAGE = Page("/update", "Update", 17, show, shown="more", cut=("team",), reads=("for", "week"))
