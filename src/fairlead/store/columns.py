"""How the field kinds of the record schema are stored.

A value travels through the store in one plain form, whatever the database: a time as whole microseconds since 1970,
a list of texts as JSON text, a day as ISO text. SQLite keeps that form as it is; PostgreSQL keeps times and days in
its own types, so that people who query it directly find what they expect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Boolean, Date, Dialect, Float, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

from fairlead.model.schema import ColumnKind
from fairlead.model.times import epoch_us, from_us


class Moment(TypeDecorator[datetime]):
    """Integer microseconds on SQLite, `timestamptz` on PostgreSQL, an aware UTC datetime in Python."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Picks the database's type."""
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """On the way in."""
        return value if value is None or dialect.name == "postgresql" else epoch_us(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """On the way out; PostgreSQL answers in the zone of the session."""
        return None if value is None else from_us(epoch_us(value) if dialect.name == "postgresql" else value)


class IsoDay(TypeDecorator[date]):
    """ISO text on SQLite, `date` on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Picks the database's type."""
        return dialect.type_descriptor(Date() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """On the way in."""
        return value if value is None or dialect.name == "postgresql" else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """On the way out."""
        return value if value is None or dialect.name == "postgresql" else date.fromisoformat(value)


class Plain(TypeDecorator[Any]):
    """Any JSON value as JSON text: the same bytes on both databases, and no operators that only one of them has."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """On the way in."""
        # sorted, so that the same value is the same text
        return None if value is None else msgspec.json.encode(value, order="sorted").decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """On the way out."""
        return None if value is None else msgspec.json.decode(value)


class Id(TypeDecorator[str]):
    """An id: compared byte by byte on both databases, so that a range of ids is a prefix."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Picks the database's type."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())


SQL_TYPE: Mapping[ColumnKind, Callable[[], TypeEngine[Any]]] = {
    "text": Text,
    "whole": BigInteger,
    "number": Float,
    "flag": Boolean,
    "time": Moment,
    "day": IsoDay,
    # JSON text and no array: SQLite has none, and the same text on both makes merging the same
    "texts": Text,
}
"""Field kind -> type of its column."""


def to_python(kind: ColumnKind, value: Any) -> Any:
    """The plain form as readers of `records.rows` get it: datetime, date, tuple of texts."""
    if value is None:
        return None
    if kind == "time":
        return from_us(value)
    if kind == "texts":
        return tuple(msgspec.json.decode(value))
    if kind == "day":
        return date.fromisoformat(value)
    # SQLite answers with 0 and 1
    return bool(value) if kind == "flag" else value


def to_postgres(kind: ColumnKind, value: Any) -> Any:
    """The plain form as psycopg wants it."""
    if value is None or kind not in ("time", "day"):
        return value
    return from_us(value) if kind == "time" else date.fromisoformat(value)


def from_postgres(kind: ColumnKind, value: Any) -> Any:
    """What psycopg gives, in the plain form."""
    if value is None or kind not in ("time", "day"):
        return value
    return epoch_us(value) if kind == "time" else value.isoformat()
