"""What DevLake's own tables say about deployments, lead times and incidents: the rows behind its DORA dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fairlead.ingest.devlake.names import Names, incident_id, own
from fairlead.ingest.devlake.tables import Reader


@dataclass(frozen=True, slots=True)
class TheirPull:
    """A merged pull request of a project."""

    id: str
    """Our id of it."""
    merged_at: datetime
    cycle_min: float | None
    """Its cycle time in minutes, as DevLake calculated it."""
    deployed_at: datetime | None
    """When the deployment finished to which DevLake counts it."""


@dataclass(frozen=True, slots=True)
class TheirIncident:
    """An incident, with the deployment that DevLake blames."""

    id: str
    created_at: datetime
    resolved_at: datetime | None
    deployment: str | None
    """Our id of the deployment."""


@dataclass(slots=True)
class Theirs:
    """The rows of the dashboard."""

    deployments: dict[str, datetime] = field(default_factory=dict)
    """Our id of each successful deployment to production -> when its last part finished."""
    production_parts: int = 0
    """Rows of `cicd_deployment_commits` behind them."""
    pulls: list[TheirPull] = field(default_factory=list)
    incidents: list[TheirIncident] = field(default_factory=list)
    projects: tuple[str, ...] = ()
    """Projects that are mapped; without any the dashboard is empty, and all rows are taken."""


def theirs(reader: Reader, names: Names) -> Theirs:
    """Reads them as the dashboard's SQL joins them, over all projects."""
    scopes: dict[str, set[str]] = {}
    projects: set[str] = set()
    for row in reader.rows("project_mapping"):
        scopes.setdefault(row["table"], set()).add(row["row_id"])
        projects.add(row["project_name"])
    found = Theirs(projects=tuple(sorted(projects)))
    finished: dict[str, datetime] = {}
    for row in reader.rows("cicd_deployment_commits"):
        at = row["finished_date"]
        if at is None:
            continue
        finished[row["id"]] = at
        mapped = not projects or row["cicd_scope_id"] in scopes.get("cicd_scopes", ())
        if mapped and row["result"] == "SUCCESS" and row["environment"] == "PRODUCTION":
            deployment = own(row["cicd_deployment_id"])
            found.production_parts += 1
            found.deployments[deployment] = max(at, found.deployments.get(deployment, at))
    metrics = {row["id"]: row for row in reader.rows("project_pr_metrics")}
    for row in reader.rows("pull_requests"):
        if row["merged_date"] and (not projects or row["base_repo_id"] in scopes.get("repos", ())):
            metric = metrics.get(row["id"], {})
            part = metric.get("deployment_commit_id") or metric.get("deployment_id")
            found.pulls.append(
                TheirPull(
                    names.change(row["id"]), row["merged_date"], metric.get("pr_cycle_time"), finished.get(part or "")
                )
            )
    found.incidents = _incidents(reader, names)
    return found


def _incidents(reader: Reader, names: Names) -> list[TheirIncident]:
    """Rows of `incidents`; before version 1.0 issues of that type, with their metrics."""
    newer = reader.has("incidents")
    blamed = {
        row["id"]: row["deployment_id"]
        for row in reader.rows("project_incident_deployment_relationships" if newer else "project_issue_metrics")
    }
    rows = reader.rows("incidents" if newer else "issues")
    return [
        _incident(row, names, blamed.get(row["id"]))
        for row in rows
        if row["created_date"] and (newer or row["type"] == "INCIDENT")
    ]


def _incident(row: Mapping[str, Any], names: Names, deployment: str | None) -> TheirIncident:
    blamed = own(deployment) if deployment else None
    return TheirIncident(incident_id(row, names), row["created_date"], row["resolution_date"], blamed)
