"""The desk where requests arrive: sign-in, limits, faults, routes, pages, ETags."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

import msgspec

from fairlead.connectors.github.fake.api import apps, builds, code, people, threads, writes
from fairlead.connectors.github.fake.api.call import Call, Caller, Listing, Refusal, Route, Status
from fairlead.connectors.github.fake.api.limits import Limits
from fairlead.connectors.github.fake.api.paging import cut
from fairlead.connectors.github.fake.api.query import Query
from fairlead.connectors.github.fake.api.signin import SignIn
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.payloads.wire import Wire
from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.faults import IN_FRONT, PLACES, FaultKind, Faults, broken
from fairlead.model.times import SystemClock

JSON = "application/json; charset=utf-8"
_OPEN = re.compile(r"/app-manifests/[^/]+/conversions|/rate_limit|/meta|/")
"""Paths that answer without a token."""


@dataclass
class Desk:
    """Answers requests about one fake; `handle` is all that transports and servers need."""

    fake: FakeGitHub
    now: Callable[[], datetime] = field(default_factory=lambda: SystemClock().now)
    """The API's own clock: `Date`, ends of windows and tokens."""
    sign_in: SignIn = field(default_factory=SignIn)
    limits: Limits = field(default_factory=Limits)
    # lists that grow are asked for by time here, and a cache knows nothing of that
    faults: Faults = field(default_factory=lambda: Faults(places=PLACES | {"since"}))
    slim: bool = False
    """Answers without links and constants, for canned pages."""
    graphql: bool = True
    """Whether there is a GraphQL API: an old Enterprise Server may refuse it."""
    most: int = 100
    """Entries of a page at most; less than GitHub's own 100 makes lists of many pages out of small histories."""
    seen: list[Request] = field(default_factory=list)
    """All requests, for tests of what a client asks."""

    def __post_init__(self) -> None:
        self._routes: tuple[Route, ...] = (
            *people.ROUTES, *code.ROUTES, *threads.ROUTES, *builds.ROUTES, *apps.routes(self.sign_in, self.limits),
            *writes.routes(self.sign_in),
        )  # fmt: skip
        self._wires: dict[str, Wire] = {}
        self._query = Query(self.fake, self.most)

    @property
    def effects(self) -> list[str]:
        """What requests changed that somebody can see."""
        return self.fake.effects

    def turn(self, clock: Callable[[], datetime]) -> None:
        """Goes by another clock."""
        self.now = clock

    def handle(self, request: Request) -> Response:
        """The answer to a request, faults and all."""
        self.seen.append(request)
        fault = self.faults.strike(request)
        # what breaks in front of GitHub costs nothing of the limit
        graphql = _plain(request.path) == "/graphql"
        if graphql and not self.graphql:
            fault = "404"
        if fault in IN_FRONT or (fault == "expired-cursor" and not graphql):
            return self._finish(broken(fault, Response(200)), "core")
        try:
            answer = self._graphql(request, fault) if graphql else self._rest(request)
        except Refusal as refusal:
            body = msgspec.json.encode(refusal.body)
            answer = Response(refusal.status, body, {"content-type": JSON, **refusal.headers})
        # GraphQL tells of an expired cursor itself, in an answer that looks good
        answer = self.faults.over(None if fault == "expired-cursor" else fault, request, answer)
        return self._finish(answer, "graphql" if graphql else "core")

    def _finish(self, answer: Response, resource: str) -> Response:
        now = self.now()
        answer.headers.setdefault("content-type", JSON)
        answer.headers["date"] = format_datetime(now, usegmt=True)
        answer.headers["x-github-media-type"] = "github.v3; format=json"
        # what people hand to the support, so logs must show it
        answer.headers["x-github-request-id"] = f"FAKE:{len(self.seen):08X}"
        answer.headers["server"] = "github.com"
        for name, value in self.limits.headers(resource, now).items():
            answer.headers.setdefault(name, value)
        return answer

    def _rest(self, request: Request) -> Response:
        caller = self._caller(request)
        path = _plain(request.path)
        moved = self._by_number(path)
        route, parts = self._find(request.method, moved)
        now = self.now()
        call = Call(self.fake, self._wire(request), request, caller, parts, now)
        # asking for the limit costs nothing
        if path == "/rate_limit":
            return self._say(route, call)
        self.limits.admit("core", now)
        answer = self._say(route, call)
        etag = 'W/"' + hashlib.sha256(answer.body).hexdigest() + '"'
        if answer.status == 200:
            answer.headers |= {"etag": etag, "cache-control": "private, max-age=60, s-maxage=60", "vary": "Accept"}
            if request.headers.get("if-none-match") == etag:
                # An answer that did not change costs nothing.
                return Response(304, b"", answer.headers)
        self.limits.spend("core")
        return answer

    def _say(self, route: Route, call: Call) -> Response:
        found = route.answer(call)
        headers = {"content-type": JSON}
        # an App and a fine-grained token get no such header
        if call.caller.kind == "user":
            headers["x-oauth-scopes"] = self.sign_in.scopes
        status, body = 200, found
        if isinstance(found, Listing):
            body, links = cut(found, call.request, self.most)
            headers |= links
        elif isinstance(found, Status):
            status, body = found.status, found.body
        return Response(status, b"" if status == 204 else msgspec.json.encode(body), headers)

    def _graphql(self, request: Request, fault: FaultKind | None) -> Response:
        self._caller(request)
        if request.method != "POST":
            raise Refusal(404, "Not Found")
        now = self.now()
        # a limit of its own, counted in points and not in requests
        try:
            self.limits.admit("graphql", now)
        except Refusal as refusal:
            # only the secondary limit refuses outright; the primary one is told within a good answer
            if self.limits.secondary_left or "retry-after" in refusal.headers:
                raise
            body = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}]}
            return Response(200, msgspec.json.encode(body), {"content-type": JSON, **refusal.headers})
        self.limits.spend("graphql")
        budget = self.limits.budgets["graphql"]
        body = self._query.answer(request.body, self._wire(request), budget, fault == "expired-cursor")
        return Response(200, msgspec.json.encode(body), {"content-type": JSON})

    def _caller(self, request: Request) -> Caller:
        # whoever signs in wrongly is refused even where nobody needs to
        if _OPEN.fullmatch(_plain(request.path)) and "authorization" not in request.headers:
            return Caller("user", login="anonymous")
        return self.sign_in.caller(request.headers.get("authorization", ""), self.now())

    def _find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        for route in self._routes:
            if route.method == method and (found := route.pattern.fullmatch(path)):
                return route, found.groupdict()
        raise Refusal(404, "Not Found")

    def _by_number(self, path: str) -> str:
        """`/repositories/{id}/...`, to which renamed repositories redirect, as a path by name."""
        found = re.fullmatch(r"/repositories/(\d+)(/.*)?", path)
        if found is None:
            return path
        for repo in self.fake.repositories.values():
            if repo.id == int(found[1]):
                return f"/repos/{repo.full_name}{found[2] or ''}"
        raise Refusal(404, "Not Found")

    def _wire(self, request: Request) -> Wire:
        """Objects link to the address that the client used, so that it can follow them."""
        base = request.url + request.path[: len(request.path) - len(_plain(request.path))]
        if base not in self._wires:
            self._wires[base] = Wire(api=base, html=self.fake.wire.html, slim=self.slim)
        return self._wires[base]


def _plain(path: str) -> str:
    """The path without the prefix of an Enterprise Server."""
    for prefix in ("/api/v3", "/api"):
        if path.startswith(prefix + "/"):
            return path[len(prefix) :]
    return path
