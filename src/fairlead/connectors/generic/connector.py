"""The connector of anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from fairlead.connectors.generic.mapping import FILLABLE
from fairlead.connectors.generic.read import read
from fairlead.connectors.kit.connector import Connector, Delivery, Options, Reading
from fairlead.connectors.kit.signatures import signed_or_bearer
from fairlead.model.raw import Trust, content_id


class Generic:
    """Whatever sends JSON by the Standard Webhooks contract."""

    tool = "generic"
    title = "Anything else"
    records = FILLABLE

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:
        """A Standard Webhooks signature, else a shared token as `Authorization: Bearer`."""
        return signed_or_bearer(headers, body, secrets, now)

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        """The contract's `webhook-id` is the same for each attempt to deliver; without it the content decides."""
        identity = headers.get("webhook-id", "")
        return "generic:hook", content_id("webhook-id", identity) if identity else content_id(body)

    def read(self, delivery: Delivery, options: Options) -> Reading:
        """Records by the mapping of the source."""
        return read(delivery, options)


CONNECTOR: Connector = Generic()
