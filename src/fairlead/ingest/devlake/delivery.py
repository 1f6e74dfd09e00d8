"""Pipelines, their tasks, and deployments with all repositories that each put out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fairlead.ingest.devlake.code import Made
from fairlead.ingest.devlake.names import Names, last_of, own, tool_of
from fairlead.ingest.devlake.tables import Reader

_RESULTS = {
    "SUCCESS": "success",
    "FAILURE": "failure",
    "FAILED": "failure",
    "ABORT": "canceled",
    "ABORTED": "canceled",
    "CANCELED": "canceled",
    "CANCELLED": "canceled",
    "SKIPPED": "skipped",
}
_STATES = {"DONE": "finished", "IN_PROGRESS": "running"}


def builds(reader: Reader, names: Names) -> Made:
    """Pipelines at the commit that they ran on, and their tasks as jobs."""
    where: dict[str, dict[str, Any]] = {}
    for row in reader.rows("cicd_pipeline_commits"):
        where.setdefault(row["pipeline_id"], row)
    placed: dict[str, str] = {}
    for row in reader.rows("cicd_pipelines"):
        at = where.get(row["id"], {})
        repository = names.repository(at.get("repo_id"), at.get("repo_url"))
        placed[row["id"]] = _pipeline_id(row["id"], repository)
        more = {"repository": repository, "branch": at.get("branch"), "sha": at.get("commit_sha")}
        yield "builds", _build(row, placed[row["id"]], "pipeline", **more)
    for row in reader.rows("cicd_tasks"):
        parent = placed.get(row["pipeline_id"]) if row["pipeline_id"] else None
        at = where.get(row["pipeline_id"], {})
        repository = names.repository(at.get("repo_id"), at.get("repo_url"))
        more = {"repository": repository, "branch": at.get("branch"), "sha": at.get("commit_sha"), "parent": parent}
        yield "builds", _build(row, own(row["id"]), "job", **more)


def deployments(reader: Reader, names: Names) -> Made:
    """One deployment may carry commits of several repositories; each is a part of it, done when its last part is."""
    about = {row["id"]: row for row in reader.rows("cicd_deployments")}
    parts: dict[str, list[dict[str, Any]]] = {}
    for row in reader.rows("cicd_deployment_commits"):
        # rows that DevLake made of no deployment stand alone
        parts.setdefault(row["cicd_deployment_id"], []).append(row)
    for identity in dict.fromkeys([*about, *parts]):
        mine = parts.get(identity, [])
        row = about.get(identity) or mine[0]
        # of several parts the counted ones decide, as in DevLake, which looks at each part's own environment
        main = next((part for part in mine if part["environment"] == "PRODUCTION"), mine[0] if mine else row)
        result = _whole_result([part["result"] for part in mine] or [row["result"]])
        yield (
            "deployments",
            {
                "id": own(identity),
                "repository": names.repository(main.get("repo_id"), main.get("repo_url")),
                "environment": main["environment"],
                "production": main["environment"] == "PRODUCTION",
                "sha": main.get("commit_sha") if len(mine) == 1 else None,
                "ref": main.get("ref_name"),
                "state": _state(main),
                "result": result,
                "started_at": _least(part["started_date"] for part in mine or [row]),
                "finished_at": _most(part["finished_date"] for part in mine or [row]),
                "description": row["name"],
                "url": main.get("url"),
                "created_at": row["created_date"],
                "updated_at": _most(part["finished_date"] for part in mine or [row]) or row["created_date"],
            },
        )
        for part in mine:
            repository = names.repository(part["repo_id"], part["repo_url"])
            yield (
                "deployment_commits",
                {
                    "id": own(part["id"]) + (f"@{part['commit_sha']}" if part["commit_sha"] else ""),
                    "deployment": own(identity),
                    "repository": repository,
                    "commit": f"{repository}@{part['commit_sha']}" if part["commit_sha"] else None,
                    "sha": part["commit_sha"],
                    "environment": part["environment"],
                    "result": _RESULTS.get((part["result"] or "").upper()),
                    "finished_at": part["finished_date"],
                    "updated_at": part["finished_date"],
                },
            )


def _build(row: dict[str, Any], identity: str, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "kind": kind,
        "name": row["name"],
        "state": _state(row),
        "result": _RESULTS.get((row["result"] or "").upper()),
        "queued_at": row["queued_date"],
        # until version 1.0 the time of creation was the only one
        "started_at": row["started_date"] or row["created_date"],
        "finished_at": row["finished_date"],
        "created_at": row["created_date"],
        "updated_at": row["finished_date"] or row["started_date"] or row["created_date"],
        **more,
    }


def _pipeline_id(identity: str, repository: str | None) -> str:
    # GitHub's runs are told apart by their attempt, which DevLake does not keep
    key = last_of(identity, 3)
    met = repository is not None and tool_of(repository) == "gitlab" and key.isdigit()
    return f"{repository}/pipeline/{key}" if met else own(identity)


def _state(row: dict[str, Any]) -> str | None:
    if row["finished_date"]:
        return "finished"
    return _STATES.get((row["status"] or "").upper(), "queued" if row["status"] else None)


def _whole_result(results: list[str | None]) -> str | None:
    """A whole is as good as its worst part."""
    found = [_RESULTS.get((one or "").upper()) for one in results]
    return next((one for one in found if one != "success"), "success")


def _least(moments: Iterable[Any]) -> Any:
    return min(filter(None, moments), default=None)


def _most(moments: Iterable[Any]) -> Any:
    return max(filter(None, moments), default=None)
