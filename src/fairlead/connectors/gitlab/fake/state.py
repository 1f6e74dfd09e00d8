"""What a fake GitLab holds: everything as the API writes it, with what webhooks write made from it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from fairlead.connectors.kit.fake.tool import FakeTool, Json

WEB = "https://gitlab.example"


@dataclass
class State(FakeTool):
    """One server."""

    secret: str
    """Signing token of all hooks, `whsec_` and base64."""
    token: str
    """The token that may read everything."""
    scopes: tuple[str, ...] = ("api",)
    """Of the token; with `read_api` alone nothing can be written."""
    hook_url: str = "https://fairlead.example/hooks/gitlab"
    requests_a_minute: int = field(default=2000, kw_only=True)
    users: list[Json] = field(default_factory=list)
    projects: list[Json] = field(default_factory=list)
    lists: dict[str, list[Json]] = field(default_factory=dict)
    """Everything else, by the path of the API at which it is listed."""
    statuses: dict[int, Json] = field(default_factory=dict)
    """Id of an issue -> its status of the team's own, which GraphQL alone shows."""
    retried: list[Json] = field(default_factory=list)
    """Jobs that others took the place of: no list shows them, and each can still be asked for."""
    heads: dict[str, str] = field(default_factory=dict)
    """Path of a project and branch -> its last commit."""

    def sha(self) -> str:
        """A hash that nothing else has."""
        return hashlib.sha1(f"{self.number()}".encode(), usedforsecurity=False).hexdigest()

    def add(self, path: str, entry: Json) -> Json:
        """Puts an entry into a list of the API."""
        self.lists.setdefault(path, []).append(entry)
        return entry

    def send(self, event: str, payload: Json, at: datetime) -> None:
        """Sends a webhook as GitLab signs them."""
        body = msgspec.json.encode(payload)
        identity = f"msg-{self.number():08d}"
        stamp = str(int(at.timestamp()))
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        # the key is what the token encodes, without its prefix; what is signed begins with id and time
        made = hmac.new(key, f"{identity}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "content-type": "application/json", "x-gitlab-event": event, "x-gitlab-instance": WEB,
            "webhook-id": identity, "webhook-timestamp": stamp, "idempotency-key": identity,
            "webhook-signature": "v1," + base64.b64encode(made).decode(),
        }  # fmt: skip
        self.hand_out(headers, body, at)


def home(project: Json) -> str:
    """Where the API lists what belongs to a project."""
    return f"/projects/{project['path_with_namespace']}"


def long(at: datetime) -> str:
    """A time as the API writes it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def short(text: str | None) -> str | None:
    """A time of the API as most webhooks write it."""
    return f"{text[:10]} {text[11:19]} UTC" if text else None


def user_in_hook(user: Json) -> Json:
    """A user as webhooks show one: the address is hidden unless it is public."""
    kept = {key: user[key] for key in ("id", "name", "username")}
    return {**kept, "avatar_url": None, "email": "[REDACTED]"}


def project_in_hook(project: Json) -> Json:
    """A project as webhooks show it."""
    path = project["path_with_namespace"]
    return {
        "id": project["id"], "name": project["name"], "description": "", "web_url": project["web_url"],
        "avatar_url": None, "git_ssh_url": f"git@gitlab.example:{path}.git",
        "git_http_url": f"{WEB}/{path}.git", "namespace": path.partition("/")[0].title(),
        "visibility_level": 0 if project["visibility"] == "private" else 20, "path_with_namespace": path,
        "default_branch": project["default_branch"], "ci_config_path": None, "homepage": project["web_url"],
    }  # fmt: skip


def label_in_hook(name: str) -> Json:
    """A label as webhooks show it."""
    return {"id": 1, "title": name, "color": "#ffffff", "template": False, "type": "ProjectLabel"}
