"""Sign-in by one-time link, and sign-out."""

from __future__ import annotations

from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from fairlead.gateway.access import SESSION_LASTS, Access
from fairlead.gateway.guard import cookie_name
from fairlead.gateway.limits import RateLimit
from fairlead.ui.assets import asset

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Fairlead</title><link rel="icon" href="{icon}" type="image/svg+xml">
<link rel="stylesheet" href="{style}"></head>
<body><header class="top"><div class="bar"><a class="brand" href="/"><img src="{icon}" alt="">Fairlead</a></div>
</header><main id="main"><h1>{title}</h1>{body}</main></body></html>
"""
_ASK = "<p>Sign in by a link that works once. Whoever runs Fairlead makes one with:</p><pre>fairlead login</pre>"
_ENTER = '<p>The link works once.</p><form method="post" action="/sign-in/{secret}"><button>Sign in</button></form>'
_SPENT = "<p>It was used, or its time is over. Ask for a new one; whoever runs Fairlead makes it with:</p>"


class SignIn:
    """The pages of people who are not in yet."""

    def __init__(self, access: Access, *, https: bool) -> None:
        self._access = access
        self._https = https
        self._by_address = RateLimit(10, 60.0)
        self._overall = RateLimit(200, 60.0)

    def routes(self) -> list[Route]:
        """Sign-in and sign-out."""
        return [
            Route("/sign-in", self._ask),
            Route("/sign-in/{secret}", self._show),
            Route("/sign-in/{secret}", self._enter, methods=["POST"]),
            Route("/sign-out", self._leave, methods=["POST"]),
        ]

    async def _ask(self, _request: Request) -> Response:
        return _page("Sign in", _ASK)

    async def _show(self, request: Request) -> Response:
        # Mail and chat programs open links to preview them: only the button uses it up.
        return _page("Sign in", _ENTER.format(secret=escape(request.path_params["secret"], quote=True)))

    async def _enter(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        if wait_s := self._by_address.take(address) or self._overall.take(""):
            headers = {"retry-after": str(max(1, round(wait_s)))}
            return _page("Too many tries", f"<p>Wait {max(1, round(wait_s))} s.</p>", 429, headers)
        session = await run_in_threadpool(self._access.sign_in, request.path_params["secret"])
        if session is None:
            return _page("This link opens nothing", _SPENT + "<pre>fairlead login</pre>", 403)
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(
            cookie_name(self._https),
            session,
            max_age=int(SESSION_LASTS.total_seconds()),
            path="/",
            httponly=True,
            samesite="lax",
            secure=self._https,
        )
        return answer

    async def _leave(self, request: Request) -> Response:
        if request.state.session:
            await run_in_threadpool(self._access.sign_out, request.state.session)
        answer = RedirectResponse("/sign-in", status_code=303)
        answer.delete_cookie(cookie_name(self._https), path="/", secure=self._https, httponly=True, samesite="lax")
        return answer


def _page(title: str, body: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    text = _PAGE.format(title=escape(title), body=body, icon=asset("mark.svg"), style=asset("fairlead.css"))
    return HTMLResponse(text, status_code=status, headers=headers)
