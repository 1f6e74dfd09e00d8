"""The fake behind a socket, for clients that bring their own HTTP: Octokit, githubkit, curl, another process.

uvicorn can serve `app(desk)` as it is. Below `/-/` it answers whoever drives it: what was done to it, and what shall
go wrong next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from queue import Queue
from threading import Thread
from typing import Protocol

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as WebRequest
from starlette.responses import JSONResponse
from starlette.responses import Response as WebResponse
from starlette.routing import Route

from fairlead.connectors.kit.fake.call import Desk, Request
from fairlead.connectors.kit.fake.faults import Faults


def app(desk: Desk) -> Starlette:
    """A web application that answers like `https://api.github.com` (or an Enterprise Server below `/api/v3`)."""

    async def answer(request: WebRequest) -> WebResponse:
        asked = Request(
            request.method,
            f"{request.url.scheme}://{request.url.netloc}",
            request.url.path,
            dict(request.query_params),
            {name.lower(): value for name, value in request.headers.items()},
            await request.body(),
        )
        # a fake may think for a while, and other clients must not wait for it
        found = await run_in_threadpool(desk.handle, asked)
        # a status that HTTP does not have stands for a broken connection, which a gateway in between turns into this
        return WebResponse(found.body, found.status or 502, found.headers)

    async def effects(_: WebRequest) -> WebResponse:
        """All that somebody can see, in order."""
        return JSONResponse(list(getattr(desk, "effects", ())))

    async def fault(request: WebRequest) -> WebResponse:
        """Plans a fault, like `{"kind": "done-502", "method": "write"}`."""
        faults: Faults = desk.faults  # type: ignore[attr-defined]
        faults.add(**await request.json())
        return JSONResponse({"planned": len(faults.waiting)}, 201)

    driven = [Route("/-/effects", effects), Route("/-/faults", fault, methods=["POST"])]
    return Starlette(
        routes=[*driven, Route("/{path:path}", answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])]
    )


class Webhook(Protocol):
    """A webhook that a fake has signed."""

    headers: Mapping[str, str]
    body: bytes


def forwards(address: str) -> Callable[[Webhook], None]:
    """A listener that posts webhooks to an address, in order and behind the back of whoever caused them."""
    waiting: Queue[Webhook] = Queue()

    def post() -> None:
        with httpx.Client(timeout=10) as client:
            while True:
                sent = waiting.get()
                # a receiver that is down has lost it, as it would have with the tool
                with suppress(httpx.HTTPError):
                    client.post(address, headers=dict(sent.headers), content=sent.body)

    Thread(target=post, name="webhooks of a fake", daemon=True).start()
    return waiting.put


def serve(desk: Desk, port: int) -> None:
    """Serves a fake on this machine until it is stopped."""
    import uvicorn

    uvicorn.run(app(desk), host="127.0.0.1", port=port, log_level="warning")
