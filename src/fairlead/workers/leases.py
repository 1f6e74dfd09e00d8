"""One at a time across processes: a lease in the store, which a holder renews and a dead one loses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from fairlead.model.errors import Fault, Retry
from fairlead.model.times import Clock, SystemClock, iso, parse_time
from fairlead.store import state
from fairlead.store.database import Database
from fairlead.store.holders import Holder

LASTS = timedelta(seconds=120)

_WALL_CLOCK: Clock = SystemClock()
"""Leases end by the machines' time, also where a home works with a clock that stands still."""


class Taken(Retry):
    """Somebody else has the lease."""


class Lease:
    """Held until it is given back, or not renewed for its time, or its process is gone from this machine."""

    def __init__(
        self, database: Database, name: str, clock: Clock = _WALL_CLOCK, *, lasts: timedelta = LASTS
    ) -> None:
        self._database = database
        self._lasts = lasts
        self._key = f"lease/{name}"
        self._name = name
        self._clock = clock
        self._holder = asdict(Holder.here())
        self._renewed: datetime | None = None

    def take(self) -> None:
        """Takes it; raises `Retry` that names the holder if somebody else has it."""
        with self._database.begin() as tx:
            # PostgreSQL lets two transactions read at once; this makes the second wait for the first.
            self._database.take_turn(tx)
            held = state.get(tx, self._key)
            now = self._clock.now()
            if held and held["token"] != self._holder["token"] and _alive(held, now):
                raise Taken(
                    f"{self._name} is in work by process {held['pid']} on {held['host']}",
                    after_s=self._lasts.total_seconds(),
                    hint="wait for it, or stop it",
                )
            self._put(tx, now)

    def renew(self) -> None:
        """Tells that the holder lives; does nothing unless a third of the time has passed."""
        now = self._clock.now()
        if self._renewed is not None and now - self._renewed < self._lasts / 3:
            return
        with self._database.begin() as tx:
            self._database.take_turn(tx)
            held = state.get(tx, self._key)
            if not held or held["token"] != self._holder["token"]:
                self._renewed = None
                raise Taken(f"{self._name} was taken over by another process")
            self._put(tx, now)

    def mine(self) -> bool:
        """Whether it is ours, taken or renewed where that can be: for work that simply waits for its turn."""
        try:
            if self._renewed is None:
                self.take()
            else:
                self.renew()
        except Taken:
            return False
        return True

    def give_back(self) -> None:
        """Frees it, if it is still ours."""
        self._renewed = None
        with self._database.begin() as tx:
            self._database.take_turn(tx)
            held = state.get(tx, self._key)
            if held and held["token"] == self._holder["token"]:
                state.drop(tx, self._key)

    @contextmanager
    def held(self) -> Iterator[Lease]:
        """Takes it for a block."""
        self.take()
        try:
            yield self
        finally:
            # A store that is down now must not hide why the block ended; the lease runs out by itself.
            with suppress(Fault):
                self.give_back()

    def _put(self, tx: Any, now: datetime) -> None:
        state.put(tx, self._key, {**self._holder, "until": iso(now + self._lasts)})
        self._renewed = now


def _alive(held: dict[str, Any], now: datetime) -> bool:
    until = parse_time(held["until"])
    if until is None or until <= now:
        return False
    # A killed process on this machine need not be waited for.
    return not Holder(held["host"], held["pid"], held["token"]).is_gone()
