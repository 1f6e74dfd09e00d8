"""What a fake has sent, as it lies in the raw log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from fairlead.connectors.kit.connector import Connector
from fairlead.model.raw import RawEvent


class Sent(Protocol):
    """A webhook of any fake."""

    @property
    def headers(self) -> Mapping[str, str]:
        """As they were sent."""
        ...

    @property
    def body(self) -> bytes:
        """What is signed."""
        ...

    @property
    def at(self) -> datetime:
        """When it was sent."""
        ...


def webhooks(connector: Connector, source: str, sent: Iterable[Sent]) -> list[RawEvent]:
    """Webhooks as they arrived, under kind and id that their own connector reads from them."""
    found = []
    for one in sent:
        headers = {name.lower(): value for name, value in one.headers.items()}
        kind, delivery = connector.envelope(headers, one.body)
        found.append(RawEvent(source, connector.tool, kind, delivery, one.body, one.at, headers, "verified"))
    return found
