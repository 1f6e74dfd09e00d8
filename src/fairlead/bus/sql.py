"""The event log in a database: the file of a home, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, Self, TypeVar

from fairlead.bus.grouped import GroupedEventLog, Limits, asked
from fairlead.bus.shelf import Numbers, Shelf
from fairlead.model.errors import Abort


class _Shelf(Shelf, Numbers, Protocol): ...


_S = TypeVar("_S", bound=_Shelf)


class SqlEventLog(GroupedEventLog):
    """`EventLog` on SQLite or PostgreSQL."""

    @classmethod
    def open(cls, url: str, limits: Limits | None = None, applied: int = 0) -> Self:
        """Opens `sqlite:///<path>` or `postgresql://...`, making the table where it is not there.

        Positions go on above what was `applied` so far: a home that comes back from NATS has read further than its
        own log reaches, and what is given a position below its offset is never read.
        """
        scheme = url.partition(":")[0].partition("+")[0]
        if scheme == "sqlite":
            # imported here, so that a home on SQLite loads no PostgreSQL driver
            from fairlead.bus.sqlite import SqliteShelf

            return cls(_begun(lambda: SqliteShelf(url.removeprefix("sqlite:///")), applied), limits)
        if scheme in ("postgresql", "postgres"):
            from fairlead.bus.postgres import PostgresShelf

            return cls(_begun(lambda: PostgresShelf("postgresql:" + url.partition(":")[2]), applied), limits)
        raise Abort(f"no event log for `{scheme}`", hint="there are: sqlite, postgresql")


def _begun(opened: Callable[[], _S], applied: int) -> _S:
    def begin() -> _S:
        shelf = opened()
        try:
            shelf.begin_above(applied)
        except BaseException:
            shelf.close()
            raise
        return shelf

    return asked(begin)
