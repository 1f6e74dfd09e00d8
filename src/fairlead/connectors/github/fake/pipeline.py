"""Workflows, checks, deployments, releases and alerts as plain mutable values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from fairlead.connectors.github.fake.state import Account, App


@dataclass(slots=True, eq=False)
class Workflow:
    """A workflow file of a repository."""

    id: int
    name: str
    path: str
    created_at: datetime
    runs: int = 0


@dataclass(slots=True, eq=False)
class CheckSuite:
    """All checks of one app on one commit."""

    id: int
    app: App
    sha: str
    branch: str
    created_at: datetime
    updated_at: datetime
    before: str | None = None
    status: str = "queued"
    conclusion: str | None = None
    pulls: list[int] = field(default_factory=list)
    count: int = 0
    """Checks in it."""


@dataclass(slots=True, eq=False)
class CheckRun:
    """A check of an app; for GitHub Actions it is at the same time a job."""

    id: int
    name: str
    app: App
    suite: CheckSuite
    sha: str
    started_at: datetime
    status: str = "queued"
    conclusion: str | None = None
    completed_at: datetime | None = None
    run: WorkflowRun | None = None
    attempt: int = 1
    created_at: datetime | None = None


@dataclass(slots=True, eq=False)
class Attempt:
    """What an earlier attempt of a run looked like when it ended."""

    number: int
    status: str
    conclusion: str | None
    started_at: datetime
    updated_at: datetime


@dataclass(slots=True, eq=False)
class WorkflowRun:
    """A run of a workflow; `attempt` grows with each re-run, the id stays."""

    id: int
    number: int
    workflow: Workflow
    sha: str
    branch: str
    event: str
    actor: Account
    created_at: datetime
    updated_at: datetime
    started_at: datetime
    suite: CheckSuite
    title: str
    attempt: int = 1
    status: str = "queued"
    conclusion: str | None = None
    pulls: list[int] = field(default_factory=list)
    jobs: list[CheckRun] = field(default_factory=list)
    """Jobs of all attempts, oldest first."""
    earlier: list[Attempt] = field(default_factory=list)
    triggered_by: Account | None = None


@dataclass(slots=True, eq=False)
class CommitStatus:
    """A status set on a commit by context."""

    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: Account
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, eq=False)
class DeploymentStatus:
    """A step of a deployment."""

    id: int
    state: str
    creator: Account
    created_at: datetime
    updated_at: datetime
    description: str = ""
    log_url: str = ""


@dataclass(slots=True, eq=False)
class Deployment:
    """A deployment record of the host."""

    id: int
    sha: str
    ref: str
    task: str
    environment: str
    creator: Account
    created_at: datetime
    updated_at: datetime
    description: str | None = None
    payload: dict[str, str] = field(default_factory=dict)
    production: bool = False
    transient: bool = False
    statuses: list[DeploymentStatus] = field(default_factory=list)
    app: App | None = None


@dataclass(slots=True, eq=False)
class Release:
    """A published or drafted release."""

    id: int
    tag: str
    target: str
    name: str | None
    body: str | None
    author: Account
    created_at: datetime
    published_at: datetime | None
    draft: bool = False
    prerelease: bool = False


@dataclass(slots=True, eq=False)
class Alert:
    """A finding of the host's scanners; `kind` is `dependabot`, `code_scanning` or `secret_scanning`."""

    kind: str
    number: int
    rule: str
    title: str
    severity: str
    path: str
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    fixed_at: datetime | None = None
    dismissed_at: datetime | None = None
    dismissed_by: Account | None = None
    package: str = ""
    tool: str = "CodeQL"
    sha: str = ""
    branch: str = "main"
