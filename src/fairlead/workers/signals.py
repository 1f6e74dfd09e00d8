"""Signals in a server: judged after each refresh of the marts, and by time, for waiting alone makes things worse."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fairlead.model.errors import Fault
from fairlead.store import records
from fairlead.store.touched import touched
from fairlead.wiring import signalling
from fairlead.wiring.services import Services
from fairlead.wiring.wishing import judge
from fairlead.workers.schedule import Plan

_log = logging.getLogger(__name__)

PLAN = Plan("signals", "signals", "every 60 s")
"""Steps of escalations are due by the minute."""
_WHOLE_EVERY = timedelta(minutes=5)
_MOST_TOUCHED = 500
"""Rows of a refresh from which judging all costs no more than judging what was touched."""
_OWN = frozenset({"signals", "signal_events"})


class Judge:
    """Judges in the process that holds the warehouse."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._rev = -1
        self._whole_at: datetime | None = None

    def refreshed(self) -> None:
        """After a refresh: what came, or everything where that was much."""
        with self._services.database.read() as tx:
            rev = records.revision(tx)
            dirty = touched(tx, self._rev, _MOST_TOUCHED, beside=_OWN) if self._rev >= 0 else None
        # Taken before the judgement: what comes meanwhile is judged next, and its own writes touch no subject.
        self._rev = rev
        if dirty is None:
            self._whole()
        elif dirty:
            judge(self._services, dirty)

    def tick(self, _: Mapping[str, Any]) -> None:
        """By time: everything now and then, and each minute what is due."""
        whole_at, now = self._whole_at, self._services.clock.now()
        # a clock that was set back must not stop it for as long
        if whole_at is None or abs(now - whole_at) >= _WHOLE_EVERY:
            self._whole()
        signalling.escalate_due(self._services)
        signalling.keep_audit(self._services)

    def _whole(self) -> None:
        self._whole_at = self._services.clock.now()
        judged = judge(self._services)
        for rule, why in judged.failed.items():
            _log.warning("rule %s could not be judged: %s", rule, why)


def told(judge: Judge) -> None:
    """The same for a follower that has more to do afterwards: what cannot be judged now is judged by time."""
    try:
        judge.refreshed()
    except Fault as fault:
        _log.warning("signals are not judged: %s", fault.message)
    except Exception:
        _log.exception("signals are not judged")
