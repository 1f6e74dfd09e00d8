"""Creating a GitHub App by its manifest flow, with the least that reading needs; nothing here can write to GitHub."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from fairlead.connectors.kit.guide import guides
from fairlead.model.errors import Abort, Retry


def permissions() -> dict[str, tuple[str, str]]:
    """Permission -> access, and what it is for: the rights that the guide beside the connector lists."""
    return {right.name: ("read", right.why) for right in guides()["github"].rights}


EVENTS = (
    "push", "create", "delete", "release", "pull_request", "pull_request_review", "pull_request_review_comment",
    "pull_request_review_thread", "issues", "issue_comment", "label", "milestone", "check_run", "check_suite",
    "status", "workflow_run", "workflow_job", "deployment", "deployment_status", "repository", "member", "membership",
    "team", "team_add",
)  # fmt: skip
"""Events to subscribe to; each is covered by one of the permissions."""


@dataclass(frozen=True)
class NewApp:
    """What GitHub answers once the App exists; the secrets are already in files."""

    app_id: str
    name: str
    url: str
    key_file: Path
    secret_file: Path | None


def manifest(name: str, address: str, done: str, hook: str) -> dict[str, Any]:
    """The App as GitHub is asked to create it; without a public address there are no webhooks, and polling stays."""
    made: dict[str, Any] = {
        # GitHub refuses a name of more than 34 characters only after the owner has pressed its button.
        "name": name[:34],
        "url": address,
        "redirect_url": done,
        "public": False,
        "default_permissions": {permission: access for permission, (access, _) in permissions().items()},
    }
    # GitHub refuses a hook that is active without an address, and one that it cannot reach is noise in its log.
    if hook:
        made |= {"hook_attributes": {"url": hook, "active": True}, "default_events": list(EVENTS)}
    return made


def registration(host: str, organisation: str, state: str) -> str:
    """Where the manifest is posted to: the organisation's settings, or one's own."""
    place = (
        f"/organizations/{quote(organisation, safe='')}/settings/apps/new" if organisation else "/settings/apps/new"
    )
    return f"{host}{place}?{urlencode({'state': state})}"


def new_state() -> str:
    """A word that only the one who started the flow can know."""
    return secrets.token_urlsafe(24)


def convert(client: httpx.Client, api: str, code: str, keys: Path) -> NewApp:
    """Exchanges the code of the redirect for the App; its key goes into a file that only we may read."""
    try:
        answer = client.post(
            f"{api}/app-manifests/{quote(code, safe='')}/conversions",
            # No authorisation: the code itself is the right, once and for an hour.
            headers={"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"},
        )
    except httpx.HTTPError as fault:
        raise Retry(
            f"{api} could not be reached: {fault}", hint="the code is good for an hour: reload this page"
        ) from fault
    if answer.status_code != 201:
        raise Abort(
            f"GitHub refused the code with status {answer.status_code}",
            hint="a code works once and for an hour: start again on the page Set-up",
        )
    # The only answer that ever holds the key: it goes to the file before anything else can fail.
    app = answer.json()
    key = _keep(keys / f"github-app-{int(app['id'])}.pem", str(app["pem"]))
    secret = app.get("webhook_secret")
    secret_file = _keep(keys / f"github-app-{int(app['id'])}.webhook-secret", str(secret)) if secret else None
    return NewApp(str(int(app["id"])), str(app["name"]), str(app["html_url"]), key, secret_file)


def _keep(path: Path, secret: str) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Opened with its rights: between a write and a chmod anybody could read it.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(secret)
    return path


def lines(app: NewApp, source: str, organisation: str, url: str) -> str:
    """What to add to `fairlead.toml`."""
    text = [f"[sources.{source}]", 'tool = "github"']
    text += [f'url = "{url}"'] if url else []
    text += [f'organisations = ["{organisation}"]'] if organisation else ['repositories = ["OWNER/REPOSITORY"]']
    text += [f'app_id = "{app.app_id}"', f'private_key = {{ file = "{app.key_file}" }}']
    text += [f'webhook_secrets = [{{ file = "{app.secret_file}" }}]'] if app.secret_file else []
    return "\n".join(text)
