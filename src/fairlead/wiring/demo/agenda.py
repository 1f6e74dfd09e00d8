"""Scripts that wait: each is a generator that yields the story second at which it wants to go on."""

from __future__ import annotations

import heapq
from collections.abc import Generator

Script = Generator[int, None, None]


class Agenda:
    """Runs all scripts in the order of story time."""

    def __init__(self, stop: int) -> None:
        self._stop = stop
        self._waiting: list[tuple[int, int, Script]] = []
        self._count = 0
        self.now = 0

    def begin(self, script: Script, at: int | None = None) -> None:
        """Adds a script; it starts at once or at a story second."""
        self._count += 1
        heapq.heappush(self._waiting, (self.now if at is None else max(at, self.now), self._count, script))

    def run(self) -> None:
        """Plays until nothing is left or the story's end is reached; what comes later never happens."""
        while self._waiting:
            t, _, script = heapq.heappop(self._waiting)
            if t > self._stop:
                return
            self.now = t
            try:
                wanted = next(script)
            except StopIteration:
                continue
            self.begin(script, wanted)
