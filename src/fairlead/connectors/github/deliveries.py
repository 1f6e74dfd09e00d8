"""Deliveries that we never received: GitHub does not send them again by itself, so we fetch what they carried."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import msgspec

from fairlead.connectors.github.api import Api
from fairlead.connectors.kit.connector import Page
from fairlead.connectors.kit.cursor import Mark
from fairlead.connectors.kit.http import Answer, Http, next_page
from fairlead.connectors.kit.rest import Entry, entries, number, text
from fairlead.model.errors import Skip
from fairlead.model.times import iso

_KEPT = timedelta(days=3)
"""GitHub forgets deliveries after that."""


def of_app(api: Api, _home: str, mark: Mark) -> Iterator[Page]:
    """The deliveries of the App's own webhook."""
    yield from _missed(api.as_app(), "/app/hook", mark)


def of_repository(api: Api, home: str, mark: Mark) -> Iterator[Page]:
    """The deliveries of a repository's webhooks that lead to us; needs the right to see them."""
    for hook in entries(api.get(f"{home}/hooks", {"per_page": 100})):
        config = hook.get("config")
        url = text(config, "url") if isinstance(config, dict) else ""
        if url.rstrip("/").endswith(f"/hooks/{api.request.options.source}"):
            yield from _missed(api.http, f"{home}/hooks/{number(hook, 'id')}", mark)


def _missed(http: Http, hook: str, mark: Mark) -> Iterator[Page]:
    oldest = max(mark.value, iso(http.now - _KEPT))
    arrived: set[str] = set()
    failed: dict[str, Entry] = {}
    for found in _listed(http, f"{hook}/deliveries", oldest):
        mark.later(text(found, "delivered_at"))
        if 200 <= number(found, "status_code") < 300:
            arrived.add(text(found, "guid"))
        else:
            failed[text(found, "guid")] = found
    for guid, found in sorted(failed.items(), key=lambda item: number(item[1], "id")):
        if guid and guid not in arrived:
            yield _page(http.get(f"{hook}/deliveries/{number(found, 'id')}"), guid)


def _listed(http: Http, path: str, oldest: str) -> Iterator[Entry]:
    asked: dict[str, Any] = {"per_page": 100}
    while True:
        answer = http.get(path, asked)
        for found in entries(answer):
            if text(found, "delivered_at") < oldest:
                return
            yield found
        following = parse_qs(next_page(answer) or "").get("cursor")
        if not following:
            return
        asked["cursor"] = following[0]


def _page(answer: Answer, guid: str) -> Page:
    """The delivery as the webhook that it should have been: same name, same id, so it counts once."""
    value = answer.value if isinstance(answer.value, dict) else {}
    request = value.get("request")
    payload = request.get("payload") if isinstance(request, dict) else None
    event = text(value, "event")
    if not event or not isinstance(payload, dict):
        raise Skip(f"delivery {guid} cannot be fetched any more")
    headers = {"x-github-event": event, "x-github-delivery": guid}
    return Page(kind=event, delivery=guid, body=msgspec.json.encode(payload), headers=headers)
