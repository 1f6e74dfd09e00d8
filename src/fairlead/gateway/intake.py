"""What stands behind a receiver's address: the source, its connector and its live secrets."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fairlead.bus.log import EventLog
from fairlead.connectors.kit.connector import Connector
from fairlead.model.times import Clock

_KEPT_S = 5.0
"""How long a resolved source serves before its secrets are looked up again: a rotation takes effect by itself."""


@dataclass(frozen=True, slots=True)
class Doorway:
    """A source as a receiver sees it."""

    source: str
    connector: Connector
    secrets: Sequence[str]


class Resolve(Protocol):
    """Finds a doorway; `None` for an unknown source. Raises a fault where a secret is named and not there."""

    def __call__(self, source: str) -> Doorway | None:
        """Looks a source up."""
        ...


class Doorways:
    """Doorways by source, kept for a few seconds, since resolving reads files and the environment."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._kept: dict[str, tuple[float, Doorway]] = {}

    def find(self, source: str) -> Doorway | None:
        """The doorway of a source; unknown names are not kept, so that nobody can fill the memory with them."""
        now = time.monotonic()
        # No lock: two that come at once look it up twice and keep the same.
        kept = self._kept.get(source)
        if kept is not None and kept[0] > now:
            return kept[1]
        found = self._resolve(source)
        if found is not None:
            self._kept[source] = (now + _KEPT_S, found)
        return found


@dataclass(frozen=True, slots=True)
class Intake:
    """What the receivers need of the rest of the program."""

    log: EventLog
    clock: Clock
    resolve: Resolve
    again: Callable[[int], bool]
    """Marks a raw event that lies in quarantine to be read again; tells whether it lay there."""
