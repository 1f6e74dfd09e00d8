"""What a fake has sent, and what a morning's sync reads of it, as raw events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import httpx

from fairlead.connectors.kit.connector import Connector, Options, Page, SyncRequest, Syncs, raw_event
from fairlead.connectors.kit.fake.call import Desk, Request
from fairlead.connectors.kit.fake.transport import FakeTransport
from fairlead.model.raw import RawEvent, content_id
from fairlead.model.times import iso

Span = tuple[datetime, datetime]
"""From when on a sync reads, and its present."""
NOTHING: Mapping[str, object] = MappingProxyType({})
NO_QUERY: Mapping[str, str] = MappingProxyType({})


def synced(
    connector: Connector,
    options: Options,
    desk: Desk,
    url: str,
    credentials: Mapping[str, str],
    span: Span,
    settings: Mapping[str, object] = NOTHING,
) -> list[RawEvent]:
    """The pages of a first sync, for what no webhook tells; `settings` are the source's own beside its address."""
    assert isinstance(connector, Syncs)
    since, now = span
    with httpx.Client(transport=FakeTransport(desk)) as client:
        asked = SyncRequest(
            options,
            {"url": url, **settings},
            credentials,
            {},
            since,
            now,
            client,
            report=lambda _: None,
            sleep=lambda _: None,
        )
        return [raw_event(page, options.source, connector.tool, now) for page in connector.sync(asked)]


@dataclass(frozen=True, slots=True)
class Listed:
    """Single lists of an API, where a whole sync would for the most part read what webhooks have told."""

    desk: Desk
    site: str
    signed_in: Mapping[str, str]
    """Headers by which the tool knows who asks."""
    now: datetime

    def pages(self, kind: str, path: str, query: Mapping[str, str] = NO_QUERY, **noted: str) -> Iterator[Page]:
        """All pages of a list; what is noted stands in their headers, for readers to know what they are about."""
        number = 1
        while True:
            asked = {**query, "per_page": "100", "page": str(number)}
            answer = self.desk.handle(Request("GET", self.site, path, asked, dict(self.signed_in)))
            headers = {"path": path, "date": iso(self.now), **noted}
            yield Page(f"api:{kind}", content_id(path, str(asked), answer.body), answer.body, headers)
            if 'rel="next"' not in answer.headers.get("link", ""):
                return
            number += 1
