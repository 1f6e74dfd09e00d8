"""Webhooks: what was sent, signed as GitHub signs it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from fairlead.connectors.github.fake.names import guid
from fairlead.connectors.github.fake.payloads.wire import Json

Wants = Callable[[str, str], bool]
"""Whether an event (name, action) is subscribed to."""


@dataclass(slots=True)
class Sent:
    """One delivery, with what the receiver made of it as far as the fake was told."""

    id: int
    guid: str
    at: datetime
    event: str
    action: str
    headers: Mapping[str, str]
    body: bytes
    status_code: int = 200
    """What the receiver answered; set it to another code to play a receiver that was down."""
    redelivery: bool = False
    repository_id: int | None = None

    @property
    def status(self) -> str:
        """The word of the deliveries API."""
        return "OK" if 200 <= self.status_code < 300 else f"Invalid HTTP Response: {self.status_code}"


@dataclass(slots=True)
class Hook:
    """One subscription: secret, what it wants, what was sent."""

    id: int
    secret: str
    seed: int
    url: str = "https://fairlead.example/webhooks/github"
    """Where it is sent to, as the API tells."""
    target_type: str = "integration"
    target_id: int = 0
    wants: Wants = field(default=lambda _event, _action: True)
    sent: list[Sent] = field(default_factory=list)
    listeners: list[Callable[[Sent], None]] = field(default_factory=list)
    """Called with each delivery as it is made: how a test forwards them to a receiver."""

    def send(self, number: int, event: str, payload: Json, at: datetime, repository_id: int | None) -> None:
        """Signs and records a delivery, if it is subscribed to."""
        action = str(payload.get("action", ""))
        if not self.wants(event, action):
            return
        body = msgspec.json.encode(payload)
        name = guid(self.seed, number)
        headers = self.headers(event, name, body)
        self._record(Sent(number, name, at, event, action, headers, body, repository_id=repository_id))

    def headers(self, event: str, delivery: str, body: bytes) -> dict[str, str]:
        """The headers that GitHub sends with a body."""
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/6d0a2f1",
            "X-GitHub-Delivery": delivery,
            "X-GitHub-Event": event,
            "X-GitHub-Hook-ID": str(self.id),
            "X-GitHub-Hook-Installation-Target-ID": str(self.target_id),
            "X-GitHub-Hook-Installation-Target-Type": self.target_type,
            "X-Hub-Signature": "sha1=" + hmac.new(self.secret.encode(), body, hashlib.sha1).hexdigest(),
            "X-Hub-Signature-256": "sha256=" + hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest(),
        }

    def redeliver(self, number: int, next_number: int, at: datetime) -> Sent | None:
        """Sends a delivery again: same GUID, new number, as GitHub does."""
        found = next((sent for sent in self.sent if sent.id == number), None)
        if found is None:
            return None
        again = Sent(
            next_number, found.guid, at, found.event, found.action, found.headers, found.body,
            redelivery=True, repository_id=found.repository_id,
        )  # fmt: skip
        self._record(again)
        return again

    def _record(self, sent: Sent) -> None:
        self.sent.append(sent)
        for listener in self.listeners:
            listener(sent)


def only(events: Iterable[str]) -> Wants:
    """Subscribes to events by name, like `push`, or by name and action, like `workflow_run.completed`."""
    wanted = frozenset(events)
    return lambda event, action: event in wanted or f"{event}.{action}" in wanted
