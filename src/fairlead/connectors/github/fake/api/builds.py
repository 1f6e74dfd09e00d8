"""Routes about workflow runs, jobs, checks, statuses, deployments, releases and alerts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from fairlead.connectors.github.fake.api.call import Answer, Call, Listing, Refusal, Route, route
from fairlead.connectors.github.fake.api.code import commit_of
from fairlead.connectors.github.fake.payloads.alert import alert
from fairlead.connectors.github.fake.payloads.check import check_run, check_suite, commit_status
from fairlead.connectors.github.fake.payloads.deployment import deployment, deployment_status
from fairlead.connectors.github.fake.payloads.release import release
from fairlead.connectors.github.fake.payloads.repository import repository
from fairlead.connectors.github.fake.payloads.workflow import workflow, workflow_job, workflow_run
from fairlead.connectors.github.fake.pipeline import CheckRun, Deployment, WorkflowRun
from fairlead.model.times import parse_time


def _workflows(call: Call) -> Answer:
    repo = call.repo
    return Listing(list(repo.workflows.values()), lambda one: workflow(call.wire, repo, one), key="workflows")


def _runs(call: Call) -> Answer:
    repo = call.repo
    found = sorted(repo.runs.values(), key=lambda run: (run.created_at, run.id), reverse=True)
    if "workflow" in call.parts:
        wanted = call.parts["workflow"]
        found = [run for run in found if wanted in (str(run.workflow.id), run.workflow.path.rpartition("/")[2])]
    tests: dict[str, Callable[[WorkflowRun, str], bool]] = {
        "branch": lambda run, value: run.branch == value,
        "event": lambda run, value: run.event == value,
        "head_sha": lambda run, value: run.sha == value,
        "actor": lambda run, value: run.actor.login == value,
        "status": lambda run, value: value in (run.status, run.conclusion),
        "created": lambda run, value: _within(run.created_at, value),
    }
    used = [name for name in tests if call.word(name)]
    for name in used:
        found = [run for run in found if tests[name](run, call.word(name))]
    # A search is cut at a thousand results; the plain list is not.
    return Listing(
        found, lambda run: workflow_run(call.wire, repo, run), key="workflow_runs", most=1000 if used else 0
    )


def _within(moment: datetime, expression: str) -> bool:
    """GitHub's search syntax for dates: `>=2026-01-01`, `<2026-02-01T00:00:00Z`, `a..b`, `*..b`, one day."""
    first, dots, last = expression.partition("..")
    if dots:
        return (first in ("", "*") or moment >= _edge(first)) and (last in ("", "*") or moment < _edge(last, True))
    for sign in (">=", "<=", ">", "<"):
        if expression.startswith(sign):
            edge = _edge(expression[len(sign) :], sign in ("<=", ">"))
            return moment >= edge if sign[0] == ">" else moment < edge
    return _edge(expression) <= moment < _edge(expression, True)


def _edge(text: str, after: bool = False) -> datetime:
    """The moment that a date means; `after` gives the first one that is past it."""
    try:
        found = parse_time(text)
    except ValueError:
        found = None
    if found is None:
        raise Refusal(422, "Validation Failed", errors=[{"field": "created", "code": "invalid"}])
    found = found.astimezone(UTC)
    if not after:
        return found
    return found + (timedelta(days=1) if len(text) <= 10 else timedelta(seconds=1))


def _run_of(call: Call) -> WorkflowRun:
    found = call.repo.runs.get(call.number("run"))
    if found is None:
        raise Refusal(404, "Not Found")
    return found


def _run(call: Call) -> Answer:
    return workflow_run(call.wire, call.repo, _run_of(call))


def _attempt(call: Call) -> Answer:
    run, number = _run_of(call), call.number("attempt")
    if number == run.attempt:
        return workflow_run(call.wire, call.repo, run)
    earlier = next((one for one in run.earlier if one.number == number), None)
    if earlier is None:
        raise Refusal(404, "Not Found")
    return workflow_run(call.wire, call.repo, run, earlier)


def _jobs(call: Call) -> Answer:
    repo, run = call.repo, _run_of(call)
    if "attempt" in call.parts:
        found = [job for job in run.jobs if job.attempt == call.number("attempt")]
    elif call.word("filter", "latest") == "all":
        found = run.jobs
    else:
        found = [job for job in run.jobs if job.attempt == run.attempt]
    return Listing(found, lambda job: workflow_job(call.wire, repo, job), key="jobs")


def _job(call: Call) -> Answer:
    found = call.repo.checks.get(call.number("job"))
    if found is None or found.run is None:
        raise Refusal(404, "Not Found")
    return workflow_job(call.wire, call.repo, found)


def _checks_of_commit(call: Call) -> Answer:
    repo = call.repo
    found = repo.checks_of.get(commit_of(call).sha, [])
    if call.word("filter", "latest") == "latest":
        latest: dict[tuple[int, str], CheckRun] = {}
        for one in found:
            latest[one.suite.id, one.name] = one
        found = list(latest.values())
    return Listing(found, lambda one: check_run(call.wire, repo, one), key="check_runs")


def _suites_of_commit(call: Call) -> Answer:
    repo, sha = call.repo, commit_of(call).sha
    found = [one for one in repo.suites.values() if one.sha == sha]
    about = {"repository": repository(call.wire, repo)}
    return Listing(found, lambda one: {**check_suite(call.wire, repo, one), **about}, key="check_suites")


def _checks_of_suite(call: Call) -> Answer:
    repo = call.repo
    found = [one for one in repo.checks.values() if one.suite.id == call.number("suite")]
    return Listing(found, lambda one: check_run(call.wire, repo, one), key="check_runs")


def _check(call: Call) -> Answer:
    found = call.repo.checks.get(call.number("check"))
    if found is None:
        raise Refusal(404, "Not Found")
    return check_run(call.wire, call.repo, found)


def _statuses(call: Call) -> Answer:
    repo, sha = call.repo, commit_of(call).sha
    found = [one for one in reversed(repo.statuses) if one.sha == sha]
    return Listing(found, lambda one: commit_status(call.wire, repo, one))


def _combined(call: Call) -> Answer:
    repo, sha = call.repo, commit_of(call).sha
    latest = {one.context: one for one in repo.statuses if one.sha == sha}
    states = {one.state for one in latest.values()}
    state = "failure" if states & {"failure", "error"} else "success" if states == {"success"} else "pending"
    return {
        "state": state,
        "statuses": [commit_status(call.wire, repo, one) for one in latest.values()],
        "sha": sha,
        "total_count": len(latest),
        "repository": repository(call.wire, repo),
        "commit_url": f"{call.wire.api}/repos/{repo.full_name}/commits/{sha}",
        "url": f"{call.wire.api}/repos/{repo.full_name}/commits/{sha}/status",
    }


def _deployments(call: Call) -> Answer:
    repo = call.repo
    found = sorted(repo.deployments.values(), key=lambda one: (one.created_at, one.id), reverse=True)
    for name in ("sha", "ref", "task", "environment"):
        if (value := call.word(name)) not in ("", "none"):
            found = [one for one in found if getattr(one, name) == value]
    return Listing(found, lambda one: deployment(call.wire, repo, one))


def _deployment_of(call: Call) -> Deployment:
    found = call.repo.deployments.get(call.number("deployment"))
    if found is None:
        raise Refusal(404, "Not Found")
    return found


def _deployment(call: Call) -> Answer:
    return deployment(call.wire, call.repo, _deployment_of(call))


def _deployment_statuses(call: Call) -> Answer:
    repo, found = call.repo, _deployment_of(call)
    newest = list(reversed(found.statuses))
    return Listing(newest, lambda one: deployment_status(call.wire, repo, found, one))


def _releases(call: Call) -> Answer:
    repo = call.repo
    found = sorted(repo.releases.values(), key=lambda one: (one.created_at, one.id), reverse=True)
    return Listing(found, lambda one: release(call.wire, repo, one))


def _alerts(kind: str) -> Callable[[Call], Answer]:
    def answer(call: Call) -> Answer:
        repo, state = call.repo, call.word("state")
        found: list[Any] = [one for (other, _), one in repo.alerts.items() if other == kind]
        if state:
            found = [one for one in found if alert(call.wire, repo, one)["state"] in state.split(",")]
        by_time = "updated_at" if call.word("sort") == "updated" else "created_at"
        down = call.word("direction", "desc") == "desc"
        found.sort(key=lambda one: (getattr(one, by_time), one.number), reverse=down)
        return Listing(found, lambda one: alert(call.wire, repo, one), cursor=kind == "dependabot")

    return answer


_REPO = "/repos/{owner}/{repo}"
_RUN = f"{_REPO}/actions/runs/{{run:int}}"
ROUTES: tuple[Route, ...] = (
    route(f"{_REPO}/actions/workflows", _workflows),
    route(f"{_REPO}/actions/workflows/{{workflow}}/runs", _runs),
    route(f"{_REPO}/actions/runs", _runs),
    route(_RUN, _run),
    route(f"{_RUN}/attempts/{{attempt:int}}", _attempt),
    route(f"{_RUN}/attempts/{{attempt:int}}/jobs", _jobs),
    route(f"{_RUN}/jobs", _jobs),
    route(f"{_REPO}/actions/jobs/{{job:int}}", _job),
    route(f"{_REPO}/commits/{{ref}}/check-runs", _checks_of_commit),
    route(f"{_REPO}/commits/{{ref}}/check-suites", _suites_of_commit),
    route(f"{_REPO}/check-suites/{{suite:int}}/check-runs", _checks_of_suite),
    route(f"{_REPO}/check-runs/{{check:int}}", _check),
    route(f"{_REPO}/commits/{{ref}}/statuses", _statuses),
    route(f"{_REPO}/commits/{{ref}}/status", _combined),
    route(f"{_REPO}/deployments", _deployments),
    route(f"{_REPO}/deployments/{{deployment:int}}", _deployment),
    route(f"{_REPO}/deployments/{{deployment:int}}/statuses", _deployment_statuses),
    route(f"{_REPO}/releases", _releases),
    route(f"{_REPO}/dependabot/alerts", _alerts("dependabot")),
    route(f"{_REPO}/code-scanning/alerts", _alerts("code_scanning")),
    route(f"{_REPO}/secret-scanning/alerts", _alerts("secret_scanning")),
)
