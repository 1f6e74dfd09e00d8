"""Several gateways that are sent the same deliveries at once."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence

from fairlead.bus.log import Appended, EventLog
from fairlead.bus.suite import event


def settle(logs: Sequence[EventLog]) -> None:
    """Each appends the same 300 deliveries in batches; each must then be there once, and all must know where."""
    told: list[list[tuple[str, Appended]]] = [[] for _ in logs]

    def send(at: int) -> None:
        chance = random.Random(at)
        for start in range(0, 300, 20):
            # each in an order of its own, so that batches overlap in every way
            batch = [event(f"d{number}") for number in range(start, start + 20)]
            chance.shuffle(batch)
            told[at] += zip([one.delivery for one in batch], logs[at].append(batch), strict=True)

    threads = [threading.Thread(target=send, args=(at,)) for at in range(len(logs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    receipts = [pair for one in told for pair in one]
    assert len(receipts) == 300 * len(logs)
    held = {found.event.delivery: found.seq for found in logs[0].scan()}
    assert len(held) == 300
    assert all(held[delivery] == receipt.seq for delivery, receipt in receipts)
    assert sorted(delivery for delivery, receipt in receipts if not receipt.duplicate) == sorted(held)
