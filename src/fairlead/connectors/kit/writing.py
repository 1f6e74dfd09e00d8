"""HTTP for acts: each request is sent once, and a fault says whether it can have been done.

Syncs repeat a request until it is answered (`kit.http`); whoever writes may not. What was surely not done is raised
as `Retry`, `Skip` or `Denied`. Where the answer is lost the tool is asked, and where it cannot be asked nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from fairlead.connectors.kit.acting import ActRequest, Call, Outcome
from fairlead.connectors.kit.connector import SyncRequest
from fairlead.connectors.kit.http import Http, is_limit, limit_wait_s, message_of, shown_path
from fairlead.connectors.kit.payload import decode
from fairlead.connectors.kit.rest import Entry
from fairlead.model.errors import Abort, Denied, Fault, Retry, Skip, Unreadable

_A = TypeVar("_A")
_S = TypeVar("_S")
SHORTLY_S = 30.0
"""So long an act waits for a limit by itself; whoever asked waits longer, and shows it."""
_AGAIN_S = 20.0
"""A tool that was slow to answer may still be at work, and some lists show what is new a little later."""


class Unanswered(Fault):
    """It may have been done: the answer was lost, is broken, or says that something broke."""


class Rejected(Skip):
    """The tool understood and said no."""

    def __init__(self, message: str, status: int, said: str) -> None:
        super().__init__(message)
        self.status = status
        self.said = said


@dataclass(slots=True)
class Writer:
    """Sends the requests of one act."""

    http: Http
    right: str
    """What the tool wants for it, in words."""

    def send(self, call: Call) -> Any:
        """The answer's value; raises `Unanswered`, `Retry`, `Denied` or `Rejected`."""
        waited_s, renewed = 0.0, False
        while True:
            found = self._once(call)
            if is_limit(found):
                wait_s = limit_wait_s(found.headers, found.status_code, self.http.now)
                if waited_s + wait_s > SHORTLY_S:
                    raise Retry(f"{shown_path(call.url)}: limited for now", after_s=wait_s)
                waited_s += wait_s
                self.http.sleep(wait_s)
            elif found.status_code == 401 and not renewed and self.http.renew():
                renewed = True
            else:
                return self._judged(call, found)

    def _once(self, call: Call) -> httpx.Response:
        shown = shown_path(call.url)
        headers = {**self.http.signed(), **call.headers}
        try:
            return self.http.client.request(
                call.method, call.url, json=call.body, headers=headers, follow_redirects=False
            )
        # there was no connection yet, so nothing can have been done
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as fault:
            raise Retry(f"{shown} cannot be reached: {fault}") from None
        except httpx.HTTPError as fault:
            raise Unanswered(f"{shown} did not answer: {fault}") from None

    def _judged(self, call: Call, found: httpx.Response) -> Any:
        status, shown = found.status_code, shown_path(call.url)
        if status >= 500 or status == 408:
            raise Unanswered(f"{shown} answered {status}")
        if 300 <= status < 400:
            raise Skip(
                f"{shown} leads elsewhere, and acts follow no redirects",
                hint="it may go by another name by now: sync its source, then propose the act again",
            )
        if status >= 400:
            said = message_of(found)
            message = f"{shown} answered {status}: {said}"
            # most tools say 404 of what a token may not see or not change
            if status in (401, 403, 404):
                raise Forbidden(message, status, said, self.right)
            raise Rejected(message, status, said)
        if not found.content:
            return None
        try:
            return decode(found.content)
        except Unreadable:
            # a proxy or a sign-in page answered for the tool: it may have done it or never heard of it
            raise Unanswered(f"{shown} answered with something else than JSON") from None


class Forbidden(Denied):
    """The tool does not let us, or says that there is no such thing."""

    def __init__(self, message: str, status: int, said: str, right: str) -> None:
        super().__init__(message, hint=f"this takes {right}")
        self.status = status
        self.said = said


@dataclass(frozen=True, slots=True)
class Deed:
    """An act as it is carried out."""

    calls: Sequence[Call]
    told: Callable[[Sequence[Any]], Outcome]
    """What came of it, from the values of the answers."""
    look: Callable[[], Outcome | None] | None = None
    """Whether it is there already; without one the tool cannot be asked."""
    first: bool = False
    """Whether one looks before the first try as well: it may be so already, by anybody."""
    repeatable: bool = False
    """Whether the tool takes a second request for the first."""


def carry_out(
    connect: Callable[[], _S], writer: Callable[[_S], Writer], deed: Callable[[_S], Deed], *, tried: bool
) -> Outcome:
    """Signs in, and does it unless it is there; after a lost answer it looks."""
    try:
        session = connect()
        return _carried(writer(session), deed(session), tried)
    except Abort as fault:
        # nobody lets us in: for a sync that ends it, for an act it is an answer
        raise Denied(fault.message, fault.hint) from fault


def _carried(writer: Writer, deed: Deed, tried: bool) -> Outcome:
    if deed.look is not None and (tried or deed.first):
        found = deed.look()
        if found is not None:
            return found
    elif tried and not deed.repeatable:
        return _unknown("an earlier try may have reached the tool")
    answers = []
    for call in deed.calls:
        try:
            answers.append(writer.send(call))
        except Unanswered as fault:
            return _after(fault, deed)
    return deed.told(answers)


def _after(fault: Unanswered, deed: Deed) -> Outcome:
    if deed.look is None:
        if deed.repeatable:
            raise Retry(fault.message)
        return _unknown(fault.message)
    try:
        found = deed.look()
    except Retry:
        raise
    except Fault as refused:
        return _unknown(f"{fault.message}, and {refused.message}")
    if found is not None:
        return found
    raise Retry(f"{fault.message}; it is not there", after_s=_AGAIN_S)


def _unknown(why: str) -> Outcome:
    return Outcome(done=None, told=f"nobody can tell whether it was done: {why}; check it in the tool")


def act_of(request: ActRequest, kind: type[_A]) -> _A:
    """The act, of the kind that it was looked up by."""
    assert isinstance(request.act, kind)
    return request.act


def entry(value: Any) -> Entry:
    """An object of an answer; empty where it is none."""
    return value if isinstance(value, dict) else {}


def inner(found: Mapping[str, Any], key: str) -> Entry:
    """An object within an object; empty where there is none."""
    return entry(found.get(key))


def those(found: Mapping[str, Any], key: str) -> list[Entry]:
    """The objects of a list within an object."""
    value = found.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def asking(request: ActRequest) -> SyncRequest:
    """The same request for the sign-in and the looks that a connector's sync has already."""
    return SyncRequest(
        options=request.options,
        settings=request.settings,
        credentials=request.secrets,
        state={},
        since=None,
        now=request.now,
        client=request.client,
        report=lambda _: None,
        sleep=lambda seconds: _patiently(request, seconds),
    )


def _patiently(request: ActRequest, seconds: float) -> None:
    # a sync may wait an hour for a limit; an act that does so holds up all that were approved after it
    if seconds > SHORTLY_S:
        raise Retry("limited for now", after_s=seconds)
    request.sleep(seconds)
