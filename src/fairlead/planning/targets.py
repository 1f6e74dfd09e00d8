"""What is to be planned: a sprint, an epic or a milestone of the store, with its time and its items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from fairlead.model.calendar.resolve import Calendars
from fairlead.model.errors import Abort
from fairlead.model.times import aware, naive
from fairlead.planning.crew import first_day, last_day

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

Kind = Literal["sprint", "epic", "milestone"]
NEXT = "NEXT"
MOST_CANDIDATES = 60
"""Items of a backlog that are tried for a sprint: several sprints of any team."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is planned."""

    kind: Kind
    name: str
    ids: tuple[str, ...]
    """Of its record; of several milestones with one name all of them."""
    team: str
    """The team whose it is, or of an epic or a milestone the one asked for; empty where only its items tell."""
    start: date | None = None
    end: date | None = None
    due: date | None = None
    goal: str = ""
    coming: bool = False
    """Whether the tool knows no such sprint yet: its time follows from the one before it."""
    before: Target | None = None
    """The sprint that runs until it begins."""
    project: str = ""
    others: tuple[str, ...] = ()
    """Teams that have a next sprint as well, where none was asked for."""


_SPRINTS = """
select s.id, s.name, s.goal, s.state, s.start_at, s.end_at, s.project, t.team
from sprints s left join sprint_teams t on t.sprint = s.id
where s.deleted_at is null and ($team is null or t.team = $team)
order by s.start_at nulls last, s.id
"""
_EPICS = """
select id, key, title, due_at from work_items
where deleted_at is null
    and (lower(id) = $name or lower(key) = $name or (lower(title) = $name and work_type = 'epic'))
order by work_type <> 'epic', closed_at is not null, id
"""
_MILESTONES = """
select id, title, due_at, state from milestones
where deleted_at is null and (lower(id) = $name or lower(title) = $name) order by state <> 'open', id
"""


def find(
    warehouse: Warehouse, calendars: Calendars, now: datetime, kind: Kind, name: str, team: str | None
) -> Target | None:
    """What is named; `None` where no next sprint can be told since there was never any. Raises `Abort` otherwise."""
    if kind == "epic":
        return replace(_epic(warehouse, calendars, name), team=team or "")
    if kind == "milestone":
        return replace(_milestone(warehouse, calendars, name), team=team or "")
    rows = warehouse.rows(_SPRINTS, {"team": team})
    if name.strip().upper() == NEXT:
        return _next(rows, calendars, now)
    return _named(rows, calendars, name)


def _named(rows: Sequence[Mapping[str, Any]], calendars: Calendars, name: str) -> Target:
    wanted = name.strip().casefold()
    fits = (
        lambda row: wanted in (row["id"].casefold(), (row["name"] or "").casefold()),
        lambda row: (row["name"] or "").casefold().split()[-1:] == [wanted] or row["id"].endswith(f"/{wanted}"),
    )
    for fit in fits:
        for row in reversed(rows):
            if fit(row):
                if row["state"] == "closed":
                    raise Abort(
                        f"`{row['name'] or row['id']}` is closed", hint="`fairlead sprint-health` tells of it"
                    )
                return _sprint(row, calendars)
    names = ", ".join(f"`{row['name'] or row['id']}`" for row in rows[::-1][:6]) or "none yet"
    raise Abort(f"no sprint `{name}`", hint=f"the latest are: {names}")


def _next(rows: Sequence[Mapping[str, Any]], calendars: Calendars, now: datetime) -> Target | None:
    """Of the first team that has one: the sprint to come, else the time after the one that runs."""
    teams = list(dict.fromkeys(row["team"] or "" for row in rows))
    if not teams:
        return None
    # a team that plans now comes before one whose board nobody has touched for a year
    own = {team: [row for row in rows if (row["team"] or "") == team] for team in teams}
    teams.sort(key=lambda team: (not _open(own[team]), not team, team))
    team, others = teams[0], tuple(teams[1:])
    known = own[team]
    running = [row for row in known if row["state"] == "active" and row["end_at"]] or [
        row for row in known if row["start_at"] and row["end_at"] and row["start_at"] <= naive(now)
    ][-1:]
    before = _sprint(running[-1], calendars) if running and running[-1]["state"] != "closed" else None
    future = [row for row in known if row["state"] == "future" or (row["start_at"] and row["start_at"] > naive(now))]
    future = [row for row in future if row["state"] not in ("closed", "active")]
    dated = [row for row in future if row["start_at"] and row["end_at"]]
    if dated:
        return replace(_sprint(dated[0], calendars), before=before, others=others)
    if not running:
        return None
    return _after(running[-1], future[0] if future else None, before, calendars, now, others)


def _open(rows: Sequence[Mapping[str, Any]]) -> bool:
    return any(row["state"] != "closed" for row in rows)


def _after(
    last: Mapping[str, Any], named: Mapping[str, Any] | None, before: Target | None, calendars: Calendars,
    now: datetime, others: tuple[str, ...],
) -> Target:  # fmt: skip
    """The time after the last sprint, as long as that one was; one that is long over begins now."""
    calendar = calendars.of_team(last["team"])
    ended = aware(last["end_at"])
    begins = first_day(calendar, max(ended, now))
    length = last["end_at"] - last["start_at"] if last["start_at"] else ended - ended
    start = max(ended, now)
    end = last_day(calendar, start + length)
    return Target(
        "sprint",
        (named["name"] or named["id"]) if named else "",
        (named["id"],) if named else (),
        last["team"] or "",
        begins,
        max(end, begins),
        goal=(named["goal"] or "") if named else "",
        coming=named is None,
        before=before,
        project=last["project"] or "",
        others=others,
    )


def _sprint(row: Mapping[str, Any], calendars: Calendars) -> Target:
    calendar = calendars.of_team(row["team"])
    start = first_day(calendar, aware(row["start_at"])) if row["start_at"] else None
    end = last_day(calendar, aware(row["end_at"])) if row["end_at"] else None
    return Target(
        "sprint", row["name"] or row["id"], (row["id"],), row["team"] or "", start, end, goal=row["goal"] or "",
        project=row["project"] or "",
    )  # fmt: skip


def _epic(warehouse: Warehouse, calendars: Calendars, name: str) -> Target:
    rows = warehouse.rows(_EPICS, {"name": name.strip().lower()})
    if not rows:
        raise Abort(f"no epic `{name}`", hint="name it by key, id or title: `fairlead search` finds it")
    row = rows[0]
    due = calendars.default.local_day(aware(row["due_at"])) if row["due_at"] else None
    return Target("epic", " ".join(filter(None, (row["key"], row["title"]))) or row["id"], (row["id"],), "", due=due)


def _milestone(warehouse: Warehouse, calendars: Calendars, name: str) -> Target:
    rows = warehouse.rows(_MILESTONES, {"name": name.strip().lower()})
    if not rows:
        known = warehouse.rows("select distinct title from milestones where deleted_at is null order by 1 limit 8")
        names = ", ".join(f"`{row['title']}`" for row in known) or "none yet"
        raise Abort(f"no milestone `{name}`", hint=f"there are: {names}")
    # one target has a milestone of its own in each repository; the earliest date holds for all
    dates = [aware(row["due_at"]) for row in rows if row["due_at"]]
    due = calendars.default.local_day(min(dates)) if dates else None
    return Target("milestone", rows[0]["title"] or rows[0]["id"], tuple(row["id"] for row in rows), "", due=due)
