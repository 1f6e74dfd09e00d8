"""One team: what needs it, its open changes and work, its sprint, how it delivers, its incidents, what it owns."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.asking import group
from fairlead.ui.views.board import board
from fairlead.ui.views.cards import card
from fairlead.ui.views.documents import story
from fairlead.ui.views.gathered import Listed, listed, named, within
from fairlead.ui.views.intake import sources_of
from fairlead.ui.views.papers import paper
from fairlead.ui.views.standing import working
from fairlead.ui.visit import Visit

_TOLD = ("needs", "risks")
_SPRINTS = """
select s.sprint, s.name, s.start_at, s.end_at, s.committed, s.completed from sprint_results s
where s.sprint in (select sprint from sprint_teams where team = $team) and s.closed_at is null order by s.start_at
"""
_INCIDENTS = """
select incident, title, service, severity, status, started_at, resolved_at from counted_incidents
where team = $team or service in (select service from service_teams where team = $team)
    or repository in (select repository from repository_teams where team = $team)
order by started_at desc, incident
"""
_SERVICES = "select service from service_teams where team = $team order by service"
_REPOSITORIES = "select repository from repository_teams where team = $team order by repository"


def show(visit: Visit) -> Response:
    """Everything that names the team, the urgent first."""
    offered = {choice.value: choice.title for choice in visit.frame.teams}
    team = named(visit, "team", offered)
    own = within(visit, team=team)
    told = story(paper("brief", own), own)
    return own.page(
        "pages/team.html",
        told.title.text,
        name=offered[team],
        id=team,
        story=told,
        chapters=[chapter for chapter in told.chapters if chapter.key in _TOLD],
        changes=board(own),
        lanes=working(own),
        cards=[card(figure, own) for figure in group(own, "dora")],
        lists=[one for one in _lists(own, team) if one],
    )


def _lists(visit: Visit, team: str) -> list[Listed | None]:
    words, asked, link = visit.words, {"team": team}, visit.scope.link
    return [
        listed(visit, "sprints", words("Running sprints"), _SPRINTS, asked, link("/sprint")),
        listed(visit, "incidents", words("Incidents"), _INCIDENTS, asked, link("/incidents")),
        listed(visit, "services", words("Services"), _SERVICES, asked, ""),
        listed(visit, "repositories", words("Repositories"), _REPOSITORIES, asked, ""),
        Listed("sources", words("Sources"), known, link("/data"))
        if (known := sources_of(visit, team)).rows
        else None,
    ]


PAGE = Page("/teams/{id:path}", "Team", 94, show, shown="nowhere", cut=("window",))
