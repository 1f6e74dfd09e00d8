"""The pages as routes: `gateway` mounts them behind its sign-in, roles and CSRF check."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fairlead.model.errors import Denied, Fault, Retry
from fairlead.ui import ahead, assets, preferences, prepared
from fairlead.ui.ahead import Ahead
from fairlead.ui.arrive import arrive
from fairlead.ui.frame import MenuEntry
from fairlead.ui.lost import lost
from fairlead.ui.misnamed import Misnamed, check_scope, told
from fairlead.ui.page import Handler, Page
from fairlead.ui.registry import pages
from fairlead.ui.rights import demand, reaches
from fairlead.ui.visit import Visit

Endpoint = Callable[[Request], Awaitable[Response]]


def routes(services: Any, *, development: bool = False) -> list[BaseRoute]:
    """Every page with its acts, the static files and the reader's preferences."""
    prepared.prepare()
    shown = [page for page in pages() if development or not page.development]
    menu = _menu(shown)
    reading = ahead.serve(services, shown)
    made: list[BaseRoute] = [
        Route("/static/{hash}/{name:path}", assets.serve),
        Route("/preferences", preferences.save, methods=["POST"]),
    ]
    for page in shown:
        made.append(Route(page.path, _endpoint(services, menu, page, page.handler, reading=reading), methods=["GET"]))
        for path, act in page.acts.items():
            made.append(Route(path, _endpoint(services, menu, page, act, page.act_role), methods=["POST"]))
    return made


def missing(services: Any) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Answers what no route takes: for the app that holds the routes."""
    return lost(services, _menu([page for page in pages() if not page.development]))


def _menu(shown: Sequence[Page]) -> tuple[MenuEntry, ...]:
    return tuple(
        MenuEntry(path=page.path, title=page.title, key=page.key, more=page.shown == "more", role=page.role)
        for page in shown
        if page.shown != "nowhere"
    )


def _endpoint(
    services: Any,
    menu: tuple[MenuEntry, ...],
    page: Page,
    handler: Handler,
    role: str | None = None,
    reading: Ahead | None = None,
) -> Endpoint:
    async def answer(request: Request) -> Response:
        form = (
            {name: str(value) for name, value in (await request.form()).items()} if request.method == "POST" else {}
        )
        return await run_in_threadpool(_answer, request, form)

    def _answer(request: Request, form: dict[str, str]) -> Response:
        # Nobody is offered a page that would refuse them, and who is not signed in is offered none.
        reader = getattr(request.state, "viewer", None)
        open_to = tuple(entry for entry in menu if reader is not None and reaches(reader, entry.role))
        scoped = page.scoped and reader is not None
        visit = arrive(request, services, open_to, form, page, scoped=scoped)
        try:
            demand(visit, role or page.role)
            # What is not there is said before anything is made for it.
            if scoped and request.method == "GET":
                check_scope(visit)
            if reading:
                reading.note(request, visit.words.language)
            return handler(visit)
        except Misnamed as fault:
            return told(visit, fault)
        except Denied as fault:
            return _fault(visit, fault, 403)
        except Retry as fault:
            return _fault(visit, fault, 503)
        except Fault as fault:
            return _fault(visit, fault, 422)

    return answer


def _fault(visit: Visit, fault: Fault, status: int) -> Response:
    """A fault as a page: what happened, and apart from it what to do."""
    title = "This page is not for your role" if status == 403 else "This page has no answer now"
    return visit.page("fault.html", visit.words(title), status=status, message=fault.message, hint=fault.hint)
