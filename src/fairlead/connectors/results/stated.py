"""What is stated beside a report: reports name neither repository nor commit, so whoever hands one over does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from fairlead.model.errors import Unreadable
from fairlead.model.raw import content_id
from fairlead.model.times import iso, parse_time

_HEADER = "x-fairlead-"
_ASKED = ("repository", "sha", "branch", "name", "build", "at")
_SEEN = "seen-at"
_SHA = re.compile(r"[0-9a-f]{7,64}")
_REPOSITORY = re.compile(r"[a-z][a-z0-9_-]*:[^\s/?#][^\s?#]*")
_LONGEST = 500
_REASONABLE_YEARS = range(1990, 2200)
"""A clock outside is wrong, and as a version it would outvote every report to come."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What goes with a report; it travels as headers, so that the raw event holds all that its reader needs."""

    repository: str
    """Id like `github:acme/payments`."""
    sha: str
    """Commit that was tested."""
    branch: str = ""
    name: str = ""
    """Name of the run, like `unit`: keeps reports of one commit apart that have the same tests."""
    build: str = ""
    """Id of the build, where it is known."""
    at: datetime | None = None
    """When it ran, as the sender says; wins over the report's own times."""
    seen_at: datetime | None = None
    """When the file was written or came in: for reports that hold no time."""

    def headers(self) -> dict[str, str]:
        """The same as headers of a raw event."""
        given = {name: str(getattr(self, name)) for name in _ASKED if name != "at" and getattr(self, name)}
        times = {"at": self.at, _SEEN: self.seen_at}
        given |= {name: iso(moment) for name, moment in times.items() if moment is not None}
        return {_HEADER + name: value for name, value in given.items()}


def stated(headers: Mapping[str, str]) -> Stated:
    """Reads the headers; raises `Unreadable` with the name of what is missing or wrong."""
    given = {name: headers.get(_HEADER + name, "").strip() for name in (*_ASKED, _SEEN)}
    for name in ("repository", "sha"):
        if not given[name]:
            raise Unreadable(name, f"is not stated: a report does not say which {_MEANT[name]} it is of")
    for name, value in given.items():
        # headers may carry what no column takes: PostgreSQL refuses a NUL
        if len(value) > _LONGEST or not value.isprintable():
            raise Unreadable(name, "is too long or holds control characters")
    if not _REPOSITORY.fullmatch(given["repository"]):
        raise Unreadable("repository", "expected the id of a repository, like `github:acme/payments`")
    sha = given["sha"].lower()
    if not _SHA.fullmatch(sha):
        raise Unreadable("sha", "expected the hash of a commit: 7 to 64 hexadecimal digits")
    return Stated(
        repository=given["repository"],
        sha=sha,
        branch=given["branch"].removeprefix("refs/heads/"),
        name=given["name"],
        build=given["build"],
        at=_time("at", given["at"]),
        seen_at=_time(_SEEN, given[_SEEN]),
    )


_MEANT = {"repository": "repository", "sha": "commit"}


def queried(query: str, now: datetime) -> dict[str, str]:
    """The headers that stand for the query of a request, checked; raises `Unreadable` for what CI should be told."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=50):
        if name not in _ASKED:
            raise Unreadable(name, f"is not asked for; known: {', '.join(_ASKED)}")
        found[_HEADER + name] = value
    found[_HEADER + _SEEN] = iso(now)
    stated(found)
    return found


def delivery_id(headers: Mapping[str, str], body: bytes) -> str:
    """The same report of the same run is one event, by whichever way and whenever it comes."""
    # without the times: a file that is copied or sent again is no other report
    return content_id(*(headers.get(_HEADER + name, "").strip() for name in _ASKED if name != "at"), body)


def moment(text: str) -> datetime | None:
    """A time as reports write it; `None` for one that cannot be meant, since results matter more than their hour."""
    try:
        found = parse_time(text)
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found.year in _REASONABLE_YEARS else None


def _time(name: str, text: str) -> datetime | None:
    found = moment(text)
    if text and found is None:
        raise Unreadable(name, f"expected a time like 2026-03-02T10:00:00Z, got `{text[:40]}`")
    return found
