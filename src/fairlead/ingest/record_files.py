"""Files of records in three formats, read row by row with the line that each row begins on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

# the csv module refuses cells above 128 kB, which descriptions reach
_CELL_LIMIT = 64 * 1024 * 1024
_SEPARATORS = (",", "\t", ";")


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One row as the file has it."""

    line: int
    """Line in a text file, from 1; number of the row in a Parquet file."""
    values: Mapping[str, Any]
    problem: str = ""
    """Why the row cannot be read at all."""


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file's rows; every row of CSV and Parquet has the same fields, those of JSON lines may differ."""

    path: Path
    fields: Sequence[str] | None
    """Fields of all rows, where the format fixes them."""
    rows: Callable[[], Iterator[GivenRow]]


def open_csv(path: Path) -> GivenFile:
    """CSV with a header; an empty cell means: empty."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        head = file.readline()
        # what spreadsheets of half the world write
        separator = next((one for one in _SEPARATORS if one in head), ",")
        file.seek(0)
        header = next(csv.reader(file, delimiter=separator), [])
    fields = [name.strip() for name in header]
    return GivenFile(path, fields, lambda: _csv_rows(path, fields, separator))


def _csv_rows(path: Path, fields: Sequence[str], separator: str) -> Iterator[GivenRow]:
    csv.field_size_limit(_CELL_LIMIT)
    # bytes that are no UTF-8 become surrogates, so that the row they stand in can be named
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, delimiter=separator, strict=True)
        width = len(fields)
        line = 1
        try:
            # a row is named by the line on which it begins: quoted cells may run over several
            next(reader, None)
            line = reader.line_num + 1
            for cells in reader:
                if cells and len(cells) != width:
                    yield GivenRow(line, {}, f"{len(cells)} cells under {width} columns")
                elif cells:
                    yield GivenRow(line, {name: cell or None for name, cell in zip(fields, cells, strict=True)})
                line = reader.line_num + 1
        except csv.Error as fault:
            yield GivenRow(line, {}, f"not CSV: {fault}")


def open_jsonl(path: Path) -> GivenFile:
    """JSON objects, one a line; a field that is not there was not said, `null` means: empty."""
    return GivenFile(path, None, lambda: _jsonl_rows(path))


def _jsonl_rows(path: Path) -> Iterator[GivenRow]:
    decoder = msgspec.json.Decoder()
    with path.open("rb") as file:
        for line, text in enumerate(file, start=1):
            text = text.removeprefix(b"\xef\xbb\xbf").strip() if line == 1 else text.strip()
            if not text:
                continue
            try:
                found = decoder.decode(text)
            except (msgspec.DecodeError, UnicodeDecodeError) as fault:
                yield GivenRow(line, {}, f"not JSON: {fault}")
                continue
            except RecursionError:
                yield GivenRow(line, {}, "nested too deeply")
                continue
            if isinstance(found, dict):
                yield GivenRow(line, found)
            else:
                yield GivenRow(line, {}, "not a JSON object")


def open_parquet(path: Path) -> GivenFile:
    """Parquet; null means: empty."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            fields = list(file.schema_arrow.names)
    except (pa.ArrowException, OSError) as fault:
        problem = f"not Parquet: {fault}"
        return GivenFile(path, None, lambda: iter([GivenRow(1, {}, problem)]))
    return GivenFile(path, fields, lambda: _parquet_rows(path))


def _parquet_rows(path: Path) -> Iterator[GivenRow]:
    import pyarrow.parquet as pq

    number = 0
    with pq.ParquetFile(path) as file:
        # row by row from bounded batches: the Python objects of a whole row group would not fit
        for batch in file.iter_batches(batch_size=8192):
            for values in batch.to_pylist():
                number += 1
                yield GivenRow(number, values)


FORMATS: Mapping[str, Callable[[Path], GivenFile]] = MappingProxyType(
    {".csv": open_csv, ".jsonl": open_jsonl, ".ndjson": open_jsonl, ".parquet": open_parquet}
)
"""Ending -> what opens it."""


def csv_text(rows: Iterator[Sequence[str]]) -> Iterator[str]:
    """Rows as CSV after RFC 4180."""
    held = io.StringIO()
    writer = csv.writer(held)
    for row in rows:
        writer.writerow(row)
        yield held.getvalue()
        held.seek(0)
        held.truncate()
