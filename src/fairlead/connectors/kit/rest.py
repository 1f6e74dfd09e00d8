"""An API as the walks of a sync use it: one answer, answers as raw pages, and what is told on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fairlead.connectors.kit.connector import Page, Progress, SyncRequest
from fairlead.connectors.kit.http import TRIES, Answer, Headers, Http
from fairlead.model.errors import Abort, Retry, Skip
from fairlead.model.raw import content_id
from fairlead.model.times import iso

Entry = dict[str, Any]


@dataclass(slots=True)
class Rest:
    """One sign-in at one server."""

    http: Http
    request: SyncRequest
    done: int = 0
    """Lists read so far, for the progress line."""
    total: int | None = None
    """Lists there are to read in all; each may have one page or a thousand, which is told in words."""

    @property
    def start(self) -> str:
        """How far back a first sync goes; empty means all."""
        return iso(self.request.since) if self.request.since else ""

    def get(self, path: str, params: Mapping[str, Any] | None = None, etag: str = "") -> Answer:
        """One answer."""
        return self.http.get(path, params, etag)

    def page(self, kind: str, path: str, answer: Answer, **headers: str) -> Page:
        """An answer as a raw page. The path is the one that was asked for: a redirect names nothing."""
        date = {"date": iso(answer.date)} if answer.date else {}
        asked = {"path": path, **headers}
        # The date is no part of the id: the same page read again after a crash is the same event.
        marks = [f"{name}={value}" for name, value in sorted(asked.items())]
        return Page(
            kind=f"api:{kind}",
            delivery=content_id(kind, *marks, answer.body),
            body=answer.body,
            headers={**asked, **date},
        )

    def leave_out(self, what: str) -> None:
        """Tells of something that could not be read."""
        self.request.report(Progress(self.done, self.total, what, left_out=what))

    def tell(self, what: str) -> None:
        """Tells of something that goes on in another way."""
        self.request.report(Progress(self.done, self.total, what))

    def waits(self, progress: Progress) -> None:
        """Tells of a wait for a limit, at the place that the sync has come to."""
        self.request.report(replace(progress, done=self.done, total=self.total))


def placed(rest: Rest, path: str, asked: Mapping[str, Any], mark: str) -> Answer:
    """A page of a list by offset, asked for again where the answer says that it is another one.

    A cache in between may give the page before once more. Its entries would be counted as those of this page, and
    those of this page would be missing for good, or be taken for deleted.
    """
    for _ in range(TRIES):
        answer = rest.get(path, asked)
        told = answer.value.get(mark) if isinstance(answer.value, dict) else None
        if type(told) is not int or told == asked[mark]:
            return answer
    raise Retry(f"`{path}` gives another page than the one asked for")


def http_of(request: SyncRequest, title: str, public: str, signed: Headers = dict) -> Http:
    """The client of a sync, at the configured address or at the tool's public one."""
    if request.client is None:
        raise Abort(f"{title} is read over HTTP, and there is no client")
    base = str(request.settings.get("url") or public).rstrip("/")
    return Http(request.client, base, signed, request.report, request.sleep, request.now)


def entries(answer: Answer, key: str = "") -> list[Entry]:
    """The objects of a list, which some answers hold below a key."""
    value = answer.value
    # GitHub wraps the lists of Actions in an object with a count
    if key and isinstance(value, dict):
        value = value.get(key)
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise Skip(f"`{answer.path}` did not answer with a list")
    return value


def text(entry: Mapping[str, Any], key: str) -> str:
    """A text of an entry, empty where there is none: walks look at little and trust nothing."""
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def number(entry: Mapping[str, Any], key: str = "number") -> int:
    """A whole number of an entry, 0 where there is none."""
    value = entry.get(key)
    # not `isinstance`: true is a whole number to Python
    return value if type(value) is int else 0
