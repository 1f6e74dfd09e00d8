"""A repository at GitHub."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.pipeline import Deployment, WorkflowRun
from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.connectors.github.fake.state import Pull
from fairlead.wiring.demo.agenda import Agenda, Script
from fairlead.wiring.demo.cast import SHIP_BOT, Ship, Yard
from fairlead.wiring.demo.hosts import RunOrder
from fairlead.wiring.demo.lab import Lab


@dataclass(frozen=True, slots=True)
class AtGitHub:
    """Pull requests, workflow runs and deployments of one repository."""

    fake: FakeGitHub
    repo: Repository
    yard: Yard
    agenda: Agenda
    lab: Lab
    clock: Callable[[], datetime]

    def head(self) -> str:
        """See the port."""
        return self.repo.branches[self.yard.base]

    def runs(self) -> int:
        """See the port."""
        return len(self.repo.runs)

    def open(
        self, branch: str, by: str, commits: Sequence[NewCommit], title: str, body: str, draft: bool = False
    ) -> Pull:
        """See the port."""
        at, base = self.clock(), self.yard.base
        self.fake.push(self.repo, branch, commits, by=by, at=at, onto=self.head())
        return self.fake.open_pull(self.repo, title, head=branch, by=by, at=at, base=base, body=body, draft=draft)

    def push(self, item: Pull, by: str, commit: NewCommit) -> None:
        """See the port."""
        self.fake.push(self.repo, item.head_ref, [commit], by=by, at=self.clock())

    def ready(self, item: Pull, by: str) -> None:
        """See the port."""
        self.fake.set_draft(self.repo, item, False, by=by, at=self.clock())

    def ask(self, item: Pull, whom: str, by: str, after_s: int = 0) -> None:
        """Also once more, after an answer to the review."""
        self.fake.request_review(self.repo, item, whom, by=by, at=self.clock() + timedelta(seconds=after_s))

    def review(
        self, item: Pull, state: str, by: str, body: str | None = None, lines: Sequence[tuple[str, int, str]] = ()
    ) -> None:
        """See the port."""
        self.fake.review(self.repo, item, state, by=by, at=self.clock(), body=body, lines=tuple(lines))

    def comment(self, item: Pull, text: str, by: str) -> None:
        """See the port."""
        self.fake.comment(self.repo, item, text, by=by, at=self.clock())

    def close(self, item: Pull, by: str) -> None:
        """See the port."""
        self.fake.close_pull(self.repo, item, by=by, at=self.clock())

    def merge(self, item: Pull, by: str) -> str:
        """See the port."""
        head = self.fake.merge(self.repo, item, by=by, at=self.clock(), how=self.yard.how)
        self.fake.delete_branch(self.repo, item.head_ref, by=by, at=self.clock())
        return head

    def play(self, order: RunOrder) -> Script:
        """A workflow run, and what its jobs hand in."""
        run = self.fake.queue_run(
            self.repo, order.name, sha=order.sha, branch=order.branch, jobs=order.jobs, event=order.event,
            by=order.by, at=self.clock(), pulls=order.pulls,
        )  # fmt: skip
        yield self.agenda.now + 30
        self.fake.start_run(self.repo, run, at=self.clock())
        yield from self._end_jobs(run, order.results, order.took_s)
        if order.again:
            yield self.agenda.now + 390
            self.fake.rerun(self.repo, run, by=order.by, at=self.clock())
            yield self.agenda.now + 30
            self.fake.start_run(self.repo, run, at=self.clock())
            yield from self._end_jobs(run, {}, order.took_s)

    def _end_jobs(self, run: WorkflowRun, results: Mapping[str, str], took_s: int) -> Script:
        """Jobs end one after the other, the last together with the run."""
        jobs = self.fake.present_jobs(run)
        part = took_s // len(jobs)
        for job in jobs[:-1]:
            yield self.agenda.now + part
            self.fake.finish_job(self.repo, job, results.get(job.name, "success"), at=self.clock())
        yield self.agenda.now + took_s - part * (len(jobs) - 1)
        self.fake.finish_run(self.repo, run, results, at=self.clock())
        self.lab.report(self.repo, run, results, self.clock())

    def begin_deployment(
        self, ship: Ship, sha: str, stage: str, task: str = "deploy", description: str = ""
    ) -> Deployment:
        """Asks for a deployment and starts it."""
        found = self.fake.deploy(
            self.repo,
            ref=sha,
            environment=environment(ship, stage),
            by=SHIP_BOT,
            at=self.clock(),
            task=task,
            description=description or None,
            payload={"service": ship.key},
        )
        self.fake.deployment_status(self.repo, found, "in_progress", by=SHIP_BOT, at=self.clock())
        return found

    def end_deployment(self, ship: Ship, stage: str, result: str, description: str = "") -> Deployment:
        """See the port."""
        found = latest(self.repo, environment(ship, stage))
        self.fake.deployment_status(self.repo, found, result, by=SHIP_BOT, at=self.clock(), description=description)
        return found


def environment(ship: Ship, stage: str) -> str:
    """Name of a service's environment: its own where a repository holds two services."""
    return f"{stage}-{ship.key}" if ship.environments else stage


def latest(repo: Repository, environment: str) -> Deployment:
    """The youngest deployment to an environment."""
    return [found for found in repo.deployments.values() if found.environment == environment][-1]
