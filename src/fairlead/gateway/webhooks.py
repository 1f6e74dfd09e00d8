"""The way in for the tools: verify on the raw bytes, store durably, then acknowledge. Nothing is parsed here."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from fairlead.bus.log import Appended
from fairlead.connectors.kit.connector import Connector
from fairlead.gateway.counters import Counters
from fairlead.gateway.intake import Doorway, Doorways, Intake
from fairlead.gateway.landing import Landing
from fairlead.model.errors import Fault, Refused, Retry, Unreadable
from fairlead.model.raw import RawEvent, Trust

LARGEST_BODY = 25 << 20
"""Bytes; what GitHub sends at most."""

BODIES_IN_FLIGHT = 256 << 20
"""Bytes of bodies that may be on their way in at once: strangers cannot take more memory than that."""

BODY_WITHIN_S = 30.0
"""How long a sender may take over a body."""

_LARGE = 1 << 20
"""From this many bytes on the signature is checked off the event loop."""

_SOURCE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

_log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """What the sender is told."""

    status: int
    word: str
    detail: str = ""
    after_s: float | None = None


class _TooLarge(Exception):  # noqa: N818
    pass


class _Crowded(Exception):  # noqa: N818
    pass


class _Gone(Exception):  # noqa: N818
    """The sender hung up before the body was complete."""


class Receiver:
    """An ASGI endpoint with `source` as its path parameter.

    It is no Starlette endpoint function, because building a `Request` and a `Response` costs a tenth of the rate.
    """

    def __init__(
        self,
        intake: Intake,
        counters: Counters,
        tools: frozenset[str] | None = None,
        queried: Callable[[str, datetime], Mapping[str, str]] | None = None,
    ) -> None:
        """With `queried` the query of a request becomes headers of the raw event; it raises `Unreadable`."""
        self._intake = intake
        self._doorways = Doorways(intake.resolve)
        self._counters = counters
        self._tools = tools
        self._queried = queried
        self._in_flight = 0
        self._landing: Landing[Appended] | None = None
        counters.describe("fairlead_webhooks_total", "Deliveries by source and outcome.")
        counters.describe("fairlead_webhook_bytes_total", "Bytes of accepted deliveries.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one delivery."""
        source: str = scope["path_params"]["source"]
        doorway: Doorway | None = None
        try:
            doorway = self._doorways.find(source) if _SOURCE_NAME.fullmatch(source) else None
            answer = await self._answer(doorway, scope, receive)
        except _Gone:
            return
        except Fault as fault:
            answer = self._failed(fault)
        self._counters.add(
            "fairlead_webhooks_total", source=doorway.source if doorway else "unknown", outcome=answer.word
        )
        await _reply(send, answer)

    async def _answer(self, doorway: Doorway | None, scope: Scope, receive: Receive) -> Answer:
        if doorway is None or (self._tools is not None and doorway.connector.tool not in self._tools):
            return Answer(404, "unknown", "no such source")
        # Before the body is read: without a secret nobody can prove to be the tool.
        if not doorway.secrets:
            return Answer(401, "refused", f"no webhook secret is configured for source `{doorway.source}`")
        headers = _headers(scope)
        if self._queried is not None:
            # Before the body: a job that forgot to say its commit need not send megabytes to be told.
            try:
                headers |= self._queried(scope["query_string"].decode("latin-1"), self._intake.clock.now())
            except Unreadable as fault:
                return Answer(400, "malformed", fault.message)
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                body = await self._body(headers, receive)
        except _TooLarge:
            return Answer(413, "too_large", f"more than {LARGEST_BODY} bytes")
        except _Crowded:
            return Answer(503, "busy", "too many bodies on their way in", after_s=5.0)
        except TimeoutError:
            return Answer(408, "slow", f"the body did not come within {BODY_WITHIN_S:g} seconds")
        return await self._take(doorway, headers, body)

    async def _take(self, doorway: Doorway, headers: Mapping[str, str], body: bytes) -> Answer:
        now = self._intake.clock.now()
        connector = doorway.connector
        check = (connector, headers, body, doorway.secrets, now)
        try:
            # A thread costs more than the HMAC of a usual body, and less than stopping all others for a large one.
            trust = await run_in_threadpool(_verify, *check) if len(body) > _LARGE else _verify(*check)
        except Refused as refused:
            return Answer(401, "refused", refused.message)
        try:
            # After the signature: not even the names of headers are believed of a stranger.
            kind, delivery = connector.envelope(headers, body)
        except Unreadable as fault:
            return Answer(400, "malformed", fault.message)
        event = RawEvent(doorway.source, connector.tool, kind, delivery, body, now, headers, trust)
        receipt = await self._landed(event)
        self._counters.add("fairlead_webhook_bytes_total", len(body), source=doorway.source)
        if not receipt.duplicate:
            return Answer(202, "accepted")
        # A tool sends what failed under the same id again: what matters is whether it was read, not whether it came.
        if await run_in_threadpool(self._intake.again, receipt.seq):
            return Answer(202, "again")
        return Answer(200, "duplicate")

    async def _landed(self, event: RawEvent) -> Appended:
        loop = asyncio.get_running_loop()
        # Tests and servers may run the same app on one loop after the other.
        if self._landing is None or self._landing.loop is not loop:
            self._landing = Landing(loop)
        return await self._landing.follow(self._intake.log.submit(event))

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> bytes:
        said = headers.get("content-length", "")
        # What it says to be is enough to refuse it, and not enough to take it: the bytes are counted below.
        if said.isdigit() and int(said) > LARGEST_BODY:
            raise _TooLarge
        parts: list[bytes] = []
        size = 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Gone
                part: bytes = message.get("body", b"")
                size += len(part)
                self._in_flight += len(part)
                if size > LARGEST_BODY:
                    raise _TooLarge
                if self._in_flight > BODIES_IN_FLIGHT:
                    raise _Crowded
                parts.append(part)
                if not message.get("more_body", False):
                    return parts[0] if len(parts) == 1 else b"".join(parts)
        finally:
            # Whatever happened: a sender that hangs up must not keep its share of the memory for ever.
            self._in_flight -= size

    @staticmethod
    def _failed(fault: Fault) -> Answer:
        if isinstance(fault, Retry):
            return Answer(503, "unavailable", fault.message, after_s=fault.after_s or 5.0)
        # Told in the log alone: the text may name paths or variables of this machine.
        _log.error("a delivery could not be taken: %s", fault.message)
        return Answer(500, "failed", "the delivery could not be taken")


def _verify(
    connector: Connector, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime
) -> Trust:
    return connector.verify(headers, body, secrets, now)


def _headers(scope: Scope) -> dict[str, str]:
    """Header names in lower case; a header that came twice is one, joined by commas, as HTTP says."""
    found: dict[str, dict[str, None]] = {}
    for raw_name, raw_value in scope["headers"]:
        # Proxies in a row may add the same signature or delivery id once more. Twice the same is still one; two that
        # differ stay two, and a connector whose header holds one value refuses them.
        found.setdefault(raw_name.decode("latin-1"), {})[raw_value.decode("latin-1")] = None
    return {name: ", ".join(values) for name, values in found.items()}


_encode = msgspec.json.Encoder().encode


async def _reply(send: Send, answer: Answer) -> None:
    body = _encode({"status": answer.word} | ({"detail": answer.detail} if answer.detail else {}))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if answer.after_s is not None:
        headers.append((b"retry-after", str(max(1, round(answer.after_s))).encode()))
    if answer.status == 401:
        headers.append((b"www-authenticate", b"Signature"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
