"""Pages answered ahead: after a refresh the first reader finds figures made and charts drawn."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from fairlead.ui.arrive import arrive
from fairlead.ui.page import Page

READ_WITHIN_S = 900.0
"""Pages that nobody has read for that long are left until somebody does."""
_MOST = 12
# What a team opens in the morning, before anybody of this process has read anything.
_OPENED_FIRST = ("/", "/standup", "/triage", "/changes", "/delivery", "/quality", "/data")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Wish:
    path: str
    query: str
    language: str


class Ahead:
    """Remembers which pages of a home are being read, and answers them before they are asked for again."""

    def __init__(self, services: Any, pages: Sequence[Page]) -> None:
        self._services = services
        self._pages = {page.path: page for page in pages if page.path in _OPENED_FIRST}
        self._lock = Lock()
        language = services.setup.organisation.language
        now = time.monotonic()
        self._wishes: OrderedDict[_Wish, float] = OrderedDict(
            (_Wish(path, "", language), now) for path in _OPENED_FIRST if path in self._pages
        )

    def note(self, request: Request, language: str) -> None:
        """That somebody reads this page now."""
        if request.url.path not in self._pages:
            return
        # `done` is said once to one reader: answered ahead it would be another address that nobody asks for again.
        scope = {name: value for name, value in request.query_params.items() if name != "done"}
        wish = _Wish(request.url.path, urlencode(scope), language)
        with self._lock:
            self._wishes[wish] = time.monotonic()
            self._wishes.move_to_end(wish)
            # Addresses come from readers: a crawl over all scopes must not be answered after each refresh.
            while len(self._wishes) > _MOST:
                self._wishes.popitem(last=False)

    def answer(self) -> None:
        """Answers what was read lately, the newest first; what goes wrong here goes wrong again where it is seen."""
        since = time.monotonic() - READ_WITHIN_S
        with self._lock:
            wanted = [wish for wish, read_at in reversed(self._wishes.items()) if read_at >= since]
        for wish in wanted:
            try:
                page = self._pages[wish.path]
                page.handler(arrive(_request(wish), self._services, (), {}, page, scoped=page.scoped))
            # A page that fails ahead fails again for its reader, who is told; here it must not stop the other pages.
            except Exception:
                _log.debug("%s was not answered ahead", wish.path, exc_info=True)


# By home, because one process of the tests serves several; the workers know the home and not the app.
_serving: dict[str, Ahead] = {}


def serve(services: Any, pages: Sequence[Page]) -> Ahead:
    """From now on this process shows the pages of a home."""
    made = _serving[str(services.home)] = Ahead(services, pages)
    return made


def answer(services: Any) -> None:
    """To be called after a refresh; a process that shows no pages has nothing to do."""
    if found := _serving.get(str(services.home)):
        found.answer()


def _request(wish: _Wish) -> Request:
    """A request that nobody sent: it carries no reader, so that what is made for it holds nothing about people."""
    headers = [(b"host", b"localhost"), (b"accept-language", wish.language.encode())]
    scope = {
        "type": "http", "method": "GET", "scheme": "http", "server": ("localhost", 80), "path": wish.path,
        "root_path": "", "query_string": wish.query.encode(), "headers": headers, "path_params": {}, "state": {},
    }  # fmt: skip
    return Request(scope)
