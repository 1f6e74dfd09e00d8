"""Which deployment brought a commit by DevLake's rule: the difference to the one before in the same repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from fairlead.metrics.warehouse import Warehouse


def brought_by(warehouse: Warehouse, where: str) -> Mapping[tuple[str, str], str]:
    """(repository, hash) -> the first deployment, by start, whose difference holds the commit.

    Deployments follow each other by finish within a repository; the first one known has no difference. A parent that
    is not known ends the ancestry there.
    """
    parts = warehouse.rows(
        "select p.repository, p.sha, p.deployment, p.finished_at, "  # noqa: S608 - conditions are made by `devlake`
        "coalesce(d.started_at, d.finished_at) as started_at "
        "from deployment_parts p join counted_deployments d on d.deployment = p.deployment "
        "where p.production and p.success "
        f"and p.repository in (select repository from dim_repositories where {where}) "
        "group by all order by p.repository, p.finished_at, p.deployment"
    )
    chains: dict[str, list[dict[str, str]]] = {}
    for part in parts:
        chains.setdefault(part["repository"], []).append(part)
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for repository, chain in chains.items():
        parents = _parents(warehouse, repository)
        for old, new in pairwise(chain):
            for sha in _difference(parents, new["sha"], old["sha"]):
                place = (new["started_at"], new["deployment"])
                key = (repository, sha)
                if key not in found or place < found[key]:
                    found[key] = place
    return {key: deployment for key, (_, deployment) in found.items()}


def _parents(warehouse: Warehouse, repository: str) -> dict[str, Sequence[str]]:
    rows = warehouse.rows(
        "select sha, parents from commits where repository = ? and deleted_at is null and parents is not null",
        [repository],
    )
    return {row["sha"]: row["parents"] for row in rows}


def _difference(parents: Mapping[str, Sequence[str]], new: str, old: str) -> set[str]:
    held = _ancestors(parents, old, set())
    return _ancestors(parents, new, held)


def _ancestors(parents: Mapping[str, Sequence[str]], head: str, stop: set[str]) -> set[str]:
    found: set[str] = set()
    stack = [head]
    while stack:
        sha = stack.pop()
        if sha not in found and sha not in stop:
            found.add(sha)
            stack.extend(parents.get(sha, ()))
    return found
