"""Checked rows on their way into the raw log: gathered on disk, so that all enter it together or none does."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import IO, Any

import msgspec

from fairlead.bus.log import EventLog
from fairlead.connectors.records import Part, rows_event
from fairlead.model.errors import Abort
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.raw import RawEvent
from fairlead.model.records.kinds import Record
from fairlead.model.records.provenance import Source, SyncRun
from fairlead.model.times import iso

_EVENT_ROWS = 10_000
_EVENT_BYTES = 8 * 1024 * 1024
"""An import below both is one raw event; a larger one is several, which enter the log together."""


@dataclass(slots=True)
class ImportSummary:
    """What an import found and did."""

    rows: dict[str, int] = field(default_factory=dict)
    """Table -> rows."""
    events: int = 0
    """Raw events made."""
    new_events: int = 0
    """Those that were not in the log before; 0 if exactly this was imported already."""
    warnings: list[str] = field(default_factory=list)


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def spooling() -> Iterator[Spool]:
    """A spool for as long as an import lasts."""
    try:
        with tempfile.TemporaryFile() as file:
            yield Spool(file)
    # here and not at each write: what is still in the buffer fails when the file is closed
    except OSError as fault:
        if fault.errno not in _FULL:
            raise
        raise Abort(
            f"no room for what is imported in {tempfile.gettempdir()}: {fault.strerror}",
            hint="set TMPDIR to a folder with room for a copy of it; nothing was imported",
        ) from fault


class Spool:
    """Rows in the form of the log."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._ends: list[int] = []
        self._held: dict[tuple[str, tuple[str, ...]], list[list[Any]]] = {}
        self._rows = 0
        self._bytes = 0

    def hold(self, table: str, values: dict[str, Any], size: int = 0) -> None:
        """Takes the row of a record, `id` among its values; `size` is about how many bytes it is."""
        names = ("id", *(name for name in values if name != "id"))
        # rows that say the same fields stand together: the log then holds the names once
        self._held.setdefault((table, names), []).append([values[name] for name in names])
        self._rows += 1
        self._bytes += size
        if self._rows >= _EVENT_ROWS or self._bytes >= _EVENT_BYTES:
            self._flush()

    def drop(self) -> None:
        """Nothing of it will be imported: forgets what it holds, so that the rest can be read for its faults."""
        self._held, self._rows, self._bytes = {}, 0, 0

    def append(self, log: EventLog, source: str, now: datetime, summary: ImportSummary, scope: str) -> None:
        """Puts all into the log, and beside it that the import took place."""
        self._flush()
        summary.events = len(self._ends)
        # in one transaction: whoever is killed here has imported nothing, and what is in the log ingestion finishes
        told = chain(self._events(source, now), [_told(summary, scope, source, now)])
        *receipts, _ = log.append_whole(told)
        summary.new_events = sum(not receipt.duplicate for receipt in receipts)

    def _flush(self) -> None:
        if self._held:
            parts = [Part(table, fields, rows) for (table, fields), rows in self._held.items()]
            self._file.write(msgspec.json.encode(parts))
            self._ends.append(self._file.tell())
        self.drop()

    def _events(self, source: str, now: datetime) -> Iterator[RawEvent]:
        # read back one at a time: all of a large import would not fit
        self._file.seek(0)
        start = 0
        for end in self._ends:
            yield rows_event(msgspec.json.decode(self._file.read(end - start), type=list[Part]), source, now)
            start = end


def import_run(source: str, now: datetime, **told: Any) -> SyncRun:
    """The run of an import that went through: it is all or nothing, so it knows no other end."""
    run = f"{source}/import/{iso(now)}"
    return SyncRun(id=run, of=source, kind="import", started_at=now, finished_at=now, result="success", **told)


def _told(summary: ImportSummary, scope: str, source: str, now: datetime) -> RawEvent:
    """The run, for the Data page: a raw event among those of the import, so that no import is without it."""
    # an import is evidence like a sync: what a figure lacks may be what nobody has imported
    run = import_run(
        source,
        now,
        scope=scope,
        pages=summary.events,
        records=sum(summary.rows.values()),
        left_out=tuple(summary.warnings[:50]),
    )
    about = Source(id=source, source=source, tool="records", name=source, last_sync_at=now)
    return rows_event(map(_part, (run, about)), source, now)


def _part(record: Record) -> Part:
    patch = Patch(record, OLDEST)
    return Part(patch.table, ("id", *patch.said()), [[record.id, *patch.said().values()]])
