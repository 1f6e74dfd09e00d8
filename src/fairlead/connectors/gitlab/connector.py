"""The GitLab connector as the registry finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from fairlead.connectors.kit.connector import Connector
from fairlead.connectors.kit.folder import Folder
from fairlead.connectors.kit.payload import document
from fairlead.connectors.kit.signatures import shared_token, standard_webhooks
from fairlead.model.errors import Refused, Unreadable
from fairlead.model.raw import Trust, content_id

_TOKEN = "x-gitlab-token"  # noqa: S105 - the name of a header
_SIGNATURE = "webhook-signature"


class GitLab(Folder):
    """GitLab.com and GitLab Self-Managed: project, group and system hooks, REST API v4."""

    tool = "gitlab"
    title = "GitLab"
    records = frozenset(
        (
            "accounts", "builds", "change_commits", "change_events", "changes", "code_owners", "commit_files",
            "commits", "deployments", "memberships", "messages", "milestone_dates", "milestones", "releases",
            "repositories", "sprints", "teams", "work_item_changes", "work_item_links", "work_item_transitions",
            "work_items",
        )
    )  # fmt: skip

    acts: Mapping[str, str] = MappingProxyType(
        {
            **dict.fromkeys(
                (
                    "comment", "delete_comment", "label", "assign", "transition", "create_issue", "edit_issue",
                    "open_incident", "request_review", "withdraw_review",
                ),
                "a token with the scope api, of somebody who is at least Reporter in the project",
            ),
            **dict.fromkeys(
                ("rerun", "merge"),
                "a token with the scope api, of somebody who is at least Developer and may merge into the branch",
            ),
        }
    )  # fmt: skip

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:
        """By signature where there is one, else by the shared token, which says nothing of the body.

        A signature that does not fit is refused even if the token does: else whoever has seen the token could forge
        what a hook with a signing key sends.
        """
        live = [secret for secret in secrets if secret]
        if not live:
            raise Refused("no webhook secret is configured", hint="set the hook's signing token or secret token")
        if _SIGNATURE in headers:
            standard_webhooks(headers, body, live, now)
            return "verified"
        given = headers.get(_TOKEN, "")
        if not given:
            raise Refused(f"neither `{_SIGNATURE}` nor `{_TOKEN}` is there", hint="set a signing token on the hook")
        if not shared_token(live, given):
            raise Refused(f"`{_TOKEN}` is not the configured one")
        return "token"

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        """`X-Gitlab-Event-UUID` is shared by hooks that set off one another, so it is no delivery id."""
        delivery = headers.get("webhook-id") or headers.get("idempotency-key") or content_id(body)
        try:
            payload = document(body)
            kind = payload.text("object_kind") or payload.text("event_name")
        except Unreadable:
            kind = None
        return kind or headers.get("x-gitlab-event") or "unknown", delivery


CONNECTOR: Connector = GitLab()
