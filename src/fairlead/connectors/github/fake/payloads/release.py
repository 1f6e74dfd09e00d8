"""Releases."""

from __future__ import annotations

from fairlead.connectors.github.fake.code import Repository
from fairlead.connectors.github.fake.names import node_id, stamp
from fairlead.connectors.github.fake.payloads.user import user
from fairlead.connectors.github.fake.payloads.wire import Json, Wire
from fairlead.connectors.github.fake.pipeline import Release


def release(wire: Wire, repo: Repository, found: Release) -> Json:
    """A release or draft."""
    address = f"{wire.api}/repos/{repo.full_name}"
    return {
        "url": f"{address}/releases/{found.id}",
        "assets_url": f"{address}/releases/{found.id}/assets",
        "upload_url": f"{address}/releases/{found.id}/assets{{?name,label}}",
        "html_url": f"{wire.html}/{repo.full_name}/releases/tag/{found.tag}",
        "id": found.id,
        "author": user(wire, found.author),
        "node_id": node_id("RE", found.id, repo.id),
        "tag_name": found.tag,
        "target_commitish": found.target,
        "name": found.name,
        "draft": found.draft,
        "immutable": False,
        "prerelease": found.prerelease,
        "created_at": stamp(found.created_at),
        "updated_at": stamp(found.published_at or found.created_at),
        "published_at": stamp(found.published_at),
        "assets": [],
        "tarball_url": f"{address}/tarball/{found.tag}",
        "zipball_url": f"{address}/zipball/{found.tag}",
        "body": found.body,
    }
