"""Loads everything that the brief says something about, as frozen values; words and order come later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.reports.scope import Scope, aware


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is broken now: an incident, a main branch, a deployment."""

    id: str
    repository: str
    service: str
    name: str
    """Title, pipeline or environment."""
    url: str | None
    since: datetime
    overdue: bool
    count: int = 1
    """Failures in a row."""
    sha: str = ""
    severity: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """What came about since the last working day."""

    merged: tuple[tuple[str, str, str | None], ...]
    """Change, title, address."""
    opened: tuple[str, ...]
    deployed: tuple[str, ...]
    deploy_failed: tuple[str, ...]
    incidents_opened: tuple[str, ...]
    incidents_closed: tuple[str, ...]
    released: tuple[str, ...]
    committed: tuple[str, ...]
    """Commits of repositories in which no change is known: whoever works without changes has done something too."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source."""

    id: str
    name: str
    last: datetime | None
    silent: bool


@dataclass(frozen=True, slots=True)
class BadSync:
    """A sync whose last run did not read everything."""

    id: str
    source: str
    scope: str
    result: str
    said: tuple[str, ...]
    """What was left out, or why it failed, in the connector's words."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts as a deployment in how many repositories, and why."""

    kind: str
    why: str
    repositories: tuple[str, ...]
    candidates: int


def load_incidents(scope: Scope) -> list[Trouble]:
    """Incidents that are not resolved, the gravest and oldest first."""
    rows = scope.warehouse.rows(
        "select * from attention_open_incidents "  # noqa: S608 - conditions with escaped literals
        # the team that handles it need not own the service: both want to see it
        f"where since <= ? and (team = ? or {scope.owned('service', 'repository')}) "
        # low and unknown severities come last, but they come
        "order by case severity when 'critical' then 0 when 'high' then 1 when 'medium' then 2 else 3 end, "
        "since, incident",
        [scope.naive_now, scope.team],
    )
    return [
        Trouble(
            row["incident"], row["repository"] or "", row["service"] or "", row["title"] or "", row["url"],
            aware(row["since"]), True, severity=row["severity"] or "",
        )
        for row in rows
    ]  # fmt: skip


def load_red_main(scope: Scope) -> list[Trouble]:
    """Main branches whose pipeline fails now."""
    rows = scope.warehouse.rows(
        "select * from attention_red_main where since <= ? "  # noqa: S608
        f"and {scope.repositories('repository')} order by since, build",
        [scope.naive_now],
    )
    return [
        Trouble(
            # pipelines of GitLab seldom have a name
            row["build"], row["repository"], "", row["name"] or "CI", row["url"], aware(row["since"]),
            # a main branch is red at once and worth a word only after a while
            aware(row["due_at"]) <= scope.now, row["failures"], row["sha"] or "", branch=row["branch"] or "",
        )
        for row in rows
    ]  # fmt: skip


def load_failed_deployments(scope: Scope) -> list[Trouble]:
    """Services whose last production deployment failed."""
    rows = scope.warehouse.rows(
        "select * from attention_failed_deployments where since <= ? "  # noqa: S608
        f"and {scope.owned('service', 'repository')} order by since, deployment",
        [scope.naive_now],
    )
    return [
        Trouble(
            row["deployment"], row["repository"] or "", row["service"] or "", row["environment"] or "", row["url"],
            aware(row["since"]), True, sha=row["sha"] or "",
        )
        for row in rows
    ]  # fmt: skip


def load_happened(scope: Scope) -> Happened:
    """Everything between the start of the last working day and now."""
    owned, repositories = scope.owned("service", "repository"), scope.repositories("repository")
    limits = {"mine": scope.changes("id"), "owned": owned, "repositories": repositories}
    found: dict[str, list[Mapping[str, Any]]] = {}
    # One statement for all kinds: planning each of them takes longer than reading the rows of a day.
    for row in scope.warehouse.rows(_HAPPENED.format(**limits), {"since": scope.naive_since, "now": scope.naive_now}):
        found.setdefault(row["kind"], []).append(row)
    merged = tuple((row["id"], row["title"] or "", row["url"]) for row in found.pop("merged", ()))
    return Happened(
        merged=merged, **{kind: tuple(row["id"] for row in found.get(kind, ())) for kind in _KINDS_OF_IDS}
    )


_KINDS_OF_IDS = (
    "opened", "deployed", "deploy_failed", "incidents_opened", "incidents_closed", "released", "committed",
)  # fmt: skip
# Deployments are counted by their end: what still runs has changed nothing yet.
_HAPPENED = """
with done as (
    select deployment, success, result from counted_deployments
    where production and finished_at >= $since and finished_at < $now and {owned}
)
select 'merged' as kind, id, title, url, merged_at as sorted_at from changes
where deleted_at is null and merged_at >= $since and merged_at < $now and {mine}
union all
select 'opened', id, null, null, created_at from changes
where deleted_at is null and created_at >= $since and created_at < $now and {mine}
union all
select 'deployed', deployment, null, null, null from done where success
union all
select 'deploy_failed', deployment, null, null, null from done where result in ('failure', 'error')
union all
select 'incidents_opened', incident, null, null, null from counted_incidents
where started_at >= $since and started_at < $now and {owned}
union all
select 'incidents_closed', incident, null, null, null from counted_incidents
where resolved_at >= $since and resolved_at < $now and {owned}
union all
select 'released', id, null, null, null from releases
where deleted_at is null and kind = 'release' and published_at >= $since and published_at < $now
    and not coalesce(draft, false) and {repositories}
union all
select 'committed', id, null, null, null from commits
where deleted_at is null and committed_at >= $since and committed_at < $now
    and repository not in (select repository from changes) and {repositories}
order by kind, sorted_at, id
"""


def load_sources(scope: Scope) -> list[SourceState]:
    """Every source with when it was last heard of."""
    rows = scope.warehouse.once("select * from attention_silent_sources order by source")
    return [
        SourceState(
            row["source"],
            row["name"] or row["source"],
            aware(row["since"]) if row["since"] is not None else None,
            # judged at the moment of the report, not of the warehouse's last refresh
            row["due_at"] is not None and aware(row["due_at"]) <= scope.now,
        )
        for row in rows
    ]


def load_bad_syncs(scope: Scope) -> list[BadSync]:
    """For each source and scope the last run, where it did not end well."""
    rows = scope.warehouse.rows(
        'select id, "of", scope, result, error, left_out, finished_at, started_at from sync_runs '
        "where deleted_at is null and result is not null and started_at <= ? "
        # by kind as well: a sweep that worked does not mend a sync that failed
        'qualify row_number() over (partition by "of", scope, kind order by started_at desc, id desc) = 1 '
        "order by id",
        [scope.naive_now],
    )
    return [_bad_sync(row) for row in rows if row["result"] != "success"]


def _bad_sync(row: dict[str, Any]) -> BadSync:
    said = (row["error"],) if row["error"] else tuple(row["left_out"] or ())
    at = aware(row["finished_at"] or row["started_at"])
    return BadSync(row["id"], row["of"] or "", row["scope"] or "", row["result"], said, at)


def load_counted(scope: Scope) -> list[Counted]:
    """What counts as a deployment, by kind and reason."""
    rows = scope.warehouse.rows(
        "select kind, why, list(repository order by repository) as repositories, sum(candidates) as candidates "  # noqa: S608
        f"from what_counts where chosen and {scope.repositories('repository')} group by kind, why order by kind, why"
    )
    return [Counted(row["kind"], row["why"], tuple(row["repositories"]), int(row["candidates"])) for row in rows]


def count_rows(scope: Scope, table: str) -> int:
    """How many live rows a record table holds."""
    found = scope.warehouse.once(f"select count(*) as n from {table} where deleted_at is null")  # noqa: S608 - a constant
    return int(found[0]["n"])
