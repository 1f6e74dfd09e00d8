"""Workflows, their runs and jobs."""

from __future__ import annotations

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.names import node_id, stamp
from fairlead.connectors.github.fake.payloads.check import pull_stubs
from fairlead.connectors.github.fake.payloads.commit import simple_commit
from fairlead.connectors.github.fake.payloads.repository import repository
from fairlead.connectors.github.fake.payloads.user import user
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.pipeline import Attempt, CheckRun, Workflow, WorkflowRun


def workflow(wire: Wire, repo: Repository, found: Workflow) -> Json:
    """A workflow file."""
    page = f"{wire.html}/{repo.full_name}"
    return {
        "id": found.id,
        "node_id": node_id("W", found.id, repo.id),
        "name": found.name,
        "path": found.path,
        "state": "active",
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.created_at),
        "url": f"{wire.api}/repos/{repo.full_name}/actions/workflows/{found.id}",
        "html_url": f"{page}/blob/{repo.default_branch}/{found.path}",
        "badge_url": f"{page}/workflows/{found.name}/badge.svg",
    }


def workflow_run(wire: Wire, repo: Repository, run: WorkflowRun, attempt: Attempt | None = None) -> Json:
    """A run as it stands, or as it stood at the end of an earlier attempt."""
    address = f"{wire.api}/repos/{repo.full_name}/actions/runs/{run.id}"
    number = attempt.number if attempt is not None else run.attempt
    before = number - 1
    return {
        "id": run.id,
        "name": run.workflow.name,
        "node_id": node_id("WFR", run.id, repo.id),
        "head_branch": run.branch,
        "head_sha": run.sha,
        "path": run.workflow.path,
        "display_title": run.title,
        "run_number": run.number,
        "event": run.event,
        "status": attempt.status if attempt is not None else run.status,
        "conclusion": attempt.conclusion if attempt is not None else run.conclusion,
        "workflow_id": run.workflow.id,
        "check_suite_id": run.suite.id,
        "check_suite_node_id": node_id("CS", run.suite.id, repo.id),
        "url": address,
        "html_url": f"{wire.html}/{repo.full_name}/actions/runs/{run.id}",
        "pull_requests": pull_stubs(wire, repo, run.pulls),
        "created_at": stamp(run.created_at),
        "updated_at": stamp(attempt.updated_at if attempt is not None else run.updated_at),
        "actor": user(wire, run.actor),
        "triggering_actor": user(wire, run.triggered_by or run.actor),
        "run_attempt": number,
        "run_started_at": stamp(attempt.started_at if attempt is not None else run.started_at),
        "previous_attempt_url": f"{address}/attempts/{before}" if before else None,
        "head_commit": simple_commit(repo.commits[run.sha]),
        **wire.detail(
            referenced_workflows=[],
            workflow_url=f"{wire.api}/repos/{repo.full_name}/actions/workflows/{run.workflow.id}",
            repository=repository(wire, repo),
            head_repository=repository(wire, repo),
        ),
        **wire.links(
            address,
            {
                "jobs_url": "/jobs",
                "logs_url": "/logs",
                "artifacts_url": "/artifacts",
                "cancel_url": "/cancel",
                "rerun_url": "/rerun",
            },
        ),
        **wire.detail(check_suite_url=f"{wire.api}/repos/{repo.full_name}/check-suites/{run.suite.id}"),
    }


def workflow_job(wire: Wire, repo: Repository, job: CheckRun) -> Json:
    """A job of a run; its id is that of its check run."""
    run = job.run
    assert run is not None
    api = f"{wire.api}/repos/{repo.full_name}"
    return {
        "id": job.id,
        "run_id": run.id,
        "workflow_name": run.workflow.name,
        "head_branch": run.branch,
        "run_url": f"{api}/actions/runs/{run.id}",
        "run_attempt": job.attempt,
        "node_id": node_id("CR", job.id, repo.id),
        "head_sha": job.sha,
        "url": f"{api}/actions/jobs/{job.id}",
        "html_url": f"{wire.html}/{repo.full_name}/actions/runs/{run.id}/job/{job.id}",
        "status": job.status,
        "conclusion": job.conclusion,
        "created_at": stamp(job.created_at or job.started_at),
        "started_at": stamp(job.started_at),
        "completed_at": stamp(job.completed_at),
        "name": job.name,
        "check_run_url": f"{api}/check-runs/{job.id}",
        "labels": ["ubuntu-latest"],
        "steps": _steps(job),
        "runner_id": 4,
        "runner_name": "GitHub Actions 4",
        "runner_group_id": 0,
        "runner_group_name": "GitHub Actions",
    }


def _steps(job: CheckRun) -> list[Json]:
    if job.status != "completed":
        return []
    return [
        {
            "name": f"Run {job.name}",
            "status": "completed",
            "conclusion": job.conclusion,
            "number": 1,
            "started_at": stamp(job.started_at),
            "completed_at": stamp(job.completed_at),
        }
    ]
