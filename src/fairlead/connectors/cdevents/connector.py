"""The CDEvents connector; versions 0.3 to 0.5 of the specification."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from fairlead.connectors.cdevents import coding, delivering, operating
from fairlead.connectors.cdevents.envelope import events
from fairlead.connectors.cdevents.telling import TYPE, Telling, telling
from fairlead.connectors.kit.connector import Connector, Delivery, Options, Reading
from fairlead.connectors.kit.signatures import signed_or_bearer
from fairlead.model.errors import Unreadable
from fairlead.model.events import Event
from fairlead.model.patch import Patch
from fairlead.model.raw import Trust, content_id


class CDEvents:
    """Any producer of CDEvents."""

    tool = "cdevents"
    title = "CDEvents"
    records = frozenset(
        (
            "accounts", "artifacts", "builds", "change_events", "changes", "deployments", "incident_events",
            "incidents", "repositories", "services", "test_results", "work_item_transitions", "work_items",
        )
    )  # fmt: skip

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:
        """A Standard Webhooks signature if there is one, else a shared token as `Authorization: Bearer`."""
        return signed_or_bearer(headers, body, secrets, now)

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        """CloudEvents are unique by source and id together."""
        try:
            found = list(events(headers, body))
        except Unreadable:
            return "unreadable", content_id(body)
        if len(found) != 1:
            return "batch", content_id(body)
        event = found[0]
        return event.type or "unknown", content_id(event.source, event.id) if event.id else content_id(body)

    def read(self, delivery: Delivery, options: Options) -> Reading:
        """One CloudEvent or a batch of them."""
        patches: list[Patch] = []
        emitted: list[Event] = []
        unknown: dict[str, None] = {}
        for event in events(delivery.headers, delivery.body):
            found = TYPE.fullmatch(event.type)
            reader = _READERS.get(found[1]) if found else None
            if found is None or reader is None:
                unknown[event.type] = None
                continue
            told = telling(event, found[1], found[2], options)
            reader(told)
            if not (told.patches or told.emitted):
                unknown[event.type] = None
            patches += told.patches
            emitted += told.emitted
        said = bool(patches or emitted)
        why = f"carries none of our records: {', '.join(unknown) or 'no event'}"
        return Reading(patches=patches, events=emitted, nothing="" if said else why)


CONNECTOR: Connector = CDEvents()


_READERS: Mapping[str, Callable[[Telling], None]] = MappingProxyType(
    {
        "artifact": delivering.artifact_event,
        "branch": coding.branch,
        "build": delivering.build("pipeline", "build", "name"),
        "change": coding.change,
        "environment": coding.environment,
        "incident": operating.incident,
        "pipelinerun": delivering.build("pipeline", "run", "pipelineName"),
        "repository": coding.repository,
        "service": delivering.deployment,
        "taskrun": delivering.build("job", "task", "taskName"),
        "testcaserun": delivering.test_case,
        "testsuiterun": delivering.build("check", "suite", "name"),
        "ticket": operating.ticket,
    }
)
