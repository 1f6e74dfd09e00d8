"""Time and memory that a user's query may take of the process that serves everybody."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_HEADROOM_BYTES = 384 << 20
"""What the process may grow by while a query runs, on top of DuckDB's own memory limit."""
_BRAKED_BYTES = 64 << 20
"""What everybody together may still allocate once a query is beyond that, until it has failed."""
_LOOK_EVERY_S = 0.02
_SETTLES_S = 4.0
"""DuckDB gives freed memory back in the background, most of it within two seconds."""

_STATM = Path("/proc/self/statm")
_PAGE = 4096
_UNITS = {"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}


@dataclass(slots=True)
class Watch:
    """What became of one query."""

    too_large: bool = False
    done: threading.Event = field(default_factory=threading.Event)


@contextmanager
def bounded(con: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[Watch]:
    """Interrupts what runs on a connection after so long, or once it takes too much memory."""
    watch = Watch()
    _brake.settle()
    most = _memory()[0] + _memory_limit(con) + _HEADROOM_BYTES
    watcher = threading.Thread(target=_look, args=(watch, con, time.monotonic() + seconds, most), daemon=True)
    watcher.start()
    try:
        yield watch
    finally:
        watch.done.set()
        watcher.join()
        if watch.too_large:
            _brake.release()


def _look(watch: Watch, con: duckdb.DuckDBPyConnection, until: float, most: int) -> None:
    while not watch.done.wait(_LOOK_EVERY_S):
        if time.monotonic() > until:
            con.interrupt()
        if not watch.too_large and _memory()[0] > most:
            watch.too_large = True
            con.interrupt()
            _brake.engage(most)


class _Brake:
    """Lets the next allocations of the process fail, for the moment in which a query runs away.

    DuckDB's `memory_limit` counts its buffers, hash tables and sorted runs, and not what a scalar function makes of
    one vector: `repeat(s, 1000000)` over 2,048 rows takes 2 GB in one step, which no interrupt reaches. With the
    system's limit just above what is taken, its allocation fails and the query with it. The limit holds for the whole
    process, so it stands only from then until the query has ended.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held = 0
        self._before = (0, 0)
        self._reached = 0

    def settle(self) -> None:
        """Waits a little for the memory of a query that ran away: the next must not add its allowance on top."""
        until = time.monotonic() + _SETTLES_S
        while self._reached and _memory()[0] > self._reached - _HEADROOM_BYTES and time.monotonic() < until:
            time.sleep(_LOOK_EVERY_S)
        self._reached = 0

    def engage(self, reached: int) -> None:
        """Sets the limit, unless another query has."""
        import resource

        with self._lock:
            self._held += 1
            self._reached = reached
            if self._held == 1:
                self._before = resource.getrlimit(resource.RLIMIT_DATA)
                known = [limit for limit in self._before if limit != resource.RLIM_INFINITY]
                lowest = min([*known, _memory()[1] + _BRAKED_BYTES])
                resource.setrlimit(resource.RLIMIT_DATA, (lowest, self._before[1]))

    def release(self) -> None:
        """Lifts it once the last query that ran away has ended."""
        import resource

        with self._lock:
            self._held -= 1
            if not self._held:
                resource.setrlimit(resource.RLIMIT_DATA, self._before)


_brake = _Brake()


def _memory() -> tuple[int, int]:
    """Resident bytes and bytes of data, as the limit counts them; zeros where the system does not tell."""
    try:
        sizes = _STATM.read_text(encoding="ascii").split()
    except OSError:
        return 0, 0
    return int(sizes[1]) * _PAGE, int(sizes[5]) * _PAGE


def _memory_limit(con: duckdb.DuckDBPyConnection) -> int:
    """DuckDB's own limit, which it tells like `244.1 MiB`."""
    found = con.execute("select current_setting('memory_limit')").fetchone()
    number, unit = str(found[0] if found else "0 bytes").split()
    return int(float(number) * _UNITS[unit])
