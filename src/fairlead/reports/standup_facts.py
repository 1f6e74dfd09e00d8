"""Loads what a team's standup tells: items done and under way, what blocks them, what other teams did about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fairlead.reports.literals import text_literal
from fairlead.reports.scope import Scope, aware
from fairlead.reports.sprint_facts import OVERRUN

USUAL_DAYS = 90
"""How far back the usual time of an item is measured."""


@dataclass(frozen=True, slots=True)
class Done:
    """An item done since the last working day began."""

    item: str
    title: str
    url: str | None
    at: datetime
    merged: str | None
    """A merged change that says that it closes the item: then more than a person's word stands behind it."""


@dataclass(frozen=True, slots=True)
class Underway:
    """An item in progress by its status, or by an open change though its status says otherwise."""

    item: str
    title: str
    url: str | None
    since: datetime | None
    """When it was begun by its status; `None` where only its change tells."""
    change: str | None
    sign: datetime | None
    """The last that was seen of it: a move, an edit, or something that happened to a change for it."""
    usual_s: float | None


@dataclass(frozen=True, slots=True)
class Planned:
    """An item of a running sprint that nobody has begun."""

    item: str
    title: str
    url: str | None
    sprint: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """An item that cannot go on."""

    item: str
    title: str
    url: str | None
    kind: str
    """`flag` or `link`."""
    by: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Dependency:
    """An item of another team for which one of ours waits, or waited until now."""

    item: str
    by: str
    url: str | None
    """The page of ours, of which the line bears the name."""
    team: str | None
    status: str
    ended_at: datetime | None
    """When ours stopped to wait for it, if that was since the last working day."""
    moved_at: datetime | None
    """When it changed its status last."""
    moved_from: str
    event: str | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What another team has agreed to deliver, or we have to it."""

    id: str
    title: str
    other: str
    ours: bool
    """Whether we deliver it."""
    due_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Posted:
    """A line that somebody of the team handed in."""

    message: str
    part: str
    """`done`, `planned` or `blockers`."""
    line: str


_POSTED = """
select id, body from messages
where deleted_at is null and channel = $channel and "at" >= $since and "at" <= $now order by "at", id
"""
_DONE = """
select c.work_item, w.title, w.url, c.done_at, min(ch.id) as merged
from work_item_cycle_times c
join work_items w on w.id = c.work_item
left join work_item_links l on l.to_item = c.work_item and l.kind = 'closes' and l.deleted_at is null
left join changes ch on ch.id = l.from_item and ch.merged_at <= $now
where c.done_at >= $since and c.done_at < $now and {limit}
group by c.work_item, w.title, w.url, c.done_at
order by c.done_at, c.work_item
"""
# A sign is anything dated that somebody or a machine did to the item or to a change for it.
_UNDERWAY = f"""
with open_items as (
    select c.work_item, c.category, c.started_at, coalesce(c.project, c.repository) as project
    from work_item_cycle_times c where c.category in ('todo', 'in_progress') and {{limit}}
),
links as (
    select l.to_item as work_item, ch.id as change, ch.state, ch.updated_at
    from work_item_links l join changes ch on ch.id = l.from_item
    where l.kind = 'closes' and l.deleted_at is null and l.to_item in (select work_item from open_items)
),
signs as (
    select work_item, "at" as moment from work_item_transitions where work_item in (select work_item from open_items)
    union all
    select work_item, "at" from work_item_changes where work_item in (select work_item from open_items)
    union all
    select k.work_item, e."at" from links k join change_events e on e.change = k.change
),
usual as (
    select coalesce(project, repository) as project, quantile_cont(cycle_s, 0.85) as usual_s
    from work_item_cycle_times
    where cycle_s is not null and done_at < $now and done_at >= $now - interval '{USUAL_DAYS} days'
    group by coalesce(project, repository) having count(*) >= $least
)
select o.work_item, w.title, w.url, case when o.category = 'in_progress' then o.started_at end as since, o.category,
    (select min(change) from links k where k.work_item = o.work_item and k.state = 'open') as change,
    (select max(moment) from signs s where s.work_item = o.work_item and s.moment <= $now) as sign, u.usual_s
from open_items o
join work_items w on w.id = o.work_item
left join usual u on u.project = o.project
where o.category = 'in_progress'
    or exists (select 1 from links k where k.work_item = o.work_item and k.state = 'open')
order by since, o.work_item
"""  # noqa: S608 - a constant
# By the ledger's own stays: an item's field names one sprint only, and of two it may be the one that is closed.
_PLANNED = f"""
select c.work_item, w.title, w.url, min(r.name) as sprint
from sprint_results r
join sprint_members m on m.sprint = r.sprint and m.enter_at <= $now and coalesce(m.leave_at > $now, true)
join work_item_cycle_times c on c.work_item = m.work_item
join work_items w on w.id = c.work_item
where r.start_at <= $now and r.closed_at is null and c.category = 'todo' and {{limit}}
    and coalesce(r.end_at > $now - interval '{OVERRUN.days} days', true)
group by c.work_item, w.title, w.url, w.due_at
order by w.due_at, c.work_item
"""  # noqa: S608 - a constant
_BLOCKED = """
select b.work_item, w.title, w.url, b.kind, b.blocked_by, b.from_at
from work_item_blocks b
join work_items w on w.id = b.work_item
join work_item_cycle_times c on c.work_item = b.work_item
where b.to_at is null and c.category in ('todo', 'in_progress') and coalesce(b.from_at <= $now, true) and {limit}
order by b.from_at, b.work_item, b.blocked_by
"""
_WAITS = """
select 1 from work_item_blocks b
where b.kind = 'link' and (b.to_at is null or (b.to_at >= $since and b.to_at < $now)) and {limit} limit 1
"""
_DEPENDENCIES = """
with waits as (
    select b.work_item, b.blocked_by, b.to_at
    from work_item_blocks b join work_item_cycle_times c on c.work_item = b.work_item
    where b.kind = 'link' and (b.to_at is null or (b.to_at >= $since and b.to_at < $now)) and {limit}
        and b.blocked_by in (select work_item from work_item_teams where team <> $team)
        and b.blocked_by not in (select work_item from work_item_teams where team = $team)
),
moves as (
    select work_item, id, "at" as moment, from_status from work_item_transitions
    where deleted_at is null and "at" < $now and from_status is not null
        and work_item in (select blocked_by from waits)
    qualify row_number() over (partition by work_item order by "at" desc, length(id) desc, id desc) = 1
)
select w.work_item, w.blocked_by, o.url, t.team, i.status, w.to_at, m.id as event, m.moment, m.from_status
from waits w
join work_items i on i.id = w.blocked_by
join work_items o on o.id = w.work_item
left join (select work_item, min(team) as team from work_item_teams group by work_item) t
    on t.work_item = w.blocked_by
left join moves m on m.work_item = w.blocked_by
order by w.to_at, m.moment desc, w.work_item, w.blocked_by
"""
_AGREED = """
select id, title, from_team, to_team, due_at, delivered_at from team_dependencies
where deleted_at is null and due_at is not null and (from_team = $team or to_team = $team)
    and coalesce(agreed_at <= $now, true)
    and (delivered_at is null or delivered_at >= $since) and due_at < $soon
order by due_at, id
"""

_TEAMS = "select work_item, team from work_item_teams where work_item in (select unnest($items))"


def load_done(scope: Scope) -> list[Done]:
    """Items done since the last working day began, in that order."""
    rows = _rows(scope, _DONE, "c.work_item", since=scope.naive_since, now=scope.naive_now)
    return [
        Done(row["work_item"], row["title"] or "", row["url"], aware(row["done_at"]), row["merged"]) for row in rows
    ]


def load_underway(scope: Scope) -> list[Underway]:
    """Items in progress, those begun first in front."""
    least = scope.setup.thresholds.minimum_n
    return [
        Underway(
            row["work_item"], row["title"] or "", row["url"], _moment(row["since"]), row["change"],
            _moment(row["sign"]), row["usual_s"],
        )
        for row in _shared(scope, "underway", _UNDERWAY, least=least)
    ]  # fmt: skip


def load_planned(scope: Scope) -> list[Planned]:
    """Items of running sprints that nobody has begun, those due first in front."""
    rows = _shared(scope, "planned", _PLANNED)
    return [Planned(row["work_item"], row["title"] or "", row["url"], row["sprint"] or "") for row in rows]


def load_blocked(scope: Scope) -> list[Blocked]:
    """What is blocked now, the longest in front."""
    return [
        Blocked(
            row["work_item"], row["title"] or "", row["url"], row["kind"], row["blocked_by"], _moment(row["from_at"])
        )
        for row in _shared(scope, "blocked", _BLOCKED)
    ]


def load_dependencies(scope: Scope) -> list[Dependency]:
    """Items of other teams that hold the team's up, or did until now; of everybody's together nobody is another."""
    if scope.team is None:
        return []
    asked = {"since": scope.naive_since, "now": scope.naive_now, "team": scope.team}
    # Most mornings nobody waits for another team, and planning the whole question takes longer than this one.
    if not _rows(scope, _WAITS, "b.work_item", since=scope.naive_since, now=scope.naive_now):
        return []
    return [
        Dependency(
            row["work_item"], row["blocked_by"], row["url"], row["team"], row["status"] or "",
            _moment(row["to_at"]), _moment(row["moment"]), row["from_status"] or "", row["event"],
        )
        for row in _rows(scope, _DEPENDENCIES, "b.work_item", **asked)
    ]  # fmt: skip


def load_agreed(scope: Scope, soon: datetime) -> list[Agreed]:
    """Agreed dates between the team and others: late, due before `soon`, or kept since the last working day."""
    if scope.team is None:
        return []
    until = soon.astimezone(UTC).replace(tzinfo=None)
    asked = {"team": scope.team, "now": scope.naive_now, "since": scope.naive_since, "soon": until}
    return [
        Agreed(
            row["id"], row["title"] or "", row["from_team"] if row["to_team"] == scope.team else row["to_team"],
            row["to_team"] == scope.team, aware(row["due_at"]), _moment(row["delivered_at"]),
        )
        for row in scope.warehouse.rows(_AGREED, asked)
    ]  # fmt: skip


def load_posted(scope: Scope) -> list[Posted]:
    """Lines that people of the team handed in since the last working day began, in that order."""
    if scope.team is None and scope.setup.teams:
        return []
    # without stated teams everybody is one
    asked = {"channel": f"standup/{scope.team or '*'}", "since": scope.naive_since, "now": scope.naive_now}
    return [
        Posted(row["id"], row["id"].rpartition("/")[2], line.strip())
        for row in scope.warehouse.rows(_POSTED, asked)
        for line in (row["body"] or "").splitlines()
        if line.strip()
    ]


def _rows(scope: Scope, sql: str, column: str, **asked: Any) -> list[dict[str, Any]]:
    return list(scope.warehouse.rows(sql.format(limit=scope.items(column)), asked))


def _shared(scope: Scope, name: str, sql: str, **asked: Any) -> list[dict[str, Any]]:
    """Rows that depend on the team and now alone: a report of several teams asks once for all of them."""
    if scope.team is None or len(scope.beside) < 2:
        return _rows(scope, sql, "c.work_item", now=scope.naive_now, **asked)

    def load() -> tuple[list[dict[str, Any]], dict[str, set[str]]]:
        names = ", ".join(map(text_literal, sorted(scope.beside)))
        limit = f"c.work_item in (select work_item from work_item_teams where team in ({names}))"  # noqa: S608 - escaped
        rows = list(scope.warehouse.rows(sql.format(limit=limit), {"now": scope.naive_now, **asked}))
        of: dict[str, set[str]] = {}
        found = {"items": [row["work_item"] for row in rows]}
        for row in scope.warehouse.rows(_TEAMS, found) if rows else ():
            of.setdefault(row["work_item"], set()).add(row["team"])
        return rows, of

    rows, of = scope.once(name, load)
    return [row for row in rows if scope.team in of.get(row["work_item"], ())]


def _moment(value: datetime | None) -> datetime | None:
    return aware(value) if value is not None else None
