"""Checking signatures on raw bytes, in constant time, against every live secret."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from fairlead.model.errors import Refused
from fairlead.model.raw import Trust
from fairlead.model.times import EPOCH

_TOLERANCE_S = 300


def hmac_sha256_hex(secrets: Iterable[str], body: bytes, *given: str) -> bool:
    """Whether one of the hexadecimal HMAC-SHA256 given for the body fits one of the secrets."""
    claimed = [claim.strip().lower().encode("utf-8", "replace") for claim in given]
    fits = False
    # Every secret is tried, so that the time tells nobody which one fitted. The body goes through once for each and
    # not once more for each claim: a stranger may send thousands of claims with 25 MB.
    for secret in secrets:
        made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
        for claim in claimed:
            fits |= hmac.compare_digest(made, claim)
    return fits


def shared_token(secrets: Iterable[str], given: str) -> bool:
    """Whether a shared word fits one of the secrets."""
    claimed = given.strip().encode("utf-8", "replace")
    fits = False
    for secret in secrets:
        fits |= hmac.compare_digest(secret.encode(), claimed)
    return fits


def standard_webhooks(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> None:
    """Checks a Standard Webhooks `v1` signature over id, timestamp and body; raises `Refused`."""
    identity = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    if not identity or not stamp.isascii() or not stamp.isdigit():
        raise Refused("the signed headers `webhook-id` and `webhook-timestamp` are missing or malformed")
    # fifteen digits are enough for any clock; more would only cost time
    age_s = (now - EPOCH).total_seconds() - int(stamp[:15])
    if abs(age_s) > _TOLERANCE_S:
        raise Refused(
            f"signed {abs(age_s):.0f} s {'ago' if age_s > 0 else 'in the future'}; at most {_TOLERANCE_S} s"
        )
    signed = f"{identity}.{stamp}.".encode("utf-8", "replace") + body
    # several signatures may stand there while the sender rotates its key; two headers are joined by a comma
    parts = (part.rstrip(",") for part in headers.get("webhook-signature", "").split())
    claimed = [part[3:] for part in parts if part.startswith("v1,")]
    fits = False
    for secret in secrets:
        made = base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest())
        for claim in claimed:
            fits |= hmac.compare_digest(made, claim.encode("utf-8", "replace"))
    if not fits:
        raise Refused("no signature of `webhook-signature` fits")


def signed_or_bearer(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:
    """A Standard Webhooks signature if there is one, else a shared token as `Authorization: Bearer`."""
    live = [secret for secret in secrets if secret]
    if not live:
        raise Refused("no secret is configured for this source", hint="set one with `fairlead init`")
    # whoever signs is held to the signature: a token beside it would take the meaning from it
    if "webhook-signature" in headers:
        standard_webhooks(headers, body, live, now)
        return "verified"
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and shared_token(live, token):
        return "token"
    raise Refused("neither a fitting `webhook-signature` nor the token as `Authorization: Bearer <token>`")


def _key(secret: str) -> bytes:
    # the prefix says that the rest is base64; without it, or where it is none, the text itself is the key
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return secret.encode()
