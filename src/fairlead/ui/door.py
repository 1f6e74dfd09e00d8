"""The pages before the door: what somebody sees who is not signed in. `gateway` decides, this words it."""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from fairlead.ui import preferences
from fairlead.ui.frame import Frame
from fairlead.ui.render import render
from fairlead.ui.words import words

Kind = Literal["ask", "enter", "spent", "busy"]
"""No link yet; a link whose button is still to be pressed; one that opens nothing; too many tries."""

_TITLES: dict[Kind, str] = {
    "ask": "Sign in with a one-time link",
    "enter": "One click, and you are in",
    "spent": "That link no longer works",
    "busy": "Too many tries",
}
_STATUS: dict[Kind, int] = {"ask": 200, "enter": 200, "spent": 403, "busy": 429}


def door(request: Request, kind: Kind, *, language: str = "en", wait_s: int = 0) -> Response:
    """The page; `language` is the organisation's, for those whose browser says nothing."""
    speech = words(preferences.language(request, language))
    frame = Frame(path=request.url.path, theme=preferences.theme(request), language=speech.language)
    text = render(
        "door.html",
        title=speech(_TITLES[kind]),
        kind=kind,
        wait_s=wait_s,
        frame=frame,
        here=request.url.path,
        _=speech,
    )
    # For scripts: a person reads it on the page.
    headers = {"retry-after": str(wait_s)} if kind == "busy" else {}
    return HTMLResponse(text, status_code=_STATUS[kind], headers=headers)
