"""Feeds of reports for readers that cannot sign in: the address holds a token that opens nothing else.

The token stands in the address, so it ends up in logs of proxies and lists of readers. That is why it must be made
for feeds alone, and one that opens more is refused here.
"""

from __future__ import annotations

import hashlib

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from fairlead.gateway.access import Access, whole_team
from fairlead.gateway.hosts import Hosts
from fairlead.gateway.limits import RateLimit
from fairlead.gateway.viewer import FEEDS_ALONE, Viewer
from fairlead.governance.feed import MEDIA_TYPE, MOST_ENTRIES, atom
from fairlead.governance.outbox import Outbox
from fairlead.model.errors import Denied, Skip
from fairlead.reports.registry import REPORTS
from fairlead.store import outbox
from fairlead.store.outbox import Message
from fairlead.wiring.services import Services

EVERYBODY = "all"
"""Word in the address for the report of everybody."""


class Feeds:
    """Answers `/feeds/<team or all>/<report>.atom?token=...`."""

    def __init__(self, services: Services, access: Access, hosts: Hosts) -> None:
        self._services = services
        self._access = access
        self._hosts = hosts
        self._failures = RateLimit(30, 60.0)

    def route(self) -> Route:
        """Beside the guard, which knows cookies and headers alone."""
        # thirty reports with their pictures
        packed = [Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6)]
        return Route("/feeds/{team}/{report}.atom", self._answer, methods=["GET"], middleware=packed)

    async def _answer(self, request: Request) -> Response:
        if not self._hosts.admits(request.headers.get("host", "")):
            return PlainTextResponse("this server does not go by that name\n", status_code=421)
        client = request.client.host if request.client else ""
        if wait_s := self._failures.wait(client):
            headers = {"retry-after": str(max(1, round(wait_s)))}
            return PlainTextResponse("too many wrong tokens\n", status_code=429, headers=headers)
        viewer = await run_in_threadpool(self._access.by_token, request.query_params.get("token", ""))
        if viewer is None:
            self._failures.take(client)
            return PlainTextResponse("this token opens nothing\n", status_code=401)
        return await run_in_threadpool(self._feed, request, viewer)

    def _feed(self, request: Request, viewer: Viewer) -> Response:
        report, key = request.path_params["report"], request.path_params["team"]
        team = "" if key == EVERYBODY else whole_team(key)
        if viewer.scopes != FEEDS_ALONE:
            return PlainTextResponse("an address takes a token of the scope `feed` alone\n", status_code=403)
        try:
            viewer.demand("viewer", "feed")
        except Denied as denied:
            return PlainTextResponse(f"{denied.message}\n", status_code=403)
        if report not in REPORTS:
            return PlainTextResponse("there is no such report\n", status_code=404)
        found = self._entries(report, team)
        # what was sent is never changed: the ids say all that a feed can say
        tag = f'"{hashlib.sha256(" ".join(message.id for message in found).encode()).hexdigest()[:24]}"'
        headers = {"etag": tag, "cache-control": "private, no-cache", "referrer-policy": "no-referrer"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(self._atom(request, found, f"{report}: {key}"), media_type=MEDIA_TYPE, headers=headers)

    def _entries(self, report: str, team: str) -> list[Message]:
        with self._services.database.read() as tx:
            return outbox.rows(tx, channel="feed", made_from=report, teams=[team], limit=MOST_ENTRIES)

    def _atom(self, request: Request, found: list[Message], title: str) -> bytes:
        kept, letters = Outbox(self._services.database), []
        for message in found:
            try:
                letters.append((message, kept.letter(message)))
            except Skip:
                # forgotten between the two looks
                continue
        server = self._services.settings.server
        address = f"{server.public_url.rstrip('/') or str(request.base_url).rstrip('/')}{request.url.path}"
        return atom(address, title, letters)
