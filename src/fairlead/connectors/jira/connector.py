"""The Jira connector as the registry finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from fairlead.connectors.kit.connector import Connector
from fairlead.connectors.kit.folder import Folder
from fairlead.connectors.kit.payload import document
from fairlead.connectors.kit.signatures import hmac_sha256_hex
from fairlead.model.errors import Refused, Unreadable
from fairlead.model.raw import Trust, content_id

_SIGNATURE = "x-hub-signature"
_IDENTIFIER = "x-atlassian-webhook-identifier"


class Jira(Folder):
    """Jira Cloud and Data Center with webhooks of administrators, REST API 3 or 2 and Agile API 1.0."""

    tool = "jira"
    title = "Jira"
    records = frozenset(
        (
            "accounts", "messages", "milestone_dates", "milestones", "sprints", "work_item_changes",
            "work_item_links", "work_item_transitions", "work_items",
        )
    )  # fmt: skip

    acts: Mapping[str, str] = MappingProxyType(
        {
            "comment": "the permission to add comments",
            "delete_comment": "the permission to delete its own comments",
            "label": "the permission to edit issues",
            "assign": "the permission to assign issues",
            "transition": "the permission to transition issues",
            "create_issue": "the permission to create issues",
            "edit_issue": "the permission to edit issues",
            "move_into": "the permissions to schedule and to edit issues",
        }
    )

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:  # noqa: ARG002
        """By HMAC over the body. A webhook without a secret proves nothing: its address is no secret."""
        live = [secret for secret in secrets if secret]
        if not live:
            raise Refused("no webhook secret is configured", hint="give the webhook in Jira a secret")
        algorithm, mark, claim = headers.get(_SIGNATURE, "").strip().partition("=")
        if not algorithm:
            raise Refused(
                f"`{_SIGNATURE}` is missing: Jira signs only webhooks that have a secret",
                hint="set the secret in the webhook; where Jira is too old for it, polling finds everything",
            )
        # The header names its algorithm, and whoever may choose a weak one has no need of the secret.
        if not mark or algorithm.lower() != "sha256":
            raise Refused(f"`{_SIGNATURE}` holds no `sha256=<hex>`")
        if not hmac_sha256_hex(live, body, claim):
            raise Refused(f"`{_SIGNATURE}` does not fit the body")
        return "verified"

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        """Cloud gives an id that its retries repeat; Data Center gives none."""
        try:
            kind = document(body).text("webhookEvent")
        except Unreadable:
            kind = ""
        return kind or "unknown", headers.get(_IDENTIFIER) or content_id(body)


CONNECTOR: Connector = Jira()
