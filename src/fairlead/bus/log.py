"""The interface of the event log, in terms that SQL and NATS JetStream can both keep.

`append` returns once the events are durable. Positions only grow; a consumer reads upwards from its own offset, which
lives in the store, in one transaction with what it made. Order holds within a source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fairlead.model.raw import RawEvent, StoredRaw


@dataclass(frozen=True, slots=True)
class Appended:
    """Receipt of one appended event."""

    seq: int
    """Its position; for a duplicate the position of the first."""
    duplicate: bool


class EventLog(Protocol):
    """Append-only log of raw events."""

    def submit(self, event: RawEvent) -> Future[Appended]:
        """Queues one event; the future resolves after the fsync that holds it. Raises `Retry` when full."""
        ...

    def append(self, events: Sequence[RawEvent]) -> list[Appended]:
        """Appends all and returns when all are durable."""
        ...

    def append_whole(self, events: Iterable[RawEvent]) -> list[Appended]:
        """Appends all or, if it fails or is killed midway, none: what belongs together is never half there."""
        ...

    def read(self, after: int, limit: int) -> list[StoredRaw]:
        """Events above a position, in order, at most `limit`."""
        ...

    def get(self, seq: int) -> StoredRaw | None:
        """One event; `None` once it has expired."""
        ...

    def scan(self, source: str | None = None, after: int = 0) -> Iterator[StoredRaw]:
        """All events that are still kept, in order, for a replay."""
        ...

    def latest(self) -> int:
        """Highest position, 0 when empty."""
        ...

    def wait(self, after: int, timeout_s: float) -> int:
        """Blocks until there is something above a position or time is up; gives the highest position."""
        ...

    def known(self, source: str, deliveries: Sequence[str]) -> set[str]:
        """Which of these delivery ids are in the log."""
        ...

    def compress(self, upto: int) -> int:
        """Compresses bodies up to a position that all consumers have passed; gives how many."""
        ...

    def expire(self, before: datetime, upto: int) -> int:
        """Drops events received before a moment, up to a position that all consumers have passed."""
        ...

    def close(self) -> None:
        """Writes what is queued and stops."""
        ...
