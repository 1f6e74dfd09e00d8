"""CDEvents of the tool that deploys the edge gateway: CloudEvents in structured form, as its sink would get them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from fairlead.model.times import iso
from fairlead.wiring.demo.cast import ORG

SOURCE = "cdevents"
"""Name of the source in the demo's configuration."""
_PRODUCER = "/ship/edge"
"""A URI reference, as CloudEvents allows; ids begin with it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it was sent."""

    at: datetime
    id: str
    type: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class CdEvents:
    """Collects the events; their ids follow from their order, so that they are the same for every date."""

    sent: list[Told] = field(default_factory=list)
    last: dict[str, str] = field(default_factory=dict)
    """Environment -> commit that runs there."""
    sent_to: dict[str, str] = field(default_factory=dict)
    """Environment -> record id of its youngest deployment."""

    def service(self, what: str, environment: str, sha: str, at: datetime) -> str:
        """A service was `deployed`, `upgraded` or `rolledback`; gives the deployment's record id."""
        self.last[environment] = sha
        content = {
            "environment": {"id": environment},
            "artifactId": f"pkg:github/{ORG}/gateway@{sha}",
        }
        custom = {"service": "edge", "repository": f"{ORG}/gateway", "sha": sha}
        found = self._send(f"dev.cdevents.service.{what}.0.3.0", "service", "edge", content, custom, at)
        self.sent_to[environment] = found
        return found

    def incident(self, what: str, key: str, title: str, sha: str, at: datetime) -> str:
        """An incident was `detected` (with the suspect's commit) or `resolved` (with the cure's); gives its id."""
        content = {
            "description": title,
            "environment": {"id": "production"},
            "service": {"id": "edge"},
            "artifactId": f"pkg:github/{ORG}/gateway@{sha}",
        }
        custom = {"service": "edge", "repository": f"{ORG}/gateway", "sha": sha}
        return self._send(f"dev.cdevents.incident.{what}.0.3.0", "incident", key, content, custom, at)

    def _send(
        self, type: str, kind: str, subject: str, content: dict[str, Any], custom: dict[str, Any], at: datetime
    ) -> str:
        number = hashlib.blake2b(f"{len(self.sent)}/{type}/{subject}".encode(), digest_size=10).hexdigest()
        data = {
            "context": {
                "version": "0.5.0",
                "id": number,
                "source": _PRODUCER,
                "type": type,
                "timestamp": iso(at),
            },
            "subject": {"id": subject, "source": _PRODUCER, "type": kind, "content": content},
            "customData": custom,
            "customDataContentType": "application/json",
        }
        event = {
            "specversion": "1.0",
            "id": number,
            "source": _PRODUCER,
            "type": type,
            "subject": subject,
            "time": iso(at),
            "datacontenttype": "application/json",
            "data": data,
        }
        headers = {"content-type": "application/cloudevents+json"}
        self.sent.append(Told(at, number, type, headers, msgspec.json.encode(event)))
        noun, own = ("incident", subject) if kind == "incident" else ("deployment", number)
        return f"{SOURCE}:{_PRODUCER.strip('/')}/{noun}/{own}"
