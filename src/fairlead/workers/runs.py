"""Runs of schedules: each due moment is a row, done by one worker, and made up for where that worker died.

The row is put in by the transaction that moves the schedule on, so that no moment is lost and none comes twice. It is
gone once its end stands with the schedule: while it is there, a further moment of the same schedule adds nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from fairlead.governance.executing import Step
from fairlead.model.errors import Fault, Retry
from fairlead.model.times import Clock, entered_at, iso, parse_time
from fairlead.store import requests, schedules
from fairlead.store.database import Database, Transaction
from fairlead.store.holders import Holder
from fairlead.store.schedules import Schedule

_log = logging.getLogger(__name__)

Job = Callable[[Mapping[str, Any]], None]
"""Does the work of one kind of schedule, given its arguments; raises a `Fault` when it fails.
It must bear to be cut off and done again."""

CLAIM_LASTS = timedelta(minutes=2)
"""How long after the death of a machine another goes on; a run may take hours, and is renewed as long as it does."""
_SUBJECT = "schedule/"
_AGAIN_AFTER_S = 300.0


class Again(Retry):
    """A run could not be done now: it is worth another try before its next time."""


class Runs:
    """What this process can run by time."""

    def __init__(self, database: Database, clock: Clock, jobs: Mapping[str, Job]) -> None:
        self._database = database
        self._clock = clock
        self._jobs = jobs
        self._at_work: set[str] = set()
        self._lock = threading.Lock()
        self.kinds = frozenset(f"run/{what}" for what in jobs)

    def put(self, tx: Transaction, schedule: Schedule) -> None:
        """A run for a moment that is due, unless one waits or is at work: that one sees what this would."""
        subject = _SUBJECT + schedule.name
        if not requests.of(tx, subject):
            due = {"due": iso(schedule.next_at)}
            requests.put(tx, f"run/{schedule.what}", subject, entered_at(self._clock), arguments=due)

    def perform(self, request: str, step: Step, holder: Holder) -> str:
        """The run and the note of how it ended, each as a step; gives that."""
        with self._lock:
            self._at_work.add(request)
        try:
            ended = step("run", lambda: self._run(request, holder))
            return str(step("note", lambda: self._note(request, holder, ended)))
        finally:
            with self._lock:
                self._at_work.discard(request)

    def renew(self, holder: Holder) -> None:
        """Tells that runs at work are not given up."""
        with self._lock:
            held = list(self._at_work)
        if held:
            with self._database.begin() as tx:
                requests.renew(tx, held, holder, entered_at(self._clock) + CLAIM_LASTS)

    def _run(self, request: str, holder: Holder) -> dict[str, str]:
        with self._database.begin() as tx:
            schedule = self._mine(tx, request, holder)
            if schedule is None:
                return {"went": "lost"}
            schedules.start(tx, schedule.name, self._clock.now())
        error, again_at = "", ""
        try:
            self._jobs[schedule.what](schedule.arguments)
        except Again as fault:
            after = timedelta(seconds=fault.after_s or _AGAIN_AFTER_S)
            error, again_at = fault.message, iso(self._clock.now() + after)
        except Fault as fault:
            error = fault.message
        except Exception as fault:
            # One broken job must not end the others; what it was is kept with the schedule.
            _log.exception("schedule %s", schedule.name)
            error = f"{type(fault).__name__}: {fault}"
        return {"went": "failed" if error else "done", "error": error, "again_at": again_at}

    def _note(self, request: str, holder: Holder, ended: Mapping[str, str]) -> str:
        with self._database.begin() as tx:
            schedule = self._mine(tx, request, holder) if ended["went"] != "lost" else None
            if schedule is None:
                return "not done"
            schedules.finish(tx, schedule.name, self._clock.now(), ended["error"])
            if again_at := parse_time(ended["again_at"]):
                schedules.hasten(tx, schedule.name, again_at)
            requests.remove(tx, request)
        return ended["went"]

    def _mine(self, tx: Transaction, request: str, holder: Holder) -> Schedule | None:
        """The schedule, if its run is ours to do or its holder is gone."""
        held = requests.claim(tx, request, holder, entered_at(self._clock), CLAIM_LASTS)
        if held is None:
            return None
        schedule = schedules.get(tx, held.subject.removeprefix(_SUBJECT))
        # the settings may have lost it since, or another version of them given it another kind
        if schedule is None or schedule.what not in self._jobs:
            requests.remove(tx, request)
            return None
        return schedule
