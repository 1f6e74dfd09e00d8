"""Follow what grows: the raw log into records, records into marts."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date

from fairlead.ingest.apply import Ingest
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Fault
from fairlead.model.times import Clock
from fairlead.store import records, rereads
from fairlead.store.database import Database
from fairlead.workers.leases import Lease

_log = logging.getLogger(__name__)

_PAUSE_S = 1.0
_LOOK_EVERY_S = 0.3
_FAULT_PAUSE_S = 5.0


class IngestFollower:
    """Raw events -> records, as they come."""

    def __init__(self, ingest: Ingest, stop: threading.Event, turn: Lease | None = None) -> None:
        """With a `turn` it stands by while another process has it.

        Two that follow at once are right as well, but each batch is then read twice and committed once.
        """
        self._ingest = ingest
        self._stop = stop
        self._turn = turn

    def run(self) -> None:
        """Follows until told to stop; a store that is down is waited for."""
        try:
            self._follow()
        finally:
            if self._turn is not None:
                # A store that is down cannot take it back: it runs out by itself.
                with suppress(Fault):
                    self._turn.give_back()

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self._once()
            except Fault as fault:
                _log.warning("ingestion pauses: %s", fault.message)
                self._stop.wait(_FAULT_PAUSE_S)
            except Exception:
                # A fault of our own stops nothing for good: the offset stays, the next try begins where this one did.
                _log.exception("ingestion pauses")
                self._stop.wait(_FAULT_PAUSE_S)

    def _once(self) -> None:
        if self._turn is not None and not self._turn.mine():
            self._stop.wait(_PAUSE_S)
            return
        log = self._ingest.log
        latest = log.latest()
        step = self._ingest.step()
        redone = self._read_again()
        if not step.raw_events and not redone and step.upto >= latest:
            log.wait(step.upto, _PAUSE_S)

    def _read_again(self) -> int:
        database = self._ingest.database
        with database.read() as tx:
            asked = rereads.asked(tx)
        if asked:
            kept = [raw for seq in asked if (raw := self._ingest.log.get(seq)) is not None]
            self._ingest.again(kept)
            with database.begin() as tx:
                rereads.done(tx, asked)
        return len(asked)


class MartsFollower:
    """Records -> marts: soon after a change, and not more often than now and then while much comes in."""

    def __init__(
        self,
        warehouse: Warehouse,
        database: Database,
        clock: Clock,
        stop: threading.Event,
        *,
        after: Callable[[], None] = lambda: None,
        rest_factor: float = 4.0,
    ) -> None:
        self._after = after
        self._warehouse = warehouse
        self._clock = clock
        self._database = database
        self._stop = stop
        self._rest_factor = rest_factor
        self._seen: tuple[int, date] | None = None

    def run(self) -> None:
        """Refreshes until told to stop."""
        while not self._stop.is_set():
            try:
                took_s = self._once()
            except Fault as fault:
                _log.warning("the marts are not refreshed: %s", fault.message)
                took_s = _FAULT_PAUSE_S
            except Exception:
                _log.exception("the marts are not refreshed")
                took_s = _FAULT_PAUSE_S
            # A refresh costs the more the more there is: rest in proportion, so that ingestion keeps the machine.
            self._stop.wait(min(30.0, max(_LOOK_EVERY_S, took_s * self._rest_factor)))

    def _once(self) -> float:
        with self._database.read() as tx:
            # Calendars reach a while beyond today: a new day is news also where nothing else is.
            present = records.revision(tx), self._clock.now().date()
        # The revision costs one row to read: looking three times a second is cheaper than being told.
        if present == self._seen:
            return 0.0
        begun = time.monotonic()
        self._warehouse.refresh()
        # Only now, and as it was before the refresh: what came meanwhile makes the next look find news.
        self._seen = present
        self._after()
        return time.monotonic() - begun


def threads(runs: Iterable[tuple[str, Callable[[], None]]]) -> list[threading.Thread]:
    """Starts each under its name."""
    started = []
    for name, run in runs:
        started.append(threading.Thread(target=run, name=name, daemon=True))
        started[-1].start()
    return started
