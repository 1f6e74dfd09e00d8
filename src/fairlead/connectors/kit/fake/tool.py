"""What every fake tool is: a clock, a limit, faults on demand, webhooks that were sent, an API that answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import msgspec

from fairlead.connectors.kit.fake.call import Request, Response
from fairlead.connectors.kit.fake.faults import IN_FRONT, Faults, broken
from fairlead.model.times import SystemClock

Json = dict[str, Any]


@dataclass(slots=True)
class Sent:
    """One webhook."""

    headers: dict[str, str]
    body: bytes
    at: datetime


@dataclass(kw_only=True)
class FakeTool(ABC):
    """A tool's own fake adds what it holds, who may ask, what is answered and how a webhook is signed."""

    now: Callable[[], datetime] = field(default_factory=lambda: SystemClock().now)
    """The server's own clock."""
    faults: Faults = field(default_factory=Faults)
    requests_a_minute: int = 0
    """0 for a server without a limit."""
    sent: list[Sent] = field(default_factory=list)
    listeners: list[Callable[[Sent], None]] = field(default_factory=list)
    """Called with each webhook as it is made."""
    seen: list[Request] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    """What requests changed that somebody can see, like `comment ACME-1`: each once, or it happened twice."""
    _numbers: int = 100
    _minute: tuple[str, int] = ("", 0)

    @abstractmethod
    def knows(self, request: Request) -> bool:
        """Whether the request is signed in."""

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """The answer to a request that is signed in."""

    def turn(self, clock: Callable[[], datetime]) -> None:
        """Goes by another clock."""
        self.now = clock

    def number(self) -> int:
        """A number that nothing else has."""
        self._numbers += 1
        return self._numbers

    def hand_out(self, headers: dict[str, str], body: bytes, at: datetime) -> None:
        """Sends a webhook whose headers have been made for its body."""
        self.sent.append(sent := Sent(headers, body, at))
        for listener in self.listeners:
            listener(sent)

    def handle(self, request: Request) -> Response:
        """The answer, faults and all."""
        self.seen.append(request)
        # struck before it is answered, and put over the answer: a cut page is cut from the real one
        fault = self.faults.strike(request)
        # what never arrives is not done; a look may be answered all the same, for nobody can tell
        if fault in IN_FRONT and request.method != "GET":
            return self._dated(broken(fault, Response(200)))
        found = self.answer(request) if self.knows(request) else said({"message": "not signed in"}, 401)
        found = self._limited(found) if self.requests_a_minute else found
        return self._dated(self.faults.over(fault, request, found))

    def at(self) -> datetime:
        """When something that a request does happens: now, and never before what happened already."""
        latest = max((sent.at for sent in self.sent), default=self.now())
        return max(self.now(), latest)

    def _dated(self, found: Response) -> Response:
        found.headers.setdefault("content-type", "application/json; charset=utf-8")
        # HTTP dates have whole seconds, and readers take them as the version of what a page shows
        found.headers["date"] = format_datetime(self.now().replace(microsecond=0).astimezone(UTC), usegmt=True)
        return found

    def _limited(self, found: Response) -> Response:
        now = self.now()
        minute = f"{now:%Y%m%d%H%M}"
        self._minute = (minute, self._minute[1] + 1 if self._minute[0] == minute else 1)
        left = self.requests_a_minute - self._minute[1]
        found.headers |= {"ratelimit-limit": str(self.requests_a_minute), "ratelimit-remaining": str(max(0, left))}
        return found if left >= 0 else self.refused(60 - now.second)

    def refused(self, wait_s: int) -> Response:
        """The answer to one request too many; `wait_s` are left of the minute."""
        return Response(429, b"Too Many Requests", {"retry-after": str(wait_s)})


def said(body: Any, status: int = 200) -> Response:
    """A value as an answer."""
    return Response(status, msgspec.json.encode(body), {})
