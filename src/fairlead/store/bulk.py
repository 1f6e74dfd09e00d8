"""Whole histories into tables: rows that nobody has spoken of before go in directly, the others are merged.

The rows are the same as `records.apply` would make of the same statements one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fairlead.model.errors import Unreadable
from fairlead.model.patch import pack_version, version_digest, version_time
from fairlead.model.rows import Rows
from fairlead.model.schema import column_names, columns
from fairlead.store import records, rowio
from fairlead.store.counting import next_value
from fairlead.store.database import Transaction, take_turn
from fairlead.store.records import Applied
from fairlead.store.statements import Statement, clean, converters, prepare, with_generation

_AT_ONCE = 10_000


def insert(tx: Transaction, batches: Iterable[Rows], raw_seq: int | None = None, generation: int = 0) -> Applied:
    """Stores statements about many records under one revision."""
    # before the revision is drawn, as in `records.merge`
    take_turn(tx)
    applied = Applied(next_value(tx, "rev"))
    for rows in batches:
        for start in range(0, len(rows), _AT_ONCE):
            _insert_part(tx, rows, range(start, min(start + _AT_ONCE, len(rows))), raw_seq, generation, applied)
    return applied


def _insert_part(
    tx: Transaction, rows: Rows, places: range, raw_seq: int | None, generation: int, applied: Applied
) -> None:
    prepared = list(_prepared(rows, places, generation))
    ids = [identity for identity, _, _ in prepared]
    fresh = set(ids)
    again: Sequence[tuple[str, str, list[Any]]] = ()
    # written first and asked after: in a history nearly every row is new
    if rowio.insert(tx, rows.table, list(_whole_rows(rows, prepared, raw_seq, applied.rev))) < len(prepared):
        # a row of this revision went in just now
        before = rowio.older(tx, rows.table, ids, applied.rev)
        # a row named twice in one batch went in once: its other statements still have their say
        several = {identity for identity, count in Counter(ids).items() if count > 1}
        again = [one for one in prepared if one[0] in before or one[0] in several]
        fresh -= before
    if fresh:
        rowio.forget_removal(tx, rows.table, fresh)
        _note(applied.changed, rows.table, fresh)
        _note(applied.created, rows.table, fresh)
    if again:
        statements = [
            Statement(rows.table, identity, version, dict(zip(rows.fields[1:], values, strict=True)), raw_seq)
            for identity, version, values in again
        ]
        merged = records.merge(tx, statements)
        for table, changed in merged.changed.items():
            _note(applied.changed, table, changed)
        # the merge drew a revision of its own, and readers need the highest
        applied.rev = max(applied.rev, merged.rev)


def _note(held: dict[str, set[str]], table: str, ids: set[str]) -> None:
    held.setdefault(table, set()).update(ids)


def _prepared(rows: Rows, places: range, generation: int) -> Iterator[tuple[str, str, list[Any]]]:
    """Id, version and values in plain form of each row."""
    into = converters(rows.table)
    names = rows.fields[1:]
    texts = {column.name for column in columns(rows.table) if column.kind == "text"}
    convert = [(into[name], name in texts) for name in names]
    at, time = None, ""
    for place in places:
        identity, *said = rows.rows[place]
        if not isinstance(identity, str) or not identity:
            raise Unreadable(f"{rows.table}.id", "is empty")
        # neighbours often share one moment: its text is made once
        if rows.at[place] is not at:
            at = rows.at[place]
            time = version_time(at, rows.rank)
        try:
            version = f"{time}.{version_digest(dict(zip(names, said, strict=True)))}"
            # most values are plain words, for which a call each would be half of the work
            values = [
                value
                if value is None or (plain and type(value) is str and value.isascii() and "\0" not in value)
                else to(value)
                for (to, plain), value in zip(convert, said, strict=True)
            ]
        except (TypeError, ValueError, OverflowError, AttributeError):
            # the slow path knows how to clean what can be cleaned, and names the field that cannot
            statement = prepare(rows.patch(place), generation=generation)
            yield statement.id, statement.version, [statement.values[name] for name in names]
            continue
        yield clean(identity), with_generation(version, generation), values


def _whole_rows(
    rows: Rows, prepared: Iterable[tuple[str, str, list[Any]]], raw_seq: int | None, rev: int
) -> Iterator[tuple[Any, ...]]:
    """Rows in the order of the columns, unsaid fields empty."""
    own = column_names(rows.table)[1:]
    place = {name: position for position, name in enumerate(rows.fields[1:])}
    width = len(place)
    order = [place.get(name, width) for name in own]
    for identity, version, values in prepared:
        # an empty place at the end stands for each field that these rows leave unsaid
        values.append(None)
        whole = [values[position] for position in order]
        # the same list goes to the merge if its row was there before
        values.pop()
        yield (identity, *whole, rev, raw_seq, pack_version(rows.table, version, rows.fields[1:]))
