"""Databases of other programs, read only: what an import brings in straight from where a tool keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import MetaData, Table, create_engine, inspect, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from fairlead.model.errors import Abort

_DRIVERS = {
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
_AT_ONCE = 5_000


class ForeignDatabase:
    """Tables of a database that is not ours."""

    def __init__(self, url: str) -> None:
        target = _target(url)
        self.shown = target.render_as_string(hide_password=True)
        """Its address, fit to be shown."""
        self._engine = create_engine(target)
        try:
            self._tables = set(inspect(self._engine).get_table_names())
        except SQLAlchemyError as fault:
            raise self._down(fault) from fault

    def tables(self) -> set[str]:
        """Names of what is there."""
        return self._tables

    def fields(self, table: str) -> Sequence[str]:
        """Columns of a table, in order."""
        return [column["name"] for column in inspect(self._engine).get_columns(table)]

    def rows(self, table: str, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        """All rows, in the order of the first of these fields; as many at a time as fit the memory."""
        reflected = Table(table, MetaData(), autoload_with=self._engine)
        chosen = [reflected.c[name] for name in fields]
        try:
            # a cursor of the server: the drivers would else fetch a table of millions before the first row
            with self._engine.connect().execution_options(stream_results=True, yield_per=_AT_ONCE) as connection:
                found = connection.execute(select(*chosen).order_by(*chosen[:1]))
                yield from (dict(zip(fields, row, strict=True)) for row in found)
        except SQLAlchemyError as fault:
            raise self._down(fault) from fault

    def close(self) -> None:
        """Ends the connections."""
        self._engine.dispose()

    def _down(self, fault: SQLAlchemyError) -> Abort:
        # the driver's own words name host and reason; SQLAlchemy's add the statement and a link
        cause = getattr(fault, "orig", None) or fault
        return Abort(f"{self.shown} cannot be read: {cause}", hint="check address, user and password")


def _target(url: str) -> URL:
    try:
        target = make_url(url)
    except ArgumentError as fault:
        raise Abort("the address of the database cannot be read", hint="mysql://user:password@host/lake") from fault
    driver = _DRIVERS.get(target.drivername)
    if driver is None:
        raise Abort(f"cannot read from `{target.drivername}`", hint="mysql:// or postgresql://")
    return target.set(drivername=driver)
