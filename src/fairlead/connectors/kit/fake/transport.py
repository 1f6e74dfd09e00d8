"""An httpx transport onto the fake: API clients talk to it without a socket."""

from __future__ import annotations

from urllib.parse import parse_qsl

import httpx

from fairlead.connectors.kit.fake.call import Desk, Request
from fairlead.connectors.kit.fake.faults import DROPPED


class FakeTransport(httpx.BaseTransport):
    """`httpx.Client(transport=FakeTransport(desk))`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Hands the request to the desk."""
        port = f":{request.url.port}" if request.url.port else ""
        answer = self.desk.handle(
            Request(
                request.method,
                f"{request.url.scheme}://{request.url.host}{port}",
                request.url.path,
                dict(parse_qsl(request.url.query.decode(), keep_blank_values=True)),
                {name.lower(): value for name, value in request.headers.items()},
                request.read(),
            )
        )
        # after the whole head and part of the body, which is how a load balancer that restarts looks from here
        if answer.status == DROPPED:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)
