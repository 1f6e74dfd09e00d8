"""Tries the SQL of a team's own figures on a warehouse without rows: what would fail when asked is told before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fairlead.config.check import did_you_mean
from fairlead.metrics.catalogue import SHIPPED, Entry, fault_at
from fairlead.metrics.faulty import told
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.segments import known_segments
from fairlead.metrics.survey import at_end, moment, rows_sql, survey
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Window
from fairlead.model.setup import Setup

if TYPE_CHECKING:
    from fairlead.model.errors import ConfigFault

_WINDOW = Window(start=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=30))
"""Any will do: there are no rows in it."""
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "UTINYINT",
            "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "BOOLEAN", '"NULL"')  # fmt: skip

Columns = Mapping[str, str]
"""Name -> type."""


def tried(entries: Mapping[str, Entry], setup: Setup) -> list[ConfigFault]:
    """Every fault of the SQL of entries that are not ours, each at its key; nothing of the data is needed or read."""
    own = [entry for entry in entries.values() if not entry.path.startswith(str(SHIPPED))]
    if not own:
        # The models take a second to be made; who has no figures of their own waits for none of it.
        return []
    warehouse = Warehouse(None, MemorySource(), setup)
    try:
        return [
            fault_at(entry, key, f"{entry.name}: {said}") for entry in own for key, said in _try(warehouse, entry)
        ]
    finally:
        warehouse.close()


def _try(warehouse: Warehouse, entry: Entry) -> Iterator[tuple[str, str]]:
    """Keys and what is wrong there; a key is tried only if those that it is made of are right."""
    known = known_segments(entry.entity)
    for segment in entry.segments:
        # That a person is none is told when the file is read, with the reason.
        if segment not in known and segment != "person":
            yield "segments", f"a {entry.entity} has no segment `{segment}`{did_you_mean(segment, list(known))}"
    if entry.shown is not None:
        yield from (("shown", said) for said in _rows_faults(warehouse, entry, entry.shown))
    faults = list(_rows_faults(warehouse, entry, entry.rows))
    yield from (("rows", said) for said in faults)
    for key, select in entry.rows_by.items():
        other = list(_rows_faults(warehouse, entry, select, key))
        yield from (("rows_by", said) for said in other)
        faults += other
    if faults:
        return
    # Limits name columns that only some rows have, like `project` of work items.
    for segment in filter(known.__contains__, entry.segments):
        limited = rows_sql(entry, _WINDOW, {segment: "x"}, shown=False)
        if isinstance(found := _columns(warehouse, limited), str):
            yield "segments", f"`{segment}` does not fit the rows: {found}"
    pieces = _pieces(entry)
    if entry.within is not None:
        faults = list(_lacking(_columns(warehouse, pieces), ("idx", "value", *(["id"] if entry.people else []))))
        yield from (("within", said) for said in faults)
        if faults:
            return
    yield from (("value", said) for said in _value_faults(warehouse, entry, pieces))


def _rows_faults(warehouse: Warehouse, entry: Entry, chosen: str, *more: str) -> Iterator[str]:
    # In parentheses, as every question puts it: a semicolon that closes a file of SQL closes too early here.
    found = _columns(warehouse, f"select * from ({at_end(chosen, _WINDOW)}) figure_rows")  # noqa: S608 - only described
    needed = ["id", "moment", "value", "reason", "repository", *(["until"] if entry.standing else []), *more]
    yield from _lacking(found, needed)
    if isinstance(found, str):
        return
    if not found.get("moment", "TIMESTAMP").startswith("TIMESTAMP"):
        yield f"`moment` must be a time, and is {found['moment']}"
    if not found.get("value", "DOUBLE").startswith(_NUMBERS):
        yield f"`value` must be a number, and is {found['value']}"


def _lacking(found: Columns | str, needed: Sequence[str]) -> Iterator[str]:
    if isinstance(found, str):
        yield found
        return
    others = [name for name in found if name not in needed]
    yield from (
        f"the rows have no column `{name}`{did_you_mean(name, others, show=0)}"
        for name in needed
        if name not in found
    )


def _pieces(entry: Entry) -> str:
    """What values are made of, with the columns that `survey` adds to the rows of each span."""
    rows = rows_sql(entry, _WINDOW, {}, shown=False)
    fitted = f"select '' as idx, 30.0 as days, {moment(_WINDOW.end)} as end_at, r.* from ({rows}) r"  # noqa: S608
    return f"with fitted as ({fitted}) select * from ({entry.within or 'select * from fitted'}) pieces"  # noqa: S608


def _value_faults(warehouse: Warehouse, entry: Entry, pieces: str) -> Iterator[str]:
    made = f"select {entry.value} as value from ({pieces}) pieces where value is not null group by idx"  # noqa: S608
    found = _columns(warehouse, made)
    if isinstance(found, str):
        yield found
    elif not found["value"].startswith(_NUMBERS):
        yield f"the value must be a number, and is {found['value']}"
    else:
        try:
            # As it will be asked, in one statement: what each part alone forgives shows here.
            survey(warehouse, entry, _WINDOW, {}, entry.grain)
        except Exception as fault:
            yield _worded(fault)


def _columns(warehouse: Warehouse, sql: str) -> Columns | str:
    """Columns that a select gives, by the engine's own binder; or what is wrong with it."""
    try:
        return {row["column_name"]: row["column_type"] for row in warehouse.rows(f"describe {sql}")}
    except Exception as fault:
        return _worded(fault)


def _worded(fault: Exception) -> str:
    import duckdb

    # Anything else is a fault of ours, and must look like one.
    if not isinstance(fault, duckdb.Error):
        raise fault
    worded = told(fault)
    return "; ".join(filter(None, (worded.message, worded.hint)))
