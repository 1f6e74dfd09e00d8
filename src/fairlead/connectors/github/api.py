"""The API as the walks of a sync use it: lists page by page, answers as raw pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fairlead.connectors.github.app import SignedIn
from fairlead.connectors.kit.connector import Page
from fairlead.connectors.kit.http import TRIES, Answer, Http, next_page, place_of
from fairlead.connectors.kit.rest import Entry, Rest, entries
from fairlead.model.errors import Retry
from fairlead.model.times import iso

PUBLIC = "https://api.github.com"
PER_PAGE = 100
_MOST_PAGES = 10_000
"""No list of GitHub is longer; a server that says so is broken."""

_GIVEN_UP = timedelta(days=7)


@dataclass(slots=True, kw_only=True)
class Api(Rest):
    """One sign-in at one server."""

    signed_in: SignedIn
    graphql: bool = True
    """Whether the server takes our query; off after its first refusal."""

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

    def lists(
        self, path: str, params: Mapping[str, Any] | None = None, key: str = "", first: int = 1, etag: str = ""
    ) -> Iterator[tuple[int, Answer, list[Entry]]]:
        """The pages of a list with their numbers; an unchanged first page ends it at once."""
        before = b""
        for number in range(first, _MOST_PAGES):
            asked = {**(params or {}), "per_page": PER_PAGE, "page": number}
            answer = self.following(path, asked, before, etag if number == first else "")
            if answer.unchanged:
                return
            before = answer.body
            found = entries(answer, key)
            yield number, answer, found
            if len(found) < PER_PAGE and next_page(answer) is None:
                return

    def following(self, path: str, asked: Mapping[str, Any], before: bytes, etag: str = "") -> Answer:
        """A page of a list, asked for again where a cache in between gives the one before it once more."""
        for _ in range(TRIES):
            answer = self.get(path, asked, etag)
            # what is unchanged has no body, and neither has what stands before a first page
            if not before or answer.body != before:
                return answer
        raise Retry(f"`{path}?{urlencode(asked)}` gave the page before it again")

    def page(self, kind: str, path: str, answer: Answer, **headers: str) -> Page:
        """An answer as a raw page, told with its number."""
        place, last = place_of(answer)
        told = f", page {place} of {last}" if last > 1 else ""
        self.tell(path.removeprefix("/repos/") + told)
        # Not super(): a dataclass with slots is made anew, and the cell of the method still holds the first one.
        return Rest.page(self, kind, path, answer, **headers)
