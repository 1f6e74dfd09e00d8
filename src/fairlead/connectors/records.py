"""Records given as such: files in the record schema, checked by `ingest.records_import` and kept as raw events.

A raw event holds rows of one or several tables, ids as given, so that a replay rebuilds what was imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from fairlead.connectors.kit.connector import Connector, Delivery, Options, Reading
from fairlead.model.errors import Refused, Unreadable
from fairlead.model.raw import RawEvent, Trust, content_id
from fairlead.model.rows import Rows
from fairlead.model.schema import PERMITTING, TABLES, ColumnKind, columns
from fairlead.model.times import parse_day, parse_time
from fairlead.model.typed import ready

KIND = "records:rows"

_LATEST_VERSION = datetime(2500, 1, 1, tzinfo=UTC)
"""A date beyond reason must not outvote everything forever."""


class Part(msgspec.Struct, frozen=True):
    """Rows of one table that say the same fields, in JSON values: times and days as ISO text."""

    table: str
    fields: tuple[str, ...]
    rows: list[list[Any]]


class Batch(msgspec.Struct, frozen=True):
    """Body of a raw event."""

    at: datetime
    """When it was imported: the version of rows that carry no `updated_at`."""
    parts: list[Part]


ready(Batch, Part)


class RecordsConnector:
    """Reads rows that are already in the record schema."""

    tool = "records"
    title = "Record files"
    records = frozenset(TABLES) - PERMITTING

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:  # noqa: ARG002
        """Refuses all: whoever may write records directly may write anything."""
        raise Refused("records are imported from files, not sent", hint="fairlead import records DIR")

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:  # noqa: ARG002
        """For rows carried over in files of raw events."""
        return KIND, content_id(body)

    def read(self, delivery: Delivery, options: Options) -> Reading:
        """Rows -> statements; each row's version is its `updated_at`, else the moment of the import."""
        try:
            batch = msgspec.json.decode(delivery.body, type=Batch)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            raise Unreadable("", f"not a batch of rows: {fault}") from fault
        return Reading(rows=[_rows(place, part, batch.at, options.source) for place, part in enumerate(batch.parts)])


CONNECTOR: Connector = RecordsConnector()


def rows_event(parts: Iterable[Part], source: str, now: datetime) -> RawEvent:
    """The raw event of checked rows; the same rows make the same delivery, whenever they are imported."""
    listed = list(parts)
    return RawEvent(
        source=source,
        tool="records",
        kind=KIND,
        delivery=content_id(msgspec.json.encode(listed)),
        body=msgspec.json.encode(Batch(now, listed)),
        received_at=now,
        trust="local",
    )


def _rows(place: int, part: Part, at: datetime, source: str) -> Rows:
    where = f"parts[{place}]"
    if part.table not in TABLES:
        raise Unreadable(f"{where}.table", f"no table `{part.table}`")
    if part.fields[:1] != ("id",):
        raise Unreadable(f"{where}.fields", "does not begin with `id`")
    kinds = {column.name: column.kind for column in columns(part.table)}
    if unknown := [name for name in part.fields if name not in kinds]:
        raise Unreadable(f"{where}.fields", f"{part.table} has no field `{unknown[0]}`")
    into = [_inward(kinds[name]) for name in part.fields]
    # whoever names no source, or an empty one, leaves it to us
    added = () if "source" in part.fields else (source,)
    fields = (*part.fields, "source") if added else part.fields
    named = part.fields.index("source") if "source" in part.fields else None
    stamp = part.fields.index("updated_at") if "updated_at" in part.fields else None
    rows, versions = [], []
    for number, given in enumerate(part.rows):
        if len(given) != len(into):
            raise Unreadable(f"{where}.rows[{number}]", f"has {len(given)} values for {len(into)} fields")
        try:
            row = [value if to is None or value is None else to(value) for to, value in zip(into, given, strict=True)]
        except (TypeError, ValueError, AttributeError) as fault:
            raise Unreadable(f"{where}.rows[{number}]", str(fault)) from fault
        if named is not None:
            row[named] = row[named] or source
        rows.append((*row, *added))
        versions.append(min((row[stamp] if stamp is not None else None) or at, _LATEST_VERSION))
    return Rows(part.table, fields, rows, versions)


def _inward(kind: ColumnKind) -> Callable[[Any], Any] | None:
    if kind == "time":
        return parse_time
    if kind == "day":
        return parse_day
    return tuple if kind == "texts" else None
