"""Counts of a team's own: a reading statement that gives one number, within the bounds of what people ask by SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Fault
from fairlead.model.setup import Setup


def count(warehouse: Warehouse, sql: str, seconds: float) -> int | float | None:
    """The number; `None` where the query says that there is none. Anything else is a `Fault`."""
    # two rows are enough to tell that there is more than one
    found = warehouse.readonly(sql, limit=2, timeout_s=seconds)
    if len(found.columns) != 1 or len(found.rows) != 1 or found.cut:
        rows = f"more than {len(found.rows) - 1}" if found.cut else len(found.rows)
        said = (
            f"gives {rows} row{'s' * (rows != 1)} with {len(found.columns)} column{'s' * (len(found.columns) != 1)}"
        )
        raise Fault(f"{said}, where one number is wanted", hint="like `select count(*) from changes`")
    (value,) = found.rows[0].values()
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise Fault(f"gives `{str(value)[:40]}`, which is no number", hint="like `select count(*) from changes`")


def tried(counts: Mapping[str, str], setup: Setup) -> Iterator[tuple[str, str]]:
    """Key and what is wrong with its SQL, found on a warehouse without rows; nothing of the data is read."""
    if not counts:
        # The models take a second to be made; who counts nothing waits for none of it.
        return
    warehouse = Warehouse(None, MemorySource(), setup)
    try:
        for key, sql in counts.items():
            try:
                count(warehouse, sql, 5.0)
            except Fault as fault:
                yield key, "; ".join(filter(None, (fault.message, fault.hint)))
    finally:
        warehouse.close()
