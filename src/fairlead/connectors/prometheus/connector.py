"""The Prometheus connector as the registry finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from fairlead.connectors.kit.connector import Connector
from fairlead.connectors.kit.folder import Folder
from fairlead.model.errors import Refused
from fairlead.model.raw import Trust, content_id


class Prometheus(Folder):
    """Reads ranges of the queries that `[slos]` state; it is asked and never speaks by itself."""

    tool = "prometheus"
    title = "Prometheus"
    records = frozenset(("slo_windows",))

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:  # noqa: ARG002
        """Refuses all: Prometheus is read; what it alarms about is told by the tool that pages people."""
        raise Refused("Prometheus sends no webhooks", hint="objectives are measured by `fairlead sync` alone")

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:  # noqa: ARG002
        """By content; nothing that `verify` let in would come here."""
        return "unknown", content_id(body)


CONNECTOR: Connector = Prometheus()
