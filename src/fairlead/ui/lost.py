"""An address that no page has: said in the frame, with the page that was probably meant and the way back."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fairlead.ui.arrive import arrive
from fairlead.ui.frame import MenuEntry
from fairlead.ui.page import Page
from fairlead.ui.rights import reaches
from fairlead.ui.visit import Visit

_LONGEST = 100
"""Of an address that is said back: anything may stand there."""


def lost(services: Any, menu: tuple[MenuEntry, ...]) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What answers a request that no route takes."""

    async def answer(request: Request, _fault: Exception) -> Response:
        # Programs that ask for what is not there are told as the API tells all its faults.
        if request.url.path.startswith("/api/"):
            said = {"status": 404, "title": "there is nothing at this address"}
            return JSONResponse(said, status_code=404, media_type="application/problem+json")
        return await run_in_threadpool(_page, request)

    def _page(request: Request) -> Response:
        reader = getattr(request.state, "viewer", None)
        open_to = tuple(entry for entry in menu if reader is not None and reaches(reader, entry.role))
        # Every word of the address is taken as read: that there is no such page is all that is to be said of it.
        page = Page("/", "", 0, _told, shown="nowhere", scoped=False, reads=tuple(request.query_params))
        return _told(arrive(request, services, open_to, {}, page, scoped=False))

    return answer


def _told(visit: Visit) -> Response:
    words, path = visit.words, visit.request.url.path
    return visit.page(
        "lost.html",
        words("There is no page at this address"),
        status=404,
        address=path if len(path) <= _LONGEST else path[:_LONGEST] + "…",
        meant=_meant(visit, path),
    )


def _meant(visit: Visit, path: str) -> list[MenuEntry]:
    """Pages whose address is nearly the same, of those that the reader may open."""
    first = "/" + path.strip("/").partition("/")[0].lower()
    by_path = {entry.path: entry for entry in visit.menu if entry.path != "/"}
    near = difflib.get_close_matches(first[:_LONGEST], by_path, n=2, cutoff=0.6)
    return [by_path[one] for one in near]
