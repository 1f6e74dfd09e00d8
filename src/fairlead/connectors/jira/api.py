"""The API of a Jira: sign-in, its two editions, and the lists that it pages in three different ways."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from fairlead.connectors.jira import fields, statuses
from fairlead.connectors.kit.connector import SyncRequest
from fairlead.connectors.kit.http import Answer
from fairlead.connectors.kit.rest import Entry, Rest, entries, http_of, placed, text
from fairlead.model.errors import Abort, Skip

PER_PAGE = 100


@dataclass(slots=True)
class Site:
    """One Jira as we are signed in there."""

    rest: Rest
    cloud: bool
    me: Entry
    notes: dict[str, str] = field(default_factory=dict)
    """What readers must know beside each page of issues: fields and statuses by their meaning."""

    @property
    def api(self) -> str:
        """Path of the REST API: version 3 writes texts as documents and is all that Cloud keeps."""
        return "/rest/api/3" if self.cloud else "/rest/api/2"

    def local(self, moment: datetime) -> str:
        """A moment as JQL has it: in the zone of whoever asks, in whole minutes, rather earlier than later."""
        try:
            zone = ZoneInfo(text(self.me, "timeZone") or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            # half a day covers every zone that there is
            zone, moment = ZoneInfo("UTC"), moment - timedelta(hours=14)
        here = moment.astimezone(zone)
        # in the night when clocks go back an hour exists twice, and Jira may mean the second one
        if here.utcoffset() != here.replace(fold=1 - here.fold).utcoffset():
            here = (moment - timedelta(hours=1)).astimezone(zone)
        return f"{here:%Y-%m-%d %H:%M}"

    def meanings(self) -> Mapping[str, tuple[str, ...]]:
        """Which custom fields were found to mean what."""
        return fields.found(entries(self.rest.get(f"{self.api}/field")))

    def learn(self) -> None:
        """Asks once for what the pages of issues need beside them."""
        known = {text(one, "id"): _category(one) for one in entries(self.rest.get(f"{self.api}/status"))}
        self.notes = {
            "fields": _noted(self.meanings()),
            "statuses": _noted({identity: word for identity, word in sorted(known.items()) if word}),
        }


def connect(request: SyncRequest) -> Site:
    """Signs in: at Cloud by address and API token, at Data Center by a personal access token."""
    token, user = request.credentials.get("token", ""), request.credentials.get("user", "")
    if not request.settings.get("url"):
        raise Abort(
            "Jira has no public address", hint='set `url = "https://<you>.atlassian.net"` in `[sources.<name>]`'
        )
    if not token:
        raise Abort("Jira asks for a token", hint="set `token`, and at Cloud also `user`, in `[sources.<name>]`")
    signed = f"Bearer {token}"
    if user:
        signed = "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()
    headers = {"authorization": signed, "accept": "application/json"}
    rest = Rest(http_of(request, "Jira", "", lambda: headers), request)
    rest.http.report = rest.waits
    # version 2 is there in both editions, and only Cloud has accounts by id
    me = rest.get("/rest/api/2/myself").value
    if not isinstance(me, dict):
        raise Abort("`/rest/api/2/myself` did not answer with an account", hint="check `url`")
    return Site(rest, "accountId" in me, me)


def listed(
    rest: Rest, path: str, key: str, asked: Mapping[str, Any] | None = None
) -> Iterator[tuple[Answer, list[Entry]]]:
    """The pages of a list by offset. A server may give less than was asked for and still have more."""
    start = 0
    while True:
        answer = placed(rest, path, {**(asked or {}), "startAt": start, "maxResults": PER_PAGE}, "startAt")
        _still_signed_in(answer)
        found = entries(answer, key)
        yield answer, found
        value = answer.value if isinstance(answer.value, dict) else {}
        start += len(found)
        total = value.get("total")
        if not found or value.get("isLast") is True or (type(total) is int and start >= total):
            return
        if "isLast" not in value and type(total) is not int:
            return


def keys_of(site: Site) -> list[str]:
    """Keys of the projects to read: those that are named, or all that we may see."""
    stated = site.rest.request.settings.get("projects")
    if stated:
        return [str(key) for key in stated]
    if not site.cloud:
        return [key for one in entries(site.rest.get(f"{site.api}/project")) if (key := text(one, "key"))]
    pages = listed(site.rest, f"{site.api}/project/search", "values")
    return [key for _, found in pages for one in found if (key := text(one, "key"))]


def search(site: Site, jql: str, asked: Mapping[str, Any]) -> Iterator[tuple[Answer, list[Entry]]]:
    """Issues by a query. Cloud hands out a token for each next page, Data Center counts."""
    if not site.cloud:
        yield from listed(site.rest, f"{site.api}/search", "issues", {"jql": jql, **asked})
        return
    token, before = "", list[str]()
    while True:
        more = {"nextPageToken": token} if token else {}
        answer = site.rest.get(f"{site.api}/search/jql", {"jql": jql, "maxResults": PER_PAGE, **asked, **more})
        _still_signed_in(answer)
        page = entries(answer, "issues")
        ids = [text(one, "id") for one in page]
        # a cache in between gives the page before once more, and may call it the last one
        if ids and ids == before:
            raise Skip("the search gives the same page again and again")
        yield answer, page
        before = ids
        value = answer.value if isinstance(answer.value, dict) else {}
        following = text(value, "nextPageToken")
        # a short page is not the last one, but a token that leads to itself would lead nowhere for ever
        if not following or value.get("isLast") is True:
            return
        if following == token:
            raise Skip("the search gives the same page again and again")
        token = following


def _still_signed_in(answer: Answer) -> None:
    """Jira shows whoever signs in by a token that has ended what it shows to everybody, as a good answer.

    A list of all issues would then hold the public ones alone, and whatever is missing in it counts as deleted.
    """
    reason = answer.headers.get("x-seraph-loginreason", "")
    if "FAILED" in reason or "DENIED" in reason or answer.headers.get("x-ausername") == "anonymous":
        raise Abort(f"`{answer.path.partition('?')[0]}`: the token has ended", hint="make a new token and set it")


def issue_path(site: Site, key: str, below: str) -> str:
    """Path of a list below an issue."""
    return f"{site.api}/issue/{quote(key, safe='')}/{below}"


def first_day(moment: datetime | None) -> datetime:
    """How far back to go where nobody said it."""
    return moment or datetime(2002, 1, 1, tzinfo=UTC)


def _category(status: Entry) -> str:
    inner = status.get("statusCategory")
    return statuses.CATEGORIES.get(text(inner, "key"), "") if isinstance(inner, dict) else ""


def _noted(found: Mapping[str, Any]) -> str:
    return msgspec.json.encode(found, order="sorted").decode()
