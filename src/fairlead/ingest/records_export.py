"""Records out of the store into a folder of files that `records_import` reads back to the same records."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from fairlead.ingest.record_files import csv_text
from fairlead.model.errors import Abort
from fairlead.model.schema import TABLES, column_names
from fairlead.model.times import iso
from fairlead.store import records
from fairlead.store.database import Database, Transaction

Format = Literal["csv", "jsonl", "parquet"]


def export_records(
    folder: Path,
    database: Database,
    form: Format = "csv",
    tables: Sequence[str] = (),
    hidden: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> dict[str, int]:
    """Writes one file for each table that has rows; tells how many rows each has.

    The files appear together once all are written. `hidden` names columns of a table that the asker may not see.
    """
    writer = _WRITERS.get(form)
    if writer is None:
        raise Abort(f"no format `{form}`", hint=f"there are: {', '.join(_WRITERS)}")
    wanted = tables or tuple(TABLES)
    if unknown := [table for table in wanted if table not in TABLES]:
        raise Abort(f"no table `{unknown[0]}`", hint=f"there are: {', '.join(TABLES)}")
    folder.mkdir(parents=True, exist_ok=True)
    if any(path.suffix.lstrip(".") in _WRITERS for path in folder.iterdir()):
        raise Abort(f"{folder}: there are record files already", hint="name an empty folder")
    counts: dict[str, int] = {}
    # Beside the target, so that moving is renaming; and one read transaction, so that the tables agree with one
    # another.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch, database.read() as tx:
        for table in wanted:
            names = [name for name in column_names(table) if name not in hidden.get(table, ())]
            path = Path(scratch) / f"{table}.{form}"
            count = writer(path, tx, table, names)
            if count:
                counts[table] = count
            else:
                path.unlink(missing_ok=True)
        for path in sorted(Path(scratch).iterdir()):
            shutil.move(path, folder / path.name)
    return counts


def _write_csv(path: Path, tx: Transaction, table: str, names: Sequence[str]) -> int:
    count = -1

    def lines() -> Iterator[Sequence[str]]:
        nonlocal count
        # a table without rows gets no file, not even a header: an import of it would say nothing
        for count, row in enumerate(records.rows(tx, table), start=1):
            if count == 1:
                yield names
            yield [_cell(row[name]) for name in names]

    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv_text(lines()))
    return max(count, 0)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    # before numbers, of which Python takes it to be one
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    return msgspec.json.encode(value).decode() if isinstance(value, tuple) else str(value)


def _write_jsonl(path: Path, tx: Transaction, table: str, names: Sequence[str]) -> int:
    encoder = msgspec.json.Encoder()
    count = 0
    with path.open("wb") as file:
        for row in records.rows(tx, table):
            # nobody can tell an empty field from one that was never said, and the record is the same
            said = {name: row[name] for name in names if row[name] is not None}
            file.write(encoder.encode(said) + b"\n")
            count += 1
    return count


def _write_parquet(path: Path, tx: Transaction, table: str, names: Sequence[str]) -> int:
    import pyarrow.parquet as pq

    count = 0
    writer = None
    try:
        for batch in records.deltas(tx, table):
            chosen = batch.select(list(names))
            writer = writer or pq.ParquetWriter(path, chosen.schema, compression="zstd")
            writer.write_batch(chosen)
            count += chosen.num_rows
    finally:
        if writer is not None:
            writer.close()
    return count


_WRITERS: Mapping[str, Callable[[Path, Transaction, str, Sequence[str]], int]] = MappingProxyType(
    {"csv": _write_csv, "jsonl": _write_jsonl, "parquet": _write_parquet}
)
