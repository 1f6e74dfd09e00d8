"""The PagerDuty connector as the registry finds it."""

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

_HEADER = "x-pagerduty-signature"


class PagerDuty(Folder):
    """PagerDuty with V3 webhooks and REST API v2."""

    tool = "pagerduty"
    title = "PagerDuty"
    records = frozenset(("accounts", "incident_events", "incidents", "oncall_shifts", "services", "teams"))

    acts: Mapping[str, str] = MappingProxyType(
        {
            **dict.fromkeys(
                ("comment", "assign", "transition", "open_incident"),
                "a key with full access, and `user` as the address of somebody in whose name it is done",
            ),
            "page": "an integration of the kind Events API v2 on the service",
        }
    )

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:  # noqa: ARG002
        """By HMAC over the body. While a secret is rotated the header holds one signature for each; any may fit."""
        live = [secret for secret in secrets if secret]
        if not live:
            raise Refused(
                "no webhook secret is configured", hint="PagerDuty shows it once, as the subscription is made"
            )
        # each live secret signs, and the header lists them all
        claims = [part.strip()[3:] for part in headers.get(_HEADER, "").split(",") if part.strip().startswith("v1=")]
        if not claims:
            raise Refused(f"header `{_HEADER}` is missing or holds no `v1=<hex>`")
        if not hmac_sha256_hex(live, body, *claims):
            raise Refused(f"`{_HEADER}` does not fit the body")
        return "verified"

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:  # noqa: ARG002
        """Both stand in the body; a retry has the id of the first try."""
        try:
            event = document(body).child("event")
            kind, identity = (event.text("event_type"), event.text("id")) if event else ("", "")
        except Unreadable:
            kind = identity = ""
        return kind or "unknown", identity or content_id(body)


CONNECTOR: Connector = PagerDuty()
