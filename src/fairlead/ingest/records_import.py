"""A folder of record files into the raw log: checked as a whole first, so that nothing is ever half imported.

Files are named by table (`changes.csv`, `commits.jsonl`, `deployments.parquet`). All faults of all files are raised
at once; references that point nowhere are counted, since people often have only part of their data.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from fairlead.bus.log import EventLog
from fairlead.ingest.cells import Into, cell_reader, did_you_mean
from fairlead.ingest.record_files import FORMATS, GivenFile, GivenRow
from fairlead.ingest.spool import ImportSummary, Spool, spooling
from fairlead.model.errors import Abort, ConfigFault, ConfigFaults
from fairlead.model.schema import PERMITTING, TABLES, column_names, columns
from fairlead.store import records
from fairlead.store.database import Database

_FAULTS_SHOWN = 500
_NEARLY = frozenset({".json", ".tsv", ".txt", ".cvs", ".xlsx", ".xls", ".parq", ".pq"})


def import_records(
    folder: Path,
    log: EventLog,
    database: Database,
    now: datetime,
    source: str = "records",
    report: Callable[[str, int], None] = lambda _what, _rows: None,
    known: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> ImportSummary:
    """Checks and appends; raises `ConfigFaults` with path, line and column of everything that is wrong.

    `known` holds ids by table that are there without a record, like services of the settings.
    """
    summary = ImportSummary()
    with spooling() as spool:
        check = _Check(spool)
        for table, given in _files(folder, check, summary):
            report(given.path.name, sum(summary.rows.values()))
            summary.rows[table] = summary.rows.get(table, 0) + check.file(table, given)
        if check.faults:
            raise ConfigFaults(limited(check.faults))
        summary.warnings += _dangling(check, database, known)
        check.spool.append(log, source, now, summary, folder.name)
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
        elif path.stem in PERMITTING:
            # an export holds them; a word that somebody gave elsewhere permits nothing here
            summary.warnings.append(f"{path}: left alone, signals and permissions are not taken in from files")
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

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.faults: list[ConfigFault] = []
        self.unresolved: dict[tuple[str, str, str], dict[str, str]] = {}
        """(table, column, table referred to) -> id -> place of its first use."""
        self._ids: dict[str, set[int]] = {}

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
            size = self._identified(table, given, row, values, places)
            if size:
                self._resolve(table, given, row, values, refers)
                self.spool.hold(table, values, size)
            # after the first fault nothing will be imported: the rest is read for its faults alone
            if self.faults:
                self.spool.drop()
        return count

    def resolved(self, table: str, identity: str) -> bool:
        """Whether one of the files has this row."""
        # hashes instead of ids, so that ten million rows fit; that two ids share one of 64 bits is not to be
        # expected
        return hash(identity) in self._ids.get(table, ())

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
        """Values of a row in the types of the record."""
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
        return values

    def _identified(
        self, table: str, given: GivenFile, row: GivenRow, values: dict[str, Any], places: Mapping[str, int]
    ) -> int:
        """Size of a row that has an id of its own; 0 if it has not, which is told."""
        identity = values.get("id")
        if not str(identity or "").strip():
            if not row.problem and ("id" in places or given.fields is None):
                self.fault(given.path, row.line, places.get("id", 1), "`id`: is empty; every record needs one")
            return 0
        try:
            # JSON is the form of the log; whatever cannot be written so is refused here, with its line
            size = len(msgspec.json.encode(values))
        except UnicodeEncodeError:
            self.fault(given.path, row.line, 1, "is not written in UTF-8")
            return 0
        seen = self._ids.setdefault(table, set())
        # CSV from two exports put together often repeats rows, and which one was meant is not ours to guess
        key = hash(identity)
        if key in seen:
            self.fault(given.path, row.line, places.get("id", 1), f"`id`: `{identity}` stands there twice")
            return 0
        seen.add(key)
        return size

    def _resolve(
        self, table: str, given: GivenFile, row: GivenRow, values: Mapping[str, Any], refers: Mapping[str, str]
    ) -> None:
        for name, target in refers.items():
            value = values.get(name)
            for identity in value if isinstance(value, tuple) else (value,):
                if identity and not self.resolved(target, identity):
                    missing = self.unresolved.setdefault((table, name, target), {})
                    missing.setdefault(identity, f"{given.path.name}:{row.line}")


def _dangling(check: _Check, database: Database, known: Mapping[str, Collection[str]]) -> Iterator[str]:
    """References that neither a file nor the store nor the settings resolve."""
    for (table, name, target), missing in check.unresolved.items():
        left = {
            identity: place
            for identity, place in missing.items()
            if identity not in known.get(target, ()) and not check.resolved(target, identity)
        }
        if left:
            with database.read() as tx:
                # what an earlier import or a tool brought counts as there
                for row in records.rows(tx, target, left):
                    left.pop(row["id"], None)
        if left:
            identity, place = next(iter(left.items()))
            count = f"{len(left)} ids" if len(left) > 1 else "1 id"
            yield f"{table}.{name}: {count} of {target} that no record has, like `{identity}` ({place})"


def limited(faults: list[ConfigFault]) -> list[ConfigFault]:
    """As many as anybody reads, and how many more there are."""
    if len(faults) <= _FAULTS_SHOWN:
        return faults
    shown = faults[:_FAULTS_SHOWN]
    last = shown[-1]
    more = f"and {len(faults) - _FAULTS_SHOWN} more faults in these files"
    return [*shown, ConfigFault(last.path, last.line, last.column, more)]
