"""What an epic or a milestone still takes: items left, its share of the team's pace, and how such things grew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.times import aware, naive
from fairlead.planning.history import History
from fairlead.planning.montecarlo import SEED
from fairlead.planning.targets import Kind, Target
from fairlead.planning.throughput import Load

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

LEAST_ALIKE = 3
"""Epics or milestones that must be over before their growth is drawn from."""
_MOST_ALIKE = 60
_AGES_DRAWN = 400
_DAY_S = 86_400.0
_AT_START = "interval '1 day'"
"""Items that appear within a day of its first start were planned with it."""

_OF_EPIC = """(w.epic in (select unnest($ids)) or w.parent in (select unnest($ids)) or w.parent in (
    select id from work_items where deleted_at is null and parent in (select unnest($ids))
))"""
_OF_MILESTONE = "w.milestone in (select unnest($ids))"
_STANDS = """
select w.id, w.title, w.url, least(w.created_at, w.closed_at) as created_at,
    coalesce(s.category, case when w.closed_at <= $now then 'done' else 'todo' end) as category,
    case when s.category in ('done', 'canceled') then s.category_since
        when s.category is null and w.closed_at <= $now then w.closed_at end as ended_at,
    b.started_at
from work_items w
left join work_item_statuses s on s.work_item = w.id and s.from_at <= $now and coalesce(s.to_at > $now, true)
    and (w.status_category is not null or w.closed_at is null)
left join (
    select work_item, min(from_at) as started_at from work_item_statuses
    where category = 'in_progress' and from_at <= $now group by work_item
) b on b.work_item = w.id
where w.deleted_at is null and coalesce(w.work_type, '') <> 'epic' and least(w.created_at, w.closed_at) <= $now
    and {limit}
order by w.id
"""
# Of those that are over: how many items there were in the end, of how many when it began.
_ALIKE = """
select {target} as target, count(*) as items,
    count(*) filter (where created_at <= begun + {at_start}) as first_items
from (
    select w.epic, w.milestone, w.parent, w.created_at, c.done_at, c.category,
        min(coalesce(c.started_at, c.done_at)) over (partition by {target}) as begun
    from work_items w join work_item_cycle_times c on c.work_item = w.id
    where w.deleted_at is null and coalesce(w.work_type, '') <> 'epic' and {target} is not null
        and coalesce(c.category, '') <> 'canceled' and w.created_at <= $now
        and {target} not in (select unnest($ids))
)
group by {target}
having count(*) >= 3 and count(*) filter (where coalesce(done_at > $now, true)) = 0 and first_items > 0
order by max(done_at) desc, 1 limit {most}
"""
# Of the others that items which were done belong to: since when each was worked on, and when it was over if it is.
_OTHERS = """
select * from (
    select {target} as target, list(c.work_item) as items, min(coalesce(c.started_at, c.done_at)) as begun,
        case when count(*) filter (where coalesce(c.done_at > $now, true)) = 0 then max(c.done_at) end as ended
    from work_items w join work_item_cycle_times c on c.work_item = w.id
    where w.deleted_at is null and coalesce(w.work_type, '') <> 'epic' and {target} is not null
        and coalesce(c.category, '') <> 'canceled' and w.created_at <= $now
        and {target} not in (select unnest($ids))
    group by 1
    having count(*) >= 3
)
where begun < $now order by target
"""
_CYCLES = """
select cycle_s from work_item_cycle_times
where cycle_s > 0 and done_at < $now and done_at >= $since and work_item in (select unnest($items))
order by done_at, work_item
"""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of it as it stood."""

    id: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    category: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How far it is, and what it still takes."""

    target: Target
    items: tuple[Item, ...]
    """Those that count: none that was given up."""
    load: Load
    alike: tuple[str, ...]
    """Ids of what is over, from which growth was drawn."""
    team: str | None
    others: tuple[str, ...] = ()
    """Ids of those whose usual share of the pace was taken, since nothing of it is done yet."""
    others_kind: Kind = "epic"
    """What those are."""

    @property
    def done(self) -> tuple[Item, ...]:
        """Items that are done."""
        return tuple(item for item in self.items if item.category == "done")

    def days(self, calendar: WorkingCalendar, days: Sequence[date]) -> Iterator[tuple[date, int, int]]:
        """How many items there were at the end of each day, and how many of them were done."""
        for day in days:
            end = calendar.day_bounds(day)[1]
            there = [item for item in self.items if item.created_at < end]
            yield day, len(there), sum(bool(item.ended_at and item.ended_at < end) for item in there)


def stands(warehouse: Warehouse, target: Target, now: datetime) -> tuple[Item, ...]:
    """Items of an epic or a milestone as they were at a moment; what was given up by then is none."""
    limit = _OF_EPIC if target.kind == "epic" else _OF_MILESTONE
    rows = warehouse.rows(_STANDS.format(limit=limit), {"ids": list(target.ids), "now": naive(now)})
    return tuple(_item(row) for row in rows if row["category"] != "canceled")


def reach(
    warehouse: Warehouse, target: Target, items: tuple[Item, ...], history: History, calendar: WorkingCalendar,
    now: datetime, team: str | None,
) -> Reach:  # fmt: skip
    """What is left of it, by its own past, its team's and that of others like it."""
    left = [item for item in items if item.category != "done"]
    alike = _alike(warehouse, target, now)
    own, others, kind = _own(items, history), tuple[str, ...](), target.kind
    # a milestone where too few others tell is taken for what epics are, and the other way round
    kinds: tuple[Kind, ...] = (target.kind, "milestone" if target.kind == "epic" else "epic")
    for kind in kinds if own is None and left and history.drawn else ():
        own, others = _usual(warehouse, target, kind, history, calendar, now)
        if own:
            break
    load = Load(len(left), _extra(items, alike), own, _ages(warehouse, left, history, calendar, now))
    return Reach(target, items, load, tuple(row["target"] for row in alike), team, others, kind)


def _item(row: Mapping[str, Any]) -> Item:
    return Item(
        row["id"], aware(row["created_at"]), aware(row["started_at"]) if row["started_at"] else None,
        aware(row["ended_at"]) if row["ended_at"] else None, row["category"],
    )  # fmt: skip


def _begun(items: Sequence[Item]) -> datetime | None:
    return min(
        (one for item in items if (one := item.started_at or item.ended_at)),
        default=None,
    )


def _usual(
    warehouse: Warehouse, target: Target, kind: Kind, history: History, calendar: WorkingCalendar, now: datetime
) -> tuple[tuple[int, int] | None, tuple[str, ...]]:  # fmt: skip
    """What others of a kind got of the pace while they were worked on: the one in the middle, and which there are."""
    column = "coalesce(w.epic, w.parent)" if kind == "epic" else "w.milestone"
    ended = dict(zip(history.items, history.ended, strict=True))
    found: list[tuple[float, int, int, str]] = []
    rows = warehouse.rows(_OTHERS.format(target=column), {"ids": list(target.ids), "now": naive(now)})
    for row in rows:
        first = max(calendar.local_day(aware(row["begun"])), history.drawn[0])
        last = calendar.local_day(aware(row["ended"])) if row["ended"] else history.drawn[-1]
        of = sum(first <= day <= last for day in history.ended)
        mine = sum(item in ended and first <= ended[item] <= last for item in row["items"])
        if mine:
            found.append((mine / of, mine, of, row["target"]))
    if len(found) < LEAST_ALIKE:
        return None, ()
    found.sort()
    # of an even number the smaller one: a later date is the safer one
    _, mine, of, _ = found[(len(found) - 1) // 2]
    return (mine, of), tuple(sorted(one for *_, one in found))


def _alike(warehouse: Warehouse, target: Target, now: datetime) -> list[dict[str, Any]]:
    column = "coalesce(epic, parent)" if target.kind == "epic" else "milestone"
    query = _ALIKE.format(target=column, at_start=_AT_START, most=_MOST_ALIKE)
    rows = warehouse.rows(query, {"ids": list(target.ids), "now": naive(now)})
    return rows if len(rows) >= LEAST_ALIKE else []


def _extra(items: Sequence[Item], alike: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """How many would still come if it grew as each of those did; what has come already counts."""
    begun = _begun(items)
    first = sum(begun is None or item.created_at <= begun + timedelta(days=1) for item in items)
    return tuple(max(round(row["items"] / row["first_items"] * first) - len(items), 0) for row in alike)


def _own(items: Sequence[Item], history: History) -> tuple[int, int] | None:
    """Of what the team did since this began, or lately: how many items were of it; `None` where none was."""
    begun, ids = _begun(items), {item.id for item in items}
    if begun is None or not history.drawn:
        return None
    first = max(begun.astimezone(UTC).date(), history.drawn[0])
    since = [item for item, day in zip(history.items, history.ended, strict=True) if day >= first]
    mine = sum(item in ids for item in since)
    return (mine, len(since)) if mine else None


def _ages(
    warehouse: Warehouse, left: Sequence[Item], history: History, calendar: WorkingCalendar, now: datetime
) -> tuple[int, ...]:
    """Working days until the last of what was begun is done, by how long finished items took that were as old."""
    ages = [(now - item.started_at).total_seconds() for item in left if item.started_at]
    if not ages or not history.items:
        return ()
    asked = {"now": naive(now), "since": naive(history.since), "items": list(history.items)}
    cycles = [row["cycle_s"] for row in warehouse.rows(_CYCLES, asked)]
    if not cycles:
        return ()
    lots = Random(SEED)  # noqa: S311 - lots are drawn, no secret is made
    week = sum(bool(spans) for spans in calendar.week.days) / 7
    # what is older than anything that was ever finished is taken as begun anew
    rests = [[took - age for took in cycles if took > age] or cycles for age in ages]
    return tuple(
        round(max(lots.choice(rest) for rest in rests) / _DAY_S * week) for _ in range(_AGES_DRAWN)
    )  # fmt: skip
