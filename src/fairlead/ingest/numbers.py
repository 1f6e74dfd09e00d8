"""Links that a tool told by the numbers of their items: kept so until the items are known, then under their ids.

A webhook of Jira about a link has nothing but numbers, and may come before any word of the issues themselves. Links
by number wait in their own table, since nothing else may be lost or repeated with them when a process is killed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fairlead.connectors.kit.ids import by_number, link_ends, number_in
from fairlead.ingest.aliases import Aliases
from fairlead.ingest.renames import statements_of
from fairlead.store import records, rowio
from fairlead.store.database import Transaction
from fairlead.store.statements import Statement

_TABLE = "work_item_links"


def is_by_number(statement: Statement) -> bool:
    """Whether it is about a link of which the items are still to be found."""
    return statement.table == _TABLE and number_in(str(statement.values.get("from_item") or "")) is not None


def place(tx: Transaction, told: Iterable[Statement], items: Iterable[str]) -> records.Applied:
    """Writes links told by number, and those that waited for one of these items, under the ids known by now."""
    waiting = _waiting(tx, items)
    held = [(one, _ends(one.values)) for one in told]
    for row in waiting.values():
        # a part of a row may say no more than that the link is gone: which link stands in the row
        held += [(one, _ends(row.merged.values)) for one in statements_of(_TABLE, row)]
    if not held:
        return records.Applied(0)
    known = _known(tx, {end for _, (one, _, other) in held for end in (one, other)})
    placed = [_placed(one, ends, known) for one, ends in held]
    still = {one.id for one in placed}
    if gone := [one for one in waiting if one not in still]:
        records.remove(tx, _TABLE, gone)
    return records.merge(tx, placed)


def follow(tx: Transaction, moved: Iterable[str], aliases: Aliases) -> records.Applied:
    """Takes links along that were drawn after a move of their item, but heard of before it.

    They lie under the old id of the item. By its time such a link is of whoever bears that id after the move; where
    nobody does, it can only have been placed there by the number of the item that has left.
    """
    former = {old: item for item in moved for old in aliases.origins(item) if old != item}
    for borne in rowio.load(tx, "work_items", former):
        del former[borne]
    if not former:
        return records.Applied(0)
    behind = {one for end in ("from_item", "to_item") for one in rowio.having(tx, _TABLE, end, set(former))}
    placed: list[Statement] = []
    for row in rowio.load(tx, _TABLE, behind).values():
        ends = _ends(row.merged.values)
        known = {end: former.get(end, end) for end in (ends[0], ends[2])}
        placed += [_placed(one, ends, known) for one in statements_of(_TABLE, row)]
    if placed:
        records.remove(tx, _TABLE, behind)
    return records.merge(tx, placed)


def _ends(values: Mapping[str, Any]) -> tuple[str, str, str]:
    one, kind, other = (str(values.get(name)) for name in ("from_item", "kind", "to_item"))
    return one, kind, other


def _waiting(tx: Transaction, items: Iterable[str]) -> dict[str, rowio.Row]:
    # one range of an index for each source that spoke of items: nearly always there is nothing in it
    sources = {one.partition(":")[0] for one in items}
    return rowio.load(tx, _TABLE, (one for source in sources for one in rowio.below(tx, _TABLE, by_number(source))))


def _known(tx: Transaction, ends: Iterable[str]) -> dict[str, str]:
    """Id by number -> id of the item that has it now."""
    wanted = {found: one for one in ends if (found := number_in(one))}
    rows = rowio.load(tx, "work_items", rowio.having(tx, "work_items", "external_id", {n for _, n in wanted}))
    known: dict[str, str] = {}
    # by age: while a move was not told two items have the number, and the later one is where it went
    for row in sorted(rows.values(), key=lambda row: (row.merged.values["updated_at"] or 0, row.merged.id)):
        source, number = row.merged.id.partition(":")[0], row.merged.values["external_id"]
        if (source, number) in wanted:
            known[wanted[source, number]] = row.merged.id
    return known


def _placed(told: Statement, ends: tuple[str, str, str], known: Mapping[str, str]) -> Statement:
    """Under the ids of both items; as it is while one of them is not known."""
    one, kind, other = ends
    if one not in known or other not in known:
        return told
    first, second = link_ends(known[one], kind, known[other])
    now = {"from_item": first, "to_item": second}
    values = {name: now.get(name, value) for name, value in told.values.items()}
    return Statement(_TABLE, f"{first}/{kind}/{second}", told.version, values, told.raw_seq)
