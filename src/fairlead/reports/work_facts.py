"""Loads the board of work: what stands in each status, how old it is, and what finished items of its project took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.model.errors import Abort
from fairlead.model.records.work import WORK_TYPES
from fairlead.reports.literals import text_literal
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope, aware

USUAL_DAYS = 90
"""How far back the usual time of a project's items is measured, as the figure `aging_items` does."""
PASSED = (50, 85, 95)
"""Percentiles of the cycle time that an age is held against."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item that is not finished."""

    id: str
    title: str
    url: str | None
    work_type: str
    status: str
    category: str
    since: datetime | None
    """When it was begun, or opened where nobody has begun it."""
    in_status_since: datetime | None
    age_s: float
    passed: int
    """The highest of `PASSED` that its age is beyond; 0 for none, and for an item that nobody has begun."""
    usual_s: float | None
    """Within this time 85 % of its project's items were done; `None` where too few were."""
    held: tuple[str, ...]
    """Why it cannot go on: `flag`, or ids of the items that it waits for."""

    def to_json(self) -> dict[str, Any]:
        """The item for those who compute with it."""
        return {
            "id": self.id, "title": self.title, "url": self.url, "work_type": self.work_type,
            "since": self.since.isoformat() if self.since else None, "age_s": round(self.age_s),
            "beyond_percentile": self.passed, "usual_s": self.usual_s, "held_by": list(self.held),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lane:
    """Items of one status."""

    status: str
    category: str
    """`in_progress` or `todo`."""
    count: int
    old: int
    """Those beyond the 85 % of their project."""
    held: int
    items: tuple[Item, ...]

    @property
    def key(self) -> str:
        """Name in an address: two tools may call different things alike."""
        return f"{self.category}:{self.status}"

    def to_json(self) -> dict[str, Any]:
        """The lane with the items that were asked for."""
        return {
            "status": self.status, "category": self.category, "count": self.count, "older_than_usual": self.old,
            "held": self.held, "items": [item.to_json() for item in self.items],
        }  # fmt: skip


# Cut in the query: of ten thousand items only those that are shown leave the warehouse.
_BOARD = f"""
with usual as (
    select coalesce(project, repository) as project, quantile_cont(cycle_s, [0.50, 0.85, 0.95]) as marks
    from work_item_cycle_times
    where cycle_s is not null and done_at < $now and done_at >= $now - interval '{USUAL_DAYS} days'
    group by coalesce(project, repository) having count(*) >= $least
),
held as (
    select work_item, list(distinct case when kind = 'flag' then 'flag' else blocked_by end) as reasons
    from work_item_blocks where to_at is null and coalesce(from_at <= $now, true) group by work_item
),
standing as (
    select c.work_item, c.work_type, c.category, w.title, w.url, w.status, s.from_at as in_status_since, s.place,
        case when c.category = 'in_progress' then coalesce(c.started_at, c.opened_at) else c.opened_at end as since,
        case when c.category = 'in_progress' then u.marks end as marks, coalesce(h.reasons, []) as reasons
    from work_item_cycle_times c
    join work_items w on w.id = c.work_item
    left join work_item_statuses s on s.work_item = c.work_item and s.to_at is null
    left join usual u on u.project = coalesce(c.project, c.repository)
    left join held h on h.work_item = c.work_item
    where c.category in ('todo', 'in_progress') and ($type = '' or c.work_type = $type) and {{limit}}
    qualify row_number() over (partition by c.work_item order by s.place desc) = 1
),
aged as (
    select *, greatest(epoch($now) - epoch(since), 0) as age_s,
        len(list_filter(marks, lambda mark: epoch($now) - epoch(since) > mark)) as beyond
    from standing
),
placed as (
    select *, row_number() over lane as nth, count(*) over whole as n, avg(place) over whole as at_place,
        count(case when beyond >= 2 then 1 end) over whole as old,
        count(case when len(reasons) > 0 then 1 end) over whole as held_up
    from aged
    window whole as (partition by category, status),
        lane as (partition by category, status order by age_s desc nulls last, work_item)
)
select * from placed
where nth = 1 or (nth > $after and nth <= $upto and ($lane = '' or category || ':' || coalesce(status, '') = $lane))
order by category, at_place, status, nth
"""  # noqa: S608 - a constant


def load_board(scope: Scope, work_type: str = "", lane: str = "", *, most: int, after: int = 0) -> list[Lane]:
    """The lanes of what is not finished, begun ones first, each with its oldest items; `lane` cuts one alone."""
    if work_type and work_type not in WORK_TYPES:
        raise Abort(f"no type of work `{plain(work_type)}`", hint=f"there are: {', '.join(WORK_TYPES)}")
    asked = {
        "now": scope.naive_now, "least": scope.setup.thresholds.minimum_n, "type": work_type, "lane": lane,
        "after": after, "upto": after + most,
    }  # fmt: skip
    rows = scope.warehouse.rows(_BOARD.format(limit=scope.items("c.work_item")), asked)
    lanes: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        lanes.setdefault((row["category"], row["status"] or ""), []).append(row)
    return [_lane(rows, after, most, lane) for rows in lanes.values()]


def load_types(scope: Scope) -> dict[str, int]:
    """How many items of each type of work are not finished."""
    rows = scope.warehouse.rows(
        "select coalesce(work_type, 'other') as work_type, count(*) as n from work_item_cycle_times "  # noqa: S608
        f"where category in ('todo', 'in_progress') and {scope.items('work_item')} group by all order by n desc, 1"
    )
    return {row["work_type"]: row["n"] for row in rows}


def lane_query(scope: Scope, category: str, status: str | None, work_type: str) -> str:
    """Select of all items of a lane, for its evidence."""
    own = f" and c.work_type = {text_literal(work_type)}" if work_type else ""
    stands = f" and coalesce(w.status, '') = {text_literal(status)}" if status is not None else ""
    return (
        "select c.work_item, w.title, w.status, c.work_type, c.started_at, c.opened_at "  # noqa: S608 - escaped
        "from work_item_cycle_times c join work_items w on w.id = c.work_item "
        f"where c.category = {text_literal(category)}{stands}{own} and {scope.items('c.work_item')} "
        "order by coalesce(c.started_at, c.opened_at), c.work_item"
    )


def _lane(rows: Sequence[Mapping[str, Any]], after: int, most: int, wanted: str) -> Lane:
    first = rows[0]
    # The first row of each lane comes along for its counts, wherever the cut begins.
    items = [_item(row) for row in rows if after < row["nth"] <= after + most]
    made = Lane(first["status"] or "", first["category"], first["n"], first["old"], first["held_up"], tuple(items))
    return made if not wanted or made.key == wanted else Lane(
        made.status, made.category, made.count, made.old, made.held, ()
    )  # fmt: skip


def _item(row: Mapping[str, Any]) -> Item:
    marks = row["marks"]
    return Item(
        id=row["work_item"], title=row["title"] or "", url=row["url"], work_type=row["work_type"] or "other",
        status=row["status"] or "", category=row["category"], since=_moment(row["since"]),
        in_status_since=_moment(row["in_status_since"]), age_s=row["age_s"] or 0.0,
        passed=PASSED[row["beyond"] - 1] if row["beyond"] else 0, usual_s=marks[1] if marks else None,
        held=tuple(sorted(filter(None, row["reasons"]))),
    )  # fmt: skip


def _moment(value: datetime | None) -> datetime | None:
    return aware(value) if value is not None else None
