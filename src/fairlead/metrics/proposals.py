"""What `fairlead.toml` would say if the team stated what is taken from the data seen now.

Only what nobody has stated is proposed; stating it keeps the figures and stops new data from changing what counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from fairlead.model.setup import Environments, Hotfix, Incidents, Setup

Rows = Callable[[str], Sequence[Mapping[str, Any]]]
"""Answers a query: a warehouse of this process, or the server that holds it."""

_CHOSEN = "select repository, made_from, kind, chosen from what_counts order by repository, made_from"
_ENVIRONMENTS = """
select distinct environment from deployment_candidates
where counts_as_production and environment is not null order by environment
"""
_SERVICES = """
select distinct repository, environment from counted_deployments
where production and repository is not null order by repository, environment
"""
_INCIDENTS = """
select i.source, i.made_from, w.labels, w.type from counted_incidents i left join work_items w on w.id = i.incident
order by i.incident
"""
# Words that teams give to urgent repairs; only changes that use one are read, since there may be a million others.
_HOTFIXES = r"""
with urgent as (
    select id, lower(coalesce(head_branch, '')) as branch, lower(coalesce(title, '')) as title,
        list_transform(coalesce(labels, []), lambda label: lower(label)) as labels
    from changes where deleted_at is null and state = 'merged'
)
select branch, title, labels from urgent
where regexp_matches(
    branch || ' ' || title || ' ' || array_to_string(labels, ' '), '(hot[-_ ]?fix|emergency|fix forward)'
)
order by id
"""
_URGENT = re.compile(r"hot[-_ ]?fix|emergency")
_PREFIX = re.compile(r"((?:hot[-_]?fix|emergency)[/_-])")
_RANKS = ("deployment", "workflow", "release", "tag", "merge")


@dataclass(frozen=True)
class Proposal:
    """One section: what was seen, and the lines that state it; no lines where there is nothing to state."""

    section: str
    seen: str
    lines: str


def proposals(rows: Rows, setup: Setup) -> Iterator[Proposal]:
    """A proposal for each section of what counts that the team has not stated."""
    if not setup.deployments.sources:
        yield _deployments(rows(_CHOSEN))
    if setup.environments == Environments():
        yield _environments([str(row["environment"]) for row in rows(_ENVIRONMENTS)])
    if not setup.services:
        yield _services(rows(_SERVICES))
    if setup.incidents == Incidents():
        yield _incidents(rows(_INCIDENTS), setup.incidents)
    if setup.hotfix == Hotfix():
        yield _hotfix(rows(_HOTFIXES), setup.hotfix)


def _deployments(rows: Sequence[Mapping[str, Any]]) -> Proposal:
    chosen = [row for row in rows if row["chosen"]]
    # The first that a repository has wins, so the better data stand first.
    chosen.sort(key=lambda row: _RANKS.index(row["kind"]))
    sources = list(dict.fromkeys(str(row["made_from"]) for row in chosen))
    if not sources:
        return Proposal("deployments", "nothing was seen that deploys, not even a merge", "")
    counts = [f"{source} ({sum(row['made_from'] == source for row in chosen)})" for source in sources]
    return Proposal(
        "deployments",
        f"taken, by repositories, from {', '.join(counts)}",
        f"[deployments]\nsources = {_list(sources)}",
    )


def _environments(names: Sequence[str]) -> Proposal:
    if not names:
        return Proposal("environments", "no deployment names one: all of them count as production", "")
    lines = f"[environments]\nproduction = {_list([name.lower() for name in names])}"
    return Proposal("environments", f"production is {', '.join(names)}", lines)


def _services(rows: Sequence[Mapping[str, Any]]) -> Proposal:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(str(row["repository"]), []).append(str(row["environment"] or ""))
    tables = []
    for repository, environments in found.items():
        plain = re.sub(r"[^a-z0-9]+", "-", repository.rpartition("/")[2].rpartition(":")[2].lower()).strip("-")
        named = [name for name in environments if name]
        for name in named if len(named) > 1 else [""]:
            key = "-".join(filter(None, (plain, re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"))))
            only = f"\nenvironments = {_list([name.lower()])}" if name else ""
            tables.append(f"[services.{key}]\nrepository = {json.dumps(repository)}{only}")
    if not tables:
        return Proposal("services", "nothing was deployed yet", "")
    return Proposal("services", f"{len(found)} repositories deploy to production", "\n\n".join(tables))


def _incidents(rows: Sequence[Mapping[str, Any]], setup: Incidents) -> Proposal:
    if not rows:
        seen = "none was seen: figures of failures know rollbacks and hotfixes only"
        return Proposal("incidents", seen, "")
    worn = {str(label).lower() for row in rows if row["made_from"] == "issue" for label in row["labels"] or ()}
    labels = sorted(label for label in worn if any(fnmatchcase(label, glob) for glob in setup.labels))
    types = sorted({str(row["type"]).lower() for row in rows if row["made_from"] == "issue" and row["type"]})
    types = [name for name in types if name in setup.types]
    sources = sorted({str(row["source"]) for row in rows if row["made_from"] != "issue" and row["source"]})
    said = [f"issues labelled {', '.join(labels)}"] * bool(labels) + [f"records of {', '.join(sources)}"] * bool(
        sources
    )
    lines = [f"labels = {_list(labels)}"] * bool(labels) + [f"types = {_list(types)}"] * bool(types)
    seen = f"{len(rows)} seen" + (f": {'; '.join(said)}" if said else "")
    return Proposal("incidents", seen, "\n".join(["[incidents]", *lines]) if lines else "")


def _hotfix(rows: Sequence[Mapping[str, Any]], setup: Hotfix) -> Proposal:
    """The shipped globs that fit something, and those that would catch what the shipped ones miss."""
    labels = {str(label) for row in rows for label in row["labels"]}
    branches = [str(row["branch"]) for row in rows]
    used = {
        "labels": _fitting(setup.labels, labels),
        "branches": _fitting(setup.branches, branches),
        "titles": _fitting(setup.titles, [str(row["title"]) for row in rows]),
    }
    prefixes = {found[1] + "*" for branch in branches if (found := _PREFIX.match(branch))}
    more = {
        "labels": sorted(label for label in labels if _URGENT.search(label) and not _fitting(setup.labels, [label])),
        "branches": sorted(prefix for prefix in prefixes if prefix not in setup.branches),
    }
    if not any([*used.values(), *more.values()]):
        return Proposal("hotfix", "no label, branch or title of a merged change speaks of one", "")
    said = [f"{kind} {', '.join(globs)}" for kind, globs in used.items() if globs]
    seen = f"told by {'; '.join(said)}" if said else "none counts yet"
    if missed := [f"{kind} {', '.join(globs)}" for kind, globs in more.items() if globs]:
        seen += f"; not counted until stated: {'; '.join(missed)}"
    lines = [
        f"{kind} = {_list([*getattr(setup, kind), *more[kind]] if more.get(kind) else globs)}"
        for kind, globs in used.items()
        if globs or more.get(kind)
    ]
    return Proposal("hotfix", seen, "\n".join(["[hotfix]", *lines]))


def _fitting(globs: Sequence[str], texts: Collection[str]) -> list[str]:
    return [glob for glob in globs if any(fnmatchcase(text, glob) for text in texts)]


def _list(names: Sequence[str]) -> str:
    return "[" + ", ".join(json.dumps(name, ensure_ascii=False) for name in names) + "]"
