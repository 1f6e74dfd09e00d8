"""What a full listing of a tool proves: what is missing in it was deleted, what it lists is there.

A listing is kept, so that a row which arrives after it meets it too. What follows from the listings of a scope is a
function of them and of the tool's own words alone. It takes the place of the tool's last word about a deletion and
keeps that word's version, so that nothing depends on which was heard first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import datetime

from fairlead.connectors.kit.connector import Sweep
from fairlead.ingest.aliases import OFFSET, OVERRULED, Aliases, moment_of
from fairlead.ingest.renames import move_scope
from fairlead.model.schema import TABLES, column_names
from fairlead.model.times import epoch_us
from fairlead.store import listings, records, rowio
from fairlead.store.database import Transaction
from fairlead.store.listings import Listing
from fairlead.store.statements import Statement


def sweep(tx: Transaction, asked: Sweep, aliases: Aliases, raw_seq: int | None) -> dict[str, set[str]]:
    """Takes a listing over and buries or revives what it concerns; an older one than the last only adds its time."""
    at_us = epoch_us(asked.at)
    scope = move_scope(asked.scope, lambda one: aliases.resolve(one, at_us))
    ids = frozenset(aliases.resolve(one, at_us) for one in asked.ids)
    told = Listing(asked.at, ids, (asked.at,), {})
    held = listings.get(tx, asked.table, scope)
    listing = told if held is None else listings.join(held, told)
    # the same sweep again, as by a replay: nothing that it proves is new
    if listing == held:
        return {}
    listings.put(tx, asked.table, scope, listing)
    # also rows that it lists: they may have been buried by an earlier one
    concerned = set(rowio.below(tx, asked.table, scope))
    return _judge(tx, asked.table, dict.fromkeys(concerned, listing), raw_seq)


def meet(tx: Transaction, *touched: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Holds rows that were just written against the listings that cover them."""
    changed: dict[str, set[str]] = {}
    if not any(touched):
        return changed
    for table, scopes in listings.scopes(tx).items():
        cover = _Cover(tx, table, scopes)
        concerned = {one for part in touched for one in part.get(table, ())}
        if table == _MESSAGES:
            concerned |= _below_hidden(tx, {one for part in touched for one in part.get(_ITEMS, ())})
        under = {one: listing for one in concerned if (listing := cover.of(one)) is not None}
        for judged, ids in _judge(tx, table, under, None).items():
            changed.setdefault(judged, set()).update(ids)
    return changed


_NEVER = -OFFSET
_WEAKEST = "0.00000000000000000"
"""Stands for a tool that has not spoken of a deletion: below every version of a tool."""
_ITEMS, _MESSAGES = "work_items", "messages"
VEILED = tuple(table for table in TABLES if "restricted" in column_names(table))
"""Tables of which a row may be hidden from whoever lists them; a word about that makes a listing speak anew."""


def _below_hidden(tx: Transaction, items: Iterable[str]) -> set[str]:
    """What was said of these items, as far as they are hidden: it was judged before that was known."""
    hidden = [one for one, row in rowio.load(tx, _ITEMS, items).items() if row.merged.values["restricted"]]
    return {said for one in hidden for said in rowio.below(tx, _MESSAGES, f"{one}/")}


class _Cover:
    """Finds the listing whose scope an id falls under; each is loaded once."""

    def __init__(self, tx: Transaction, table: str, scopes: Mapping[str, datetime]) -> None:
        self._tx, self._table, self._scopes = tx, table, scopes
        self._lengths = sorted({len(scope) for scope in scopes}, reverse=True)
        self._loaded: dict[str, Listing | None] = {}

    def of(self, record_id: str) -> Listing | None:
        # the longest scope first: a listing of one repository knows better than one of its whole organisation
        for length in self._lengths:
            scope = record_id[:length]
            if scope in self._scopes:
                if scope not in self._loaded:
                    self._loaded[scope] = listings.get(self._tx, self._table, scope)
                return self._loaded[scope]
        return None


def _judge(tx: Transaction, table: str, under: Mapping[str, Listing], raw_seq: int | None) -> dict[str, set[str]]:
    said: list[Statement] = []
    rows = rowio.load(tx, table, under)
    hidden = _hidden(tx, table, rows)
    for record_id, row in rows.items():
        deleted_us = _verdict(row, under[record_id], record_id in hidden)
        if deleted_us != row.merged.values.get("deleted_at"):
            # just above the word that it replaces: whatever the tool says later, of whatever moment, wins again
            version = (_own(row) or _WEAKEST) + OVERRULED
            said.append(Statement(table, record_id, version, {"deleted_at": deleted_us}, raw_seq))
    return records.overrule(tx, said).changed


def _hidden(tx: Transaction, table: str, rows: Mapping[str, rowio.Row]) -> set[str]:
    """Which of these rows whoever made the listing may have had no right to see: for them it proves nothing."""
    if table not in VEILED:
        return set()
    found = {one for one, row in rows.items() if row.merged.values["restricted"]}
    if table == _MESSAGES:
        # what was said below an item that few may see is as hidden as the item
        about = {one: str(row.merged.values["about"]) for one, row in rows.items()}
        items = rowio.load(tx, _ITEMS, about.values())
        found |= {one for one, item in about.items() if item in items and items[item].merged.values["restricted"]}
    return found


def _verdict(row: rowio.Row, listing: Listing, hidden: bool) -> int | None:
    """When a row was deleted, by what the tool said of it and all listings together, in whatever order they came."""
    deleted: int | None = row.merged.values.get("deleted_at")
    listed_us = _last_listed(row.merged.id, listing)
    alive_us = max(_last_heard(row), listed_us)
    if deleted is None or _is_swept(row):
        # the tool's word was one of life, or of a deletion before the last listing, to which it then adds nothing
        alive_us = max(alive_us, _own_moment(row))
    elif listed_us <= deleted:
        # its word of a deletion stands until a later listing shows that the thing was restored
        return deleted
    if hidden:
        return None
    # what comes after the last that listed it has missed it; one that was made before we last heard of it has not
    return next((at_us for at_us in map(epoch_us, listing.times) if at_us > alive_us), None)


def _last_listed(record_id: str, listing: Listing) -> int:
    if record_id in listing.ids:
        return epoch_us(listing.at)
    missed = listing.gone.get(record_id)
    return _NEVER if missed is None else epoch_us(listing.times[bisect_left(listing.times, missed) - 1])


def _last_heard(row: rowio.Row) -> int:
    # a word about the deletion itself is no sign of life
    heard = (moment_of(version) for name, version in row.merged.versions.items() if name != "deleted_at")
    created: int | None = row.merged.values.get("created_at")
    return max(heard, default=0) if created is None else max(created, max(heard, default=0))


def _is_swept(row: rowio.Row) -> bool:
    """Whether what stands there about a deletion was concluded from listings."""
    return OVERRULED in row.merged.versions.get("deleted_at", "")


def _own(row: rowio.Row) -> str:
    """Version of the tool's own last word about a deletion, also where it was replaced; empty without one."""
    version = row.merged.versions.get("deleted_at", "").partition(OVERRULED)[0]
    return "" if version == _WEAKEST else version


def _own_moment(row: rowio.Row) -> int:
    version = _own(row)
    return moment_of(version) if version else _NEVER
