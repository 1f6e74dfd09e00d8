"""Which deployment brought a commit by DevLake's rule: the difference to the one before in the same repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
        for new, difference in differences(parents, chain):
            for sha in difference:
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


def differences(
    parents: Mapping[str, Sequence[str]], chain: Sequence[dict[str, str]]
) -> Iterator[tuple[dict[str, str], set[str]]]:
    """Each deployment but the first, with the commits that it has and the one before it has not."""
    held: set[str] = set()
    for old, new in pairwise(chain):
        held = held or _reach(parents, old["sha"], held)[0]
        difference, met = _reach(parents, new["sha"], held)
        yield new, difference
        # Mostly the new one stands on the old one and so has all of its commits: to walk them anew for each
        # deployment would cost their number times that of the commits.
        if old["sha"] in met:
            held |= difference
        else:
            held = _reach(parents, new["sha"], set())[0]


def _reach(parents: Mapping[str, Sequence[str]], head: str, stop: set[str]) -> tuple[set[str], set[str]]:
    """Commits from a head back to those where it stops, and where it did."""
    found: set[str] = set()
    met: set[str] = set()
    stack = [head]
    while stack:
        sha = stack.pop()
        if sha in stop:
            met.add(sha)
        elif sha not in found:
            found.add(sha)
            stack.extend(parents.get(sha, ()))
    return found, met
