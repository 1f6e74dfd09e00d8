"""Deployments and their statuses."""

from __future__ import annotations

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.names import node_id, stamp
from fairlead.connectors.github.fake.payloads.user import app, user
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.pipeline import Deployment, DeploymentStatus


def deployment(wire: Wire, repo: Repository, found: Deployment) -> Json:
    """A deployment without its statuses."""
    address = f"{wire.api}/repos/{repo.full_name}/deployments/{found.id}"
    return {
        "url": address,
        "id": found.id,
        "node_id": node_id("DE", found.id, repo.id),
        "sha": found.sha,
        "ref": found.ref,
        "task": found.task,
        "payload": found.payload,
        "original_environment": found.environment,
        "environment": found.environment,
        "description": found.description,
        "creator": user(wire, found.creator),
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.updated_at),
        "statuses_url": address + "/statuses",
        "repository_url": f"{wire.api}/repos/{repo.full_name}",
        "transient_environment": found.transient,
        "production_environment": found.production,
        "performed_via_github_app": app(wire, found.app) if found.app is not None else None,
    }


def deployment_status(wire: Wire, repo: Repository, found: Deployment, status: DeploymentStatus) -> Json:
    """One step of a deployment."""
    address = f"{wire.api}/repos/{repo.full_name}/deployments/{found.id}"
    return {
        "url": f"{address}/statuses/{status.id}",
        "id": status.id,
        "node_id": node_id("DES", status.id, repo.id),
        "state": status.state,
        "creator": user(wire, status.creator),
        "description": status.description,
        "environment": found.environment,
        "target_url": status.log_url,
        "created_at": stamp(status.created_at),
        "updated_at": stamp(status.updated_at),
        "deployment_url": address,
        "repository_url": f"{wire.api}/repos/{repo.full_name}",
        "environment_url": "",
        "log_url": status.log_url,
        "performed_via_github_app": app(wire, found.app) if found.app is not None else None,
    }
