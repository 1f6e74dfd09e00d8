"""A folder of record files into the raw log: checked as a whole first, so that nothing is ever half imported.

Files are named by table (`changes.csv`, `commits.jsonl`, `deployments.parquet`). All faults of all files are raised
at once; references that point nowhere are counted, since people often have only part of their data.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO, Any

import msgspec

from fairlead.bus.log import EventLog
from fairlead.connectors.records import Part, rows_event
from fairlead.ingest.cells import Into, cell_reader, did_you_mean
from fairlead.ingest.record_files import FORMATS, GivenFile, GivenRow
from fairlead.model.errors import Abort, ConfigFault, ConfigFaults
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.raw import RawEvent
from fairlead.model.records.kinds import Record
from fairlead.model.records.provenance import Source, SyncRun
from fairlead.model.schema import TABLES, column_names, columns
from fairlead.model.times import iso
from fairlead.store import records
from fairlead.store.database import Database

_EVENT_ROWS = 10_000
_EVENT_BYTES = 8 * 1024 * 1024
"""An import below both is one raw event; a larger one is several, which enter the log together."""

_FAULTS_SHOWN = 500
_NEARLY = frozenset({".json", ".tsv", ".txt", ".cvs", ".xlsx", ".xls", ".parq", ".pq"})


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


def import_records(
    folder: Path,
    log: EventLog,
    database: Database,
    now: datetime,
    source: str = "records",
    report: Callable[[str, int], None] = lambda _what, _rows: None,
) -> ImportSummary:
    """Checks and appends; raises `ConfigFaults` with path, line and column of everything that is wrong."""
    summary = ImportSummary()
    with tempfile.TemporaryFile() as spool:
        check = _Check(spool)
        for table, given in _files(folder, check, summary):
            report(given.path.name, sum(summary.rows.values()))
            summary.rows[table] = summary.rows.get(table, 0) + check.file(table, given)
        check.flush()
        if check.faults:
            raise ConfigFaults(_limited(check.faults))
        summary.warnings += _dangling(check, database)
        summary.events = check.groups
        # in one transaction: whoever is killed here has imported nothing, and what is in the log ingestion finishes
        *receipts, _ = log.append_whole(chain(check.events(source, now), [_told(summary, folder, source, now)]))
    summary.new_events = sum(not receipt.duplicate for receipt in receipts)
    return summary


def _files(folder: Path, check: _Check, summary: ImportSummary) -> Iterator[tuple[str, GivenFile]]:
    """The files to read, in the order of the tables: what is referred to mostly comes first."""
    if not folder.exists():
        raise Abort(f"{folder}: there is nothing here", hint="name a folder with files like changes.csv")
    found: list[tuple[int, Path]] = []
    # Only the ids are kept of what was read, so what is referred to should come first: fewer references have to
    # wait for the end.
    order = list(TABLES)
    for path in sorted(folder.iterdir()) if folder.is_dir() else [folder]:
        ending = path.suffix.lower()
        if ending not in FORMATS or path.name.startswith("."):
            if ending in _NEARLY:
                summary.warnings.append(f"{path}: left alone, only .csv, .jsonl and .parquet are read")
        elif path.stem not in TABLES:
            check.fault(path, 1, 1, f"no table `{path.stem}`{did_you_mean(path.stem, TABLES)}")
        else:
            found.append((order.index(path.stem), path))
    if not found and not check.faults:
        raise Abort(f"{folder}: no record files", hint=f"name files by table, like {', '.join(order[14:20])}")
    for place, path in sorted(found):
        try:
            yield order[place], FORMATS[path.suffix.lower()](path)
        except OSError as fault:
            check.fault(path, 1, 1, f"cannot be read: {fault.strerror or fault}")


class _Check:
    """Reads rows, keeps what is wrong, and puts what is right into a spool in the form of the log."""

    def __init__(self, spool: IO[bytes]) -> None:
        self.faults: list[ConfigFault] = []
        self.unresolved: dict[tuple[str, str, str], dict[str, str]] = {}
        """(table, column, table referred to) -> id -> place of its first use."""
        self._ids: dict[str, set[int]] = {}
        self._spool = spool
        self._ends: list[int] = []
        self._held: dict[tuple[str, tuple[str, ...]], list[list[Any]]] = {}
        self._held_rows = 0
        self._held_bytes = 0

    def fault(self, path: Path, line: int, column: int, message: str) -> None:
        """Notes one fault."""
        self.faults.append(ConfigFault(str(path), line, column, message))

    def file(self, table: str, given: GivenFile) -> int:
        """Checks all rows of a file; tells how many there were."""
        into = {column.name: cell_reader(column) for column in columns(table)}
        refers = {column.name: column.refers for column in columns(table) if column.refers}
        places = {name: place for place, name in enumerate(given.fields or (), start=1)}
        unknown: set[str] = set()
        if given.fields is not None:
            self._header(table, given)
        count = 0
        for row in given.rows():
            count += 1
            values = self._row(table, given, row, into, places, unknown)
            if values:
                self._resolve(table, given, row, values, refers)
                self._hold(table, values)
        return count

    def resolved(self, table: str, identity: str) -> bool:
        """Whether one of the files has this row."""
        # hashes instead of ids, so that ten million rows fit; that two ids share one of 64 bits is not to be
        # expected
        return hash(identity) in self._ids.get(table, ())

    def flush(self) -> None:
        """Writes what is held as one raw event."""
        # after the first fault nothing will be imported: the rest is read for its faults alone
        if self._held and not self.faults:
            parts = [Part(table, fields, rows) for (table, fields), rows in self._held.items()]
            self._spool.write(msgspec.json.encode(parts))
            self._ends.append(self._spool.tell())
        self._held, self._held_rows, self._held_bytes = {}, 0, 0

    @property
    def groups(self) -> int:
        """How many raw events it makes."""
        return len(self._ends)

    def events(self, source: str, now: datetime) -> Iterator[RawEvent]:
        """The raw events, read back one at a time."""
        self._spool.seek(0)
        start = 0
        for end in self._ends:
            yield rows_event(msgspec.json.decode(self._spool.read(end - start), type=list[Part]), source, now)
            start = end

    def _header(self, table: str, given: GivenFile) -> None:
        fields = list(given.fields or ())
        for place, name in enumerate(fields, start=1):
            if name not in column_names(table):
                words = f"{table} has no field `{name}`{did_you_mean(name, column_names(table))}"
                self.fault(given.path, 1, place, words)
            elif fields.index(name) != place - 1:
                self.fault(given.path, 1, place, f"`{name}` stands there twice")
        if "id" not in fields:
            self.fault(given.path, 1, 1, "there is no field `id`; every record needs one")

    def _row(
        self,
        table: str,
        given: GivenFile,
        row: GivenRow,
        into: Mapping[str, Into],
        places: Mapping[str, int],
        unknown: set[str],
    ) -> dict[str, Any]:
        """Values of a row in the types of the record; empty if it has faults."""
        if row.problem:
            self.fault(given.path, row.line, 1, row.problem)
            return {}
        values: dict[str, Any] = {}
        for name, value in row.values.items():
            reader = into.get(name)
            if reader is None:
                # a header has told of it already; JSON lines tell it once
                if given.fields is None and name not in unknown:
                    unknown.add(name)
                    words = f"{table} has no field `{name}`{did_you_mean(name, into)}"
                    self.fault(given.path, row.line, 1, words)
                continue
            try:
                values[name] = None if value is None else reader(value)
            except ValueError as fault:
                self.fault(given.path, row.line, places.get(name, 1), f"`{name}`: {fault}")
        return values if self._identified(table, given, row, values, places) else {}

    def _identified(
        self, table: str, given: GivenFile, row: GivenRow, values: dict[str, Any], places: Mapping[str, int]
    ) -> bool:
        identity = values.get("id")
        if not identity:
            if "id" in places or given.fields is None:
                self.fault(given.path, row.line, places.get("id", 1), "`id`: is empty; every record needs one")
            return False
        try:
            # JSON is the form of the log; whatever cannot be written so is refused here, with its line
            self._held_bytes += len(msgspec.json.encode(values))
        except UnicodeEncodeError:
            self.fault(given.path, row.line, 1, "is not written in UTF-8")
            return False
        seen = self._ids.setdefault(table, set())
        # CSV from two exports put together often repeats rows, and which one was meant is not ours to guess
        key = hash(identity)
        if key in seen:
            self.fault(given.path, row.line, places.get("id", 1), f"`id`: `{identity}` stands there twice")
            return False
        seen.add(key)
        return True

    def _resolve(
        self, table: str, given: GivenFile, row: GivenRow, values: Mapping[str, Any], refers: Mapping[str, str]
    ) -> None:
        for name, target in refers.items():
            value = values.get(name)
            for identity in value if isinstance(value, tuple) else (value,):
                if identity and not self.resolved(target, identity):
                    missing = self.unresolved.setdefault((table, name, target), {})
                    missing.setdefault(identity, f"{given.path.name}:{row.line}")

    def _hold(self, table: str, values: dict[str, Any]) -> None:
        names = ("id", *(name for name in values if name != "id"))
        # rows that say the same fields stand together: the log then holds the names once
        self._held.setdefault((table, names), []).append([values[name] for name in names])
        self._held_rows += 1
        if self._held_rows >= _EVENT_ROWS or self._held_bytes >= _EVENT_BYTES:
            self.flush()


def _dangling(check: _Check, database: Database) -> Iterator[str]:
    """References that neither a file nor the store resolves."""
    for (table, name, target), missing in check.unresolved.items():
        left = {identity: place for identity, place in missing.items() if not check.resolved(target, identity)}
        if left:
            with database.read() as tx:
                # what an earlier import or a tool brought counts as there
                for row in records.rows(tx, target, left):
                    left.pop(row["id"], None)
        if left:
            identity, place = next(iter(left.items()))
            count = f"{len(left)} ids" if len(left) > 1 else "1 id"
            yield f"{table}.{name}: {count} of {target} that no record has, like `{identity}` ({place})"


def _told(summary: ImportSummary, folder: Path, source: str, now: datetime) -> RawEvent:
    """That the import took place, for the Data page: a raw event among its own, so that none is without it."""
    # an import is evidence like a sync: what a figure lacks may be what nobody has imported
    run = SyncRun(
        id=f"{source}/import/{iso(now)}",
        of=source,
        kind="import",
        started_at=now,
        finished_at=now,
        result="success",
        scope=folder.name,
        pages=summary.events,
        records=sum(summary.rows.values()),
        left_out=tuple(summary.warnings[:50]),
    )
    about = Source(id=source, source=source, tool="records", name=source, last_sync_at=now)
    return rows_event(map(_part, (run, about)), source, now)


def _part(record: Record) -> Part:
    patch = Patch(record, OLDEST)
    return Part(patch.table, ("id", *patch.said()), [[record.id, *patch.said().values()]])


def _limited(faults: list[ConfigFault]) -> list[ConfigFault]:
    if len(faults) <= _FAULTS_SHOWN:
        return faults
    shown = faults[:_FAULTS_SHOWN]
    last = shown[-1]
    more = f"and {len(faults) - _FAULTS_SHOWN} more faults in these files"
    return [*shown, ConfigFault(last.path, last.line, last.column, more)]
