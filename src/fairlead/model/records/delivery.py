"""Builds, tests, deployments and releases."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET

from fairlead.model.records.kinds import (
    AccountId,
    BuildId,
    ChangeId,
    CommitId,
    DeploymentId,
    Flag,
    Number,
    OneOf,
    Record,
    RepositoryId,
    ServiceId,
    Text,
    Time,
    Whole,
)

# `error` is a fault of the machinery, `failure` one of what was tried
RESULTS = ("success", "failure", "canceled", "skipped", "neutral", "error")
BUILD_STATES = ("queued", "running", "finished")


class Build(Record, frozen=True):
    """A run of a pipeline, one of its jobs, a check or a commit status."""

    repository: RepositoryId = UNSET
    """The repository."""
    kind: Annotated[Text, OneOf(("pipeline", "job", "check", "status"))] = UNSET
    """A whole `pipeline`, one `job` of it, a `check` of an app, a commit `status`."""
    parent: BuildId = UNSET
    """Pipeline of a job."""
    name: Text = UNSET
    """Name of workflow, job, check or status context."""
    workflow_path: Text = UNSET
    """File that defines it."""
    number: Whole = UNSET
    """Run number."""
    attempt: Whole = UNSET
    """Attempt, from 1."""
    trigger: Text = UNSET
    """What started it, like `push`, `pull_request`, `schedule`."""
    branch: Text = UNSET
    """Branch it ran on."""
    sha: Text = UNSET
    """Commit it ran on."""
    change: ChangeId = UNSET
    """Change it ran for."""
    state: Annotated[Text, OneOf(BUILD_STATES)] = UNSET
    """`queued`, `running` or `finished`."""
    result: Annotated[Text, OneOf(RESULTS)] = UNSET
    """How it ended; empty until then."""
    queued_at: Time = UNSET
    """When it was asked for."""
    started_at: Time = UNSET
    """When it began to run."""
    finished_at: Time = UNSET
    """When it ended."""
    actor: AccountId = UNSET
    """Who started it."""
    app: Text = UNSET
    """App that reports it, like `github-actions`."""
    # empty where the rules of the branch could not be read, which is not the same as false
    required: Flag = UNSET
    """Whether merging needs it, where known."""


class TestResult(Record, frozen=True):
    """One test case in one build."""

    build: BuildId = UNSET
    """The build."""
    repository: RepositoryId = UNSET
    """The repository."""
    sha: Text = UNSET
    """Commit under test."""
    suite: Text = UNSET
    """Suite or class."""
    name: Text = UNSET
    """Name of the case."""
    result: Annotated[Text, OneOf(("passed", "failed", "error", "skipped"))] = UNSET
    """How it ended."""
    duration_s: Number = UNSET
    """Seconds it took."""
    at: Time = UNSET
    """When it ran."""
    message: Text = UNSET
    """Failure text."""


class Coverage(Record, frozen=True):
    """Test coverage of a commit."""

    build: BuildId = UNSET
    """The build."""
    repository: RepositoryId = UNSET
    """The repository."""
    sha: Text = UNSET
    """Commit measured."""
    branch: Text = UNSET
    """Branch measured."""
    at: Time = UNSET
    """When."""
    lines_covered: Whole = UNSET
    """Lines that tests run."""
    lines_total: Whole = UNSET
    """Lines that could run."""


class Artifact(Record, frozen=True):
    """Something built: image, package."""

    repository: RepositoryId = UNSET
    """Repository it was built from."""
    build: BuildId = UNSET
    """Build that made it."""
    name: Text = UNSET
    """Name."""
    version: Text = UNSET
    """Version or tag."""
    digest: Text = UNSET
    """Content hash."""
    sha: Text = UNSET
    """Commit it was built from."""
    published_at: Time = UNSET
    """When it was published."""


class Deployment(Record, frozen=True):
    """One act of bringing a version to an environment; may carry several repositories' commits."""

    repository: RepositoryId = UNSET
    """Repository deployed; empty if there are several."""
    service: ServiceId = UNSET
    """Service deployed."""
    environment: Text = UNSET
    """The tool's own name of the environment."""
    production: Flag = UNSET
    """Whether that environment is production, by configuration; only those count for DORA."""
    sha: Text = UNSET
    """Commit deployed."""
    ref: Text = UNSET
    """Branch or tag deployed."""
    version: Text = UNSET
    """Version or release name."""
    state: Annotated[Text, OneOf(BUILD_STATES)] = UNSET
    """`queued`, `running` or `finished`."""
    result: Annotated[Text, OneOf(RESULTS)] = UNSET
    """How it ended; a later `inactive` of the tool changes nothing."""
    started_at: Time = UNSET
    """When it began."""
    finished_at: Time = UNSET
    """When its last part finished."""
    actor: AccountId = UNSET
    """Who or what started it."""
    description: Text = UNSET
    """The tool's own words."""
    task: Text = UNSET
    """The tool's own kind, like `deploy`, `deploy:migrations`, `rollback`."""
    unplanned: Flag = UNSET
    """Whether the tool or configuration marks it as a hotfix or rollback."""
    made_from: Text = UNSET
    """What it was taken from: `deployment`, `workflow`, `release`, `tag`, `merge`, `cdevents`, `records`."""


class DeploymentCommit(Record, frozen=True):
    """A commit that a deployment put into its environment, as the tool gives it."""

    deployment: DeploymentId = UNSET
    """The deployment."""
    repository: RepositoryId = UNSET
    """The repository."""
    # as the tool gives it, even if the commit itself was never seen
    commit: CommitId = UNSET
    """The commit."""
    sha: Text = UNSET
    """Hash of the commit."""
    environment: Text = UNSET
    """Environment; copied from the deployment where given alone."""
    result: Annotated[Text, OneOf(RESULTS)] = UNSET
    """How this part ended."""
    finished_at: Time = UNSET
    """When this part finished."""


class Release(Record, frozen=True):
    """A published version or a tag."""

    repository: RepositoryId = UNSET
    """The repository."""
    tag: Text = UNSET
    """Tag name."""
    name: Text = UNSET
    """Title."""
    body: Text = UNSET
    """Notes."""
    sha: Text = UNSET
    """Commit it points to, where known."""
    target: Text = UNSET
    """Branch or commit it was made from, as given."""
    author: AccountId = UNSET
    """Who made it."""
    draft: Flag = UNSET
    """Whether it is unpublished."""
    prerelease: Flag = UNSET
    """Whether it is marked as not for production."""
    published_at: Time = UNSET
    """When it was published."""
    kind: Annotated[Text, OneOf(("release", "tag"))] = UNSET
    """A `release` of the host or a bare `tag`."""
