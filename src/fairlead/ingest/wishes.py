"""How people want to be told, as they entered it: from the raw events of our own tool into the table of wishes."""

from __future__ import annotations

from collections.abc import Iterable

from fairlead.connectors.fairlead import SOURCE
from fairlead.ingest.reading import Understood
from fairlead.store import notices
from fairlead.store.database import Transaction


def project(tx: Transaction, batch: Iterable[Understood]) -> None:
    """Keeps what a batch says; the later word holds, so that a repeat changes nothing."""
    for one in batch:
        # no other tool says how somebody is to be told, whatever events it may send
        if one.raw.event.tool == SOURCE:
            for event in one.events:
                if event.type == "dev.fairlead.notices.preferred.0.1.0":
                    notices.prefer(tx, event.subject, event.data["wish"], event.time)
