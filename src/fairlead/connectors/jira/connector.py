"""The Jira connector as the registry finds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from fairlead.connectors.jira import read as reading
from fairlead.connectors.kit.connector import Connector, Delivery, Finding, Options, Page, Reading, SyncRequest
from fairlead.connectors.kit.payload import document
from fairlead.connectors.kit.signatures import hmac_sha256_hex
from fairlead.model.errors import Refused, Unreadable
from fairlead.model.raw import Trust, content_id

_SIGNATURE = "x-hub-signature"
_IDENTIFIER = "x-atlassian-webhook-identifier"


class Jira:
    """Jira Cloud and Data Center with webhooks of administrators, REST API 3 or 2 and Agile API 1.0."""

    tool = "jira"
    title = "Jira"
    records = frozenset(
        (
            "accounts", "messages", "milestones", "sprints", "work_item_changes", "work_item_links",
            "work_item_transitions", "work_items",
        )
    )  # fmt: skip

    @staticmethod
    def sync(request: SyncRequest) -> Iterator[Page]:
        """Raw pages of the API."""
        from fairlead.connectors.jira.sync import sync

        return sync(request)

    @staticmethod
    def check(request: SyncRequest) -> Iterator[Finding]:
        """Who we are there, which fields mean what, and what is missing."""
        from fairlead.connectors.jira.check import check

        return check(request)

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

    def read(self, delivery: Delivery, options: Options) -> Reading:
        """Webhooks and API pages alike."""
        return reading.read(delivery, options)


CONNECTOR: Connector = Jira()
