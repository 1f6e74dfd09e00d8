"""Check suites, check runs and commit statuses."""

from __future__ import annotations

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.names import node_id, stamp
from fairlead.connectors.github.fake.payloads.commit import api_commit, simple_commit
from fairlead.connectors.github.fake.payloads.repository import brief_repository
from fairlead.connectors.github.fake.payloads.user import app, user
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.pipeline import CheckRun, CheckSuite, CommitStatus
from fairlead.connectors.github.fake.state import Pull


def check_suite(wire: Wire, repo: Repository, suite: CheckSuite) -> Json:
    """A check suite with its commit and pull requests."""
    address = f"{wire.api}/repos/{repo.full_name}/check-suites/{suite.id}"
    return {
        "id": suite.id,
        "node_id": node_id("CS", suite.id, repo.id),
        "head_branch": suite.branch,
        "head_sha": suite.sha,
        "status": suite.status,
        "conclusion": suite.conclusion,
        "url": address,
        "before": suite.before,
        "after": suite.sha,
        "pull_requests": pull_stubs(wire, repo, suite.pulls),
        "app": app(wire, suite.app),
        "created_at": stamp(suite.created_at),
        "updated_at": stamp(suite.updated_at),
        "rerequestable": True,
        "runs_rerequestable": False,
        "latest_check_runs_count": suite.count,
        "check_runs_url": f"{address}/check-runs",
        "head_commit": simple_commit(repo.commits[suite.sha]),
    }


def check_run(wire: Wire, repo: Repository, run: CheckRun, webhook: bool = False) -> Json:
    """A check run; webhooks carry its suite in full, the API only the suite's number."""
    address = f"{wire.api}/repos/{repo.full_name}/check-runs/{run.id}"
    page = f"{wire.html}/{repo.full_name}/runs/{run.id}"
    if run.run is not None:
        page = f"{wire.html}/{repo.full_name}/actions/runs/{run.run.id}/job/{run.id}"
    return {
        "id": run.id,
        "name": run.name,
        "node_id": node_id("CR", run.id, repo.id),
        "head_sha": run.sha,
        "external_id": "",
        "url": address,
        "html_url": page,
        "details_url": page,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": stamp(run.started_at),
        "completed_at": stamp(run.completed_at),
        "output": {
            "title": None,
            "summary": None,
            "text": None,
            "annotations_count": 0,
            "annotations_url": f"{address}/annotations",
        },
        "check_suite": _suite_in_run(wire, repo, run.suite) if webhook else {"id": run.suite.id},
        "app": app(wire, run.app),
        "pull_requests": pull_stubs(wire, repo, run.suite.pulls),
    }


def commit_status(wire: Wire, repo: Repository, found: CommitStatus) -> Json:
    """A status of a commit, as the API lists it."""
    return {
        "url": f"{wire.api}/repos/{repo.full_name}/statuses/{found.sha}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{found.creator.id}?v=4",
        "id": found.id,
        "node_id": node_id("SC", found.id, repo.id),
        "state": found.state,
        "description": found.description,
        "target_url": found.target_url,
        "context": found.context,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
        "creator": user(wire, found.creator),
    }


def status_event(wire: Wire, repo: Repository, found: CommitStatus) -> Json:
    """The fields of a `status` webhook, which has its status at the top level."""
    commit = repo.commits[found.sha]
    branches = [name for name, head in repo.branches.items() if head == found.sha]
    return {
        "id": found.id,
        "sha": found.sha,
        "name": repo.full_name,
        "target_url": found.target_url,
        "avatar_url": None,
        "context": found.context,
        "description": found.description,
        "state": found.state,
        "commit": api_commit(wire, repo, commit, {}),
        "branches": [
            {
                "name": name,
                "commit": {"sha": found.sha, "url": f"{wire.api}/repos/{repo.full_name}/commits/{found.sha}"},
                "protected": name == repo.default_branch,
            }
            for name in branches
        ],
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
    }


def pull_stubs(wire: Wire, repo: Repository, numbers: list[int]) -> list[Json]:
    """Pull requests in the short form that checks and workflow runs carry."""
    stubs: list[Json] = []
    for number in numbers:
        item = repo.issues[number]
        assert isinstance(item, Pull)
        short = brief_repository(wire, repo)
        stubs.append(
            {
                "url": f"{wire.api}/repos/{repo.full_name}/pulls/{number}",
                "id": item.pull_id,
                "number": number,
                "head": {"ref": item.head_ref, "sha": item.head_sha, "repo": short},
                "base": {"ref": item.base_ref, "sha": item.base_sha, "repo": short},
            }
        )
    return stubs


def _suite_in_run(wire: Wire, repo: Repository, suite: CheckSuite) -> Json:
    return {
        "id": suite.id,
        "node_id": node_id("CS", suite.id, repo.id),
        "head_branch": suite.branch,
        "head_sha": suite.sha,
        "status": suite.status,
        "conclusion": suite.conclusion,
        "url": f"{wire.api}/repos/{repo.full_name}/check-suites/{suite.id}",
        "before": suite.before,
        "after": suite.sha,
        "pull_requests": pull_stubs(wire, repo, suite.pulls),
        "app": app(wire, suite.app),
        "created_at": stamp(suite.created_at),
        "updated_at": stamp(suite.updated_at),
    }
