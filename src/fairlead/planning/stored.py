"""A plan from the store: items of a sprint, an epic or a milestone, people of its teams, and what the past says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from msgspec import structs

from fairlead.model.calendar.resolve import Calendars
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.setup import Setup
from fairlead.model.times import aware
from fairlead.planning.answering import answer
from fairlead.planning.crew import Member, doers, first_day, members
from fairlead.planning.pace import Pace, pace
from fairlead.planning.planfile import Plan, Review, Task, Weights
from fairlead.planning.targets import MOST_CANDIDATES, Target

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

VALUES: Mapping[str, float] = {
    "blocker": 5, "highest": 5, "critical": 5, "urgent": 5, "p0": 5, "high": 4, "major": 4, "p1": 4,
    "medium": 3, "normal": 3, "p2": 3, "low": 2, "minor": 2, "p3": 2, "lowest": 1, "trivial": 1, "p4": 1,
}  # fmt: skip
"""Priority in a tool's words -> what an item is worth beside others."""
USUAL_VALUE = 3.0
CHOSEN = 4.0
"""Factor of what somebody has put into the sprint: it goes before what only waits for room."""

# What is open in it with what is open below that, also where a part does not name the target itself. An item above
# others that are in the plan is the sum of them: it is planned by those, not once more.
_ITEMS = """
with recursive own as (
    select w.id from work_items w where w.deleted_at is null and {open} and {limit}
    union
    select w.id from work_items w join own on w.parent = own.id where w.deleted_at is null and {open} and {below}
)
select w.id, w.key, w.title, w.url, w.points, w.priority, w.labels, w.status_category, w.work_type, w.due_at,
    w.epic, w.repository, w.project, w.sprint, d.person, c.started_at, t.team
from work_items w
left join dim_accounts d on d.account = w.assignee
left join work_item_cycle_times c on c.work_item = w.id
left join (select work_item, min(team) as team from work_item_teams group by work_item) t on t.work_item = w.id
where w.id in (select id from own) and w.work_type <> 'epic' and not exists (
    select 1 from work_items k
    where k.parent = w.id and k.deleted_at is null and k.status_category in ('todo', 'in_progress') and {there}
)
order by w.status_category, w.created_at, w.id
"""
_OPEN = "w.status_category in ('todo', 'in_progress')"
_IN_IT = "k.id in (select id from own)"
_OF_SPRINT = "w.sprint in (select unnest($ids))"
# What somebody has put into another sprint is the work of that one.
_BELOW_SPRINT = """(w.sprint is null or w.sprint in (select unnest($ids))
    or w.sprint in (select id from sprints where state = 'closed'))"""
_OF_EPIC = """(w.epic in (select unnest($ids)) or w.parent in (select unnest($ids)) or w.parent in (
    select id from work_items where deleted_at is null and parent in (select unnest($ids))
) or (w.id in (select unnest($ids))))"""
_OF_MILESTONE = "w.milestone in (select unnest($ids))"
_BACKLOG = """(w.sprint is null or w.sprint in (select id from sprints where state = 'closed'))
    and coalesce(w.project = $project, w.id in (select work_item from work_item_teams where team = $team))"""
_OF_TEAM = "select work_item from work_item_teams where team = $team and work_item in (select unnest($items))"
_LINKS = """
select l.from_item as before, l.to_item as after, w.key, w.status_category
from work_item_links l left join work_items w on w.id = l.from_item
where l.deleted_at is null and l.kind = 'blocks' and l.to_item in (select unnest($items))
    and coalesce(w.status_category, 'todo') in ('todo', 'in_progress') and w.deleted_at is null
order by 1, 2
"""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that whoever reads the plan should know; reports put it into words."""

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[str, ...] = ()
    """Ids of records that it is about."""


@dataclass(frozen=True)
class Stored:
    """A plan with what it was made from."""

    target: Target
    plan: Plan
    ids: Mapping[str, str]
    """Task -> id of its work item."""
    links: Mapping[str, str]
    """Task -> address of its item in its tool."""
    paces: Mapping[str, Pace]
    """Team -> how much work a point is."""
    people: tuple[Member, ...]
    calendar: WorkingCalendar
    notes: tuple[Note, ...]


def gather(warehouse: Warehouse, setup: Setup, calendars: Calendars, now: datetime, target: Target) -> Stored:
    """Everything that the plan of a target takes."""
    return _Gathering(warehouse, setup, calendars, now, target).stored()


class _Gathering:
    def __init__(
        self, warehouse: Warehouse, setup: Setup, calendars: Calendars, now: datetime, target: Target
    ) -> None:
        self._warehouse, self._setup, self._calendars, self._now = warehouse, setup, calendars, now
        self._target, self._said = target, setup.planning
        self._notes: list[Note] = []

    def stored(self) -> Stored:
        """The plan."""
        target = self._target
        rows, chosen = self._wanted()
        teams = [target.team] if target.team else list(dict.fromkeys(row["team"] for row in rows if row["team"]))
        people, seen = members(
            self._warehouse, self._setup, self._calendars, self._now, teams, [row["id"] for row in rows]
        )
        if seen and people:
            self._note("seen", n=len(people))
        calendar = self._calendars.of_team(teams[0] if teams else None)
        paces = {team: self._pace(team, people) for team in teams or [""]}
        start = max(target.start or date.min, first_day(calendar, self._now))
        frame = self._frame(calendar, people, start, len(teams) > 1, max(one.spread for one in paces.values()))
        names = _names(rows)
        tasks = self._tasks(rows, names, chosen, people, paces, len(teams) > 1)
        if target.before and target.kind == "sprint":
            tasks = self._carried(frame, tasks, names, rows)
        tasks = self._linked(tasks, {row["id"]: names[row["id"]] for row in rows})
        plan = structs.replace(frame, tasks=tuple(tasks))
        kept = {task.id for task in tasks}
        own = {names[row["id"]]: row for row in rows if names[row["id"]] in kept}
        self._say_begun(list(own.values()), paces)
        return Stored(
            target, plan, {name: row["id"] for name, row in own.items()},
            {name: row["url"] for name, row in own.items() if row["url"]}, paces, tuple(people), calendar,
            tuple(self._notes),
        )  # fmt: skip

    def _note(self, kind: str, items: Iterable[str] = (), **facts: Any) -> None:
        self._notes.append(Note(kind, facts, tuple(items)))

    def _rows(
        self, limit: str, below: str = "true", there: str = _IN_IT, /, **asked: Any
    ) -> list[dict[str, Any]]:  # fmt: skip
        query = _ITEMS.format(open=_OPEN, limit=limit, below=below, there=there)
        return self._warehouse.rows(query, asked)

    def _wanted(self) -> tuple[list[dict[str, Any]], frozenset[str]]:
        """Items, and those that somebody has put there; for a sprint that nobody has filled the backlog as well."""
        target = self._target
        if target.kind != "sprint":
            limit = _OF_EPIC if target.kind == "epic" else _OF_MILESTONE
            rows = self._rows(limit, ids=list(target.ids))
            # an epic without anything below it is planned itself, which its own row stands for
            rows = self._of_team([row for row in rows if row["id"] not in target.ids or len(rows) == 1])
            return rows, frozenset(row["id"] for row in rows)
        rows = self._rows(_OF_SPRINT, _BELOW_SPRINT, ids=list(target.ids)) if target.ids else []
        chosen = frozenset(row["id"] for row in rows)
        if target.before:
            running = self._rows(_OF_SPRINT, _BELOW_SPRINT, ids=list(target.before.ids))
            # what lies below its items is its work too, where no sprint is named there
            rows += [{**row, "sprint": target.before.ids[0]} for row in running if row["id"] not in chosen]
        if not chosen and (target.coming or target.before):
            backlog = self._rows(_BACKLOG, "false", "true", project=target.project or None, team=target.team or None)
            backlog.sort(key=lambda row: (-_value(row), row["due_at"] is None, row["due_at"] or 0))
            if target.coming:
                self._note("coming")
            self._note("backlog", n=len(backlog[:MOST_CANDIDATES]), more=len(backlog[MOST_CANDIDATES:]))
            rows += backlog[:MOST_CANDIDATES]
        return list({row["id"]: row for row in rows}.values()), chosen

    def _of_team(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What belongs to the team that is asked for; how much belongs to others is told."""
        if not self._target.team or not rows:
            return rows
        asked = {"team": self._target.team, "items": [row["id"] for row in rows]}
        own = {row["work_item"] for row in self._warehouse.rows(_OF_TEAM, asked)}
        if others := [row["id"] for row in rows if row["id"] not in own]:
            self._note("other_teams", others, n=len(others), team=self._target.team.removeprefix("team:"))
        return [row for row in rows if row["id"] in own]

    def _pace(self, team: str, people: Sequence[Member]) -> Pace:
        own = [one for one in people if not one.teams or team in one.teams or not team]
        found = pace(
            self._warehouse, self._calendars.of_team(team or None), own, self._now, team=team,
            focus=self._said.focus, review=self._said.review_share, least=self._setup.thresholds.minimum_n,
        )  # fmt: skip
        if self._said.hours_per_point:
            found = replace(found, hours_per_point=self._said.hours_per_point)
        elif not found.days:
            self._note("no_past", team=team)
        return found

    def _frame(
        self, calendar: WorkingCalendar, people: Sequence[Member], start: date, several: bool, spread: float
    ) -> Plan:
        said, target = self._said, self._target
        humans, agents = doers(people, calendar.holidays, self._now, several)
        end = max(target.end, start).isoformat() if target.end else ""
        # somebody else has to be there: alone nobody's work could ever be over
        review = Review(share=said.review_share, least_hours=0.0) if said.review_share and len(humans) > 1 else None
        return Plan(
            title=target.name, goal=target.goal, start=start.isoformat(), end=end, time_zone=str(calendar.zone),
            hours=calendar.hours, focus=said.focus, spread=spread, people=humans, agents=agents, review=review,
            holidays=tuple(day.isoformat() for day in sorted(calendar.holidays) if day >= start),
            weights=Weights(expertise=said.expertise, capacity=said.capacity, continuity=said.continuity),
            routing=said.routing,
        )  # fmt: skip

    def _tasks(
        self, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str], chosen: frozenset[str],
        people: Sequence[Member], paces: Mapping[str, Pace], several: bool,
    ) -> list[Task]:  # fmt: skip
        ids = {one.person: one.id for one in people}
        known = {skill for one in people for skill in one.said.skills}
        blank, foreign, found = [], [], []
        due = self._target.due.isoformat() if self._target.due else None
        for row in rows:
            own = paces.get(row["team"]) or next(iter(paces.values()))
            if row["points"] is None:
                blank.append(row["id"])
            if row["person"] and row["person"] not in ids:
                foreign.append(row["id"])
            left = self._left(row, own)
            skills = {label: 1 for label in row["labels"] or () if label in known}
            if several and row["team"]:
                skills[row["team"]] = 1
            own_due = self._calendars.of_team(row["team"]).local_day(aware(row["due_at"])) if row["due_at"] else None
            found.append(
                Task(
                    id=names[row["id"]], title=row["title"] or "", type=row["work_type"] or "", skills=skills,
                    kind=self._setup.balance.kind(row["work_type"], row["labels"] or ()),
                    estimate=round(max(own.hours(row["points"]) * left, 0.5), 2),
                    due=own_due.isoformat() if own_due else due,
                    value=_value(row) * (CHOSEN if row["id"] in chosen else 1.0),
                    who=ids.get(row["person"] or "", ""),
                    context=row["epic"] or row["repository"] or row["project"] or "",
                )
            )  # fmt: skip
        if blank and len(blank) < len(rows):
            self._note("unestimated", blank, n=len(blank), points=next(iter(paces.values())).unestimated)
        if foreign:
            self._note("foreign", foreign, n=len(foreign))
        return found

    def _left(self, row: Mapping[str, Any], own: Pace) -> float:
        """Share of an item's work that is ahead."""
        if not row["started_at"]:
            return 1.0
        return own.left((self._now - row["started_at"].replace(tzinfo=UTC)).total_seconds())

    def _say_begun(self, rows: Sequence[Mapping[str, Any]], paces: Mapping[str, Pace]) -> None:
        """What begun items count for: much less than their points say."""
        begun = [(row, paces.get(row["team"]) or next(iter(paces.values()))) for row in rows if row["started_at"]]
        if not begun:
            return
        points = sum(own.unestimated if row["points"] is None else row["points"] for row, own in begun)
        hours = sum(own.hours(row["points"]) * self._left(row, own) for row, own in begun)
        ids = [row["id"] for row, _ in begun]
        self._note("begun", ids, n=len(ids), points=round(points, 1), hours=round(hours, 1))

    def _carried(
        self, frame: Plan, tasks: list[Task], names: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
    ) -> list[Task]:
        """Of the running sprint what it will probably not bring; the rest is done before this plan begins."""
        before = self._target.before
        assert before is not None
        running = {names[row["id"]]: row["id"] for row in rows if row["sprint"] in before.ids}
        own = [task for task in tasks if task.id in running]
        today = first_day(self._calendars.of_team(before.team), self._now)
        if not own or before.end is None or before.end < today:
            return tasks
        humans = frame.people
        plan = structs.replace(
            frame, tasks=tuple(own), start=today.isoformat(), end=before.end.isoformat(), people=humans
        )
        left = {one.task for one in answer(plan, within_s=0.0, risk=False).built.unplaced}
        if left:
            self._note(
                "carried", [running[name] for name in sorted(left)], n=len(left), of=len(own), sprint=before.name
            )
        # what was begun is finished first
        return [
            structs.replace(task, value=task.value * CHOSEN) if task.id in left else task
            for task in tasks
            if task.id not in running or task.id in left
        ]

    def _linked(self, tasks: list[Task], names: Mapping[str, str]) -> list[Task]:
        """With what each waits for; what waits for something outside, or for itself in a round, is told."""
        kept = {task.id for task in tasks}
        items = [item for item, name in names.items() if name in kept]
        after: dict[str, list[str]] = {}
        outside: Counter[tuple[str, str]] = Counter()
        loops = []
        for row in self._warehouse.rows(_LINKS, {"items": items}):
            one, other = names.get(row["before"], ""), names[row["after"]]
            if one not in kept:
                outside[row["key"] or row["before"], row["after"]] += 1
            elif _reaches(after, one, other):
                loops.append(row["after"])
            else:
                after.setdefault(other, []).append(one)
        for (one, item), _ in sorted(outside.items()):
            self._note("outside", [item], task=names[item], item=one)
        if loops:
            self._note("loops", loops, n=len(loops))
        return [structs.replace(task, after=tuple(after.get(task.id, ()))) for task in tasks]


def _reaches(after: Mapping[str, Sequence[str]], start: str, goal: str) -> bool:
    """Whether something waits for a goal, through others too: one more wait would close a round."""
    seen, left = {start}, [start]
    while left:
        one = left.pop()
        if one == goal:
            return True
        new = [before for before in after.get(one, ()) if before not in seen]
        seen.update(new)
        left += new
    return False


def _names(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Item -> its key, or its id where two tools use the same key."""
    keys = Counter(row["key"] for row in rows)
    return {row["id"]: row["key"] if row["key"] and keys[row["key"]] == 1 else row["id"] for row in rows}


def _value(row: Mapping[str, Any]) -> float:
    return VALUES.get((row["priority"] or "").strip().lower(), USUAL_VALUE)
