"""GitHub's signature and headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fairlead.connectors.kit.signatures import hmac_sha256_hex
from fairlead.model.errors import Refused
from fairlead.model.raw import Trust, content_id

_HEADER = "x-hub-signature-256"
_SCHEME = "sha256="


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> Trust:
    """Checks `X-Hub-Signature-256`; the SHA-1 header beside it proves nothing any more and is not looked at."""
    if not any(secrets):
        raise Refused("no webhook secret is configured", hint="set one with `fairlead init`, and the same at GitHub")
    given = headers.get(_HEADER, "")
    if not given.startswith(_SCHEME):
        raise Refused(f"header `{_HEADER}` is missing or is not `{_SCHEME}<hex>`")
    if not hmac_sha256_hex([secret for secret in secrets if secret], body, given.removeprefix(_SCHEME)):
        raise Refused(f"`{_HEADER}` does not fit the body")
    return "verified"


def envelope(headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
    """Event name and delivery id; a redelivery has the id of the first."""
    kind = headers.get("x-github-event", "").strip() or "unknown"
    delivery = headers.get("x-github-delivery", "").strip()
    return kind, delivery or content_id(kind, body)
