"""Records: statements merged into rows in batches, read back, and followed by revision.

Every field keeps the value of the highest version (`fairlead.model.patch`), so batches may be cut anywhere. A row's
`rev` is the number of the last transaction that changed one of its values; it grows in commit order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fairlead.model.patch import Merged, Patch
from fairlead.model.schema import TABLES, column_names, columns
from fairlead.store import arrow, rowio
from fairlead.store.columns import to_python
from fairlead.store.counting import next_value
from fairlead.store.database import Transaction, take_turn
from fairlead.store.statements import Statement, prepare

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class Applied:
    """What a batch did."""

    rev: int
    """Revision that the changed rows got."""
    changed: dict[str, set[str]] = field(default_factory=dict)
    """Table -> ids of rows of which a value changed, new rows among them."""
    created: dict[str, set[str]] = field(default_factory=dict)
    """Table -> ids of rows that were not there before."""
    dead: dict[str, set[str]] = field(default_factory=dict)
    """Table -> ids of tombstones that something was said about, and of rows that are tombstones no more."""

    @property
    def count(self) -> int:
        """How many rows changed."""
        return sum(map(len, self.changed.values()))


def apply(tx: Transaction, patches: Iterable[Patch], raw_seq: int | Sequence[int] | None = None) -> Applied:
    """Merges patches; `raw_seq` is the raw event they were read from, or one for each patch."""
    if raw_seq is None or isinstance(raw_seq, int):
        return merge(tx, [prepare(patch, raw_seq) for patch in patches])
    return merge(tx, [prepare(patch, seq) for patch, seq in zip(patches, raw_seq, strict=True)])


def merge(tx: Transaction, statements: Iterable[Statement]) -> Applied:
    """Merges prepared statements: one load and one write for each table, whatever their number."""
    by_table: dict[str, list[Statement]] = {}
    for statement in statements:
        by_table.setdefault(statement.table, []).append(statement)
    if not by_table:
        return Applied(0)
    # before the revision is drawn: revisions must be committed in the order in which they were drawn
    take_turn(tx)
    applied = Applied(next_value(tx, "rev"))
    for table, group in by_table.items():
        _merge_table(tx, table, group, applied)
    return applied


def overrule(tx: Transaction, statements: Iterable[Statement]) -> Applied:
    """Sets fields of rows that exist, whatever their versions: for what follows from other rows."""
    by_table: dict[str, list[Statement]] = {}
    for statement in statements:
        by_table.setdefault(statement.table, []).append(statement)
    if not by_table:
        return Applied(0)
    take_turn(tx)
    applied = Applied(next_value(tx, "rev"))
    for table, group in by_table.items():
        rows = rowio.load(tx, table, {statement.id for statement in group})
        for statement in group:
            # an id without a row is a fault of the caller: nothing is made up for it
            row = rows[statement.id]
            row.merged.values.update(statement.values)
            row.merged.versions.update(dict.fromkeys(statement.values, statement.version))
            row.rev = applied.rev
        rowio.save(tx, table, rows.values())
        applied.changed[table] = set(rows)
    return applied


def _merge_table(tx: Transaction, table: str, group: list[Statement], applied: Applied) -> None:
    rows = rowio.load(tx, table, {statement.id for statement in group})
    # of a history nearly every row is new and said once: such a row is written as it is, without a merge
    single: dict[str, Statement] = {}
    written: dict[str, rowio.Row] = {}
    created: set[str] = set()
    before: dict[str, dict[str, tuple[str, Any]]] = {}
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for statement in group:
        version = statement.version
        row = rows.get(statement.id)
        if row is None:
            first = single.setdefault(statement.id, statement)
            if first is statement or (first.values is statement.values and first.version == version):
                continue
            merged = Merged(first.id, dict(first.values), dict.fromkeys(first.values, first.version))
            # into both: the next statement of this batch about it finds it
            row = rows[first.id] = written[first.id] = rowio.Row(merged, applied.rev, first.raw_seq)
            created.add(first.id)
            del single[first.id]
        if told.get((statement.id, version)) is statement.values:
            # nearly every payload of a batch names the same repository and accounts in the same words
            continue
        told[statement.id, version] = statement.values
        values, versions = row.merged.values, row.merged.versions
        for name, value in statement.values.items():
            known = versions.get(name, "")
            # a version ends in the digest of what is said, so an equal one says the same
            if version > known:
                versions[name] = version
                written[statement.id] = row
                # a first word is a change even if it says "empty": unsaid is something else
                if not known or values.get(name) != value:
                    # the value before the batch, not before this statement: `_differs` compares the two ends
                    before.setdefault(statement.id, {}).setdefault(name, (known, values.get(name)))
                    values[name] = value
                    # evidence leads to what changed a value, not to what repeated it last
                    row.raw_seq = statement.raw_seq
    changed = {one for one, held in before.items() if _differs(rows[one].merged.values, held)}
    for one in changed:
        rows[one].rev = applied.rev
    # rows of which only versions grew are written too, without a revision: the warehouse need not read them again
    rowio.save(tx, table, written.values())
    rowio.begin(tx, table, single.values(), applied.rev)
    created |= single.keys()
    if created:
        rowio.forget_removal(tx, table, created)
    _note(applied.changed, table, created | changed)
    _note(applied.created, table, created)
    dead = {one for one, row in written.items() if row.merged.values.get("deleted_at") is not None}
    dead |= {one for one, statement in single.items() if statement.values.get("deleted_at") is not None}
    _note(applied.dead, table, dead | {one for one, held in before.items() if "deleted_at" in held})


def _differs(values: Mapping[str, Any], before: Mapping[str, tuple[str, Any]]) -> bool:
    """Whether a row is another one after the batch; a value may have changed and changed back in it."""
    return any(not known or values[name] != value for name, (known, value) in before.items())


def _note(held: dict[str, set[str]], table: str, ids: set[str]) -> None:
    if ids:
        held.setdefault(table, set()).update(ids)


def get(tx: Transaction, table: str, record_id: str) -> dict[str, Any] | None:
    """One record as a dict, with `rev` and `raw_seq`."""
    return next(rows(tx, table, [record_id]), None)


def rows(tx: Transaction, table: str, ids: Iterable[str] | None = None) -> Iterator[dict[str, Any]]:
    """Records as dicts in order of id: times as datetimes, lists of texts as tuples; all, or those of these ids."""
    kinds = [(column.name, column.kind) for column in columns(table)]
    for row in rowio.plain(tx, table, ids):
        # not strict: `rev` and `raw_seq` follow the columns
        found = {name: to_python(kind, value) for (name, kind), value in zip(kinds, row, strict=False)}
        yield {**found, "rev": row[-2], "raw_seq": row[-1]}


def deltas(tx: Transaction, table: str, after_rev: int = 0) -> Iterator[pa.RecordBatch]:
    """Rows above a revision as Arrow: the columns of the schema in order, then `rev`.

    Times are `timestamp[us]` without zone and mean UTC, days `date32`, lists of texts `list<string>`.
    """
    return arrow.batches(tx, table, after_rev)


def removals(tx: Transaction, table: str, after_rev: int = 0) -> list[tuple[str, int]]:
    """Ids of rows that are gone for good since a revision, with theirs."""
    return rowio.removals(tx, table, after_rev)


def remove(tx: Transaction, table: str, ids: Iterable[str]) -> int:
    """Takes rows away for good and notes it for incremental readers; tells how many there were."""
    take_turn(tx)
    return rowio.remove(tx, table, ids, next_value(tx, "rev"))


def revision(tx: Transaction) -> int:
    """Revision of the last write, 0 in an empty store."""
    return next_value(tx, "rev", by=0)


def counts(tx: Transaction) -> dict[str, int]:
    """How many rows each table holds, tombstones among them."""
    return {table: rowio.count(tx, table) for table in TABLES}


def fields(table: str) -> tuple[str, ...]:
    """Names of the columns that `deltas` gives."""
    return (*column_names(table), "rev")
