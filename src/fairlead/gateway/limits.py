"""Rate limits for strangers at the sign-in."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_KEYS = 10_000


class RateLimit:
    """A bucket of tries for each key; it fills again with time. Forgets the longest unseen keys first."""

    def __init__(self, tries: int, per_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self._tries = tries
        self._per_s = per_s
        self._now = now
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Takes one try: 0.0 if there was one, else the seconds until there is."""
        with self._lock:
            left = self._left(key)
            # A refused try costs nothing: whoever goes on trying is not locked out for longer by it.
            if left < 1.0:
                return (1.0 - left) * self._per_s / self._tries
            self._keep(key, left - 1.0)
            return 0.0

    def wait(self, key: str) -> float:
        """As `take`, without taking."""
        with self._lock:
            left = self._left(key)
        return 0.0 if left >= 1.0 else (1.0 - left) * self._per_s / self._tries

    def _left(self, key: str) -> float:
        left, at = self._buckets.get(key, (float(self._tries), self._now()))
        return min(float(self._tries), left + (self._now() - at) * self._tries / self._per_s)

    def _keep(self, key: str, left: float) -> None:
        self._buckets[key] = (left, self._now())
        # In order of use, so that a stranger with many addresses pushes out only those long unseen.
        self._buckets.move_to_end(key)
        if len(self._buckets) > _MOST_KEYS:
            self._buckets.popitem(last=False)
