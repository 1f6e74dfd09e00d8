"""Facts of quality gates, as the warehouse has them: checks, reviews, coverage, documents, security, speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from fairlead.governance.policy.document import Checks, Coverage, Review, State, Subject

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse
    from fairlead.wiring.services import Services

_CHECKS = """
    select name, state, result, required from builds
    where repository = $repository and sha = $sha and kind <> 'pipeline' and deleted_at is null
    qualify row_number() over (partition by kind, name, app
        order by attempt desc nulls last, coalesce(finished_at, started_at, queued_at) desc nulls last, id desc) = 1
    order by name
"""
_REVIEWS = """
    select e.kind, e.review, coalesce(d.person, e.actor) as who, d.kind as nature
    from change_events e left join dim_accounts d on d.account = e.actor
    where e.change = $change and e.deleted_at is null
      and e.kind in ('approved', 'changes_requested', 'review_dismissed')
    order by e."at", e.id
"""
_COVERAGE = """
    select sum(lines_covered) * 100.0 / nullif(sum(lines_total), 0) as percent from coverage
    where repository = $repository and sha = $sha and deleted_at is null
"""
_COVERAGE_BEFORE = """
    select sum(lines_covered) * 100.0 / nullif(sum(lines_total), 0) as percent from coverage
    where repository = $repository and branch = $branch and sha <> $sha and deleted_at is null
    group by sha order by max("at") desc nulls last limit 1
"""
_DOCUMENTATION = """
    select count(*) as files, count(*) filter (where regexp_matches(lower(path),
        '(^|/)docs?/|\\.(md|mdx|rst|adoc|txt)$|(^|/)(readme|changelog|upgrading)[^/]*$')) as documents
    from change_files where change = $change and deleted_at is null
"""
_ALERTS = """
    select (select count(*) from attention_security_alerts where repository = $repository) as pending,
        (select count(*) from alerts where source = $source
            and kind in ('dependency', 'code_scanning', 'secret_scanning')) as ever
"""
_AUTHOR = """
    select r.opened_by, exists (
        select 1 from change_commits c join agent_commits a on a."commit" = c."commit" where c.change = $change
    ) as helped
    from change_reviews r where r.change = $change
"""
_BENCHMARKS = ("bench", "perf")
_PASSING = ("success", "skipped", "neutral")
_AGENTS = ("coding_agent", "review_agent")


def gates(services: Services, known: Subject, row: Mapping[str, Any]) -> Subject:
    """A change with the facts that gates go by."""
    house, change, sha = services.warehouse, known.id, known.head_sha
    at = {"repository": known.repository, "sha": sha}
    builds = house.rows(_CHECKS, at) if sha else []
    alerts = house.rows(_ALERTS, {"repository": known.repository, "source": row["source"]})[0]
    files = house.rows(_DOCUMENTATION, {"change": change})[0]
    return msgspec.structs.replace(
        known,
        author_kind=_author_kind(house, change),
        checks=checks(builds),
        review=review(house.rows(_REVIEWS, {"change": change}), known.author),
        coverage=Coverage(
            percent=_percent(house.rows(_COVERAGE, at)),
            before_percent=_percent(house.rows(_COVERAGE_BEFORE, {**at, "branch": known.base_branch})),
        ),
        documentation=_documentation(files),
        performance=_performance(builds),
        security_alerts=alerts["pending"] if alerts["ever"] else None,
    )


def checks(builds: Sequence[Mapping[str, Any]]) -> Checks:
    """What builds of a head come to; where a branch says which are required, only those count."""
    if not builds:
        return Checks(state="none")
    counting = [one for one in builds if one["required"]] or builds
    failed = tuple(one["name"] or "" for one in counting if _ended(one) and one["result"] not in _PASSING)
    pending = tuple(one["name"] or "" for one in counting if not _ended(one))
    return Checks(state="failed" if failed else "pending" if pending else "passed", failed=failed, pending=pending)


def review(events: Sequence[Mapping[str, Any]], author: str) -> Review:
    """What people's reviews come to: the last word of each, unless dismissed; the author and agents have none."""
    words: dict[str, tuple[str, str]] = {}
    for event in events:
        if event["kind"] == "review_dismissed":
            words = {who: said for who, said in words.items() if said[1] != event["review"]}
        elif event["nature"] == "human" and event["who"] != author:
            words[event["who"]] = (event["kind"], event["review"])
    approved = tuple(sorted(who for who, said in words.items() if said[0] == "approved"))
    refused = tuple(sorted(who for who, said in words.items() if said[0] == "changes_requested"))
    state: Any = "changes_requested" if refused else "approved" if approved else "waiting"
    return Review(state=state, approved_by=approved, refused_by=refused)


def _author_kind(house: Warehouse, change: str) -> Any:
    found = house.rows(_AUTHOR, {"change": change})
    if not found:
        return "unknown"
    if found[0]["helped"] or found[0]["opened_by"] in _AGENTS:
        return "agent"
    return found[0]["opened_by"] if found[0]["opened_by"] in ("human", "bot") else "unknown"


def _documentation(files: Mapping[str, Any]) -> State:
    if not files["files"]:
        return "unknown"
    return "passed" if files["documents"] else "none"


def _performance(builds: Sequence[Mapping[str, Any]]) -> State:
    measured = [one for one in builds if any(word in (one["name"] or "").lower() for word in _BENCHMARKS)]
    return checks(measured).state if measured else "none"


def _ended(build: Mapping[str, Any]) -> bool:
    return build["state"] == "finished" or build["result"] is not None


def _percent(rows: Sequence[Mapping[str, Any]]) -> float | None:
    return round(float(rows[0]["percent"]), 2) if rows and rows[0]["percent"] is not None else None
