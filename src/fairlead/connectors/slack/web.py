"""Slack's Web API for whoever posts: one call at a time, within its limits, faults told by their remedy."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from fairlead.connectors.kit.payload import decode
from fairlead.connectors.slack.answers import PUBLIC, judged
from fairlead.model.errors import Retry, Unreadable

_READS = (
    "auth.test",
    "conversations.history",
    "conversations.info",
    "conversations.members",
    "conversations.replies",
    "users.info",
)
"""Methods that take no JSON."""
_BURST = 3.0
_MOST_KEPT = 10_000


@dataclass(slots=True)
class Limits:
    """A bucket of tokens for each method and channel: Slack takes about one a second there, and short bursts."""

    clock: Callable[[], float] = time.monotonic
    a_second: float = 1.0
    _held: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def take(self, method: str, channel: str) -> float:
        """Takes one; gives the seconds to wait where there is none, and takes nothing then."""
        with self._guard:
            now = self.clock()
            tokens, at = self._held.get((method, channel), (_BURST, now))
            tokens = min(_BURST, tokens + (now - at) * self.a_second)
            if tokens < 1:
                return (1 - tokens) / self.a_second
            # who has written to ten thousand channels begins anew rather than keep them all
            if len(self._held) > _MOST_KEPT:
                self._held.clear()
            self._held[method, channel] = (tokens - 1, now)
            return 0.0

    def refused(self, method: str, channel: str, after_s: float) -> None:
        """Slack said wait: the bucket is empty until then."""
        with self._guard:
            self._held[method, channel] = (1 - after_s * self.a_second, self.clock())


@dataclass(slots=True)
class Web:
    """One app in one workspace. Nothing is tried twice here: who calls knows whether that is safe."""

    client: httpx.Client
    token: str = field(repr=False)
    base: str = PUBLIC
    limits: Limits | None = None

    def call(self, method: str, words: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A good answer; raises `Retry` where Slack is down or wants a pause, `Abort`, `Denied` or `Skip`."""
        said = {name: value for name, value in (words or {}).items() if value is not None}
        channel = str(said.get("channel") or "")
        if self.limits and method.startswith("chat.") and (wait_s := self.limits.take(method, channel)):
            raise Retry(f"{method} to {channel or 'Slack'} waits for its turn", after_s=wait_s)
        headers = {"authorization": f"Bearer {self.token}"}
        try:
            if method in _READS:
                found = self.client.get(f"{self.base}/{method}", params=_flat(said), headers=headers)
            else:
                found = self.client.post(f"{self.base}/{method}", json=said, headers=headers)
        except httpx.TimeoutException:
            raise Retry(f"Slack did not answer {method} in time") from None
        except httpx.TransportError as fault:
            raise Retry(f"Slack cannot be reached: {fault}", hint="check the network") from None
        return judged(method, self._value(method, channel, found))

    def respond(self, url: str, said: Mapping[str, Any]) -> None:
        """Answers by the address that came with a command or click; good for five times within half an hour."""
        try:
            found = self.client.post(url, json=dict(said))
        except httpx.HTTPError as fault:
            raise Retry(f"Slack did not take the answer: {fault}") from None
        if found.status_code >= 400:
            raise Retry(f"Slack did not take the answer: {found.status_code}")

    def _value(self, method: str, channel: str, found: httpx.Response) -> Any:
        if found.status_code == 429:
            said = found.headers.get("retry-after", "")
            after_s = float(said) if said.isdigit() else 30.0
            if self.limits:
                self.limits.refused(method, channel, after_s)
            raise Retry(f"Slack wants a pause of {after_s:g} s before {method}", after_s=after_s)
        if found.status_code >= 500:
            raise Retry(f"Slack answered {found.status_code} to {method}")
        try:
            return decode(found.content)
        except Unreadable:
            raise Retry(f"Slack answered {method} with something else than JSON") from None


def _flat(words: Mapping[str, Any]) -> dict[str, str | int]:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in words.items()}
