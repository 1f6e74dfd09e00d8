"""A log that writes in groups: one writer thread per process commits what has queued up, one sync per group."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from fairlead.bus import rows
from fairlead.bus.log import Appended
from fairlead.bus.shelf import Body, Packs, RowRefused, Shelf, ShelfDown
from fairlead.model.errors import Abort, Retry
from fairlead.model.raw import RawEvent, StoredRaw

_T = TypeVar("_T")

RETRY_AFTER_S = 5.0
"""What senders are told to wait when the log is full or its store is down."""

_POLL_S = 0.2
"""How often `wait` looks for events of other processes; those of its own wake it at once."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may queue before senders are told to come back, and how much one transaction takes."""

    events: int = 8192
    bytes: int = 256 << 20
    # SQLite takes 32,766 parameters a statement, and a row has ten
    batch_events: int = 256
    batch_bytes: int = 16 << 20


@dataclass(slots=True)
class _Waiting:
    """An event on its way to the store."""

    row: tuple[Any, ...]
    size: int
    future: Future[Appended]


@dataclass(slots=True)
class _Errand:
    """Maintenance that must not write beside the writer: it would make acknowledgements wait for its lock."""

    run: Callable[[], Any]
    future: Future[Any]


class GroupedEventLog:
    """`EventLog` on any shelf."""

    def __init__(self, shelf: Shelf, limits: Limits | None = None) -> None:
        self._shelf = shelf
        self._limits = limits or Limits()
        self._events: deque[_Waiting] = deque()
        self._errands: deque[_Errand] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        """Guards the queues; told when something is queued, room is made or the log closes."""
        self._grown = threading.Condition()
        """Told when events have become durable."""
        self._seen = 0
        self._writer: threading.Thread | None = None
        self._closed = False

    # Appending

    def submit(self, event: RawEvent) -> Future[Appended]:
        """Queues one event; the future resolves after the sync that holds it. Raises `Retry` when full."""
        waiting = _Waiting(rows.row(event), len(event.body), Future())
        with self._changed:
            if self._full(waiting.size):
                raise Retry("the event log is full", after_s=RETRY_AFTER_S, hint="the store writes too slowly")
            self._enqueue(waiting)
        return waiting.future

    def append(self, events: Sequence[RawEvent]) -> list[Appended]:
        """Appends all and returns when all are durable; waits for room instead of refusing."""
        waiting = []
        for event in events:
            one = _Waiting(rows.row(event), len(event.body), Future())
            with self._changed:
                # a sync that reads faster than the disk writes waits here instead of filling the memory
                while self._full(one.size):
                    self._changed.wait()
                self._enqueue(one)
            waiting.append(one)
        return [one.future.result() for one in waiting]

    def append_whole(self, events: Iterable[RawEvent]) -> list[Appended]:
        """Appends all of them in one transaction, or none.

        Bodies are compressed before it begins, and held so: while it lasts no other process can append, so it has to
        be over long before their patience is (10 s; a million imported changes were 17 MB and took 0.1 s).
        """
        groups = [rows.pack_quickly(group) for group in self._grouped(events)]
        if not groups:
            return []
        try:
            receipts = self._errand(lambda: self._shelf.insert(*groups))
        except RowRefused as fault:
            raise Abort("the store refuses one of these events") from fault
        self._tell_grown(receipts)
        return receipts

    def _grouped(self, events: Iterable[RawEvent]) -> Iterator[list[tuple[Any, ...]]]:
        group: list[tuple[Any, ...]] = []
        size = 0
        for event in events:
            group.append(rows.row(event))
            size += len(event.body)
            if len(group) >= self._limits.batch_events or size >= self._limits.batch_bytes:
                yield group
                group, size = [], 0
        if group:
            yield group

    def queued(self) -> tuple[int, int]:
        """Events and bytes that wait for the store."""
        with self._changed:
            return len(self._events), self._bytes

    # Reading

    def read(self, after: int, limit: int) -> list[StoredRaw]:
        """Events above a position, in order, at most `limit`."""
        return asked(lambda: self._shelf.read(after, limit))

    def get(self, seq: int) -> StoredRaw | None:
        """One event; `None` once it has expired."""
        return asked(lambda: self._shelf.get(seq))

    def scan(self, source: str | None = None, after: int = 0) -> Iterator[StoredRaw]:
        """All events that are still kept, in order, for a replay; what is appended meanwhile comes too."""
        while page := asked(lambda at=after: self._shelf.read(at, 200, source)):  # type: ignore[misc]
            yield from page
            after = page[-1].seq

    def latest(self) -> int:
        """Highest position, 0 when empty."""
        return asked(self._shelf.latest)

    def known(self, source: str, deliveries: Sequence[str]) -> set[str]:
        """Which of these delivery ids are in the log."""
        # in the form in which the ids were stored, answered in the form in which they were asked
        by_form = {rows.storable(delivery): delivery for delivery in deliveries}
        found = asked(lambda: self._shelf.known(rows.storable(source), list(by_form)))
        return {by_form[delivery] for delivery in found}

    def wait(self, after: int, timeout_s: float) -> int:
        """Blocks until there is something above a position or time is up; gives the highest position."""
        deadline = time.monotonic() + timeout_s
        # The log itself is asked again and again, for other processes wake nobody here.
        while (latest := self.latest()) <= after and not self._closed:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            with self._grown:
                if self._seen <= after:
                    self._grown.wait(min(left, _POLL_S))
        return latest

    # Upkeep

    def compress(self, upto: int) -> int:
        """Compresses bodies up to a position that all consumers have passed; gives how many."""
        done, shelf = 0, self._shelf
        # a message of NATS cannot be rewritten: its body stays as it was compressed on arrival
        if not isinstance(shelf, Packs):
            return done
        at = asked(shelf.packed_upto)
        while page := [one for one in asked(lambda at=at: shelf.bodies(at, 64)) if one.seq <= upto]:  # type: ignore[misc]
            at = page[-1].seq
            dense = [(one.seq, rows.pack_densely(one.packed, one.body)) for one in page]
            # compressed in the caller's thread; the writer's is for writing
            small = [Body(seq, rows.DENSE, body) for seq, body in dense if body is not None]
            self._errand(lambda small=small, at=at: shelf.pack(small, at))  # type: ignore[misc]
            done += len(small)
        return done

    def expire(self, before: datetime, upto: int) -> int:
        """Drops events received before a moment, up to a position that all consumers have passed."""
        total = 0
        while gone := self._errand(lambda: self._shelf.delete(before, upto, 500)):
            total += gone
        return total

    def close(self) -> None:
        """Writes what is queued and stops."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        with self._grown:
            self._grown.notify_all()
        if self._writer is not None:
            self._writer.join()
        self._shelf.close()

    # The writer

    def _full(self, size: int) -> bool:
        # One event larger than the limit must still get through when nothing else waits.
        if self._closed:
            raise Abort("the event log is closed")
        over = self._bytes + size > self._limits.bytes or len(self._events) >= self._limits.events
        return over and bool(self._events)

    def _enqueue(self, waiting: _Waiting) -> None:
        self._events.append(waiting)
        self._bytes += waiting.size
        self._wake()

    def _wake(self) -> None:
        # Started by the first write: a command that only reads pays for no thread.
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_all, name="raw-log-writer", daemon=True)
            self._writer.start()
        self._changed.notify_all()

    def _errand(self, run: Callable[[], _T]) -> _T:
        errand = _Errand(run, Future())
        with self._changed:
            if self._closed:
                raise Abort("the event log is closed")
            self._errands.append(errand)
            self._wake()
        result: _T = errand.future.result()
        return result

    def _write_all(self) -> None:
        while True:
            with self._changed:
                # no linger: while one group is written the next one gathers by itself
                while not (self._events or self._errands or self._closed):
                    self._changed.wait()
                batch = self._take()
                # one errand after each group, so that neither upkeep nor webhooks starve the other
                errand = self._errands.popleft() if self._errands else None
                if not batch and errand is None:
                    return
                self._changed.notify_all()
            if batch:
                self._write(batch)
            if errand is not None:
                self._settle(errand.future, errand.run)

    def _take(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        size = 0
        while self._events and len(batch) < self._limits.batch_events and size < self._limits.batch_bytes:
            batch.append(self._events.popleft())
            size += batch[-1].size
        self._bytes -= size
        return batch

    def _write(self, batch: list[_Waiting]) -> None:
        try:
            receipts = self._shelf.insert(rows.pack_quickly([one.row for one in batch]))
        # PostgreSQL keeps a failed transaction open: recover before the rows are tried one by one
        except RowRefused:
            self._shelf.recover()
            self._write_singly(batch)
        except Exception as fault:
            self._shelf.recover()
            for one in batch:
                one.future.set_exception(_spoken(fault))
        else:
            self._tell_grown(receipts)
            for one, receipt in zip(batch, receipts, strict=True):
                one.future.set_result(receipt)

    def _tell_grown(self, receipts: Iterable[Appended]) -> None:
        with self._grown:
            self._seen = max(self._seen, *(receipt.seq for receipt in receipts))
            self._grown.notify_all()

    def _write_singly(self, batch: list[_Waiting]) -> None:
        """Finds the row that spoils its batch: it alone fails."""
        if len(batch) == 1:
            batch[0].future.set_exception(Abort("the store refuses this event"))
            return
        for one in batch:
            self._write([one])

    def _settle(self, future: Future[Any], run: Callable[[], Any]) -> None:
        try:
            future.set_result(run())
        except Exception as fault:
            self._shelf.recover()
            future.set_exception(_spoken(fault))


def asked(run: Callable[[], _T]) -> _T:
    """What a shelf answers; one that is down is told to callers as something that passes."""
    try:
        return run()
    except ShelfDown as fault:
        raise _spoken(fault) from fault


def _spoken(fault: Exception) -> Exception:
    """A store that is down passes by itself; anything else is told as it is."""
    if isinstance(fault, ShelfDown):
        return Retry(f"the event log's store is not available: {fault}", after_s=RETRY_AFTER_S)
    return fault
