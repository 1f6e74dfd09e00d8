"""Records held in memory as a source of a warehouse: for tests, benchmarks and trials without a store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fairlead.model.schema import TABLES
from fairlead.store.arrow import arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from fairlead.metrics.tables import Snapshot


class MemorySource:
    """Rows by table and id; every call of `put` and `remove` is a revision."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in TABLES}
        self._gone: dict[str, dict[str, int]] = {table: {} for table in TABLES}
        self._rev = 0

    def put(self, table: str, *rows: Mapping[str, Any]) -> None:
        """Adds rows, or overwrites the fields given of rows that are there."""
        self._rev += 1
        for row in rows:
            identity = str(row["id"])
            self._rows[table][identity] = {**self._rows[table].get(identity, {}), **row, "rev": self._rev}
            self._gone[table].pop(identity, None)

    def remove(self, table: str, *ids: str) -> None:
        """Takes rows away for good."""
        self._rev += 1
        for identity in ids:
            if self._rows[table].pop(identity, None) is not None:
                self._gone[table][identity] = self._rev

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table."""
        return list(self._rows[table].values())

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The source itself: nobody writes while a warehouse reads."""
        yield self

    def deltas(self, table: str, after_rev: int) -> Iterator[pa.RecordBatch]:
        """Rows written after a revision."""
        import pyarrow as pa

        found = [row for row in self._rows[table].values() if row["rev"] > after_rev]
        if found:
            yield pa.RecordBatch.from_pylist(found, schema=arrow_schema(table))

    def removals(self, table: str, after_rev: int) -> Sequence[str]:
        """Ids taken away since a revision."""
        return [identity for identity, rev in self._gone[table].items() if rev > after_rev]

    def revision(self) -> int:
        """Number of the last write."""
        return self._rev
