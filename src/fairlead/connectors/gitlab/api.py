"""GitLab's REST API as the sync uses it: sign-in, which projects there are, and lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any
from urllib.parse import parse_qsl, quote

from fairlead.connectors.kit.connector import SyncRequest
from fairlead.connectors.kit.http import TRIES, Answer, next_page
from fairlead.connectors.kit.rest import Entry, Rest, entries, http_of, text
from fairlead.model.errors import Abort, Retry, Skip

PUBLIC = "https://gitlab.com"
PER_PAGE = 100
API = "/api/v4"
# only these lists give a key to go on from; all others are counted, and refuse to count beyond 50,000
_BY_KEY = {"pagination": "keyset", "order_by": "id", "sort": "asc"}


@dataclass(frozen=True, slots=True)
class Project:
    """A project to read."""

    path: str
    """Its name as the API writes it today, whatever the settings call it."""
    home: str
    """Path of the API below which its lists are."""
    entry: Entry

    def has(self, feature: str) -> bool:
        """Whether a feature is switched on; a list of one that is off is refused, which is no fault."""
        return text(self.entry, f"{feature}_access_level") != "disabled"


def connect(request: SyncRequest) -> Rest:
    """Signs in by a token: personal, of a group or of a project."""
    token = request.credentials.get("token", "")
    if not token:
        raise Abort(
            "GitLab asks for a token", hint="set `token` in `[sources.<name>]`; the scope `read_api` is enough"
        )
    rest = Rest(http_of(request, "GitLab", PUBLIC, lambda: {"private-token": token}), request)
    # people state the address with or without the path of the API
    rest.http.base = rest.http.base.removesuffix(API) + API
    rest.http.report = rest.waits
    return rest


def encoded(path: str) -> str:
    """A path as one part of an address."""
    return quote(path, safe="")


def listed(rest: Rest, path: str, params: Mapping[str, Any] | None = None) -> Iterator[tuple[Answer, list[Entry]]]:
    """The pages of a list, by the server's own links."""
    asked: dict[str, Any] = {**(params or {}), "per_page": PER_PAGE}
    tries, before = TRIES, ""
    while True:
        answer = rest.get(path, asked)
        yield answer, entries(answer)
        following = next_page(answer)
        if not following:
            return
        # a page that came once more leads to where we are: it is asked for again, and not for ever
        tries = tries - 1 if following == before else TRIES
        if not tries:
            raise Retry(f"`{path}` gives the same page again and again")
        asked, before = dict(parse_qsl(following, keep_blank_values=True)), following


def groups(request: SyncRequest) -> list[str]:
    """Groups of the settings."""
    return [str(name).strip("/") for name in request.settings.get("organisations") or ()]


def projects(rest: Rest) -> Iterator[Project]:
    """Projects of the settings and of their groups; where neither names any, all that the token is a member of."""
    request = rest.request
    settings = request.settings
    hidden = [str(pattern) for pattern in settings.get("exclude") or ()]
    named = [str(name) for key in ("repositories", "projects") for name in settings.get(key) or ()]
    seen: set[str] = set()
    for entry in _entries(rest, named, groups(request)):
        path = text(entry, "path_with_namespace")
        # a project that is shared with a group is listed below both
        if path and path not in seen and not any(fnmatch(path, pattern) for pattern in hidden):
            seen.add(path)
            yield Project(path, f"/projects/{encoded(path)}", entry)


def _entries(rest: Rest, named: list[str], within: list[str]) -> Iterator[Entry]:
    for name in named:
        try:
            value = rest.get(f"/projects/{encoded(name.strip('/'))}").value
        except Skip as fault:
            rest.leave_out(f"{name}: {fault.message}")
            continue
        if isinstance(value, dict):
            yield value
    for group in within:
        try:
            for _, found in listed(rest, f"/groups/{encoded(group)}/projects", {"include_subgroups": "true"}):
                yield from found
        except Skip as fault:
            rest.leave_out(f"{group}: {fault.message}")
    if not named and not within:
        for _, found in listed(rest, "/projects", {"membership": "true", **_BY_KEY}):
            yield from found
