"""Reports at their hour, and the outbox carried: what a manager gets without asking.

A start after the hour sends today's report once; those of days when nothing ran are not made up for.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fairlead.governance.carrier import Carrier
from fairlead.governance.outbox import Outbox
from fairlead.model.calendar.working import read_zone
from fairlead.model.errors import Abort, Fault, Skip
from fairlead.wiring.deliveries import deliver, rule_of, teams_of, ways
from fairlead.wiring.services import Services
from fairlead.workers.rules import due_day
from fairlead.workers.runs import Again
from fairlead.workers.schedule import Plan, team_calendars

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 2.0
_FAULT_PAUSE_S = 15.0


def delivery_plans(services: Services) -> Iterator[Plan]:
    """A schedule for each delivery and team: each team has its own morning."""
    for key, setup in services.settings.deliveries.items():
        for team in teams_of(services, setup):
            name = f"delivery/{key}/{team.removeprefix('team:')}".rstrip("/")
            yield Plan(name, "delivery", rule_of(setup), team, zone=setup.time_zone, delivery=key)


def deliver_due(services: Services, arguments: Mapping[str, Any]) -> None:
    """Puts today's report into the outbox, if its hour has come today; asked for again while that may help."""
    key, team = arguments["delivery"], arguments.get("team", "")
    setup = services.settings.deliveries.get(key)
    if setup is None:
        raise Skip(f"no delivery `{key}` in the settings")
    calendar = team_calendars(services.database, services.setup).of_team(team or None)
    zone = read_zone(setup.time_zone) if setup.time_zone else calendar.zone
    # Asked again here and not taken from the schedule: that may have become due days ago, on a machine that slept.
    day = due_day(rule_of(setup), calendar, services.clock.now(), zone)
    if day is None:
        return
    try:
        deliver(services, key, team, day)
    except (Abort, Skip):
        # A name that is not there will not be there in five minutes.
        raise
    except Fault as fault:
        raise Again(fault.message, hint=fault.hint) from fault
    except Exception as fault:
        _log.exception("delivery %s", key)
        raise Again(f"{type(fault).__name__}: {fault}") from fault


class OutboxFollower:
    """Sends what lies in the outbox, soon after it was put in."""

    def __init__(self, services: Services, stop: threading.Event) -> None:
        self._services = services
        self._stop = stop

    def run(self) -> None:
        """Carries until told to stop."""
        # Claims of a process that was killed would else be waited for a quarter of an hour.
        first: Callable[[Outbox], object] = Outbox.free_orphans
        while not self._stop.is_set():
            pause_s = _LOOK_EVERY_S
            try:
                outbox = Outbox(self._services.database)
                first(outbox)
                Carrier(outbox, ways(self._services), self._stop.is_set).carry()
                first = _nothing
            except Fault as fault:
                _log.warning("the outbox pauses: %s", fault.message)
                pause_s = _FAULT_PAUSE_S
            except Exception:
                _log.exception("the outbox pauses")
                pause_s = _FAULT_PAUSE_S
            self._stop.wait(pause_s)


def _nothing(_: Outbox) -> None:
    """Done once."""
