"""How many of a team are there on each day: absences of the past, and those that are planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from fairlead.model.calendar.resolve import Calendars
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.setup import Setup
from fairlead.planning.crew import Member, members

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

_MOST_TEAMS = 40


def presence(
    warehouse: Warehouse, setup: Setup, calendars: Calendars, calendar: WorkingCalendar, now: datetime,
    team: str | None, days: Sequence[date],
) -> tuple[float, ...]:  # fmt: skip
    """Share of the team's people who are there on each day; empty where nobody of it is ever away."""
    teams = [team] if team else [f"team:{key}" for key in setup.teams][:_MOST_TEAMS]
    if not teams or not days:
        return ()
    people = [one for one in members(warehouse, setup, calendars, now, teams, [])[0] if not one.agent]
    # whoever is never away needs no day looked at
    away = [one for one in people if one.calendar.absences]
    if not away:
        return ()
    found = tuple(1 - sum(_lost(one, calendar, day) for one in away) / len(people) for day in days)
    return found if min(found) < 1 else ()


def _lost(member: Member, calendar: WorkingCalendar, day: date) -> float:
    """Share of somebody's usual day that an absence takes; nothing on a day that is free for them anyway."""
    start, end = calendar.day_bounds(day)
    usual = member.free.working_seconds(start, end)
    return 1 - member.calendar.working_seconds(start, end) / usual if usual > 0 else 0.0
