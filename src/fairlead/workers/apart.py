"""The busy part of the work in a process of its own, so that it takes no time from those who answer requests.

Two threads of one interpreter wait for each other at every step; ingestion beside the gateway would make tools wait
many times longer for their acknowledgement.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from fairlead.config.load import Loaded
from fairlead.model.times import Clock
from fairlead.wiring.services import Services

_log = logging.getLogger(__name__)

_START_AGAIN_AFTER_S = 2.0
_STOP_WITHIN_S = 30.0

Work = Callable[[Services, threading.Event], None]
"""Works on a home of its own opening until the event is set; must be importable by name."""


class Apart:
    """A child that works, started again when it dies, and gone as soon as this process is."""

    def __init__(self, services: Services, work: Work) -> None:
        self._services = services
        self._work = work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="workers-apart", daemon=True)

    def start(self) -> None:
        """Starts the child."""
        self._thread.start()

    def stop(self) -> None:
        """Tells the child to stop and waits for it."""
        self._stop.set()
        self._thread.join(_STOP_WITHIN_S + 5.0)

    def _watch(self) -> None:
        # The child has what this thread has: a Ctrl-C before it has come to say that it ignores one ended it noisily.
        # The tracker first, for starting it takes the block away again.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        while not self._stop.is_set():
            child, ours = self._spawn()
            while child.is_alive() and not self._stop.wait(0.2):
                pass
            # The closed pipe is how the child hears of it, also when this process is killed.
            ours.close()
            child.join(_STOP_WITHIN_S)
            if child.is_alive():
                child.kill()
            if not self._stop.is_set():
                _log.error("the workers died (%s); they start again", child.exitcode)
                self._stop.wait(_START_AGAIN_AFTER_S)

    def _spawn(self) -> tuple[BaseProcess, Connection]:
        context = multiprocessing.get_context("spawn")
        theirs, ours = context.Pipe(duplex=False)
        services = self._services
        child = context.Process(
            target=_child, args=(self._work, services.loaded, services.home, services.clock, theirs), name="workers"
        )
        child.start()
        theirs.close()
        return child, ours


def _child(work: Work, loaded: Loaded, home: Path, clock: Clock, parent: Connection) -> None:
    stop = threading.Event()
    # Ctrl-C reaches the whole group of processes; the parent says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def until_parent_is_gone() -> None:
        try:
            parent.recv_bytes()
        except (EOFError, OSError):
            stop.set()

    threading.Thread(target=until_parent_is_gone, name="parent", daemon=True).start()
    with Services(loaded, home, clock) as services:
        work(services, stop)
