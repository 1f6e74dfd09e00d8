"""Driver calls about workflow runs, jobs, checks and statuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.payloads.check import check_run, check_suite, status_event
from fairlead.connectors.github.fake.payloads.workflow import workflow, workflow_job, workflow_run
from fairlead.connectors.github.fake.pipeline import (
    Attempt,
    CheckRun,
    CheckSuite,
    CommitStatus,
    Workflow,
    WorkflowRun,
)
from fairlead.connectors.github.fake.pulls import Pulls
from fairlead.connectors.github.fake.state import Account, Pull

ACTIONS = "github-actions"


class Ci(Pulls):
    """What runs on commits."""

    def workflow(self, repo: Repository, name: str, *, at: datetime, path: str | None = None) -> Workflow:
        """The workflow of a repository by name, made at its first use."""
        if name not in repo.workflows:
            file = path or f".github/workflows/{name.lower().replace(' ', '-')}.yml"
            repo.workflows[name] = Workflow(self.counter.next("workflow"), name, file, at)
        return repo.workflows[name]

    def queue_run(
        self,
        repo: Repository,
        name: str,
        *,
        sha: str,
        branch: str,
        jobs: Sequence[str],
        event: str,
        by: str,
        at: datetime,
        pulls: Sequence[int] = (),
    ) -> WorkflowRun:
        """A run is asked for (`check_suite`, `workflow_run` and `workflow_job`; `check_run` created)."""
        suite = CheckSuite(self.counter.next("check_suite"), self.apps[ACTIONS], sha, branch, at, at)
        suite.pulls = list(pulls)
        repo.suites[suite.id] = suite
        source = self.workflow(repo, name, at=at)
        source.runs += 1
        run = WorkflowRun(
            self.counter.next("workflow_run"), source.runs, source, sha, branch, event,
            self.account(by), at, at, at, suite, _title(repo, sha, pulls), pulls=list(pulls),
        )  # fmt: skip
        repo.runs[run.id] = run
        self._run_event(repo, run, "requested", at)
        self._queue_jobs(repo, run, jobs, at)
        return run

    def start_run(self, repo: Repository, run: WorkflowRun, *, at: datetime) -> None:
        """A runner takes it (`in_progress`)."""
        run.status = run.suite.status = "in_progress"
        run.updated_at = at
        self._run_event(repo, run, "in_progress", at)
        for job in self.present_jobs(run):
            job.status, job.started_at = "in_progress", at
            self._job_event(repo, job, "in_progress", at)

    def finish_job(self, repo: Repository, job: CheckRun, conclusion: str, *, at: datetime) -> None:
        """A job ends (`workflow_job` and `check_run`, action `completed`)."""
        job.status, job.conclusion, job.completed_at = "completed", conclusion, at
        self._job_event(repo, job, "completed", at)
        self._check_event(repo, job, "completed", at)

    def finish_run(self, repo: Repository, run: WorkflowRun, results: Mapping[str, str], *, at: datetime) -> None:
        """Ends the jobs that still run, by name, then the run itself (`workflow_run`, action `completed`)."""
        for job in self.present_jobs(run):
            if job.status != "completed":
                self.finish_job(repo, job, results.get(job.name, "success"), at=at)
        ended = {job.conclusion for job in self.present_jobs(run)}
        worst = next((word for word in ("failure", "cancelled", "timed_out") if word in ended), "success")
        run.status = run.suite.status = "completed"
        run.conclusion = run.suite.conclusion = worst
        run.updated_at = run.suite.updated_at = at
        self._run_event(repo, run, "completed", at)
        if self.hook.wants("check_suite", "completed"):
            payload = {"action": "completed", "check_suite": check_suite(self.wire, repo, run.suite)}
            self.emit("check_suite", run.actor, at, repo, payload)

    def rerun(self, repo: Repository, run: WorkflowRun, *, by: str, at: datetime) -> None:
        """Runs it again as the next attempt (`requested`); the earlier one keeps its end."""
        run.earlier.append(Attempt(run.attempt, run.status, run.conclusion, run.started_at, run.updated_at))
        names = [job.name for job in self.present_jobs(run)]
        run.attempt += 1
        run.status, run.conclusion, run.started_at, run.updated_at = "queued", None, at, at
        run.suite.status, run.suite.conclusion = "queued", None
        run.triggered_by = self.account(by)
        self._run_event(repo, run, "requested", at)
        self._queue_jobs(repo, run, names, at)

    def present_jobs(self, run: WorkflowRun) -> list[CheckRun]:
        """Jobs of the present attempt."""
        return [job for job in run.jobs if job.attempt == run.attempt]

    def check(
        self, repo: Repository, app: str, name: str, *, sha: str, branch: str, conclusion: str | None, at: datetime,
        started: datetime | None = None,
    ) -> CheckRun:  # fmt: skip
        """A check of another app, begun or already ended (`check_run`)."""
        found = next((one for one in repo.suites.values() if one.sha == sha and one.app.slug == app), None)
        if found is None:
            found = CheckSuite(self.counter.next("check_suite"), self.apps[app], sha, branch, at, at)
            found.pulls = [item.number for item in repo.pulls.values() if item.head_sha == sha]
            repo.suites[found.id] = found
        made = CheckRun(self.counter.next("check_run"), name, self.apps[app], found, sha, started or at)
        repo.add_check(made)
        if conclusion is None:
            self._check_event(repo, made, "created", at)
        else:
            self.finish_check(repo, made, conclusion, at=at)
        return made

    def finish_check(self, repo: Repository, found: CheckRun, conclusion: str, *, at: datetime) -> None:
        """A check of another app ends (`check_run`, action `completed`)."""
        found.status, found.conclusion, found.completed_at = "completed", conclusion, at
        found.suite.status, found.suite.conclusion, found.suite.updated_at = "completed", conclusion, at
        self._check_event(repo, found, "completed", at)

    def rerequest(self, repo: Repository, found: CheckRun, *, by: str, at: datetime) -> None:
        """Somebody asks its app to check again (`check_run`, action `rerequested`)."""
        payload = {"action": "rerequested", "check_run": check_run(self.wire, repo, found, webhook=True)}
        self.emit("check_run", self.account(by), at, repo, payload)

    def status(
        self, repo: Repository, sha: str, context: str, state: str, *, by: str, at: datetime, text: str = ""
    ) -> CommitStatus:
        """A commit status by context (`status`)."""
        who = self.account(by)
        found = CommitStatus(self.counter.next("status"), sha, state, context, text or None, None, who, at, at)
        repo.statuses.append(found)
        self.emit("status", who, at, repo, status_event(self.wire, repo, found))
        return found

    def _queue_jobs(self, repo: Repository, run: WorkflowRun, names: Sequence[str], at: datetime) -> None:
        for name in names:
            job = CheckRun(self.counter.next("check_run"), name, self.apps[ACTIONS], run.suite, run.sha, at, run=run)
            job.attempt, job.created_at = run.attempt, at
            run.jobs.append(job)
            repo.add_check(job)
            self._job_event(repo, job, "queued", at)
            self._check_event(repo, job, "created", at)

    def _run_event(self, repo: Repository, run: WorkflowRun, action: str, at: datetime) -> None:
        if not self.hook.wants("workflow_run", action):
            return
        payload = {
            "action": action,
            "workflow_run": workflow_run(self.wire, repo, run),
            "workflow": workflow(self.wire, repo, run.workflow),
        }
        self.emit("workflow_run", run.triggered_by or run.actor, at, repo, payload)

    def _job_event(self, repo: Repository, job: CheckRun, action: str, at: datetime) -> None:
        if self.hook.wants("workflow_job", action):
            payload = {"action": action, "workflow_job": workflow_job(self.wire, repo, job)}
            self.emit("workflow_job", self._actor(job), at, repo, payload)

    def _check_event(self, repo: Repository, found: CheckRun, action: str, at: datetime) -> None:
        if self.hook.wants("check_run", action):
            payload = {"action": action, "check_run": check_run(self.wire, repo, found, webhook=True)}
            self.emit("check_run", self._actor(found), at, repo, payload)

    def _actor(self, found: CheckRun) -> Account | None:
        return found.run.actor if found.run is not None else self.accounts.get(f"{found.app.slug}[bot]")


def _title(repo: Repository, sha: str, pulls: Sequence[int]) -> str:
    item = repo.issues.get(pulls[0]) if pulls else None
    return item.title if isinstance(item, Pull) else repo.commits[sha].message.splitlines()[0]
