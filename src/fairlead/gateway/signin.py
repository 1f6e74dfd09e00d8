"""Sign-in by one-time link, and sign-out."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from fairlead.gateway.access import SESSION_LASTS, Access
from fairlead.gateway.guard import cookie_name
from fairlead.gateway.limits import RateLimit
from fairlead.ui.door import door


class SignIn:
    """The pages of people who are not in yet."""

    def __init__(self, access: Access, *, https: bool, language: str = "en") -> None:
        self._access = access
        self._language = language
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

    async def _ask(self, request: Request) -> Response:
        return door(request, "ask", language=self._language)

    async def _show(self, request: Request) -> Response:
        # Mail and chat programs open links to preview them: only the button uses it up.
        return door(request, "enter", language=self._language)

    async def _enter(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        if wait_s := self._by_address.take(address) or self._overall.take(""):
            return door(request, "busy", language=self._language, wait_s=max(1, round(wait_s)))
        session = await run_in_threadpool(self._access.sign_in, request.path_params["secret"])
        if session is None:
            return door(request, "spent", language=self._language)
        answer = RedirectResponse("/", status_code=303)
        # `lax`, as links from mail and chat must find a person signed in; `strict` would ask them again.
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
