"""Raw events: what a tool sent, byte for byte, before anybody has understood it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Trust = Literal["verified", "token", "unverified", "local"]
"""`verified` by a signature over the body, `token` by a shared word, `unverified`, or read by ourselves."""


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One delivery: a webhook, a page of an API, a range of refs, something that a person entered."""

    source: str
    """Name of the configured source, like `github`."""
    tool: str
    """Connector that reads it, like `github`."""
    kind: str
    """The tool's event name (`pull_request`) or `api:<endpoint>` for a page of its API."""
    delivery: str
    """Delivery id; unique within the source. Same id twice is one event."""
    body: bytes
    """The bytes as they came."""
    # a reader that saw it could not give the same records in a replay
    received_at: datetime
    """Arrival by our clock; readers never see it."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case header names, without secrets."""
    trust: Trust = "unverified"
    """How sure we are of the sender."""


@dataclass(frozen=True, slots=True)
class StoredRaw:
    """A raw event with its place in the log."""

    seq: int
    """Position: consumers follow it upwards; gaps mean nothing."""
    event: RawEvent


def content_id(*parts: bytes | str) -> str:
    """Delivery id made from content, for tools and pages that have none."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part)
        # between the parts: "ab" and "c" must not be "a" and "bc"
        digest.update(b"\0")
    # 160 bits: two payloads never share it, and it still fits a line
    return digest.hexdigest()[:40]
