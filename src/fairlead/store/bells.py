"""How a follower hears at once that something was written: in its own process, by another one, on either database."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any, Protocol

from fairlead.store import requests
from fairlead.store.database import Database

_LOOK_EVERY_S = 0.05


class Bell(Protocol):
    """Rings when there may be news."""

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        """Waits until it rings, until told to stop, or for so long."""
        ...

    def close(self) -> None:
        """Listens no more."""
        ...


def bell(database: Database) -> Bell:
    """What rings for the requests of a store."""
    return _Listening(database) if database.dialect == "postgresql" else _Looking(database)


class _Looking:
    """On SQLite: the file says whether anybody else has committed; asking it takes some microseconds."""

    def __init__(self, database: Database) -> None:
        self._connection = database.driver_connection()
        self._seen = self._version()

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        until = time.monotonic() + timeout_s
        while not stop.is_set() and time.monotonic() < until:
            # who commits in this process rings by itself: the version tells of other connections
            rung = requests.wait(_LOOK_EVERY_S)
            seen = self._version()
            if rung or seen != self._seen:
                self._seen = seen
                return

    def close(self) -> None:
        self._connection.close()

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


class _Listening:
    """On PostgreSQL: LISTEN, on a connection of its own that is made anew when the server was away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        try:
            if self._connection is None:
                self._connection = self._database.driver_connection()
                self._connection.autocommit = True
                self._connection.execute(f"LISTEN {requests.CHANNEL}")
                # what was put in before this is not told: the caller looks once more
                return
            until = time.monotonic() + timeout_s
            # in short waits: a process that is told to stop must not wait for a message
            while not stop.is_set() and time.monotonic() < until:
                if list(self._connection.notifies(timeout=0.5, stop_after=1)):
                    return
        except self._database.driver_error:
            self.close()
            stop.wait(timeout_s)

    def close(self) -> None:
        held, self._connection = self._connection, None
        if held is not None:
            with suppress(self._database.driver_error):
                held.close()
