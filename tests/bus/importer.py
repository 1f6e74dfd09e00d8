"""Appends many events as one unit to NATS and dies right after so many batches. Run by `test_nats_units.py`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from fairlead.bus.nats import NatsEventLog
from fairlead.bus.nats_form import Draft
from fairlead.bus.nats_link import Place
from fairlead.bus.nats_stream import Stream
from fairlead.bus.suite import event

url, stream, count, batches = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
publish, done = Stream.publish, 0


def then_die(self: Stream, drafts: Sequence[Draft], append: str) -> dict[str, int]:
    """The real call; the last one is never heard of by its caller."""
    global done
    found = publish(self, drafts, append)
    done += 1
    if done == batches:
        os.kill(os.getpid(), signal.SIGKILL)
    return found


Stream.publish = then_die  # type: ignore[method-assign]
NatsEventLog.open(Place((url,), stream)).append_whole(event(f"d{number}", b"%d" % number) for number in range(count))
