"""The event log in a database: the file of a home, or PostgreSQL."""

from __future__ import annotations

from typing import Self

from fairlead.bus.grouped import GroupedEventLog, Limits, asked
from fairlead.model.errors import Abort


class SqlEventLog(GroupedEventLog):
    """`EventLog` on SQLite or PostgreSQL."""

    @classmethod
    def open(cls, url: str, limits: Limits | None = None) -> Self:
        """Opens `sqlite:///<path>` or `postgresql://...`, making the table where it is not there."""
        scheme = url.partition(":")[0].partition("+")[0]
        if scheme == "sqlite":
            # imported here, so that a home on SQLite loads no PostgreSQL driver
            from fairlead.bus.sqlite import SqliteShelf

            return cls(asked(lambda: SqliteShelf(url.removeprefix("sqlite:///"))), limits)
        if scheme in ("postgresql", "postgres"):
            from fairlead.bus.postgres import PostgresShelf

            return cls(asked(lambda: PostgresShelf("postgresql:" + url.partition(":")[2])), limits)
        raise Abort(f"no event log for `{scheme}`", hint="there are: sqlite, postgresql")
