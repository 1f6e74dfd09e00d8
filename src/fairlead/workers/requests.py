"""Follows what a click or the hour asked for: hears of it within 100 ms, and starts a short workflow by the row's id.

Several workers may follow one store: each claims no more than it has hands for, so that the rest is left to others.
What a dead one held is gone on with by itself when it comes back under its name, or from the row by whoever sees that
it is gone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from fairlead.governance.executing import Step
from fairlead.governance.judging import KIND
from fairlead.model.errors import Fault
from fairlead.store import requests
from fairlead.store.bells import bell
from fairlead.store.holders import Holder
from fairlead.wiring import governing
from fairlead.wiring.services import Services
from fairlead.workers.engine import KEEP, Engine, folder_url
from fairlead.workers.leases import Lease
from fairlead.workers.runs import Runs

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 5.0
_LOOK_AGAIN_S = 0.2
"""While more is due than there are hands."""
_TIDY_EVERY_S = 30.0
_FORGET_EVERY_S = 3600.0
_FAULT_PAUSE_S = 5.0
_WARM_AFTER_S = 15.0
"""An engine that starts with its process would make every start three seconds dearer."""
_MOST_WORKERS = 256
_ACTS_AT_ONCE = 4
_RUNS_AT_ONCE = 4
"""A sync may take hours: clicks have hands of their own."""
_STOP_WITHIN_S = 25.0


class RequestFollower:
    """Does what was asked for, soon after it was: acts, and runs of the schedules that this process can do."""

    def __init__(
        self,
        services: Services,
        stop: threading.Event,
        runs: Runs | None = None,
        *,
        acts: bool = True,
        role: str = "worker",
        patient: bool = False,
        warm_after_s: float = _WARM_AFTER_S,
    ) -> None:
        """`role` names what this process can do: what it left behind is for one of the same.

        A `patient` one answers requests as well: runs wait until the engine is warm, clicks wait for nothing.
        """
        self._services = services
        self._stop = stop
        self._runs = runs
        self._acts = acts
        self._patient = patient
        self._holder = Holder.here()
        self._held: dict[str, str] = {}
        self._ended = threading.Condition()
        self._pool = ThreadPoolExecutor(_ACTS_AT_ONCE + _RUNS_AT_ONCE, thread_name_prefix="requests")
        self._slot = Slot(services, role)
        self._engine: Engine | None = None
        self._warm_at = time.monotonic() + warm_after_s
        self._tidied_at = float("-inf")
        self._forgot_at = time.monotonic()

    def run(self) -> None:
        """Follows until told to stop, then waits a while for what is at work."""
        rings = bell(self._services.database)
        try:
            while not self._stop.is_set():
                try:
                    more = self.once()
                    rings.wait(_LOOK_AGAIN_S if more else _LOOK_EVERY_S if self._warm else 0.5, self._stop)
                except Fault as fault:
                    _log.warning("acts pause: %s", fault.message)
                    self._stop.wait(_FAULT_PAUSE_S)
                except Exception:
                    _log.exception("acts pause")
                    self._stop.wait(_FAULT_PAUSE_S)
        finally:
            rings.close()
            self._pool.shutdown(wait=False, cancel_futures=True)
            with self._ended:
                self._ended.wait_for(lambda: not self._held, _STOP_WITHIN_S)
            if self._engine is not None:
                self._engine.stop()
            self._slot.give_back()

    def once(self) -> bool:
        """One look: what is due is begun, and now and then the house is kept; whether more is due than was begun."""
        now = time.monotonic()
        if now - self._tidied_at > _TIDY_EVERY_S:
            self._tidied_at = now
            self._slot.renew()
            if self._runs is not None:
                self._runs.renew(self._holder)
            if self._acts:
                governing.keep_house(self._services)
        if not self._warm and now >= self._warm_at:
            self._started()
        # clicks first: somebody waits for them
        more = self._acts and self._take(KIND, [KIND], _ACTS_AT_ONCE)
        if self._runs is not None and (self._warm or not self._patient):
            more |= self._take("run", self._runs.kinds, _RUNS_AT_ONCE)
        if now - self._forgot_at > _FORGET_EVERY_S:
            self._forgot_at = now
            self._forget()
        return more

    @property
    def _warm(self) -> bool:
        return self._engine is not None

    def _take(self, group: str, kinds: Collection[str], at_once: int) -> bool:
        """Begins what is due of some kinds, as far as there are hands for them."""
        # what the engine took up again when it started is at work beside what was begun here
        room = max(0, at_once - sum(one == group for one in list(self._held.values())))
        at = governing.now(self._services)
        with self._services.database.read() as tx:
            due = requests.due(tx, at, kinds, room + 1)
        for one in due[:room]:
            if one.id not in self._held:
                self._begin(one.id, group, at)
        return len(due) > room

    def _started(self) -> Engine:
        if self._engine is None:
            engine = Engine(
                self._services.settings.store.url or folder_url(self._services.home),
                self._slot.take(),
                self._perform,
            )
            engine.start()
            self._engine = engine
        return self._engine

    def _begin(self, request: str, group: str, at: datetime) -> None:
        engine = self._started()
        standing = engine.standing(request)
        # begun before we died and begun again by the engine when it started
        if standing == "ours":
            return
        with self._services.database.begin() as tx:
            if requests.claim(tx, request, self._holder, at) is None:
                return
        self._held[request] = group
        if standing == "unknown":
            try:
                engine.begin(request)
            except Exception:
                self._held.pop(request, None)
                raise
        else:
            # Its worker is gone and may not come back, or its engine gave up: the row alone says what is to be done.
            self._pool.submit(self._from_row, request)

    def _from_row(self, request: str) -> None:
        try:
            self._perform(request, lambda _, work: work())
        except Fault as fault:
            _log.warning("%s: %s", request, fault.message)
        except Exception:
            _log.exception("%s", request)

    def _perform(self, request: str, step: Step) -> str:
        try:
            with self._services.database.read() as tx:
                held = requests.get(tx, request)
            if held is None:
                return "not done"
            # what the engine goes on with by itself has its hand, too
            self._held[request] = KIND if held.kind == KIND else "run"
            if held.kind == KIND:
                return governing.perform(self._services, request, step, self._holder)
            return self._runs.perform(request, step, self._holder) if self._runs else "not done"
        finally:
            with self._ended:
                self._held.pop(request, None)
                self._ended.notify_all()

    def _forget(self) -> None:
        with self._services.database.begin() as tx:
            requests.forget(tx, governing.now(self._services) - KEEP)
        if self._engine is not None:
            self._engine.forget()


class Slot:
    """The name of a worker over restarts: its role and the lowest number that no living one has."""

    def __init__(self, services: Services, role: str = "worker") -> None:
        self._services = services
        self._role = role
        self._lease: Lease | None = None
        self.number = 0

    def take(self) -> str:
        """The name, taken if it is not yet."""
        for number in range(1, _MOST_WORKERS + 1):
            if self._lease is not None:
                break
            lease = Lease(self._services.database, f"{self._role} {number}")
            if lease.mine():
                self._lease, self.number = lease, number
        return f"{self._role}-{self.number}"

    def renew(self) -> None:
        """Tells that we live."""
        if self._lease is not None and not self._lease.mine():
            # Somebody took us for dead and may have gone on with what we had; each step looks who holds its row.
            _log.warning("%s %s was taken over", self._role, self.number)

    def give_back(self) -> None:
        """Frees the number."""
        held, self._lease = self._lease, None
        if held is not None:
            try:
                held.give_back()
            except Fault as fault:
                _log.warning("%s", fault.message)
