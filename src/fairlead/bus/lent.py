"""Connections lent to one reader at a time and kept for the next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar


class _Closes(Protocol):
    def close(self) -> None: ...


_C = TypeVar("_C", bound=_Closes)


class Lent(Generic[_C]):
    """As many connections as there were readers at once; one that failed is not used again."""

    def __init__(self, connect: Callable[[], _C]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._idle: list[_C] = []

    @contextmanager
    def one(self) -> Iterator[_C]:
        """Lends a connection for a block."""
        with self._lock:
            # the last one that came back: its pages are in the cache
            con = self._idle.pop() if self._idle else None
        # opened outside the lock: a server that does not answer must hold up nobody else
        if con is None:
            con = self._connect()
        try:
            yield con
        except BaseException:
            # What state it is in cannot be known, and the others may have been cut with it: the next reader gets new.
            con.close()
            self.close()
            raise
        with self._lock:
            self._idle.append(con)

    def close(self) -> None:
        """Closes those that nobody has."""
        with self._lock:
            idle, self._idle = self._idle, []
        for con in idle:
            con.close()
