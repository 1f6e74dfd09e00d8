"""Carries what lies in the outbox: claims a message, sends it, notes what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from fairlead.governance.letter import Letter
from fairlead.governance.outbox import Outbox
from fairlead.governance.smtp import Down
from fairlead.model.errors import Fault, Skip
from fairlead.store.outbox import Message

_log = logging.getLogger(__name__)


class Way(Protocol):
    """How messages of one channel travel."""

    def send(self, message: Message, letter: Letter) -> str:
        """Hands one over; gives the answer. Raises `Retry` if it may be taken later, `Skip` if never."""
        ...

    def rest(self) -> None:
        """Nothing more is to be sent for now."""
        ...


class Carrier:
    """Sends what is due over the ways it has; what travels otherwise is left to others."""

    def __init__(self, outbox: Outbox, ways: Mapping[str, Way], stopped: Callable[[], bool] = lambda: False) -> None:
        self._outbox = outbox
        self._ways = ways
        self._stopped = stopped

    def carry(self) -> int:
        """Sends until nothing is due; gives how many were taken."""
        open_ways, taken = set(self._ways), 0
        try:
            while open_ways and not self._stopped() and (message := self._outbox.claim(open_ways)) is not None:
                try:
                    self.send(message)
                    taken += 1
                except Down:
                    # the next one would wait half a minute for the same answer
                    open_ways.discard(message.channel)
                except Fault as fault:
                    _log.warning("%s to %s: %s", message.channel, message.id, fault.message)
        finally:
            self.rest()
        return taken

    def send(self, message: Message) -> str:
        """Sends one that was claimed, and notes what became of it; gives the answer, or raises why not."""
        try:
            way = self._ways.get(message.channel)
            if way is None:
                raise Skip(f"nothing is set up that sends by {message.channel}", hint="[mail] in fairlead.toml")
            answer = way.send(message, self._outbox.letter(message))
        except Fault as fault:
            self._outbox.not_sent(message, fault)
            raise
        except Exception as fault:
            # A fault of ours must not be met again and again by every message behind this one.
            self._outbox.not_sent(message, Skip(f"{type(fault).__name__}: {fault}"))
            _log.exception("message %s", message.id)
            raise Skip(f"{type(fault).__name__}: {fault}") from fault
        if message.status == "sending":
            answer += " (an earlier try ended without a note: it may have come twice)"
        self._outbox.sent(message, answer)
        return answer

    def rest(self) -> None:
        """Ends what the ways hold open."""
        for way in self._ways.values():
            way.rest()
