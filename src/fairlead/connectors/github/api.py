"""The API as the walks of a sync use it: lists page by page, answers as raw pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fairlead.connectors.github.app import SignedIn
from fairlead.connectors.kit.connector import Page, Progress, SyncRequest
from fairlead.connectors.kit.http import Answer, Http, next_page, place_of
from fairlead.model.errors import Skip
from fairlead.model.raw import content_id
from fairlead.model.times import iso

PUBLIC = "https://api.github.com"
PER_PAGE = 100
_MOST_PAGES = 10_000
"""No list of GitHub is longer; a server that says so is broken."""

_GIVEN_UP = timedelta(days=7)

Entry = dict[str, Any]


@dataclass(slots=True)
class Api:
    """One sign-in at one server."""

    http: Http
    signed_in: SignedIn
    request: SyncRequest
    graphql: bool = True
    """Whether the server takes our query; off after its first refusal."""
    done: int = 0
    """Lists read so far, for the progress line."""
    total: int | None = None
    """Lists there are to read in all; each may have one page or a thousand, which is told in words."""

    @property
    def start(self) -> str:
        """How far back a first sync goes; empty means all."""
        return iso(self.request.since) if self.request.since else ""

    @property
    def recently(self) -> str:
        """What began before this and has not ended will not end any more."""
        return iso(self.http.now - _GIVEN_UP)

    @property
    def graphql_url(self) -> str:
        """On an Enterprise Server it stands beside `/api/v3`."""
        return self.http.base.removesuffix("/v3") + "/graphql"

    def as_app(self) -> Http:
        """For what concerns the App itself, which no installation may ask."""
        http = self.http
        return Http(http.client, http.base, self.signed_in.app_headers, http.report, http.sleep, http.now)

    def get(self, path: str, params: Mapping[str, Any] | None = None, etag: str = "") -> Answer:
        """One answer."""
        return self.http.get(path, params, etag)

    def lists(
        self, path: str, params: Mapping[str, Any] | None = None, key: str = "", first: int = 1, etag: str = ""
    ) -> Iterator[tuple[int, Answer, list[Entry]]]:
        """The pages of a list with their numbers; an unchanged first page ends it at once."""
        before = b""
        for number in range(first, _MOST_PAGES):
            asked = {**(params or {}), "per_page": PER_PAGE, "page": number}
            answer = self.get(path, asked, etag if number == first else "")
            if answer.body and answer.body == before and entries(answer, key):
                answer = self._again(path, asked, before)
            if answer.unchanged:
                return
            before = answer.body
            found = entries(answer, key)
            yield number, answer, found
            if len(found) < PER_PAGE and next_page(answer) is None:
                return

    def page(self, kind: str, path: str, answer: Answer, **headers: str) -> Page:
        """An answer as a raw page. The path is the one that was asked for: a redirect names no repository."""
        place, last = place_of(answer)
        told = f", page {place} of {last}" if last > 1 else ""
        self.tell(path.removeprefix("/repos/") + told)
        date = {"date": iso(answer.date)} if answer.date else {}
        asked = {"path": path, **headers}
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

    def _again(self, path: str, asked: Mapping[str, Any], before: bytes) -> Answer:
        """A page that came twice, asked for once more."""
        answer = self.get(path, asked)
        if answer.body == before:
            raise Skip(f"`{path}?{urlencode(asked)}` gave the page before it again")
        return answer


def entries(answer: Answer, key: str = "") -> list[Entry]:
    """The objects of a list, which some answers hold below a key."""
    value = answer.value
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
    return value if type(value) is int else 0
