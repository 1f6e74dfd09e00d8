"""Normalised events: the CDEvents vocabulary inside a CloudEvents 1.0 envelope.

Types that CDEvents 0.5 does not have use the reverse-DNS prefix `dev.fairlead.`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

from fairlead.model.times import iso

EventType = Literal[
    "dev.cdevents.repository.created.0.3.0",
    "dev.cdevents.repository.modified.0.3.0",
    "dev.cdevents.repository.deleted.0.3.0",
    "dev.cdevents.branch.created.0.3.0",
    "dev.cdevents.branch.deleted.0.3.0",
    "dev.cdevents.change.created.0.4.0",
    "dev.cdevents.change.updated.0.3.0",
    "dev.cdevents.change.reviewed.0.3.0",
    "dev.cdevents.change.merged.0.3.0",
    "dev.cdevents.change.abandoned.0.3.0",
    "dev.cdevents.pipelinerun.queued.0.3.0",
    "dev.cdevents.pipelinerun.started.0.3.0",
    "dev.cdevents.pipelinerun.finished.0.3.0",
    "dev.cdevents.taskrun.started.0.3.0",
    "dev.cdevents.taskrun.finished.0.3.0",
    "dev.cdevents.build.started.0.3.0",
    "dev.cdevents.build.finished.0.3.0",
    "dev.cdevents.testcaserun.finished.0.3.0",
    "dev.cdevents.testsuiterun.finished.0.3.0",
    "dev.cdevents.artifact.packaged.0.3.0",
    "dev.cdevents.artifact.published.0.3.0",
    "dev.cdevents.environment.created.0.3.0",
    "dev.cdevents.service.deployed.0.3.0",
    "dev.cdevents.service.upgraded.0.3.0",
    "dev.cdevents.service.rolledback.0.3.0",
    "dev.cdevents.service.removed.0.3.0",
    "dev.cdevents.service.published.0.3.0",
    "dev.cdevents.incident.detected.0.3.0",
    "dev.cdevents.incident.reported.0.3.0",
    "dev.cdevents.incident.resolved.0.3.0",
    "dev.cdevents.ticket.created.0.2.0",
    "dev.cdevents.ticket.updated.0.2.0",
    "dev.cdevents.ticket.closed.0.2.0",
    "dev.fairlead.deployment.failed.0.1.0",
    "dev.fairlead.commits.pushed.0.1.0",
    "dev.fairlead.release.published.0.1.0",
    "dev.fairlead.alert.opened.0.1.0",
    "dev.fairlead.alert.closed.0.1.0",
    "dev.fairlead.identity.decided.0.1.0",
    "dev.fairlead.role.given.0.1.0",
    "dev.fairlead.role.taken.0.1.0",
    "dev.fairlead.user.disabled.0.1.0",
    "dev.fairlead.notices.preferred.0.1.0",
]

EVENT_TYPES: tuple[str, ...] = get_args(EventType)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened; its id follows from what, which and when, so every way of hearing of it is one."""

    type: EventType
    """What happened."""
    source: str
    """Source that told it."""
    subject: str
    """Id of the record that it happened to."""
    time: datetime
    """When, by the tool's clock."""
    data: dict[str, Any] = {}
    """Further content, JSON values only."""

    @property
    def id(self) -> str:
        """Deterministic id."""
        # without `data`: a webhook and a page of the API tell the same event in different words
        text = f"{self.type}\n{self.source}\n{self.subject}\n{iso(self.time)}"
        # 96 bits are enough for every event that a company will have
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()

    def envelope(self) -> dict[str, Any]:
        """The CloudEvents JSON form."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "type": self.type,
            "source": self.source,
            "subject": self.subject,
            "time": iso(self.time),
            "datacontenttype": "application/json",
            "data": self.data,
        }
