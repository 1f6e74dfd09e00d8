"""Loads what items are parts of, and the dates that a team has set itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fairlead.reports.scope import Scope, aware, naive

_PAST = timedelta(days=28)
"""Dates missed by more than that were given up without a word: they warn nobody any more."""


@dataclass(frozen=True, slots=True)
class Goal:
    """An epic, or whatever stands above an item where there are no epics."""

    item: str
    title: str
    url: str | None
    done: int
    """Of its direct parts, by now."""
    parts: int


@dataclass(frozen=True, slots=True)
class Target:
    """A milestone that is not closed; one title and date in several repositories is one."""

    ids: tuple[str, ...]
    title: str
    url: str | None
    due_at: datetime
    left: tuple[str, ...]
    """Its items and changes that are open."""
    done: int


# Four steps up: deeper trees are drawn by tools and not by people, and a circle must end.
_GOALS = """
with recursive up as (
    select id as item, id as goal, coalesce(epic, parent) as above, 0 as height
    from work_items where id in (select unnest($items))
    union all
    select u.item, u.above, coalesce(w.epic, w.parent), u.height + 1
    from up u join work_items w on w.id = u.above
    where u.height < 4 and w.deleted_at is null
),
tops as (select item, arg_max(goal, height) as goal from up where height > 0 group by item),
parts as (
    select coalesce(w.epic, w.parent) as goal, count(*) as parts,
        count(*) filter (where c.category = 'done') as done
    from work_items w join work_item_cycle_times c on c.work_item = w.id
    where coalesce(w.epic, w.parent) in (select goal from tops)
    group by 1
)
select t.item, t.goal, g.title, g.url, coalesce(p.done, 0) as done, coalesce(p.parts, 0) as parts
from tops t join work_items g on g.id = t.goal left join parts p on p.goal = t.goal
order by t.item
"""
_TARGETS = """
with named as (
    select id, title, url, due_at, repository from milestones m
    where deleted_at is null and closed_at is null and coalesce(state, 'open') = 'open'
        and due_at >= $from and due_at < $until and {limit}
),
held as (
    select w.milestone, w.id, c.category in ('done', 'canceled') as over
    from work_items w join work_item_cycle_times c on c.work_item = w.id
    where w.milestone in (select id from named)
    union all
    select milestone, id, state <> 'open' from changes
    where deleted_at is null and milestone in (select id from named)
)
select list(distinct n.id order by n.id) as ids, n.title, min(n.url) as url, n.due_at,
    list(distinct h.id order by h.id) filter (where not h.over) as left,
    count(distinct h.id) filter (where h.over) as done
from named n left join held h on h.milestone = n.id
group by n.title, n.due_at order by n.due_at, n.title
"""


def load_goals(scope: Scope, items: Sequence[str]) -> Mapping[str, Goal]:
    """Item -> the highest thing above it; an item that is part of nothing is left out."""
    return {
        row["item"]: Goal(row["goal"], row["title"] or "", row["url"], row["done"], row["parts"])
        for row in scope.warehouse.rows(_GOALS, {"items": list(items)})
    }


def load_targets(scope: Scope, until: datetime) -> list[Target]:
    """Milestones of the scope that are due before a moment or were due lately, the nearest first."""
    limit = scope.repositories("m.repository")
    asked = {"from": naive(scope.now - _PAST), "until": naive(until)}
    return [
        Target(
            tuple(row["ids"]), row["title"] or "", row["url"], aware(row["due_at"]), tuple(row["left"] or ()),
            row["done"],
        )
        for row in scope.warehouse.rows(_TARGETS.format(limit=limit), asked)
    ]  # fmt: skip
