"""Loads a sprint: its days, its ledger, the items that are left, and what the sprints before it brought each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Abort
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope, aware

SPRINTS_BEFORE = 8
"""Sprints whose days a forecast draws from and is replayed in: four months of a usual team."""
OVERRUN = timedelta(days=14)
"""How long after its planned end a sprint that nobody closed still counts as running beside others."""
USUAL_DAYS = 90
"""How far back the usual time of an item is measured."""


@dataclass(frozen=True, slots=True)
class Sprint:
    """A sprint that has begun."""

    id: str
    name: str
    url: str | None
    goal: str
    team: str | None
    start_at: datetime
    end_at: datetime | None
    closed_at: datetime | None
    """When it was closed, if it was by now."""
    project: str | None
    owner: str
    """What it has in common with the sprints before it: team, else board, else source."""


@dataclass(frozen=True, slots=True)
class Day:
    """How a sprint stood at the end of a working day; day 0 is its start."""

    number: int
    day: date
    at: datetime
    scope: int
    done: int
    scope_points: float | None
    done_points: float | None
    unestimated: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger."""

    item: str
    number: int
    kind: str
    at: datetime
    event: str
    points_before: float | None
    points_after: float | None
    title: str
    url: str | None
    deleted: bool
    """Whether the item is gone: the ledger keeps what it was, and nobody reads its title any more."""


@dataclass(frozen=True, slots=True)
class Left:
    """An item of the sprint that is not done."""

    item: str
    title: str
    url: str | None
    started_at: datetime | None
    points: float | None
    usual_s: float | None
    """Cycle time of 85 % of the items of its project; `None` where too few are known."""
    median_s: float | None
    blocks: tuple[Block, ...]
    carried: int
    """From how many sprints it was carried over before."""


@dataclass(frozen=True, slots=True)
class Block:
    """What holds an item up now."""

    kind: str
    """`flag` or `link`."""
    by: str | None
    """The item that has to end first."""
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Past:
    """A closed sprint of the same team."""

    sprint: str
    daily: tuple[int, ...]
    """What each of its whole working days brought."""
    rows: int
    """Rows of `sprint_days` that say so."""
    scope: tuple[int, ...] = ()
    """How many items were in it by the end of each of its days, its start first."""


@dataclass(frozen=True, slots=True)
class SprintFacts:
    """Everything that is said about one sprint."""

    sprint: Sprint
    days: tuple[Day, ...]
    """Those that are over."""
    daily: tuple[int, ...]
    """What each of its whole working days has brought so far."""
    ahead: tuple[date, ...]
    """Its working days that are not over, by plan."""
    ledger: tuple[Entry, ...]
    left: tuple[Left, ...]
    before: tuple[Past, ...]
    """Sprints before it, the oldest first."""

    @property
    def last_day(self) -> int:
        """Number of its last working day by plan."""
        # the first of those that are over is its start
        return max(len(self.days) - 1, 0) + len(self.ahead)

    @property
    def items(self) -> frozenset[str]:
        """Items that are in it now, done ones among them."""
        # in order of time within an item, so that the last of these three says whether it is in
        stands = {entry.item: entry.kind for entry in self.ledger if entry.kind in ("committed", "added", "removed")}
        return frozenset(item for item, kind in stands.items() if kind != "removed")

    @property
    def done(self) -> frozenset[str]:
        """Items in it that are done."""
        return frozenset(entry.item for entry in self.ledger if entry.kind == "completed")

    def of_kind(self, *kinds: str) -> list[Entry]:
        """Lines of the ledger of these kinds, in order of time."""
        return [entry for entry in self.ledger if entry.kind in kinds]


_SPRINTS = """
select r.sprint, r.name, r.url, s.goal, r.team, r.project, r.start_at, r.end_at, r.closed_at,
  coalesce(r.team, r.project, r.source, '') as owner
from sprint_results r join sprints s on s.id = r.sprint
where r.start_at <= $now and {limit}
order by r.start_at desc, r.sprint desc
"""
_DAYS = """
select * from sprint_days where sprint in (select unnest($sprints)) and "at" <= $now order by sprint, working_day
"""
_AHEAD = 'select day from sprint_days where sprint = ? and "at" > ? and working_day > 0 order by working_day'
_LEDGER = """
select l.*, w.title, w.url, w.deleted_at is not null as deleted
from sprint_scope l left join work_items w on w.id = l.work_item
where l.sprint = $sprint and l."at" <= $now order by l."at", l.work_item, l.entry
"""
_LEFT = f"""
with usual as (
    select coalesce(project, repository) as project, quantile_cont(cycle_s, 0.85) as usual_s,
        quantile_cont(cycle_s, 0.5) as median_s
    from work_item_cycle_times
    where cycle_s is not null and done_at < $now and done_at >= $now - interval '{USUAL_DAYS} days'
    group by coalesce(project, repository) having count(*) >= $least
),
carried as (
    select work_item, count(distinct sprint) as n from sprint_scope
    where kind = 'carried_over' and sprint <> $sprint and work_item in (select unnest($items)) and "at" < $now
    group by work_item
)
select c.work_item, w.title, w.url, c.started_at, c.points, u.usual_s, u.median_s, coalesce(k.n, 0) as carried
from work_item_cycle_times c
join work_items w on w.id = c.work_item
left join usual u on u.project = coalesce(c.project, c.repository)
left join carried k on k.work_item = c.work_item
where c.work_item in (select unnest($items))
order by c.work_item
"""  # noqa: S608 - a constant
_BLOCKS = """
select work_item, kind, blocked_by, from_at from work_item_blocks
where to_at is null and work_item in (select unnest($items)) order by work_item, from_at, blocked_by
"""


def load_sprints(scope: Scope) -> list[Sprint]:
    """Sprints of the scope that have begun, the latest first."""
    limit = scope.sprints("r.sprint")
    rows = scope.warehouse.rows(_SPRINTS.format(limit=limit), {"now": scope.naive_now})
    return [_sprint(row, scope) for row in rows]


def running(sprints: Sequence[Sprint], now: datetime) -> list[Sprint]:
    """Those that are open; one whose end is long over counts only where no other is open."""
    found = [sprint for sprint in sprints if sprint.closed_at is None]
    # One that is over and not closed is the first that should be told; boards that nobody uses any more keep their
    # last sprint open for years.
    current = [sprint for sprint in found if sprint.end_at is None or sprint.end_at > now - OVERRUN]
    return current or found[:1]


def named(sprints: Sequence[Sprint], wanted: str) -> Sprint:
    """The sprint of that id, name or number, of several the latest; an unknown one names the known ones."""
    asked = wanted.strip().casefold()
    fits = (
        lambda sprint: asked in (sprint.id.casefold(), sprint.name.casefold()),
        # people say the number: `42` is "Payments Sprint 42"
        lambda sprint: sprint.name.casefold().split()[-1:] == [asked] or sprint.id.endswith(f"/{asked}"),
    )
    for fit in fits:
        for sprint in sprints:
            if fit(sprint):
                return sprint
    names = ", ".join(f"`{sprint.name}`" for sprint in sprints[:6]) or "none yet"
    raise Abort(f"no sprint `{plain(wanted)}`", hint=f"the latest are: {names}")


def load_sprint(scope: Scope, sprint: Sprint, known: Sequence[Sprint]) -> SprintFacts:
    """Everything about one sprint; `known` are those of the scope."""
    calendar = scope.calendars.of_team(sprint.team)
    earlier = [other for other in known if other.owner == sprint.owner and other.start_at < sprint.start_at]
    earlier = [other for other in earlier if other.closed_at][:SPRINTS_BEFORE][::-1]
    ids = [sprint.id, *(other.id for other in earlier)]
    days: dict[str, list[Day]] = {one: [] for one in ids}
    for row in scope.warehouse.rows(_DAYS, {"sprints": ids, "now": scope.naive_now}):
        days[row["sprint"]].append(_day(row))
    ledger = scope.warehouse.rows(_LEDGER, {"sprint": sprint.id, "now": scope.naive_now})
    ahead = scope.warehouse.rows(_AHEAD, [sprint.id, scope.naive_now])
    facts = SprintFacts(
        sprint=sprint,
        days=tuple(days[sprint.id]),
        daily=_brought(days[sprint.id], calendar),
        ahead=tuple(row["day"] for row in ahead),
        ledger=tuple(map(_entry, ledger)),
        left=(),
        before=tuple(_past(other.id, days[other.id], calendar) for other in earlier),
    )
    return _with_left(scope, facts)


def _with_left(scope: Scope, facts: SprintFacts) -> SprintFacts:
    items = sorted(facts.items - facts.done)
    if not items or facts.sprint.closed_at:
        return facts
    blocks: dict[str, list[Block]] = {}
    for row in scope.warehouse.rows(_BLOCKS, {"items": items}):
        since = aware(row["from_at"]) if row["from_at"] else None
        blocks.setdefault(row["work_item"], []).append(Block(row["kind"], row["blocked_by"], since))
    asked = {
        "items": items, "now": scope.naive_now, "sprint": facts.sprint.id,
        "least": scope.setup.thresholds.minimum_n,
    }  # fmt: skip
    left = tuple(
        Left(
            row["work_item"], row["title"] or "", row["url"],
            aware(row["started_at"]) if row["started_at"] else None, row["points"], row["usual_s"], row["median_s"],
            tuple(blocks.get(row["work_item"], ())), int(row["carried"]),
        )
        for row in scope.warehouse.rows(_LEFT, asked)
    )  # fmt: skip
    return replace(facts, left=left)


def _sprint(row: dict[str, Any], scope: Scope) -> Sprint:
    closed_at = aware(row["closed_at"]) if row["closed_at"] else None
    return Sprint(
        row["sprint"], plain(row["name"] or row["sprint"]), row["url"], plain(row["goal"]), row["team"],
        aware(row["start_at"]), aware(row["end_at"]) if row["end_at"] else None,
        # at the moment of the report it may still have been open
        closed_at if closed_at and closed_at <= scope.now else None, row["project"], row["owner"],
    )  # fmt: skip


def _day(row: dict[str, Any]) -> Day:
    return Day(
        row["working_day"], row["day"], aware(row["at"]), row["scope_items"], row["completed_items"],
        row["scope_points"], row["completed_points"], row["unestimated_items"],
    )  # fmt: skip


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(
        row["work_item"], row["entry"], row["kind"], aware(row["at"]), row["event"], row["points_before"],
        row["points_after"], row["title"] or "", row["url"], row["deleted"],
    )  # fmt: skip


def _past(sprint: str, days: Sequence[Day], calendar: WorkingCalendar) -> Past:
    return Past(sprint, _brought(days, calendar), len(days), tuple(day.scope for day in days))


def _brought(days: Sequence[Day], calendar: WorkingCalendar) -> tuple[int, ...]:
    """What each working day added to what is done; less than nothing where items came back."""
    found: list[int] = []
    carried = 0
    for earlier, later in pairwise(days):
        count = later.done - earlier.done
        # A sprint that begins and ends at ten has a piece of a day at each end: no day to draw a forecast from. What
        # came in it counts for its neighbour, so that nothing is lost.
        if calendar.working_seconds(earlier.at, later.at) >= calendar.usual_day_seconds / 2:
            found.append(count + carried)
            carried = 0
        elif found:
            found[-1] += count
        else:
            carried += count
    return tuple(found)
