"""A person's own draft of what to tell their team: made for them alone when they ask, and kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.sentences import Teller


@dataclass(frozen=True, slots=True)
class Draft:
    """Lines by part."""

    done: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()


_MINE = "(w.assignee in (select unnest($mine)) or list_has_any(coalesce(w.assignees, []), $mine))"
_DONE = f"""
select id, title from (
    select w.id, w.title, c.done_at as moment
    from work_item_cycle_times c join work_items w on w.id = c.work_item
    where c.done_at >= $since and c.done_at < $now and {_MINE}
    union all
    select id, title, merged_at from changes
    where merged_at >= $since and merged_at < $now and author in (select unnest($mine)) and deleted_at is null
) order by moment, id
"""  # noqa: S608 - a constant
_UNDERWAY = f"""
select w.id, w.title from work_item_cycle_times c join work_items w on w.id = c.work_item
where c.category = 'in_progress' and {_MINE} order by c.started_at, w.id
"""  # noqa: S608 - a constant
_REVIEWS = """
select change as id, title from open_change_turns
where turn = 'reviewer' and account in (select unnest($mine)) order by since, change
"""
_BLOCKED = f"""
select distinct w.id, w.title, b.blocked_by
from work_item_blocks b
join work_items w on w.id = b.work_item
join work_item_cycle_times c on c.work_item = b.work_item
where b.to_at is null and c.category in ('todo', 'in_progress') and {_MINE} order by w.id, b.blocked_by
"""  # noqa: S608 - a constant


def draft(teller: Teller, person: str) -> Draft:
    """What the tools saw of a person's own work since their last working day began; for nobody else's eyes."""
    scope, words = teller.scope, teller.words
    mine = [
        row["id"] for row in scope.warehouse.rows("select id from accounts where person = ? order by id", [person])
    ]
    if not mine:
        return Draft()

    def rows(sql: str, **asked: Any) -> Sequence[dict[str, Any]]:
        return scope.warehouse.rows(sql, {"mine": mine, **asked})

    def said(row: dict[str, Any]) -> str:
        return f"{short_name(row['id'])}: {plain(row['title'] or '')}"

    def held(row: dict[str, Any]) -> str:
        by = row["blocked_by"]
        return words("draft.blocked", item=said(row), by=short_name(by)) if by else said(row)

    reviews = [words("draft.review", change=said(row)) for row in rows(_REVIEWS)]
    return Draft(
        tuple(map(said, rows(_DONE, since=scope.naive_since, now=scope.naive_now))),
        (*map(said, rows(_UNDERWAY)), *reviews),
        tuple(map(held, rows(_BLOCKED))),
    )
