"""Stands before pages and API: the right host, somebody we know, and no request that another site slipped in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fairlead.gateway.access import Access, csrf_fits, csrf_token
from fairlead.gateway.hosts import Hosts
from fairlead.gateway.limits import RateLimit
from fairlead.gateway.viewer import FEEDS_ALONE, Viewer

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN = ("/sign-in", "/static/", "/preferences", "/favicon.ico")
_LARGEST_FORM = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """What a request says about its sender."""

    viewer: Viewer | None = None
    session: str = ""
    """Secret of the cookie, where that is what let the viewer in."""
    refusal: Response | None = None


class Guard:
    """ASGI middleware; `operator` is set on the home's socket, where the file's rights have done the checking."""

    def __init__(self, app: ASGIApp, access: Access, hosts: Hosts, *, https: bool, operator: bool = False) -> None:
        self._app = app
        self._access = access
        self._hosts = hosts
        self._cookie = cookie_name(https)
        self._operator = operator
        self._failures = RateLimit(30, 60.0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets through, or answers."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        # First of all: a page elsewhere that had its name point here must not even learn that somebody is signed in.
        if not self._operator and not self._hosts.admits(headers.get("host", "")):
            await _problem(421, "this server does not go by that name", "set `public_url` in [server]")(
                scope, receive, send
            )
            return
        found = Found(self._access.operator()) if self._operator else await self._find(scope, headers)
        answer = found.refusal or self._closed(scope, found)
        if answer is None and found.viewer is not None and found.viewer.how == "session":
            receive, answer = await self._unforged(scope, headers, receive, found.session)
        elif answer is None and scope["method"] not in SAFE and not self._operator and found.viewer is None:
            answer = self._foreign(headers)
        if answer is not None:
            await answer(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["viewer"] = found.viewer
        state["access"] = self._access
        state["csrf"] = csrf_token(found.session) if found.session else ""
        state["session"] = found.session
        await self._app(scope, receive, send)

    async def _find(self, scope: Scope, headers: Headers) -> Found:
        kind, _, secret = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            client = (scope.get("client") or ("", 0))[0]
            # Only wrong tokens count: a program with a right one may ask as often as it likes.
            if wait_s := self._failures.wait(client):
                return Found(refusal=_problem(429, "too many wrong tokens", after_s=wait_s))
            viewer = await run_in_threadpool(self._access.by_token, secret.strip())
            if viewer is None:
                self._failures.take(client)
                return Found(refusal=_problem(401, "this token opens nothing", "`fairlead login` makes one"))
            # It stands in addresses, and so in logs: here it must not even list or end other tokens.
            if viewer.scopes == FEEDS_ALONE:
                return Found(refusal=_problem(403, "this token opens feeds alone"))
            return Found(viewer)
        cookie = _cookies(headers).get(self._cookie, "")
        if not cookie:
            return Found()
        viewer = await run_in_threadpool(self._access.by_session, cookie)
        return Found(viewer, cookie) if viewer is not None else Found()

    def _closed(self, scope: Scope, found: Found) -> Response | None:
        path: str = scope["path"]
        if found.viewer is not None or path.startswith(_OPEN):
            return None
        # Programs are told what is missing; a browser is taken to where a person can mend it.
        if path.startswith(("/api/", "/local/")) or scope["method"] not in SAFE:
            return _problem(401, "sign in first", "send a token: `Authorization: Bearer fl_...`")
        return RedirectResponse("/sign-in", status_code=303)

    def _foreign(self, headers: Headers) -> Response | None:
        """Refuses an unsafe request that a browser sent for another site."""
        origin = headers.get("origin")
        # Programs send no origin, and every browser sends one with a form.
        if origin is not None and not self._hosts.same_origin(headers.get("host", ""), origin):
            return _problem(403, "this request comes from another site")
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return _problem(403, "this request comes from another site")
        return None

    async def _unforged(
        self, scope: Scope, headers: Headers, receive: Receive, session: str
    ) -> tuple[Receive, Response | None]:
        """For a cookie, which browsers send along by themselves, the form's own word must fit too."""
        # What no route takes changes nothing: the routes say better than we that there is no such page or method.
        if scope["method"] in SAFE or not _taken(getattr(self._app, "routes", None), scope):
            return receive, None
        if foreign := self._foreign(headers):
            return receive, foreign
        given = headers.get("x-csrf-token", "")
        if not given and headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            # The form must be read to find the word, and read again by the page it is for.
            body = await _whole(receive)
            if body is None:
                return receive, _problem(413, "the form is too large")
            given = parse_qs(body.decode("utf-8", "replace")).get("csrf", [""])[0]
            receive = _again(body)
        if not csrf_fits(given, session):
            return receive, _problem(403, "the form has expired", "load the page again")
        return receive, None


def _taken(routes: Sequence[BaseRoute] | None, scope: Scope) -> bool:
    """Whether a route takes this path with this method; an app without a table of routes takes everything."""
    if routes is None:
        return True
    for route in routes:
        match, inner = route.matches(scope)
        if match is Match.FULL:
            # A mount takes all that begins like it: only what is mounted knows.
            return (
                _taken(getattr(route.app, "routes", None), {**scope, **inner}) if isinstance(route, Mount) else True
            )
    return False


def cookie_name(https: bool) -> str:
    """With https a name that browsers accept only from this very host."""
    return "__Host-fairlead" if https else "fairlead"


def _cookies(headers: Headers) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _problem(status: int, title: str, hint: str = "", after_s: float | None = None) -> Response:
    headers = {"retry-after": str(max(1, round(after_s)))} if after_s is not None else {}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    body = {"status": status, "title": title} | ({"hint": hint} if hint else {})
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")


async def _whole(receive: Receive) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > _LARGEST_FORM:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes) -> Receive:
    """The body once more, for whoever reads the form."""
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
