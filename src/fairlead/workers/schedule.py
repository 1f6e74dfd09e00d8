"""What runs by time: the schedule table follows the configuration, and each due moment becomes a run, once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from fairlead.model.calendar.resolve import Calendars, PeopleRows
from fairlead.model.calendar.working import WorkingCalendar, read_zone
from fairlead.model.errors import Fault
from fairlead.model.setup import Setup
from fairlead.model.times import Clock
from fairlead.store import records, requests, schedules
from fairlead.store.database import Database
from fairlead.store.schedules import Schedule
from fairlead.workers.rules import next_at
from fairlead.workers.runs import Job, Runs

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 1.0


class Plan:
    """A wished schedule before its next time is known; its hours are meant in `zone`, else in the team's."""

    def __init__(
        self,
        name: str,
        what: str,
        rule: str,
        team: str = "",
        *,
        zone: str = "",
        **arguments: Any,
    ) -> None:
        self.name = name
        self.what = what
        self.rule = rule
        self.team = team
        self.zone = zone
        self.arguments = {**arguments, "team": team} if team else arguments


def team_calendars(database: Database, setup: Setup) -> Calendars:
    """Calendars of teams as they are now, with the holidays that calendars brought."""
    with database.read() as tx:
        rows = {name: list(records.rows(tx, name)) for name in ("calendars", "holidays", "teams")}
    return Calendars(setup, PeopleRows(**rows))


class Scheduler:
    """Keeps the table, and puts in a run for what is due; whoever follows requests does it."""

    def __init__(
        self, database: Database, setup: Setup, clock: Clock, jobs: Mapping[str, Job], stop: threading.Event
    ) -> None:
        self._database = database
        self._setup = setup
        self._clock = clock
        self._jobs = jobs
        self._stop = stop
        self._looked_at: datetime | None = None
        self.runs = Runs(database, clock, jobs)

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
                    if (sooner := _sooner(before, calendar, now)) is not None:
                        schedules.hasten(tx, name, sooner)
                    continue
                at_once = before is None and at_start(plan)
                due = now if at_once else next_at(plan.rule, calendar, now, read_zone(zone))
                schedules.put(tx, Schedule(name, plan.what, plan.rule, due, zone, plan.arguments))

    def run(self) -> None:
        """Takes what is due until told to stop."""
        pauses = False
        # Two of us run under one `fairlead up`, in two processes: which of them it is must show.
        kinds = ", ".join(sorted(self._jobs))
        while not self._stop.is_set():
            try:
                if self.take_due():
                    requests.ring()
                pauses = False
            except Fault as fault:
                # once a pause, not at each look: a store that is down for an hour would fill the log
                if not pauses:
                    _log.warning("schedules pause (%s): %s", kinds, fault.message)
                pauses = True
            self._stop.wait(_LOOK_EVERY_S)

    def take_due(self) -> int:
        """Makes runs of what is due; gives how many moments were taken. One process takes each.

        From now and not from the moment that was due: what was missed while nothing ran is made up for once.
        """
        now, before = self._clock.now(), self._looked_at
        self._looked_at = now
        if before is not None and now < before:
            self._set_right(now)
        with self._database.read() as tx:
            # The table is one for all processes of a home; each takes what it can do.
            found = [schedule for schedule in schedules.due(tx, now) if schedule.what in self._jobs]
        if not found:
            return 0
        # Anew for each: a holiday may have come since, and a schedule is seldom due.
        calendars = team_calendars(self._database, self._setup)
        taken = 0
        for schedule in found:
            calendar = calendars.of_team(schedule.arguments.get("team"))
            following = next_at(schedule.rule, calendar, now, read_zone(schedule.zone))
            with self._database.begin() as tx:
                self._database.take_turn(tx)
                if schedules.take(tx, schedule.name, schedule.next_at, following):
                    self.runs.put(tx, schedule)
                    taken += 1
        return taken

    def _set_right(self, now: datetime) -> None:
        """After the clock was set back: what would stand still until the old time has come again goes on."""
        calendars = team_calendars(self._database, self._setup)
        with self._database.begin() as tx:
            for schedule in schedules.rows(tx):
                calendar = calendars.of_team(schedule.arguments.get("team"))
                if (sooner := _sooner(schedule, calendar, now)) is not None:
                    schedules.hasten(tx, schedule.name, sooner)


def _sooner(schedule: Schedule, calendar: WorkingCalendar, now: datetime) -> datetime | None:
    """The next time, if the one that stands there is more than a turn too late: no other clock could have set it."""
    zone = read_zone(schedule.zone)
    first = next_at(schedule.rule, calendar, now, zone)
    # One turn later is what stands there after a run today and a clock that went back a little: it has had its run.
    return first if schedule.next_at > next_at(schedule.rule, calendar, first, zone) else None
