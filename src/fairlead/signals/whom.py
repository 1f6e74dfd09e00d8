"""Who is concerned by a subject right now: whose turn a change is, who has an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

_ACCOUNTS: Mapping[str, str] = {
    "change": "select change as id, account, 0 as place from open_change_turns",
    "work_item": "select id, assignee as account, 0 as place from work_items where deleted_at is null",
}
"""Subject -> its rows with the account that is to act."""


def concerned(warehouse: Warehouse, subject: str, ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Subject id -> person ids; a subject of which nobody is known to be concerned is absent."""
    if subject not in _ACCOUNTS or not ids:
        return {}
    sql = f"""
        select s.id, a.person from ({_ACCOUNTS[subject]}) s join accounts a on a.id = s.account
        where a.person is not null and s.id in (select unnest($ids)) order by s.id, s.place
    """  # noqa: S608 - statements of ours
    found: dict[str, tuple[str, ...]] = {}
    for row in warehouse.rows(sql, {"ids": sorted(set(ids))}):
        found[row["id"]] = (*found.get(row["id"], ()), row["person"])
    return found
