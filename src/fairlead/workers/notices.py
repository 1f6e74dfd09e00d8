"""People are told: follows what happens to signals and actions, and hands over what its readers can be told now."""

from __future__ import annotations

import logging
import threading
import time

from fairlead.model.errors import Fault
from fairlead.store import notices
from fairlead.wiring.notifying import deliver
from fairlead.wiring.services import Services
from fairlead.wiring.telling import follow

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 2.0
_DELIVER_EVERY_S = 20.0
"""What waits does so for quiet hours and budgets: looking for it costs more than following, and hurries nobody."""
_FAULT_PAUSE_S = 15.0


class NoticesFollower:
    """Runs where the warehouse is: whose turn it is stands there."""

    def __init__(self, services: Services, stop: threading.Event) -> None:
        self._services = services
        self._stop = stop
        self._delivered_at = 0.0

    def run(self) -> None:
        """Tells until told to stop."""
        while not self._stop.is_set():
            pause_s = _LOOK_EVERY_S
            try:
                self.once()
            except Fault as fault:
                _log.warning("nobody is told: %s", fault.message)
                pause_s = _FAULT_PAUSE_S
            except Exception:
                # a fault of our own stops nothing for good: what was not told stays where it was
                _log.exception("nobody is told")
                pause_s = _FAULT_PAUSE_S
            self._stop.wait(pause_s)

    def once(self) -> None:
        """One look: what is new is told at once, what was told is brought up to date, the rest when it is time."""
        new = follow(self._services)
        with self._services.database.read() as tx:
            new = new or notices.is_stale(tx)
        if new or time.monotonic() - self._delivered_at >= _DELIVER_EVERY_S:
            deliver(self._services)
            self._delivered_at = time.monotonic()
