"""What is missing in the data and what that does to which figure: typed findings with the rows that show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from fairlead.metrics.frame import freshness
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Evidence

Severity = Literal["wrong", "partial", "note"]

_IDS = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """One lack of the data."""

    kind: str
    """Key of a phrase, like `repository-without-deployments`."""
    severity: Severity
    """`wrong`: figures may mislead; `partial`: they leave something out; `note`: good to know."""
    subject: str
    """Source, repository or the whole: what it is about."""
    figures: tuple[str, ...]
    """Names of the figures that it touches."""
    effect: str
    """What it does to them, in words."""
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Check:
    kind: str
    severity: Severity
    figures: tuple[str, ...]
    effect: str
    sql: str
    """Select of `subject, id`: a finding for each subject, its ids as evidence."""


_DORA = (
    "deployment_frequency", "lead_time", "change_failure_rate", "failed_deployment_recovery_time",
    "deployment_rework_rate",
)  # fmt: skip

_CHECKS = (
    _Check(
        "sync-failed", "wrong", (), "its figures end where the last good sync ended",
        "select source as subject, last_run as id from source_freshness where last_result = 'failure'",
    ),
    _Check(
        "sync-partial", "partial", (), "what it could not read is missing in every figure",
        "select source as subject, last_run as id from source_freshness where last_result = 'partial'",
    ),
    _Check(
        "repository-without-deployments", "partial", _DORA,
        "lead time ends at the merge there; nothing of it enters the deployment figures",
        "select repository as subject, change as id from change_lead_times where deploy_missing = 'no_deployments'",
    ),
    _Check(
        "deployments-by-merge", "note", _DORA,
        "merges to the main branch stand for deployments, so that merge to deploy is zero there",
        "select repository as subject, repository as id from what_counts where chosen and kind = 'merge'",
    ),
    _Check(
        "lead-time-by-commits", "note", ("lead_time", "lead_time_working"),
        "no change is known there, so that each commit counts from its writing to its deployment",
        "select repository as subject, commit as id from commit_lead_times",
    ),
    _Check(
        "deployments-without-commit", "partial", ("lead_time", "deploy_time"),
        "they count as deployments but bring no change into production",
        "select coalesce(repository, '') as subject, deployment as id from counted_deployments "
        "where production and success and deployment not in (select deployment from deployment_parts)",
    ),
    _Check(
        "history-cut-off", "partial", ("lead_time", "deploy_time", "change_failure_rate"),
        "what lies beyond the cut is taken for new only where that can be proven",
        "select repository as subject, repository || '@' || sha as id from warehouse_awaited",
    ),
    _Check(
        "first-known-deployment", "note", ("lead_time", "deploy_time"),
        "older changes in it may have been deployed before; they have no merge to deploy",
        "select repository as subject, change as id from change_lead_times "
        "where deploy_missing = 'first_known_deployment'",
    ),
    _Check(
        "changes-without-commits", "partial", ("lead_time", "coding_time"),
        "coding and lead time of these changes are unknown",
        "select repository as subject, change as id from change_lead_times where coding_missing = 'no_commits'",
    ),
    _Check(
        "no-reviews-seen", "partial", ("pickup_time", "review_time", "time_to_first_review", "review_coverage"),
        "either nobody reviews there or reviews are not read",
        "select repository as subject, max(change) as id from change_reviews where merged_at is not null "
        "group by repository having count(*) >= 5 and sum(reviews) = 0",
    ),
    _Check(
        "unresolved-authors", "partial", ("review_load",),
        "these accounts are taken for humans of no team",
        "select 'accounts' as subject, author as id from (select distinct author from changes) c "
        "where author is not null and author not in (select account from dim_accounts)",
    ),
    _Check(
        "changes-without-author", "note", ("pickup_time", "time_to_first_review"),
        "every human review counts, the author's own too",
        "select repository as subject, id from changes where author is null and deleted_at is null",
    ),
    _Check(
        "incidents-without-service", "note", ("change_failure_rate", "failed_deployment_recovery_time"),
        "they are attributed by time and repository alone",
        "select source as subject, incident as id from counted_incidents "
        "where service is null and repository is null",
    ),
    _Check(
        "incident-names-unknown-deployment", "wrong", ("change_failure_rate",),
        "the failure is counted nowhere",
        "select i.source as subject, c.incident as id from incident_causes c "
        "join counted_incidents i on i.incident = c.incident where c.verdict = 'unknown_deployment'",
    ),
    _Check(
        "times-out-of-order", "note", ("lead_time", "pickup_time", "review_time"),
        "a span that would be negative is unknown, not zero",
        "select repository as subject, change as id from change_lead_times "
        "where deploy_missing = 'deployed_before_merge' "
        "or coding_missing in ('first_commit_after_opening', 'opened_after_merge') "
        "or review_missing = 'review_after_merge'",
    ),
)  # fmt: skip


def findings(warehouse: Warehouse) -> list[Finding]:
    """Everything found lacking, the worst first."""
    found = [*_silent(warehouse), *_nothing(warehouse)]
    for check in _CHECKS:
        found.extend(_found(warehouse, check))
    order: Mapping[str, int] = {"wrong": 0, "partial": 1, "note": 2}
    return sorted(found, key=lambda finding: (order[finding.severity], finding.kind, finding.subject))


def _found(warehouse: Warehouse, check: _Check) -> Iterator[Finding]:
    rows = warehouse.rows(
        f"select subject, count(*) as n, (list(id order by id))[1:{_IDS}] as ids from ({check.sql}) f "  # noqa: S608
        "group by subject order by subject"
    )
    for row in rows:
        subject = row["subject"] or ""
        literal = subject.replace("'", "''")
        query = f"select * from ({check.sql}) f where coalesce(subject, '') = '{literal}'"  # noqa: S608
        ids = tuple(str(identity) for identity in row["ids"] if identity is not None) or (subject,)
        evidence = Evidence(ids=ids, count=row["n"], query=query)
        yield Finding(check.kind, check.severity, subject, check.figures, check.effect, evidence)


def _silent(warehouse: Warehouse) -> Iterator[Finding]:
    for source in freshness(warehouse).silent:
        literal = source.replace("'", "''")
        query = f"select * from source_freshness where source = '{literal}'"  # noqa: S608 - quoted
        evidence = Evidence(ids=(source,), count=1, query=query)
        yield Finding("source-silent", "wrong", source, (), "nothing new is known since then", evidence)


def _nothing(warehouse: Warehouse) -> Iterator[Finding]:
    """Kinds of records that nobody delivers at all."""
    for table, kind, figures, effect in (
        ("counted_incidents", "no-incidents", ("change_failure_rate", "failed_deployment_recovery_time"),
         "failures show only by rollbacks, hotfixes and reverts"),
        ("build_runs", "no-builds", ("build_success_rate", "build_duration", "queue_time", "flaky_builds"),
         "figures of builds are unknown"),
        ("coverage_trend", "no-coverage", ("coverage",), "test coverage is unknown"),
        ("change_reviews", "no-changes", ("lead_time", "review_latency"), "figures of changes are unknown"),
    ):  # fmt: skip
        query = f"select * from {table}"  # noqa: S608 - names of this function
        if not warehouse.rows(f"{query} limit 1"):
            evidence = Evidence(ids=(f"mart:{table}",), count=0, query=query)
            yield Finding(kind, "note", "", figures, effect, evidence)
