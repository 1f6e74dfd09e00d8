"""What runs by time: the schedule table follows the configuration, and due runs are taken by one process each."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

from fairlead.model.calendar.resolve import Calendars
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Fault
from fairlead.model.setup import Setup
from fairlead.model.times import Clock
from fairlead.store import schedules
from fairlead.store.database import Database
from fairlead.store.schedules import Schedule
from fairlead.workers.rules import next_at

_log = logging.getLogger(__name__)

Job = Callable[[Mapping[str, Any]], None]
"""Does the work of one kind of schedule, given its arguments; raises a `Fault` when it fails."""

_AT_ONCE = 4
_LOOK_EVERY_S = 1.0


class Plan:
    """A wished schedule before its next time is known."""

    def __init__(self, name: str, what: str, rule: str, team: str = "", **arguments: Any) -> None:
        self.name = name
        self.what = what
        self.rule = rule
        self.team = team
        self.arguments = {**arguments, "team": team} if team else arguments


class Scheduler:
    """Keeps the table and starts what is due. A durable engine can take the place of `_start` behind it."""

    def __init__(
        self, database: Database, setup: Setup, clock: Clock, jobs: Mapping[str, Job], stop: threading.Event
    ) -> None:
        self._database = database
        self._calendars = Calendars(setup)
        self._clock = clock
        self._jobs = jobs
        self._stop = stop
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="schedule")

    def plan(self, wished: Iterable[Plan], *, at_start: Callable[[Plan], bool] = lambda _: False) -> None:
        """Makes the table what the configuration wishes; an unchanged schedule keeps its next time.

        What is new and `at_start` is due at once: a first sync need not wait for its turn.
        """
        now = self._clock.now()
        plans = {plan.name: plan for plan in wished}
        with self._database.begin() as tx:
            held = {schedule.name: schedule for schedule in schedules.rows(tx)}
            # A source that was taken out of the settings is asked no more, though its records stay.
            for name in held.keys() - plans.keys():
                schedules.drop(tx, name)
            for name, plan in plans.items():
                calendar = self._calendar(plan)
                zone = str(calendar.zone)
                # The zone too: a team that moves has its brief at its new morning.
                before = held.get(name)
                if before and (before.rule, before.zone, before.arguments) == (plan.rule, zone, plan.arguments):
                    continue
                due = now if before is None and at_start(plan) else next_at(plan.rule, calendar, now)
                schedules.put(tx, Schedule(name, plan.what, plan.rule, due, zone, plan.arguments))

    def run(self) -> None:
        """Starts what is due until told to stop, then waits for what is in work."""
        try:
            while not self._stop.is_set():
                try:
                    for schedule in self._due():
                        self._pool.submit(self._start, schedule)
                except Fault as fault:
                    _log.warning("schedules pause: %s", fault.message)
                self._stop.wait(_LOOK_EVERY_S)
        finally:
            # What was taken over but has not begun is dropped: its next time already stands in the table.
            self._pool.shutdown(wait=True, cancel_futures=True)

    def run_due(self) -> int:
        """Runs what is due now, here and one after the other; gives how many."""
        due = self._due()
        for schedule in due:
            self._start(schedule)
        return len(due)

    def _due(self) -> list[Schedule]:
        """Takes over what is due: the moment is moved on before the work begins, so that nobody else starts it."""
        now = self._clock.now()
        taken = []
        with self._database.read() as tx:
            found = schedules.due(tx, now)
        for schedule in found:
            # The table is one for all processes of a home; each takes what it can do.
            if schedule.what not in self._jobs:
                continue
            # From now and not from the moment that was due: what a sleeping machine missed is not made up for.
            following = next_at(schedule.rule, self._calendar_of(schedule), now)
            with self._database.begin() as tx:
                if schedules.start(tx, schedule.name, schedule.next_at, now, following):
                    taken.append(replace(schedule, started_at=now, next_at=following))
        return taken

    def _start(self, schedule: Schedule) -> None:
        error = ""
        try:
            self._jobs[schedule.what](schedule.arguments)
        except Fault as fault:
            error = fault.message
        except Exception as fault:
            # One broken job must not end the others; what it was is kept with the schedule.
            _log.exception("schedule %s", schedule.name)
            error = f"{type(fault).__name__}: {fault}"
        self._finish(schedule.name, self._clock.now(), error)

    def _finish(self, name: str, at: datetime, error: str) -> None:
        try:
            with self._database.begin() as tx:
                schedules.finish(tx, name, at, error)
        except Fault as fault:
            _log.warning("the end of %s is not noted: %s", name, fault.message)

    def _calendar(self, plan: Plan) -> WorkingCalendar:
        return self._calendars.of_team(plan.team or None)

    def _calendar_of(self, schedule: Schedule) -> WorkingCalendar:
        return self._calendars.of_team(schedule.arguments.get("team"))
