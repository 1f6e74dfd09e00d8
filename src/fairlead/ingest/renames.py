"""Carries a rename through what is stored: rows of the thing, of all below it, and every reference to them.

A field moves if the statement that set it was made before the rename; so the rows are those that would be there had
the rename been known first. Only where something else took the old id, and spoke of the same fields before the rename
was heard of, has the store forgotten something: then the log is read again (`Carried.contested`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fairlead.ingest.aliases import ENDS, Aliases, moment_of, reference_columns
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
    contested: bool = False
    """Whether a row may have held what two things said that went by one id: the later one's words hid the other's."""


def carry(tx: Transaction, aliases: Aliases, old_ids: Iterable[str]) -> Carried:
    """Moves whatever is stored under these ids to where the aliases say."""
    carried = Carried()
    wanted = list(old_ids)
    if wanted:
        for table in TABLES:
            _carry_table(tx, table, aliases, wanted, carried)
        _carry_listings(tx, aliases, wanted)
    return carried


def _carry_table(tx: Transaction, table: str, aliases: Aliases, old_ids: list[str], carried: Carried) -> None:
    concerned: set[str] = set()
    for old in old_ids:
        concerned.update(rowio.below(tx, table, old))
        # only accounts stand at the end of other ids: looking for every repository there would read whole tables
        if ":@" in old:
            concerned.update(rowio.ending(tx, table, "/" + old))
        for name, kind in reference_columns(table):
            find = rowio.column_holding if kind == "texts" else rowio.column_below
            concerned.update(find(tx, table, name, old))
    if not concerned:
        return
    moving: list[Statement] = []
    gone: list[str] = []
    for row_id, row in rowio.load(tx, table, concerned).items():
        held = list(_statements(table, row))
        statements = [aliases.move(one) for one in held]
        if not carried.contested and _named_by(row_id, old_ids):
            carried.contested = any(aliases.shared(row_id, moment_of(one.version)) for one in held)
        # they were found by prefix: a neighbour whose name begins alike and a later owner stay where they are
        if _same(row, statements):
            continue
        gone.append(row_id)
        moving.extend(statements)
    if gone:
        # Removed first: the row that takes its place may be the same one with another reference.
        records.remove(tx, table, gone)
        for changed_table, ids in records.merge(tx, moving).changed.items():
            carried.changed.setdefault(changed_table, set()).update(ids)


def _statements(table: str, row: rowio.Row) -> Iterable[Statement]:
    by_version: dict[str, dict[str, object]] = {}
    for name in column_names(table)[1:]:
        if (version := row.merged.versions.get(name)) is not None:
            by_version.setdefault(version, {})[name] = row.merged.values[name]
    versions = by_version or {_UNDATED: {}}
    return [Statement(table, row.merged.id, version, values, row.raw_seq) for version, values in versions.items()]


_UNDATED = "10000000000000000.00."
"""For a row of which nothing but the id was ever said."""


def _same(row: rowio.Row, statements: Iterable[Statement]) -> bool:
    held = row.merged
    return all(
        one.id == held.id and all(held.values[name] == value for name, value in one.values.items())
        for one in statements
    )


def _named_by(row_id: str, old_ids: Iterable[str]) -> bool:
    return any(
        # a membership is named by its account too, at its end
        (row_id.startswith(old) and row_id[len(old) : len(old) + 1] in ENDS) or row_id.endswith("/" + old)
        for old in old_ids
    )


def _carry_listings(tx: Transaction, aliases: Aliases, old_ids: list[str]) -> None:
    for table, scopes in listings.scopes(tx).items():
        for scope in scopes:
            # too wide for a neighbour called alike, whose scope `move_listing` then leaves as it is
            if any(scope.startswith(old) for old in old_ids):
                listing = listings.get(tx, table, scope)
                assert listing is not None
                present, moved = move_listing(aliases, scope, listing)
                if present != scope:
                    listings.drop(tx, table, scope)
                    held = listings.get(tx, table, present)
                    listings.put(tx, table, present, moved if held is None else listings.join(held, moved))


def move_listing(aliases: Aliases, scope: str, listing: listings.Listing) -> tuple[str, listings.Listing]:
    """A listing under the present ids."""
    at_us = epoch_us(listing.at)
    ids = frozenset(aliases.resolve(one, at_us) for one in listing.ids)
    gone = {aliases.resolve(one, epoch_us(at)): at for one, at in listing.gone.items()}
    return move_scope(aliases, scope, at_us), listings.Listing(listing.at, ids, listing.times, gone)


def move_scope(aliases: Aliases, scope: str, at_us: int) -> str:
    """An id prefix under the present ids; it ends with the mark that follows the id of its owner."""
    if scope and scope[-1] in ENDS:
        return aliases.resolve(scope[:-1], at_us) + scope[-1]
    return aliases.resolve(scope, at_us)
