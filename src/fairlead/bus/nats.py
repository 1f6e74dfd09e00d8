"""The event log in a NATS JetStream stream, shared by all gateways and workers of a large installation."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Self

from fairlead.bus import nats_form as form
from fairlead.bus.grouped import GroupedEventLog, Limits, asked
from fairlead.bus.log import Appended
from fairlead.bus.nats_link import Link, Place, Silent
from fairlead.bus.nats_stream import Conflict, State, Stream
from fairlead.bus.nats_units import ONE_BATCH, Fit, Units
from fairlead.bus.shelf import ShelfDown
from fairlead.model.raw import StoredRaw
from fairlead.model.times import epoch_us, parse_time

PATIENCE_S = 20.0
"""How long an append outlasts an election of the cluster's leader, which takes four to ten seconds."""

_AGAIN_AFTER_S = 0.2
_OPEN_S = 1.0
"""How long a reader waits for an import to be whole before it is told that there is nothing yet."""
_PAGE_BYTES = 32 << 20

# a server takes a thousand messages as one, and a body of 25 MB is some of them
_LIMITS = Limits(batch_bytes=4 << 20)


class NatsEventLog(GroupedEventLog):
    """`EventLog` on NATS JetStream: a position is a sequence number of the stream."""

    @classmethod
    def open(cls, place: Place, applied: int = 0) -> Self:
        """Opens the stream; where it is not there it is made, with positions above what was applied so far."""
        return cls(asked(lambda: NatsShelf(place, applied)))

    def __init__(self, shelf: NatsShelf) -> None:
        super().__init__(shelf, _LIMITS)
        self._nats = shelf

    def state(self) -> State:
        """How the stream stands, by its leader."""
        return asked(self._nats.state)


class NatsShelf:
    """`Shelf` on a stream: one subject a delivery, under which the server lets one message in."""

    def __init__(self, place: Place, applied: int = 0) -> None:
        self._name = place.stream
        # one connection for writing and reading: a page is small beside what a server sends at once
        self._link = Link(place)
        self._stream = Stream(self._link)
        self._units = Units(self._stream, place.stream)
        self._silent_since: float | None = None
        try:
            self._ensure(applied)
        except BaseException:
            self._link.close()
            raise

    def _ensure(self, applied: int) -> None:
        def ensure() -> None:
            self._largest = self._stream.ensure(applied + 1)

        # a process that starts in the middle of an election waits for its end; where no server is, it says so at once
        self._patiently(ensure, Silent)

    def insert(self, *groups: Sequence[tuple[Any, ...]]) -> list[Appended]:
        """Publishes in order as one, acknowledged by a quorum on return; what is there already keeps its position."""
        rows = [row for group in groups for row in group]
        drafts = form.of_rows(rows, self._name, self._largest)
        append = secrets.token_hex(8)
        if sum(len(one.parts) for one in drafts.values()) > ONE_BATCH:
            fresh, held = self._units.write(drafts, append, self._patiently)
        else:
            fresh, held = self._at_once(drafts, append)
        receipts = []
        for row in rows:
            subject = form.event_subject(self._name, row[0], row[3])
            # the first of the rows under an id is the one that was published
            new = fresh.pop(subject, None)
            held.setdefault(subject, new or 0)
            receipts.append(Appended(held[subject], duplicate=new is None))
        return receipts

    def _at_once(self, drafts: dict[str, form.Draft], append: str) -> Fit:
        waiting = dict(drafts)
        fresh: dict[str, int] = {}
        held: dict[str, int] = {}

        def publish() -> None:
            # again without those that turned out to be there: the batch that holds one of them is refused whole
            while waiting:
                try:
                    fresh.update(self._stream.publish(list(waiting.values()), append))
                    return
                except Conflict:
                    found = self._units.fit(waiting, append)
                    fresh.update(found.own)
                    held.update(found.held)

        self._patiently(publish)
        return Fit(fresh, held)

    def delete(self, before: datetime, upto: int, limit: int) -> int:
        """Drops, from the oldest on, at most `limit` of the events received before a moment; gives how many."""
        last = 0
        gone = 0
        # By position, since a stream is dropped up to one. Events stand there about as they came: the first that is
        # young enough ends it, and the rest of the log is not read for this each day.
        for found in self._stream.page(0, limit, form.source_subject(self._name, None)):
            if found.seq > upto or not _older(found, self._whole(found), before):
                break
            last, gone = found.seq, gone + 1
        if gone:
            self._stream.purge(last)
        return gone

    def read(self, after: int, limit: int, source: str | None = None) -> list[StoredRaw]:
        """Events above a position, in order; fewer if they are large."""
        events: list[StoredRaw] = []
        size, until = 0, time.monotonic() + _OPEN_S
        while page := self._stream.page(after, limit, form.source_subject(self._name, source)):
            for found in page:
                counts = self._units.counts(found)
                if counts is None or size > _PAGE_BYTES:
                    break
                after = found.seq
                if counts:
                    whole = self._whole(found)
                    size += len(whole)
                    events.append(form.stored(found, whole))
            # Nothing of it for our caller is not yet the end: a page may be all of a unit that was given up.
            if events:
                break
            if counts is None:
                # An import that is being written: in a moment it is there or void. Nothing after it is given before,
                # for a consumer that has passed it would never see it.
                if time.monotonic() > until:
                    break
                time.sleep(_AGAIN_AFTER_S)
        return events

    def get(self, seq: int) -> StoredRaw | None:
        """One event."""
        found = self._stream.at(seq) if seq > 0 else None
        if found is None or found.subject == form.part_subject(self._name) or not self._units.counts(found):
            return None
        return form.stored(found, self._whole(found))

    def latest(self) -> int:
        """Highest position, also of an event that has expired."""
        # of the leader: one that lags would let a reader believe that it has seen all
        return self._stream.state().last

    def known(self, source: str, deliveries: Sequence[str]) -> set[str]:
        """Which of these delivery ids are there."""
        by_subject = {form.event_subject(self._name, source, delivery): delivery for delivery in deliveries}
        there = self._stream.under(list(by_subject))
        return {by_subject[subject] for subject, found in there.items() if self._units.counts(found)}

    def state(self) -> State:
        """How the stream stands."""
        return self._stream.state()

    def recover(self) -> None:
        """Throws the connection away: the next call makes a new one, to any of the servers."""
        self._link.drop()

    def close(self) -> None:
        """Closes the connection."""
        self._link.close()

    def _whole(self, found: form.Found) -> bytes:
        """An event's bytes with those that its own message could not hold."""
        count = form.part_count(found.headers)
        parts = []
        for seq in range(found.seq - count, found.seq):
            part = self._stream.at(seq)
            # published as one with it and dropped as one with it
            if part is None:
                raise ShelfDown(f"the stream lacks message {seq}, a part of event {found.seq}")
            parts.append(part.data)
        return b"".join((*parts, found.data))

    def _patiently(self, run: Callable[[], None], passing: type[ShelfDown] = ShelfDown) -> None:
        """Tries again while a cluster elects a leader: what is published twice is there once.

        The time counts from the first failure on, over all appends: where NATS is down for longer, each is refused at
        once instead of keeping its sender waiting.
        """
        while True:
            try:
                run()
            except passing:
                now = time.monotonic()
                self._silent_since = self._silent_since or now
                if now - self._silent_since > PATIENCE_S:
                    raise
                time.sleep(_AGAIN_AFTER_S)
            else:
                self._silent_since = None
                return


def _older(found: form.Found, whole: bytes, before: datetime) -> bool:
    """Whether an event was received before a moment, by its own word or the server's.

    The server's too: an event that a gateway with a clock of next year took would keep all after it from expiring.
    """
    received = form.received_us(whole)
    stored_at = parse_time(found.stored_at)
    return (received is not None and received < epoch_us(before)) or (stored_at is not None and stored_at < before)
