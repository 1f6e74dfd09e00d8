"""From the log's writer thread to the event loop: one wake-up for a whole group of receipts."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Landing(Generic[_T]):
    """Brings results of other threads to one loop. `asyncio.wrap_future` would write to the loop's pipe for each."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._landed: deque[tuple[asyncio.Future[_T], Future[_T]]] = deque()
        self._woken = False

    def follow(self, future: Future[_T]) -> asyncio.Future[_T]:
        """The same result, to be awaited here."""
        mine: asyncio.Future[_T] = self.loop.create_future()
        future.add_done_callback(lambda done: self._land(mine, done))
        return mine

    def _land(self, mine: asyncio.Future[_T], done: Future[_T]) -> None:
        self._landed.append((mine, done))
        if not self._woken:
            self._woken = True
            self.loop.call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        # Cleared first: what lands from here on wakes the loop again.
        self._woken = False
        while self._landed:
            mine, done = self._landed.popleft()
            if mine.done():
                continue
            if fault := done.exception():
                mine.set_exception(fault)
            else:
                mine.set_result(done.result())
