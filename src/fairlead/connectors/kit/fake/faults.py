"""Faults on demand: what a real API does on a bad day."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, cast

from fairlead.connectors.kit.fake.call import Request, Response

FaultKind = Literal[
    "502", "html", "empty", "cut", "drop", "repeat", "403", "404", "429", "500", "expired-cursor", "redirect",
    "done-502", "done-html", "done-drop",
]  # fmt: skip
"""Those that begin with `done-` hit the answer to a request that was served, the others one that never arrived."""
IN_FRONT: frozenset[FaultKind] = frozenset(("502", "html", "drop", "403", "404", "429", "500", "redirect"))
"""What breaks in front of a server: nothing was done."""
DROPPED = 0
"""Stands for the status of an answer that broke off on the way."""
PLACES = frozenset(("startAt", "nextPageToken", "offset", "page", "cursor", "id_after", "updated_after"))
"""Parameters that say where in a list a page begins, and not which list it is."""
_STATUS = {"502": 502, "500": 500, "403": 403, "404": 404, "429": 429, "expired-cursor": 400}
_HTML = b"<!DOCTYPE html><html><head><title>Unicorn! &middot; GitHub</title></head><body>This page is taking too long"


@dataclass(slots=True)
class Fault:
    """Something that goes wrong for requests whose path (with query) matches."""

    kind: FaultKind
    pattern: str = ""
    """Regular expression over path and query; for GraphQL over the body as well."""
    times: int = 1
    """How often; -1 means always."""
    after: int = 0
    """How many matching requests are served well before."""
    method: str = ""
    """Strikes requests of this method alone; `write` is all that change something, empty is any."""
    hits: int = field(default=0, init=False)


@dataclass(slots=True)
class Faults:
    """Faults to come, in order."""

    waiting: list[Fault] = field(default_factory=list)
    places: frozenset[str] = PLACES
    _before: dict[str, Response] = field(default_factory=dict)
    """Last good answer of each list: what a cache in between gives once more in place of its next page."""

    def add(self, kind: FaultKind, pattern: str = "", times: int = 1, after: int = 0, method: str = "") -> Fault:
        """Plans one."""
        self.waiting.append(fault := Fault(kind, pattern, times, after, method))
        return fault

    def deny(self, repository: str, status: Literal["403", "404"] = "404") -> Fault:
        """Hides a repository (404) or its contents (403) for good, as missing permissions do."""
        return self.add(status, rf"/repos/{re.escape(repository)}(/|\?|$)", times=-1)

    def strike(self, request: Request) -> FaultKind | None:
        """What goes wrong with this request, if anything."""
        query = "&".join(f"{key}={value}" for key, value in request.query.items())
        text = f"{request.path}?{query} {request.body[:20000].decode('utf-8', 'replace')}"
        for fault in self.waiting:
            meant = fault.method in ("", request.method) or (fault.method == "write" and request.method != "GET")
            if fault.times != 0 and meant and re.search(fault.pattern, text):
                # counted also while they are served well: a test sees whether its pattern met anything
                fault.hits += 1
                if fault.hits <= fault.after:
                    continue
                fault.times -= 1 if fault.times > 0 else 0
                return fault.kind
        return None

    def over(self, kind: FaultKind | None, request: Request, good: Response) -> Response:
        """What goes out in place of a good answer."""
        if kind == "repeat":
            # no cache keeps what was posted
            return self._before.get(self._list_of(request), good) if request.method == "GET" else good
        if kind:
            return broken(kind, good)
        # an error is no page that a cache would keep
        if good.status == 200:
            self._before[self._list_of(request)] = good
        return good

    def _list_of(self, request: Request) -> str:
        """Which list a request is about, wherever in it."""
        return f"{request.path} {sorted(one for one in request.query.items() if one[0] not in self.places)}"


def broken(kind: FaultKind, good: Response) -> Response:
    """The answer that a fault makes of a good one."""
    if kind == "redirect":
        return Response(307, b"", {"location": "https://elsewhere.example/"})
    if kind.startswith("done-"):
        return broken(cast(FaultKind, kind.removeprefix("done-")), good)
    if kind == "html":
        return Response(200, _HTML, {"content-type": "text/html; charset=utf-8"})
    if kind == "empty":
        return Response(200, b"", good.headers)
    if kind == "cut":
        return Response(200, good.body[: len(good.body) // 2], good.headers)
    if kind == "drop":
        return Response(DROPPED)
    if kind == "502":
        return Response(502, _HTML, {"content-type": "text/html"})
    words = {
        "403": b'{"message":"Resource not accessible by integration","status":"403"}',
        "404": b'{"message":"Not Found","status":"404"}',
        "429": b"Too Many Requests",
        "500": b"",
        "expired-cursor": b'{"message":"The token is not valid any more"}',
    }
    return Response(_STATUS.get(kind, 500), words.get(kind, b""), {"content-type": "application/json; charset=utf-8"})
