"""Keeps what was fetched for a short while, in memory alone: a webhook must not ask Vault each time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable


class Kept:
    """Texts by key, each for as long as was said when it was fetched."""

    def __init__(self) -> None:
        self._held: dict[Hashable, tuple[float, str]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, fetch: Callable[[], tuple[str, float]]) -> str:
        """What is held, else what is fetched: a text and for how many seconds it may be kept."""
        # Under the lock: of a burst of webhooks one asks, and the others wait for its answer.
        with self._lock:
            held = self._held.get(key)
            if held and held[0] > time.monotonic():
                return held[1]
            value, seconds = fetch()
            self._held[key] = (time.monotonic() + seconds, value)
            return value

    def drop(self, key: Hashable) -> None:
        """Forgets one, as when it was refused."""
        with self._lock:
            self._held.pop(key, None)
