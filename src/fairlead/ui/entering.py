"""What a person enters on a page: one raw event, and a short wait so that the next page shows what it did."""

from __future__ import annotations

import time
from typing import Any

from fairlead.ingest.batches import CONSUMER
from fairlead.model.raw import RawEvent
from fairlead.store import offsets

_WAIT_S, _STEP_S = 1.0, 0.03


def enter(services: Any, event: RawEvent) -> bool:
    """Appends durably, then waits until ingestion has passed it; false if that takes longer than a second."""
    (appended,) = services.log.append([event])
    return _passed(services, appended.seq)


def settle(services: Any) -> bool:
    """Waits so for what the rooms below have entered in the reader's name."""
    return _passed(services, services.log.latest())


def _passed(services: Any, seq: int) -> bool:
    # Only the reader's own view waits: the event is durable already, and workers may stand in another process.
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until:
        with services.database.read() as tx:
            if offsets.get(tx, CONSUMER) >= seq:
                return True
        time.sleep(_STEP_S)
    return False
