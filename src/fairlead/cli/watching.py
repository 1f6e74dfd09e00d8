"""Waits for a plan at a terminal: says on standard error how good it is so far; Ctrl-C keeps the best one."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from fairlead.planning.watching import Best, watched

_CLEAR = "\r\x1b[2K"


class _Waiting:
    def __init__(self, zone: Any) -> None:
        self._zone, self._live = zone, sys.stderr.isatty()
        self._began, self._asked = time.monotonic(), False

    def better(self, best: Best) -> None:
        """Shows it, where somebody looks."""
        if not self._live:
            return
        end, bound = (self._said(one) for one in (best.end, best.bound))
        told = f"best so far ends {end}, bound {bound}, {time.monotonic() - self._began:.0f} s; Ctrl-C takes it"
        sys.stderr.write(f"{_CLEAR}{told}")
        sys.stderr.flush()

    def enough(self) -> bool:
        """Whether somebody has said so."""
        return self._asked

    def ask(self, *_: Any) -> None:
        """The first Ctrl-C takes the best so far, a second one ends all of it."""
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def over(self) -> None:
        """Takes the line away."""
        if self._live:
            sys.stderr.write(_CLEAR)

    def _said(self, moment: int | datetime) -> str:
        return f"{moment.astimezone(self._zone):%a %d %b, %H:%M}" if isinstance(moment, datetime) else str(moment)


@contextmanager
def waiting(zone: Any = None) -> Iterator[None]:
    """All plans that are made in here; moments are told in a zone, else in the machine's."""
    wait = _Waiting(zone)
    before: Callable[..., Any] | int | None = signal.signal(signal.SIGINT, wait.ask)
    try:
        with watched(wait):
            yield
    finally:
        signal.signal(signal.SIGINT, before)
        wait.over()
