"""Whoever waits for a plan is told of each better one, and may say that it is good enough."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Best:
    """The best plan so far."""

    end: int | datetime
    bound: int | datetime
    """No plan ends earlier, as far as work and order alone tell."""
    length: int
    least: int
    """The same two in units."""
    late: int
    """Units by which tasks are over after they are due, each by its value."""


class Watch(Protocol):
    """Somebody who waits."""

    def better(self, best: Best) -> None:
        """A better plan is there."""
        ...

    def enough(self) -> bool:
        """Whether the best so far will do."""
        ...


class _Nobody:
    def better(self, best: Best) -> None:
        pass

    def enough(self) -> bool:
        return False


_watch: ContextVar[Watch] = ContextVar("plan_watch", default=_Nobody())  # noqa: B039 - it holds nothing


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Whoever waits for plans that are made in here: between them and a plan lie rooms that speak words alone."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def watching() -> Watch:
    """Who waits now."""
    return _watch.get()
