"""One service: its objectives and budgets, its incidents and what came back, how it is delivered, who owns it."""

from __future__ import annotations

from starlette.responses import Response

from fairlead.ui.page import Page
from fairlead.ui.views.asking import group
from fairlead.ui.views.cards import card
from fairlead.ui.views.documents import story
from fairlead.ui.views.gathered import Listed, listed, named, within
from fairlead.ui.views.papers import paper
from fairlead.ui.visit import Visit

_OWNERS = "select team from service_teams where service = $service order by team"
_BUILT = "select repository, criticality from setup_services where service = $service order by repository"
_DEPLOYED = """
select d.deployment, d.environment, d.result, d.finished_at, d.sha from counted_deployments d
where d.production and d.deployment in (select deployment from deployment_reach where service = $service)
order by d.finished_at desc, d.deployment
"""
_INCIDENTS = """
select incident, title, severity, status, started_at, resolved_at, caused_by_deployment from counted_incidents
where service = $service order by started_at desc, incident
"""
_ALERTS = """
select alert, title, severity, since from attention_security_alerts where service = $service order by since, alert
"""


def show(visit: Visit) -> Response:
    """Everything that names the service."""
    rows = visit.services.warehouse.rows("select id, name from services where deleted_at is null order by id")
    offered = {choice.value: choice.title for choice in visit.frame.services}
    offered |= {row["id"]: row["name"] or row["id"] for row in rows if row["id"] not in offered}
    service = named(visit, "service", offered)
    own = within(visit, service=service)
    open_ones = own.services.warehouse.rows(
        "select count(*) as n from attention_open_incidents where service = ?", [service]
    )
    return own.page(
        "pages/service.html",
        _title(own, offered[service], int(open_ones[0]["n"])),
        name=offered[service],
        id=service,
        chapters=story(paper("reliability", own), own).chapters,
        cards=[card(figure, own) for figure in group(own, "dora")],
        lists=[one for one in _lists(own, service) if one],
    )


def _title(visit: Visit, name: str, open_incidents: int) -> str:
    if not open_incidents:
        return visit.words("{name}: no incident is open", name=name)
    return visit.words.plural(
        "{name}: {n} incident is open", "{name}: {n} incidents are open", open_incidents, name=name
    )


def _lists(visit: Visit, service: str) -> list[Listed | None]:
    words, asked, link = visit.words, {"service": service}, visit.scope.link
    return [
        listed(visit, "incidents", words("Incidents"), _INCIDENTS, asked, link("/incidents")),
        listed(visit, "alerts", words("Open security alerts"), _ALERTS, asked, ""),
        listed(visit, "deployments", words("Deployments"), _DEPLOYED, asked, link("/rows/deployment_frequency")),
        listed(visit, "owners", words("Owners"), _OWNERS, asked, ""),
        listed(visit, "repositories", words("Repositories"), _BUILT, asked, ""),
    ]


PAGE = Page("/services/{id:path}", "Service", 95, show, shown="nowhere", cut=("window",))
