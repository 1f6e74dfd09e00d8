"""Appends events until it is killed; prints each delivery id once it is acknowledged. Run by `test_faults.py`."""

from __future__ import annotations

import os
import sys
from collections import deque
from datetime import UTC, datetime

from fairlead.bus.nats import NatsEventLog
from fairlead.bus.nats_link import Place
from fairlead.bus.sql import SqlEventLog
from fairlead.model.raw import RawEvent

url, run, *stream = sys.argv[1:]
log = (
    NatsEventLog.open(Place(tuple(url.split(",")), *stream[:1], *map(int, stream[1:])))
    if stream
    else SqlEventLog.open(url)
)
inflight: deque = deque()
for number in range(10**9):
    name = f"{run}.{number}"
    body = name.encode() * 300
    inflight.append((name, log.submit(RawEvent("load", "load", "load", name, body, datetime.now(UTC)))))
    while inflight and (inflight[0][1].done() or len(inflight) > 500):
        done, future = inflight.popleft()
        future.result()
        # Straight to the pipe: what a buffer still held would look like an event that was not acknowledged.
        os.write(1, done.encode() + b"\n")
