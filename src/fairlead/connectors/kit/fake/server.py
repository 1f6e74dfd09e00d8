"""The fake behind a socket, for clients that bring their own HTTP: Octokit, githubkit, curl.

uvicorn can serve `app(desk)` as it is.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as WebRequest
from starlette.responses import Response as WebResponse
from starlette.routing import Route

from fairlead.connectors.kit.fake.call import Desk, Request


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

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])])
