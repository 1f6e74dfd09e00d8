"""Units larger than one batch of the server: written in several, and there as a whole or not at all.

Each batch ends with a word on the unit: `open`, or with the last batch `sealed`. A reader that comes to a message of
an open unit waits before it; where nothing more comes, for its writer was killed, any reader declares the unit
`void`. Every word names the position of the one before it, and the server compares: of a writer that goes on and a
reader that gives up only one is heard.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import islice
from typing import NamedTuple

from fairlead.bus import nats_form as form
from fairlead.bus.nats_form import Draft, Found
from fairlead.bus.nats_link import Silent
from fairlead.bus.nats_stream import Conflict, Stream
from fairlead.bus.shelf import ShelfDown
from fairlead.model.errors import Abort
from fairlead.model.times import Clock, SystemClock, parse_time

ONE_BATCH = 1000
"""Messages that a server takes as one unless it is configured otherwise."""

SILENT_S = 15.0
"""A unit to which nothing came for so long is void: longer than an election takes, in which no writer is heard."""

_BATCH_MESSAGES, _BATCH_BYTES = 500, 4 << 20

Patiently = Callable[[Callable[[], None]], None]
"""Runs something again while a cluster elects its leader."""


class Fit(NamedTuple):
    """What of a refused batch is there already, with positions."""

    own: dict[str, int]
    """Written by the same append, whose answer was lost."""
    held: dict[str, int]
    """Written by another."""


class Units:
    """What readers make of units, of this and of other processes."""

    def __init__(self, stream: Stream, name: str, clock: Clock | None = None) -> None:
        self._stream = stream
        self._name = name
        self._clock = clock or SystemClock()
        # an end is final, so it is asked for once; two threads that ask at once are told the same
        self._ended: dict[str, bool] = {}

    def counts(self, found: Found) -> bool | None:
        """Whether a message is an event of the log; `None` while that is open."""
        unit = found.headers.get(form.UNIT)
        state = found.headers.get(form.STATE)
        if unit is None or state is not None:
            return state != "open"
        if unit not in self._ended:
            ended = self._end(unit)
            if ended is None:
                return None
            self._ended[unit] = ended
        return self._ended[unit]

    def said(self, unit: str) -> Found | None:
        """The last word on a unit."""
        subject = form.unit_subject(self._name, unit)
        return self._stream.under([subject]).get(subject)

    def fit(self, waiting: dict[str, Draft], append: str) -> Fit:
        """Takes out of what waits those that are there; what a void unit left under their subjects makes room."""
        own: dict[str, int] = {}
        held: dict[str, int] = {}
        for subject, found in self._stream.under(list(waiting)).items():
            counts = self.counts(found)
            if found.headers.get(form.APPEND) == append:
                own[subject] = found.seq
            elif counts:
                held[subject] = found.seq
            elif counts is None:
                # told to be there, and then its import is void: the sender would not send it again
                raise Silent("an import that holds one of these events is being written")
            else:
                self._stream.drop(found.seq)
        for subject in (*own, *held):
            del waiting[subject]
        if not (own or held):
            # Another gateway publishes the same just now and has no answer either, or there is room now: in a moment
            # it is clear. Not at once, for what cannot be taken away would be tried without a rest.
            raise ShelfDown("NATS refuses what it does not hold")
        return Fit(own, held)

    def write(self, drafts: dict[str, Draft], append: str, patiently: Patiently) -> Fit:
        """Publishes all, sealed by the last batch."""
        unit, waiting, at = secrets.token_hex(8), dict(drafts), 0
        subject = form.unit_subject(self._name, unit)
        fresh: dict[str, int] = {}
        held: dict[str, int] = {}

        def publish() -> None:
            nonlocal at
            batch = _next(waiting)
            state = "open" if len(batch) < len(waiting) else "sealed"
            own = [one._replace(marks={form.UNIT: unit}) for one in batch.values()]
            word = form.unit_said(self._name, unit, state, at, self._clock.now())
            try:
                placed = self._stream.publish([*own, word], append)
            except Conflict as conflict:
                said = self.said(unit)
                if said is None or said.seq == at:
                    known = self.fit(batch, append).held
                    held.update(known)
                    _take(waiting, known)
                    return
                if said.headers.get(form.STATE) == "void":
                    raise Abort(
                        f"the import stood still for {SILENT_S:g} s and was given up: nothing of it is kept",
                        hint="import it again",
                    ) from conflict
                # the batch is there, its acknowledgement got lost
                placed = self.fit(batch, append).own | {subject: said.seq} if batch else {subject: said.seq}
            at = placed.pop(subject)
            fresh.update(placed)
            _take(waiting, placed)
            if state == "sealed":
                self._ended[unit] = True

        # what is known already needs no unit; what was begun needs its seal, though nothing be left to write
        while waiting or (at and unit not in self._ended):
            patiently(publish)
        return Fit(fresh, held)

    def _end(self, unit: str) -> bool | None:
        said = self.said(unit)
        if said is None:
            # dropped by age, its messages before it
            return False
        if (state := said.headers.get(form.STATE)) != "open":
            return state == "sealed"
        # both by the server's clock: ours may be an hour off, and a command lives too short to measure a silence
        now, last = parse_time(self._stream.state().now), parse_time(said.stored_at)
        if now is None or last is None or now - last < timedelta(seconds=SILENT_S):
            return None
        try:
            self._stream.publish([form.unit_said(self._name, unit, "void", said.seq, self._clock.now())], "")
        except Conflict:
            # it went on in the last moment, or another reader was faster
            return None
        return False


def _take(waiting: dict[str, Draft], placed: Iterable[str]) -> None:
    for subject in placed:
        del waiting[subject]


def _next(waiting: dict[str, Draft]) -> dict[str, Draft]:
    """The first of what waits, as much as makes a batch: some tenths of a second, so that a unit is seen to go on."""
    count = messages = size = 0
    for one in waiting.values():
        messages += len(one.parts)
        size += sum(map(len, one.parts))
        # one event is never cut: the largest body is some hundred messages of the smallest size
        if count and (messages > _BATCH_MESSAGES or size > _BATCH_BYTES):
            break
        count += 1
    return dict(islice(waiting.items(), count))
