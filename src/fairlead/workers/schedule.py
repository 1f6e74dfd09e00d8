"""What runs by time: the schedule table follows the configuration, and due runs are taken by one process each."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from fairlead.model.calendar.resolve import Calendars, PeopleRows
from fairlead.model.calendar.working import read_zone
from fairlead.model.errors import Fault, Retry
from fairlead.model.setup import Setup
from fairlead.model.times import Clock
from fairlead.store import records, schedules
from fairlead.store.database import Database
from fairlead.store.schedules import Schedule
from fairlead.workers.rules import next_at

_log = logging.getLogger(__name__)

Job = Callable[[Mapping[str, Any]], None]
"""Does the work of one kind of schedule, given its arguments; raises a `Fault` when it fails."""

_AT_ONCE = 4
_LOOK_EVERY_S = 1.0


class Again(Retry):
    """A run could not be done now: it is worth another try before its next time."""


class Plan:
    """A wished schedule before its next time is known; its hours are meant in `zone`, else in the team's.

    One that `resumes` is run again at the next start where its process ended within it: it must bear that.
    """

    def __init__(
        self,
        name: str,
        what: str,
        rule: str,
        team: str = "",
        *,
        zone: str = "",
        resumes: bool = False,
        **arguments: Any,
    ) -> None:
        self.name = name
        self.what = what
        self.rule = rule
        self.team = team
        self.zone = zone
        self.resumes = resumes
        self.arguments = {**arguments, "team": team} if team else arguments


def team_calendars(database: Database, setup: Setup) -> Calendars:
    """Calendars of teams as they are now, with the holidays that calendars brought."""
    with database.read() as tx:
        rows = {name: list(records.rows(tx, name)) for name in ("calendars", "holidays", "teams")}
    return Calendars(setup, PeopleRows(**rows))


class Scheduler:
    """Keeps the table and starts what is due. A durable engine can take the place of `_start` behind it."""

    def __init__(
        self, database: Database, setup: Setup, clock: Clock, jobs: Mapping[str, Job], stop: threading.Event
    ) -> None:
        self._database = database
        self._setup = setup
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
        calendars = team_calendars(self._database, self._setup)
        with self._database.begin() as tx:
            held = {schedule.name: schedule for schedule in schedules.rows(tx)}
            # A source that was taken out of the settings is asked no more, though its records stay.
            for name in held.keys() - plans.keys():
                schedules.drop(tx, name)
            for name, plan in plans.items():
                calendar = calendars.of_team(plan.team or None)
                zone = plan.zone or str(calendar.zone)
                # The zone too: a team that moves has its brief at its new morning.
                before = held.get(name)
                if before and (before.rule, before.zone, before.arguments) == (plan.rule, zone, plan.arguments):
                    if plan.resumes and before.was_cut_off():
                        schedules.hasten(tx, name, now)
                    continue
                at_once = before is None and at_start(plan)
                due = now if at_once else next_at(plan.rule, calendar, now, read_zone(zone))
                schedules.put(tx, Schedule(name, plan.what, plan.rule, due, zone, plan.arguments))

    def run(self) -> None:
        """Starts what is due until told to stop, then waits for what is in work."""
        pauses = False
        # Two of us run under one `fairlead up`, in two processes: which of them it is must show.
        kinds = ", ".join(sorted(self._jobs))
        try:
            while not self._stop.is_set():
                try:
                    for schedule in self._due():
                        self._pool.submit(self._start, schedule)
                    pauses = False
                except Fault as fault:
                    # once a pause, not at each look: a store that is down for an hour would fill the log
                    if not pauses:
                        _log.warning("schedules pause (%s): %s", kinds, fault.message)
                    pauses = True
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
        # Anew for each: a holiday may have come since, and a schedule is seldom due.
        calendars = team_calendars(self._database, self._setup) if found else None
        for schedule in found:
            # The table is one for all processes of a home; each takes what it can do.
            if schedule.what not in self._jobs or calendars is None:
                continue
            calendar = calendars.of_team(schedule.arguments.get("team"))
            # From now and not from the moment that was due: what a sleeping machine missed is not made up for.
            following = next_at(schedule.rule, calendar, now, read_zone(schedule.zone))
            with self._database.begin() as tx:
                if schedules.start(tx, schedule.name, schedule.next_at, now, following):
                    taken.append(replace(schedule, started_at=now, next_at=following))
        return taken

    def _start(self, schedule: Schedule) -> None:
        error, again_at = "", None
        try:
            self._jobs[schedule.what](schedule.arguments)
        except Again as fault:
            error, again_at = fault.message, self._clock.now() + timedelta(seconds=fault.after_s or 300.0)
        except Fault as fault:
            error = fault.message
        except Exception as fault:
            # One broken job must not end the others; what it was is kept with the schedule.
            _log.exception("schedule %s", schedule.name)
            error = f"{type(fault).__name__}: {fault}"
        self._finish(schedule, self._clock.now(), error, again_at)

    def _finish(self, schedule: Schedule, at: datetime, error: str, again_at: datetime | None) -> None:
        name = schedule.name
        try:
            with self._database.begin() as tx:
                schedules.finish(tx, name, at, error)
                if again_at is not None and again_at < schedule.next_at:
                    schedules.hasten(tx, name, again_at)
        except Fault as fault:
            _log.warning("the end of %s is not noted: %s", name, fault.message)
