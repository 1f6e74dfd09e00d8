"""The Slack connector as the registry finds it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from fairlead.connectors.kit.connector import Connector
from fairlead.connectors.kit.folder import Folder
from fairlead.connectors.slack.payloads import delivery_of, kind_of, opened
from fairlead.model.errors import Refused, Unreadable
from fairlead.model.raw import Trust, content_id
from fairlead.model.times import EPOCH

WINDOW_S = 300
"""How old a signed request may be. Without this a request that somebody overheard would be good for ever."""


class Slack(Folder):
    """A workspace with an app of its own: events in, messages out."""

    tool = "slack"
    title = "Slack"
    records = frozenset(("accounts", "messages"))
    acts: Mapping[str, str] = MappingProxyType(
        {"post_message": "chat:write, im:write", "update_message": "chat:write"}
    )

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:
        """By HMAC over version, time and body; all live signing secrets are tried."""
        if signer(headers, body, secrets, now) is None:
            raise Refused("`x-slack-signature` does not fit the body")
        return "verified"

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        """Events bring an id, which their retries repeat; commands and clicks are told by who and their trigger."""
        try:
            doc = opened(headers, body)
        except Unreadable:
            return "unknown", content_id(body)
        return kind_of(doc), delivery_of(doc, body)


def signer(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str | None:
    """Which of the secrets signed; `None` where none did. Raises `Refused` for what is too old or malformed."""
    live = [secret for secret in secrets if secret]
    if not live:
        raise Refused("no signing secret is configured", hint="it stands under Basic Information of the app")
    stamp = headers.get("x-slack-request-timestamp", "").strip()
    claimed = headers.get("x-slack-signature", "").strip()
    if not claimed.startswith("v0=") or not stamp.isascii() or not stamp.isdigit():
        raise Refused("`x-slack-signature` or `x-slack-request-timestamp` is missing or malformed")
    # fifteen digits are enough for any clock; more would only cost time
    age_s = (now - EPOCH).total_seconds() - int(stamp[:15])
    if abs(age_s) > WINDOW_S:
        raise Refused(f"signed {abs(age_s):.0f} s {'ago' if age_s > 0 else 'in the future'}; at most {WINDOW_S} s")
    found = None
    given = claimed.lower().encode("utf-8", "replace")
    # all are tried, so that the time tells nobody which one fitted
    for secret in live:
        made = (
            b"v0="
            + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest().encode()
        )
        if hmac.compare_digest(made, given):
            found = secret
    return found


CONNECTOR: Connector = Slack()
