"""Keeps each day what metrics and queries give for key results: a query tells nothing of the past by itself.

Rules judge by these values, and the history of a query is made of them. One raw event holds all of a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from fairlead.connectors.kit.goals import Measured, check_in_id, key_results_measured
from fairlead.goals import facts, values
from fairlead.goals.facts import Goal, Result
from fairlead.model.calendar.resolve import Calendars
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.times import Clock

if TYPE_CHECKING:
    from fairlead.bus.log import EventLog
    from fairlead.metrics.warehouse import Warehouse
    from fairlead.model.setup import Setup


class Home(Protocol):
    """What it takes of a home."""

    @property
    def warehouse(self) -> Warehouse:
        """Objectives, and what metrics and queries are made of."""
        ...

    @property
    def log(self) -> EventLog:
        """Raw events."""
        ...

    @property
    def setup(self) -> Setup:
        """Whose calendar says what day it is."""
        ...

    @property
    def clock(self) -> Clock:
        """The moment that counts."""
        ...


def keep(home: Home) -> int:
    """Appends the values of key results that have none of today; gives how many. The caller applies them."""
    now, calendars = home.clock.now(), Calendars(home.setup)
    goals = facts.running(facts.load(home.warehouse), now)
    found = [one for goal in goals for one in _of_goal(home.warehouse, goal, calendars.of_team(goal.team), now)]
    if found:
        home.log.append([key_results_measured(found, now)])
    return len(found)


def _of_goal(warehouse: Warehouse, goal: Goal, calendar: WorkingCalendar, now: datetime) -> Iterator[Measured]:
    for result in goal.results:
        if result.value_from == "manual" or (result.due_at is not None and result.due_at <= now):
            continue
        yield from _today(warehouse, result, calendar, now)
        yield from _began(warehouse, result, calendar, now)


def _today(warehouse: Warehouse, result: Result, calendar: WorkingCalendar, now: datetime) -> Iterator[Measured]:
    if calendar.local_day(now) in _days(result, calendar):
        return
    value = values.read(warehouse, result, now).value
    if value is not None:
        yield Measured(check_in_id(result.id, calendar.local_day(now)), result.id, now, value)


def _began(warehouse: Warehouse, result: Result, calendar: WorkingCalendar, now: datetime) -> Iterator[Measured]:
    """Where a metric began, if nobody stated that: the first of its values."""
    start = result.starts_at
    if result.baseline is not None or start is None or calendar.local_day(start) in _days(result, calendar):
        return
    value = values.began(warehouse, result, now).value
    if value is not None:
        yield Measured(check_in_id(result.id, calendar.local_day(start)), result.id, start, value)


def _days(result: Result, calendar: WorkingCalendar) -> Iterable[object]:
    return {calendar.local_day(one.at) for one in result.entries}
