"""The port between the log and a database: short transactions over one table of raw events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, runtime_checkable

from fairlead.bus.log import Appended
from fairlead.model.raw import StoredRaw


# a tuple: upkeep moves them by the hundred thousand
class Body(NamedTuple):
    """A body in one of its stored forms."""

    seq: int
    packed: int
    body: bytes


class ShelfDown(Exception):  # noqa: N818 - says what is, like the faults of `model.errors`
    """The database cannot be written or reached now; the text says why in its own words."""


class RowRefused(Exception):  # noqa: N818
    """The database refuses one of these rows for what it holds; the others are good."""


class Shelf(Protocol):
    """What a database does for the log. Writing methods are called from one thread, reading ones from any."""

    def insert(self, *groups: Sequence[tuple[Any, ...]]) -> list[Appended]:
        """Inserts in order in one transaction, durable on return; what is there already keeps its position.

        A group goes over in one statement, so it is the caller who bounds its size.
        """
        ...

    def delete(self, before: datetime, upto: int, limit: int) -> int:
        """Drops at most `limit` of the events received before a moment up to a position; gives how many."""
        ...

    def read(self, after: int, limit: int, source: str | None = None) -> list[StoredRaw]:
        """Events above a position, in order."""
        ...

    def get(self, seq: int) -> StoredRaw | None:
        """One event."""
        ...

    def latest(self) -> int:
        """Highest position."""
        ...

    def known(self, source: str, deliveries: Sequence[str]) -> set[str]:
        """Which of these delivery ids are there."""
        ...

    def recover(self) -> None:
        """Called after a failed write: leaves no open transaction, reconnects where that helps."""
        ...

    def close(self) -> None:
        """Closes all connections."""
        ...


class Numbers(Protocol):
    """What a shelf does besides that numbers its rows itself."""

    def begin_above(self, position: int) -> None:
        """Gives no position up to this one from now on."""
        ...


@runtime_checkable
class Packs(Protocol):
    """What a shelf whose rows can be written anew does besides: keeps bodies smaller once they were read."""

    def bodies(self, after: int, limit: int) -> list[Body]:
        """Bodies above a position as they are stored."""
        ...

    def pack(self, bodies: Sequence[Body], upto: int) -> None:
        """Puts bodies in place of their former forms and notes that all up to a position are done."""
        ...

    def packed_upto(self) -> int:
        """Position up to which bodies have been compressed for keeping."""
        ...
