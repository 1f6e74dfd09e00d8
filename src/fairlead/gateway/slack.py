"""Where Slack's requests come in: commands, clicks and events at one address, verified before they are read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from fairlead.model.errors import Fault

if TYPE_CHECKING:
    from fairlead.chat.app import Door

_log = logging.getLogger(__name__)

PATH = "/slack/events"
_LARGEST = 1 << 20
"""Bytes; what Slack sends has a few thousand."""
_WITHIN_S = 10.0


def route(door: Door) -> Route:
    """The endpoint; it needs no sign-in of ours, for Slack signs."""

    async def receive(request: Request) -> Response:
        try:
            async with asyncio.timeout(_WITHIN_S):
                body = await _body(request)
        except (TimeoutError, ClientDisconnect):
            return Response(status_code=408)
        if body is None:
            return Response(status_code=413)
        headers = {name.lower(): value for name, value in request.headers.items()}
        return await run_in_threadpool(_answer, door, headers, body)

    return Route(PATH, receive, methods=["POST"])


def _answer(door: Door, headers: Mapping[str, str], body: bytes) -> Response:
    try:
        found = door.handle(headers, body)
    except Fault as fault:
        # Told in the log alone: the text may name paths of this machine. Slack sends events again.
        _log.error("a request of Slack could not be taken: %s", fault.message)
        return Response(msgspec.json.encode({"error": "try again"}), 503, {"retry-after": "5"})
    except UnicodeDecodeError:
        return Response(status_code=400)
    return Response(found.body, found.status, dict(found.headers))


async def _body(request: Request) -> bytes | None:
    """The raw bytes, as they were signed; `None` for more than Slack ever sends."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > _LARGEST:
            return None
        parts.append(part)
    return b"".join(parts)
