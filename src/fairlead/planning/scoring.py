"""Judges forecasts that were given, once what they spoke of has come or should have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from fairlead.model.patch import Patch
from fairlead.model.records.goals import Forecast
from fairlead.model.times import naive
from fairlead.planning.history import ENDED
from fairlead.planning.reach import stands
from fairlead.planning.targets import Target
from fairlead.store import records

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse
    from fairlead.store.database import Database

_OPEN = """
select * from forecasts where deleted_at is null and scored_at is null and given_at < $now order by given_at, id
"""
# Of each forecast the items that ended after it was given, numbered in their order.
_CAME = f"""
with ended as ({ENDED.format(now="$now")}),
asked as (select unnest($ids) as id, unnest($teams) as team, unnest($given) as given_at, unnest($until) as until)
select a.id, e.done_at,
    row_number() over (partition by a.id order by e.done_at, e.work_item) as place
from asked a join ended e on e.done_at >= a.given_at and e.done_at < a.until
where a.team is null or e.work_item in (select work_item from work_item_teams t where t.team = a.team)
order by a.id, place
"""  # noqa: S608 - constants
_SPRINTS = """
select sprint, count(*) as done from sprint_scope
where kind = 'completed' and "at" < $until and sprint = $sprint group by sprint
"""
_ALIKE = """
select id from milestones where deleted_at is null and title = (select title from milestones where id = ?) order by id
"""


@dataclass(frozen=True, slots=True)
class _Scope:
    warehouse: Warehouse
    now: datetime

    @property
    def naive_now(self) -> datetime:
        return naive(self.now)


def judge(database: Database, warehouse: Warehouse, now: datetime) -> int:
    """Writes to each forecast what came of it, where that is known; tells how many were judged."""
    scope = _Scope(warehouse, now)
    rows = warehouse.rows(_OPEN, {"now": scope.naive_now})
    if not rows:
        return 0
    came = _came(scope, [row for row in rows if row["kind"] in ("items", "days")])
    found = [record for row in rows if (record := _judged(scope, row, came.get(row["id"], [])))]
    if found:
        with database.begin() as tx:
            records.apply(tx, [Patch(record, now) for record in found])
    return len(found)


def _came(scope: _Scope, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[datetime]]:
    """When items were done after each forecast, in order."""
    if not rows:
        return {}
    asked = {
        "now": scope.naive_now, "ids": [row["id"] for row in rows], "teams": [row["team"] for row in rows],
        "given": [row["given_at"] for row in rows],
        "until": [row["until"] if row["kind"] == "days" else scope.naive_now for row in rows],
    }  # fmt: skip
    found: dict[str, list[datetime]] = {}
    for row in scope.warehouse.rows(_CAME, asked):
        found.setdefault(row["id"], []).append(row["done_at"])
    return found


def _judged(scope: _Scope, row: Mapping[str, Any], came: Sequence[datetime]) -> Forecast | None:
    """The forecast with what came; `None` while that may still come."""
    kind = row["kind"]
    if kind == "days":
        return _scored(scope, row, items=len(came)) if row["until"] <= scope.naive_now else None
    if kind == "sprint":
        return _of_sprint(scope, row)
    if kind == "items":
        wanted = row["items"] or 0
        at = came[wanted - 1] if 0 < wanted <= len(came) else None
        return _ended(scope, row, at, min(len(came), wanted))
    if kind in ("epic", "milestone"):
        return _of_target(scope, row)
    return None


def _of_sprint(scope: _Scope, row: Mapping[str, Any]) -> Forecast | None:
    if row["until"] is None or row["until"] > scope.naive_now:
        return None
    if not scope.warehouse.rows("select 1 from sprint_results where sprint = ?", [row["subject"]]):
        return _scored(scope, row, reason="the sprint is gone")
    found = scope.warehouse.rows(_SPRINTS, {"until": row["until"], "sprint": row["subject"]})
    return _scored(scope, row, items=found[0]["done"] if found else 0)


def _of_target(scope: _Scope, row: Mapping[str, Any]) -> Forecast | None:
    alike = scope.warehouse.rows(_ALIKE, [row["subject"]]) if row["kind"] == "milestone" else []
    ids = tuple(one["id"] for one in alike) or (row["subject"],)
    items = stands(scope.warehouse, Target(row["kind"], "", ids, ""), scope.now)
    if not items:
        return _scored(scope, row, reason="it has no items any more")
    left = [item for item in items if item.category != "done"]
    last = max((item.ended_at for item in items if item.ended_at), default=None)
    # what was over before it was asked about cannot have been forecast
    at = naive(last) if not left and last else None
    done = sum(bool(item.ended_at and naive(item.ended_at) >= row["given_at"]) for item in items)
    return _ended(scope, row, at, done)


def _ended(scope: _Scope, row: Mapping[str, Any], at: datetime | None, items: int) -> Forecast | None:
    """Judged when all is done, or the last of its days is over."""
    last = _last(row[name] for name in ("ends_50", "ends_85", "ends_95"))
    if at is None and (last is None or last > scope.naive_now):
        return None
    return _scored(scope, row, at=at, items=items)


def _last(moments: Iterable[datetime | None]) -> datetime | None:
    return max((one for one in moments if one), default=None)


def _scored(
    scope: _Scope, row: Mapping[str, Any], *, at: datetime | None = None, items: int | None = None, reason: str = ""
) -> Forecast:
    return Forecast(
        id=row["id"],
        source="fairlead",
        updated_at=scope.now,
        scored_at=scope.now,
        came_at=at.replace(tzinfo=UTC) if at else UNSET,
        came_items=UNSET if items is None else items,
        reason=reason or UNSET,
    )
