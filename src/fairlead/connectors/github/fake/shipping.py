"""Driver calls about deployments and releases."""

from __future__ import annotations

from datetime import datetime

from fairlead.connectors.github.fake.ci import Ci
from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.payloads.deployment import deployment, deployment_status
from fairlead.connectors.github.fake.payloads.release import release
from fairlead.connectors.github.fake.pipeline import Deployment, DeploymentStatus, Release


class Shipping(Ci):
    """What leaves the repositories."""

    def deploy(
        self,
        repo: Repository,
        *,
        ref: str,
        environment: str,
        by: str,
        at: datetime,
        task: str = "deploy",
        description: str | None = None,
        payload: dict[str, str] | None = None,
    ) -> Deployment:
        """A deployment is asked for (`deployment`, action `created`)."""
        sha = repo.resolve(ref)
        assert sha is not None, f"no such ref: {ref}"
        creator = self.account(by)
        found = Deployment(
            self.counter.next("deployment"), sha, ref, task, environment, creator, at, at, description,
            dict(payload or {}), environment.startswith("production"), app=creator.app,
        )  # fmt: skip
        repo.deployments[found.id] = found
        told = {"action": "created", "deployment": deployment(self.wire, repo, found)}
        self.emit("deployment", creator, at, repo, {**told, "workflow": None, "workflow_run": None})
        return found

    def deployment_status(
        self, repo: Repository, found: Deployment, state: str, *, by: str, at: datetime, description: str = ""
    ) -> DeploymentStatus:
        """A deployment goes on or ends (`deployment_status`); a success makes earlier ones `inactive`."""
        status = self._add_status(repo, found, state, by, at, description)
        if state == "success":
            for other in repo.deployments.values():
                if other is not found and other.environment == found.environment and _live(other):
                    self._add_status(repo, other, "inactive", by, at, "")
        return status

    def _add_status(
        self, repo: Repository, found: Deployment, state: str, by: str, at: datetime, description: str
    ) -> DeploymentStatus:
        status = DeploymentStatus(
            self.counter.next("deployment_status"), state, self.account(by), at, at, description
        )
        found.statuses.append(status)
        found.updated_at = at
        # GitHub writes `inactive` silently: no webhook tells of it.
        if state != "inactive":
            payload = {
                "action": "created",
                "deployment_status": deployment_status(self.wire, repo, found, status),
                "deployment": deployment(self.wire, repo, found),
                "check_run": None,
                "workflow": None,
                "workflow_run": None,
            }
            self.emit("deployment_status", status.creator, at, repo, payload)
        return status

    def release(
        self,
        repo: Repository,
        tag: str,
        *,
        sha: str,
        by: str,
        at: datetime,
        name: str | None = None,
        body: str | None = None,
        prerelease: bool = False,
    ) -> Release:
        """Tags a commit and publishes a release of it (`create`, `push`, `release`)."""
        if tag not in repo.tags:
            self.tag(repo, tag, sha, by=by, at=at)
        author = self.account(by)
        # GitHub's `created_at` of a release is the time of the commit that it was made from.
        made_at = repo.commits[sha].committer.at
        found = Release(self.counter.next("release"), tag, repo.default_branch, name, body, author, made_at, at)
        found.prerelease = prerelease
        repo.releases[found.id] = found
        for action in ("created", "published", "released"):
            if action != "released" or not prerelease:
                payload = {"action": action, "release": release(self.wire, repo, found)}
                self.emit("release", author, at, repo, payload)
        return found


def _live(found: Deployment) -> bool:
    return bool(found.statuses) and found.statuses[-1].state == "success" and not found.transient
