"""Update: the week's facts for executives, product managers or the team, in their depth and words."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.reports.weekly_views import AUDIENCES
from fairlead.ui.misnamed import choice
from fairlead.ui.page import Page
from fairlead.ui.views.papers import report
from fairlead.ui.visit import Visit

WORDS = {"executive": "For executives", "product": "For product managers", "team": "For the team"}
"""Audience -> what its link is called."""


def show(visit: Visit) -> Response:
    """The document of `fairlead update`; `?for=` says who reads it."""
    audience = choice(visit, "for", AUDIENCES, next(iter(AUDIENCES)))
    links = [
        (visit.words(WORDS[other]), visit.scope.link("/update", **{"for": other}))
        for other in AUDIENCES
        if other != audience
    ]
    links.append((visit.words("The whole week"), visit.scope.link("/weekly")))
    return report(visit, AUDIENCES[audience].kind, f"fairlead update --for {audience}", links)


PAGE = Page("/update", "Update", 17, show, shown="more", cut=("team",), reads=("for",))
