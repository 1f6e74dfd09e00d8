"""How the matter of a signal ended: told by the record that it was about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

NO_LONGER = "no longer holds"

_ENDS: Mapping[str, str] = {
    "change": "select id, case when deleted_at is not null then 'deleted' when merged_at is not null then 'merged' "
    "when state = 'closed' then 'closed' end as how from changes",
    "work_item": "select id, case when deleted_at is not null then 'deleted' "
    "when status_category in ('done', 'canceled') then status_category end as how from work_items",
    "incident": "select id, case when deleted_at is not null then 'deleted' "
    "when resolved_at is not null then 'resolved' end as how from incidents",
    "alert": "select id, case when deleted_at is not null then 'deleted' when state <> 'open' then state end as how "
    "from alerts",
    "sprint": "select id, case when state = 'closed' then 'closed' end as how from sprints",
}
"""Subject -> its records that are over, with how."""


def ends(warehouse: Warehouse, subject: str, ids: Collection[str]) -> Mapping[str, str]:
    """Id -> how it ended, for those of which a record tells it."""
    if subject not in _ENDS or not ids:
        return {}
    sql = f"select id, how from ({_ENDS[subject]}) where how is not null and id in (select unnest($ids))"  # noqa: S608
    return {row["id"]: row["how"] for row in warehouse.rows(sql, {"ids": sorted(ids)})}
