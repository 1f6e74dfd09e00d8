"""Loads what a quarter holds: objectives with their standing, dates, promises between teams, risks, and hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fairlead.goals import facts, periods
from fairlead.goals.standing import GoalStanding, standings
from fairlead.model.figures import Window
from fairlead.reports.alignment_facts import Alignment, load_alignment
from fairlead.reports.asked import Asked
from fairlead.reports.literals import text_literal, time_literal
from fairlead.reports.scope import Scope, aware, naive

Outcome = Literal["met", "rescoped", "missed", "due", "left_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A date of the quarter that a milestone stood or stands under."""

    promise: str
    milestone: str
    title: str
    url: str | None
    repository: str | None
    due_at: datetime
    moved_to: datetime | None
    """Where it was moved; nothing where it stands, or was taken back."""
    outcome: Outcome
    detail: str
    """How it was re-scoped, or why it is left out."""
    done: int
    """Of the items in it now."""
    left: int


@dataclass(frozen=True, slots=True)
class Promise:
    """What one team gives another in the quarter."""

    id: str
    title: str
    giver: str | None
    taker: str | None
    due_at: datetime
    delivered_at: datetime | None

    def state(self, now: datetime) -> Literal["kept", "late", "due"]:
        """Whether it was given, is late or is still to come."""
        if self.delivered_at is not None:
            return "kept"
        return "late" if self.due_at <= now else "due"


@dataclass(frozen=True, slots=True)
class Danger:
    """A risk of the register that is proposed or watched."""

    id: str
    title: str
    state: str
    likelihood: int | None
    impact: int | None
    score: float | None
    mitigation: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours of the people of a scope; nobody's own."""

    people: tuple[str, ...]
    seen: bool
    """Whether they were only seen at work: nobody has said who is in the team."""
    whole: float
    """Hours of the quarter by calendars, absences taken off."""
    away: float
    """Hours that absences and turns on call take."""
    left: float
    """Of the whole, what is still to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A quarter as it is known now."""

    name: str
    window: Window
    goals: tuple[GoalStanding, ...]
    dates: tuple[Date, ...]
    promises: tuple[Promise, ...]
    dangers: tuple[Danger, ...]
    hours: Hours | None
    """`None` where no people are known."""
    alignment: Alignment | None
    """Of the part that is over; `None` before the quarter begins."""


def load_quarter(asked: Asked, said: str = "") -> Quarter:
    """A quarter by name, like `2026-Q4`; without one that which runs."""
    scope, now = asked.scope, asked.now
    name = said or periods.quarter_of(now, scope.calendar)
    window = periods.quarter(name, scope.calendar)
    goals = facts.load(scope.warehouse, team=scope.team, period=window)
    past = Window(start=window.start, end=min(window.end, now))
    return Quarter(
        name=name.strip().upper(), window=window,
        goals=tuple(standings(scope.warehouse, scope.calendars, goals, now, asked.language)),
        dates=tuple(load_dates(scope, window)), promises=tuple(_promises(scope, window)),
        dangers=tuple(_dangers(scope)), hours=_hours(asked, window),
        alignment=load_alignment(scope, window=past, most=0) if past.start < past.end else None,
    )  # fmt: skip


def load_dates(scope: Scope, window: Window) -> Sequence[Date]:
    """Dates of milestones that lie in a window, the earliest first."""
    asked = {"from": naive(window.start), "until": naive(window.end)}
    rows = scope.warehouse.rows(_DATES.format(limit=of_team(scope, "o")), asked)
    return [
        Date(
            promise=row["promise"], milestone=row["milestone"], title=row["title"] or "", url=row["url"],
            repository=row["repository"],
            due_at=aware(row["due_at"]), moved_to=aware(row["next_due_at"]) if row["next_due_at"] else None,
            outcome=_outcome(row["outcome"], row["missing"], aware(row["ends_at"]), scope.now),
            detail=row["rescoped_by"] or row["missing"] or "", done=row["done"], left=row["left_open"],
        )
        for row in rows
    ]  # fmt: skip


def dates_query(scope: Scope, window: Window) -> str:
    """The query of these rows, for whoever wants to look."""
    return (
        f"select * from milestone_outcomes o where due_at >= {time_literal(window.start)} "  # noqa: S608 - escaped
        f"and due_at < {time_literal(window.end)} and {of_team(scope, 'o')}"
    )


def of_team(scope: Scope, alias: str) -> str:
    """Condition that a milestone is the team's: of its repository, or with items of it."""
    if scope.team is None:
        return "true"
    return (
        f"({scope.repositories(f'{alias}.repository')} or {alias}.milestone in (select w.milestone "  # noqa: S608
        f"from work_items w join work_item_teams t on t.work_item = w.id where t.team = {text_literal(scope.team)}))"
    )


def _outcome(outcome: str | None, missing: str | None, ends_at: datetime, now: datetime) -> Outcome:
    if missing:
        return "left_out"
    if outcome == "met":
        return "met"
    if outcome == "rescoped":
        return "rescoped"
    return "missed" if ends_at <= now else "due"


def _promises(scope: Scope, window: Window) -> Sequence[Promise]:
    asked = {"from": naive(window.start), "until": naive(window.end), "team": scope.team}
    return [
        Promise(
            row["id"], row["title"] or "", row["to_team"], row["from_team"], aware(row["due_at"]),
            aware(row["delivered_at"]) if row["delivered_at"] else None,
        )
        for row in scope.warehouse.rows(_PROMISES, asked)
    ]  # fmt: skip


def _dangers(scope: Scope) -> Sequence[Danger]:
    return [
        Danger(row["id"], row["title"] or "", row["state"], row["likelihood"], row["impact"], row["score"],
               row["mitigation"] or "")
        for row in scope.warehouse.rows(_DANGERS, {"team": scope.team})
    ]  # fmt: skip


def _hours(asked: Asked, window: Window) -> Hours | None:
    from fairlead.planning.crew import members

    scope = asked.scope
    teams = [scope.team] if scope.team else [f"team:{key}" for key in scope.setup.teams]
    found, seen = members(scope.warehouse, scope.setup, scope.calendars, scope.now, teams, [])
    people = [one for one in found if not one.agent]
    if not people:
        return None
    start = min(max(scope.now, window.start), window.end)
    there = [one.hours(window.start, window.end, 1.0) for one in people]
    usual = [one.free.working_seconds(window.start, window.end) / 3600 * one.share(1.0) for one in people]
    left = sum(one.hours(start, window.end, 1.0) for one in people)
    return Hours(tuple(one.id for one in people), seen, sum(there), max(0.0, sum(usual) - sum(there)), left)


_DATES = """
with held as (
    select w.milestone, count(*) filter (where c.category in ('done', 'canceled')) as done,
        count(*) filter (where c.category not in ('done', 'canceled')) as left_open
    from work_items w join work_item_cycle_times c on c.work_item = w.id
    where w.milestone is not null group by w.milestone
)
select o.*, m.title, m.url, coalesce(h.done, 0) as done, coalesce(h.left_open, 0) as left_open
from milestone_outcomes o
join milestones m on m.id = o.milestone
left join held h on h.milestone = o.milestone
where o.due_at >= $from and o.due_at < $until and {limit}
order by o.due_at, o.promise
"""
_PROMISES = """
select id, title, from_team, to_team, due_at, delivered_at from team_dependencies
where deleted_at is null and due_at >= $from and due_at < $until
    and ($team is null or from_team = $team or to_team = $team)
order by due_at, id
"""
_DANGERS = """
select id, title, state, likelihood, impact, score, mitigation from risks
where deleted_at is null and state in ('proposed', 'open', 'accepted')
    and ($team is null or team is null or team = $team)
order by score desc nulls last, id
"""
