"""Carries a rename through what is stored: rows of the thing, of all below it, and every reference to them.

A field moves if the statement that set it was made before the rename; so the rows are those that would be there had
the rename been known first. Two things the rows cannot tell: what a later owner of an id said over the words of an
earlier one, and which of two owners said what lies where both were led. Values of the second kind are taken back, and
for both the log is read again (`Carried.contested`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from fairlead.ingest.aliases import (
    ENDS,
    OVERRULED,
    call,
    each_reference,
    is_weak,
    reference_columns,
    referring,
    said_at,
)
from fairlead.ingest.moves import Moves
from fairlead.model.schema import TABLES, column_names
from fairlead.model.times import epoch_us
from fairlead.store import listings, records, rowio
from fairlead.store.database import Transaction
from fairlead.store.statements import Statement


@dataclass(slots=True)
class Carried:
    """What was moved."""

    changed: dict[str, set[str]] = field(default_factory=dict)
    """Table -> present ids of rows that were written."""
    relisted: dict[str, set[str]] = field(default_factory=dict)
    """Table -> ids of rows, moved or not, that another listing speaks of now."""
    contested: bool = False
    """Whether the store lacks words of which only the log knows whose they are."""


def carry(tx: Transaction, moves: Moves, kept_from: Callable[[], int]) -> Carried:
    """Moves whatever is stored to where the names now say; `kept_from` tells from where on the log can be read."""
    carried = Carried()
    concerned = moves.concerned()
    left = _carry_listings(tx, moves, concerned, carried)
    for table in TABLES:
        _carry_table(tx, table, moves, concerned, tuple(left.get(table, ())), kept_from, carried)
    return carried


def _relist(tx: Transaction, table: str, scope: str, carried: Carried) -> None:
    # a row that never moves was not judged by a listing that only now is known to be about it
    carried.relisted.setdefault(table, set()).update(rowio.below(tx, table, scope))


def _carry_table(
    tx: Transaction,
    table: str,
    moves: Moves,
    names: Mapping[str, str],
    left: tuple[str, ...],
    kept_from: Callable[[], int],
    carried: Carried,
) -> None:
    moving: list[Statement] = []
    gone: list[str] = []
    for row_id, row in rowio.load(tx, table, _around(tx, table, names)).items():
        held = list(statements_of(table, row))
        carried.contested = carried.contested or any(moves.hides(row_id, said_at(one)) for one in held)
        # what sweeps said follows from the listings, which judge a row anew where it lies then
        said = [one for one in held if not _by_sweep(one)]
        moved = [part for one in said if (part := _moved(moves, one)) is not None]
        # a tombstone that a listing made which is now another one's
        orphaned = len(said) < len(held) and row_id.startswith(left)
        # they were found by prefix: a neighbour whose name begins alike and a later owner stay where they are
        if moved == said and not orphaned:
            continue
        unsaid = _size(moved) < _size(said)
        if unsaid and (row.raw_seq is None or row.raw_seq < kept_from()):
            # nobody could say it again: better under an id that it once had than lost
            continue
        # a sweep that overruled the tool's own word has hidden it
        carried.contested = carried.contested or unsaid or any(_hides_word(one) for one in held)
        gone.append(row_id)
        moving += moved
    if gone:
        # Removed first: the row that takes its place may be the same one with another reference.
        records.remove(tx, table, gone)
        for changed_table, ids in records.merge(tx, moving).changed.items():
            carried.changed.setdefault(changed_table, set()).update(ids)


def _around(tx: Transaction, table: str, names: Mapping[str, str]) -> set[str]:
    """Rows that go by one of these names, lie below it or refer to it.

    Issues move one by one, so theirs is the case that must not read through tables: what refers to an item has an
    index, and nothing else is asked where the name is known to be one.
    """
    found: set[str] = set()
    for name, named in names.items():
        found.update(rowio.below(tx, table, name))
        # only accounts stand at the end of other ids: looking for every repository there would read whole tables
        if ":@" in name:
            found.update(rowio.ending(tx, table, "/" + name))
        for column, kind in reference_columns(table, named):
            find = rowio.column_holding if kind == "texts" else rowio.column_below
            found.update(find(tx, table, column, name))
    return found


def statements_of(table: str, row: rowio.Row) -> Iterator[Statement]:
    """What was said of a row, taken apart by version: said again elsewhere, each part wins and loses as it did."""
    by_version: dict[str, dict[str, object]] = {}
    for name in column_names(table)[1:]:
        if (version := row.merged.versions.get(name)) is not None:
            by_version.setdefault(version, {})[name] = row.merged.values[name]
    for version, values in (by_version or {_UNDATED: {}}).items():
        yield Statement(table, row.merged.id, version, values, row.raw_seq)


_UNDATED = "10000000000000000.00."
"""For a row of which nothing but the id was ever said."""


def _moved(moves: Moves, held: Statement) -> Statement | None:
    """A statement under the present ids, without what nobody can place; `None` if that is all of it."""
    at_us = said_at(held)
    present = moves.place(held.id, at_us)
    if present is None:
        return None
    values = dict(held.values)
    for name, kind in reference_columns(held.table):
        if values.get(name) is not None:
            into = partial(_sure_place, moves, at_us, referring(held, name))
            try:
                values[name] = each_reference(kind, values[name], into)
            except _UnsureError:
                del values[name]
    call(held, present, values)
    return Statement(held.table, present, held.version, values, held.raw_seq)


def _by_sweep(one: Statement) -> bool:
    return OVERRULED in one.version


def _hides_word(one: Statement) -> bool:
    return _by_sweep(one) and not is_weak(one.version)


def _size(statements: Iterable[Statement]) -> int:
    return sum(1 + len(one.values) for one in statements)


class _UnsureError(Exception):
    """A reference may mean one of several things."""


def _sure_place(moves: Moves, at_us: int, by: str, one: str) -> str:
    return _sure(moves.place(one, at_us, by))


def _sure(place: str | None) -> str:
    if place is None:
        raise _UnsureError
    return place


def _carry_listings(tx: Transaction, moves: Moves, names: Iterable[str], carried: Carried) -> dict[str, list[str]]:
    """Moves listings; gives the scopes of each table that lost theirs."""
    left: dict[str, list[str]] = {}
    arriving: list[tuple[str, str, listings.Listing]] = []
    for table, scopes in listings.scopes(tx).items():
        for scope in scopes:
            # too wide for a neighbour called alike, whose scope `_placed` then leaves as it is
            if not any(scope.startswith(name) for name in names):
                continue
            listing = listings.get(tx, table, scope)
            assert listing is not None
            try:
                present, moved = _placed(moves, scope, listing)
                if present == scope:
                    continue
                arriving.append((table, present, moved))
            except _UnsureError:
                # made again from the sweeps in the log
                carried.contested = True
            left.setdefault(table, []).append(scope)
            listings.drop(tx, table, scope)
            _relist(tx, table, scope, carried)
    # once all have left: names may have been exchanged
    for table, present, moved in arriving:
        held = listings.get(tx, table, present)
        listings.put(tx, table, present, moved if held is None else listings.join(held, moved))
        _relist(tx, table, present, carried)
    return left


def _placed(moves: Moves, scope: str, listing: listings.Listing) -> tuple[str, listings.Listing]:
    """A listing under the present ids; all the sweeps that it joins must have been about one thing."""

    def at(moment: datetime) -> Callable[[str], str]:
        return lambda one: _sure(moves.place(one, epoch_us(moment)))

    scopes = {move_scope(scope, at(moment)) for moment in listing.times}
    ids = frozenset(map(at(listing.at), listing.ids))
    gone = {at(moment)(one): moment for one, moment in listing.gone.items()}
    present = scopes.pop()
    if scopes:
        raise _UnsureError
    return present, listings.Listing(listing.at, ids, listing.times, gone)


def move_scope(scope: str, into: Callable[[str], str]) -> str:
    """An id prefix under the present ids; it ends with the mark that follows the id of its owner."""
    if scope and scope[-1] in ENDS:
        return into(scope[:-1]) + scope[-1]
    return into(scope)
