"""Standup: each team in its own zone, what is done, under way, blocked and waited for, and how each is known."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.rights import allowed
from fairlead.ui.views.papers import report
from fairlead.ui.visit import Visit


def show(visit: Visit) -> Response:
    """The document of `fairlead standup` as a page."""
    mine = [(visit.words("My standup"), visit.scope.link("/standup/mine"))] if allowed(visit, "member") else []
    return report(visit, "standup", links=mine)


PAGE = Page("/standup", "Standup", 15, show, key="u", cut=("team",))
