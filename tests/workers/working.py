"""A worker without an engine: does each run that is due, here and one after the other."""

from __future__ import annotations

from datetime import datetime

from fairlead.store import requests
from fairlead.store.database import Database
from fairlead.store.holders import Holder
from fairlead.workers.schedule import Scheduler


def run_due(scheduler: Scheduler, database: Database, now: datetime) -> int:
    """Takes what is due and does what waits; gives how many runs ended here."""
    scheduler.take_due()
    with database.read() as tx:
        due = requests.due(tx, now, scheduler.runs.kinds)
    ends = [scheduler.runs.perform(one.id, lambda _, work: work(), Holder.here()) for one in due]
    return sum(end != "not done" for end in ends)
