"""One request for a page: who reads, in which scope and language, with what the rooms below offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fairlead.ui.frame import Frame, MenuEntry
from fairlead.ui.render import render
from fairlead.ui.scope import SCOPE_WORDS, Scope
from fairlead.ui.shown import Shown
from fairlead.ui.words import Words


@dataclass(frozen=True)
class Visit:
    """Everything that a page handler needs, and nothing of the HTTP edge."""

    request: Request
    services: Any
    """The wiring's ready services; `Any`, since `wiring` is above this room."""
    scope: Scope
    words: Words
    shown: Shown
    frame: Frame
    menu: tuple[MenuEntry, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)
    """What was typed, for a POST."""
    reads: tuple[str, ...] = ()
    """Words of the address that the page has named as its own."""

    @property
    def query(self) -> Mapping[str, str]:
        """The query string."""
        return self.request.query_params

    def said(self, word: str) -> str:
        """What the address says for a word; a page that has not named it tells its reader that it is left out."""
        assert word in self.reads or word in SCOPE_WORDS, f"`{word}` is missing in the page's `reads`"
        return self.query.get(word, "")

    @property
    def path(self) -> Mapping[str, str]:
        """Parameters of the route."""
        return self.request.path_params

    @property
    def here(self) -> str:
        """This page's address, without host, to come back to."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    @property
    def partial(self) -> bool:
        """Whether the script asks for a part of the page only."""
        # Sent by the vendored script; a reader who sends it by hand gets a part of what they may see anyway.
        return self.request.headers.get("hx-request") == "true"

    def page(self, template: str, title: str, *, status: int = 200, **view: Any) -> Response:
        """Renders a template with the frame; `title` is the finding, as a sentence."""
        text = render(
            template,
            title=title,
            visit=self,
            frame=self.frame,
            scope=self.scope,
            shown=self.shown,
            _=self.words,
            plural=self.words.plural,
            **view,
        )
        return HTMLResponse(text, status_code=status)

    def back(self, path: str, done: str = "") -> Response:
        """Sends the reader on after a POST; `done` is the key of a sentence shown once at the top."""
        # 303 and not 302: reloading the page must not act again.
        return RedirectResponse(self.scope.link(path, done=done), status_code=303)

    def back_to_form(self, path: str, done: str) -> Response:
        """The same to where the form stood, as its `back` says, if that is this page or one below it."""
        here, _, query = self.form.get("back", "").partition("?")
        # what a form says anybody can have typed: it leads nowhere else
        if here != path and not here.startswith(f"{path}/"):
            here, query = path, ""
        kept = [(name, value) for name, value in parse_qsl(query) if name != "done"]
        return RedirectResponse(f"{here}?{urlencode([*kept, ('done', done)])}", status_code=303)
