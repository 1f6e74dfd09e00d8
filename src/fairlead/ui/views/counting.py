"""What counts as a deployment, production and an incident: as stated or as proposed from the data seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairlead.metrics.proposals import proposals
from fairlead.ui.views.grids import Cell, Column, Grid, grid
from fairlead.ui.views.links import short
from fairlead.ui.visit import Visit

_CHOSEN = """
select repository, made_from, candidates, productive, chosen, why from what_counts
order by repository, chosen desc, candidates desc
"""
# Previews name an environment for each change: beyond forty the list says nothing more.
_ENVIRONMENTS = """
select environment, counts_as_production as production, count(*) as deployments, max(finished_at) as last_at
from deployment_candidates where environment is not null group by all order by deployments desc, environment limit 40
"""
_INCIDENTS = """
select source, made_from, count(*) as incidents, max(started_at) as last_at from counted_incidents
group by all order by incidents desc, source
"""
WORDS = {
    "deployment": "deployment records",
    "workflow": "workflow runs",
    "release": "releases",
    "tag": "tags",
    "merge": "merges to the main branch",
    "cdevents": "CDEvents",
    "records": "imported records",
}


@dataclass(frozen=True)
class Counting:
    """The three answers, and what to write to state them."""

    deployments: Grid
    environments: Grid
    incidents: Grid
    stated: bool
    """Whether the team's file says what a deployment is."""
    proposal: str
    services: int


def what_counts(visit: Visit) -> Counting:
    """Reads what the warehouse has decided, and why."""
    warehouse, setup = visit.services.warehouse, visit.services.setup
    chosen = warehouse.rows(_CHOSEN)
    environments = warehouse.rows(_ENVIRONMENTS)
    return Counting(
        deployments=_deployments(visit, chosen),
        environments=_environments(visit, environments),
        incidents=_incidents(visit, warehouse.rows(_INCIDENTS)),
        # Only this key decides what counts; the others narrow it.
        stated=bool(setup.deployments.sources),
        proposal="\n\n".join(one.lines for one in proposals(warehouse.rows, setup) if one.lines),
        services=len(setup.services),
    )


def _deployments(visit: Visit, chosen: list[dict[str, Any]]) -> Grid:
    words = visit.words

    def counts(row: Mapping[str, Any]) -> Cell:
        return Cell(words("counts"), tag="ok") if row["chosen"] else Cell(words("does not count"), tag="neutral")

    columns = [
        Column(words("Repository"), lambda row: Cell(short(row["repository"]) or words("several repositories"))),
        Column(words("Taken from"), lambda row: Cell(words(WORDS.get(row["made_from"], row["made_from"])))),
        Column(words("Counts"), counts),
        Column(words("Seen"), lambda row: Cell(visit.shown.number(row["candidates"])), number=True),
        Column(words("To production"), lambda row: Cell(visit.shown.number(row["productive"])), number=True),
        Column(words("Why"), lambda row: Cell(words(row["why"]))),
    ]
    return grid(visit, "/data", columns, chosen)


def _environments(visit: Visit, environments: list[dict[str, Any]]) -> Grid:
    words = visit.words

    def kind(row: Mapping[str, Any]) -> Cell:
        return (
            Cell(words("production"), tag="ok") if row["production"] else Cell(words("not production"), tag="neutral")
        )

    columns = [
        Column(words("Environment"), lambda row: Cell(row["environment"])),
        Column(words("Counts as"), kind),
        Column(words("Deployments"), lambda row: Cell(visit.shown.number(row["deployments"])), number=True),
    ]
    return grid(visit, "/data", columns, environments)


def _incidents(visit: Visit, incidents: list[dict[str, Any]]) -> Grid:
    words = visit.words
    columns = [
        Column(words("Source"), lambda row: Cell(row["source"] or None, why=words("the sources do not tell"))),
        Column(words("Taken from"), lambda row: Cell(words(row["made_from"]))),
        Column(words("Incidents"), lambda row: Cell(visit.shown.number(row["incidents"])), number=True),
    ]
    return grid(visit, "/data", columns, incidents)
