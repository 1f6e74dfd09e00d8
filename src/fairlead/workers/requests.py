"""Follows what a click asked for: hears of it within 100 ms, and starts the short workflow under the row's id.

Several workers may follow one store: a row is claimed by the first step of its workflow. What a dead one held is gone
on with by itself when it comes back under its name, or from the row by whoever sees that it is gone.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from fairlead.model.errors import Fault
from fairlead.store import requests
from fairlead.store.bells import bell
from fairlead.store.holders import Holder
from fairlead.store.requests import Request
from fairlead.wiring import governing
from fairlead.wiring.services import Services
from fairlead.workers.engine import KEEP, Engine, folder_url
from fairlead.workers.leases import Lease

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 5.0
_TIDY_EVERY_S = 30.0
_FORGET_EVERY_S = 3600.0
_FAULT_PAUSE_S = 5.0
_WARM_AFTER_S = 15.0
"""An engine that starts with its process would make every start three seconds dearer."""
_MOST_WORKERS = 256
_AT_ONCE = 16


class RequestFollower:
    """Does what was asked for, soon after it was."""

    def __init__(self, services: Services, stop: threading.Event, *, warm_after_s: float = _WARM_AFTER_S) -> None:
        self._services = services
        self._stop = stop
        self._holder = Holder.here()
        self._begun: set[str] = set()
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="acts")
        self._slot = Slot(services)
        self._engine: Engine | None = None
        self._warm_at = time.monotonic() + warm_after_s
        self._tidied_at = float("-inf")
        self._forgot_at = time.monotonic()

    def run(self) -> None:
        """Follows until told to stop."""
        rings = bell(self._services.database)
        try:
            while not self._stop.is_set():
                try:
                    self.once()
                    rings.wait(_LOOK_EVERY_S if self._warm else 0.5, self._stop)
                except Fault as fault:
                    _log.warning("acts pause: %s", fault.message)
                    self._stop.wait(_FAULT_PAUSE_S)
                except Exception:
                    _log.exception("acts pause")
                    self._stop.wait(_FAULT_PAUSE_S)
        finally:
            rings.close()
            self._pool.shutdown(wait=True, cancel_futures=True)
            if self._engine is not None:
                self._engine.stop()
            self._slot.give_back()

    def once(self) -> None:
        """One look: what is due is begun, and now and then the house is kept."""
        now = time.monotonic()
        if now - self._tidied_at > _TIDY_EVERY_S:
            self._tidied_at = now
            self._slot.renew()
            governing.keep_house(self._services)
        if not self._warm and now >= self._warm_at:
            self._started()
        with self._services.database.read() as tx:
            due = requests.due(tx, governing.now(self._services), _AT_ONCE)
        # what is over, or held by us, is not due any more: should it come again, it is begun again
        self._begun &= {one.id for one in due}
        for one in due:
            if one.id not in self._begun:
                self._begun.add(one.id)
                self._begin(one)
        if now - self._forgot_at > _FORGET_EVERY_S:
            self._forgot_at = now
            self._forget()

    @property
    def _warm(self) -> bool:
        return self._engine is not None

    def _started(self) -> Engine:
        if self._engine is None:
            engine = Engine(
                self._services.settings.store.url or folder_url(self._services.home),
                f"worker-{self._slot.take()}",
                partial(_perform, self._services, self._holder),
            )
            engine.start()
            self._engine = engine
        return self._engine

    def _begin(self, request: Request) -> None:
        engine = self._started()
        # a row that nobody has held is new to every engine
        if request.state == "waiting":
            engine.begin(request.id)
            return
        standing = engine.standing(request.id)
        if standing == "unknown":
            engine.begin(request.id)
        elif standing != "ours":
            # Its worker is gone and may not come back, or its engine gave up: the row alone says what is to be done.
            self._pool.submit(self._from_row, request.id)

    def _from_row(self, request: str) -> None:
        try:
            governing.perform(self._services, request, holder=self._holder)
        except Fault as fault:
            _log.warning("%s: %s", request, fault.message)
        except Exception:
            _log.exception("%s", request)

    def _forget(self) -> None:
        with self._services.database.begin() as tx:
            requests.forget(tx, governing.now(self._services) - KEEP)
        if self._engine is not None:
            self._engine.forget()


def _perform(services: Services, holder: Holder, request: str, step: object) -> str:
    return governing.perform(services, request, step, holder)  # type: ignore[arg-type]


class Slot:
    """The name of a worker over restarts: the lowest number that no living worker has."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lease: Lease | None = None
        self.number = 0

    def take(self) -> int:
        """The number, taken if it is not yet."""
        for number in range(1, _MOST_WORKERS + 1):
            if self._lease is not None:
                break
            lease = Lease(self._services.database, f"worker {number}")
            if lease.mine():
                self._lease, self.number = lease, number
        return self.number

    def renew(self) -> None:
        """Tells that we live."""
        if self._lease is not None and not self._lease.mine():
            # Somebody took us for dead and may have gone on with what we had; each step looks who holds its row.
            _log.warning("worker %s was taken over", self.number)

    def give_back(self) -> None:
        """Frees the number."""
        held, self._lease = self._lease, None
        if held is not None:
            try:
                held.give_back()
            except Fault as fault:
                _log.warning("%s", fault.message)
