"""Signals of a home: judged, moved on by time, audited."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from fairlead.model.calendar.resolve import Calendars, PeopleRows
from fairlead.model.errors import ConfigFault
from fairlead.reports.scope import Scope
from fairlead.signals import auditing, escalation, responding
from fairlead.signals.engine import Engine
from fairlead.signals.entering import read_until
from fairlead.signals.escalation import Freezer, Frozen
from fairlead.signals.life import climb
from fairlead.signals.rules import read
from fairlead.signals.sweeping import Book, Judged, Sweep
from fairlead.store import records, signals
from fairlead.store.signals import Decided
from fairlead.wiring.services import Services

_PEOPLE = ("calendars", "holidays", "absences", "people", "accounts", "teams", "memberships")


@dataclass(frozen=True, slots=True)
class Climbed:
    """What time alone has moved."""

    kinds: dict[str, int]
    """Kind of event -> how many."""


def evaluate(services: Services, dirty: Collection[str] | None = None) -> Judged:
    """Judges all rules on the warehouse as it stands and moves the signals; with `dirty` only these subjects."""
    rules, faults = read(services.loaded.own_folders("rules"))
    chains, _ = escalation.read(services.loaded.own_folders("escalations"))
    matrix, _ = responding.read(services.loaded.own_folders("matrix"))
    now = services.clock.now()
    return Sweep(
        services.warehouse,
        services.database,
        Engine(services.warehouse, matrix, now),
        Book(rules, bool(faults), chains),
        cache(partial(_freezer, services)),
        now,
    ).run(dirty)


def escalate_due(services: Services) -> Climbed:
    """Moves what is due by time: snoozes that end, reminders, the next steps of chains."""
    now = services.clock.now()
    with services.database.read() as tx:
        due = signals.due(tx, now)
    if not due:
        return Climbed({})
    freezer = _freezer(services)

    def decide(_signal: str, row: dict[str, Any] | None, moment: datetime) -> Decided | None:
        def later(start: datetime, length: str, frozen: Frozen, level: int) -> datetime:
            return freezer.later(start, length, frozen.stages[level].who, (row or {}).get("team") or "")

        return climb(row, moment, later) if row else None

    with services.database.begin() as tx:
        return Climbed(dict(signals.settle(tx, due, decide, now).kinds))  # type: ignore[arg-type]


def audited(services: Services) -> auditing.Audit:
    """Whether each open chain advanced as it was frozen."""
    with services.database.read() as tx:
        return auditing.audit(tx, services.clock.now())


def until_of(services: Services, said: str, by: str) -> datetime:
    """The end that somebody means, in their own zone and working days."""
    # of the store: a command beside a server would have to make a warehouse of its own for this one question
    with services.database.read() as tx:
        rows = {table: list(records.rows(tx, table)) for table in _PEOPLE}
    calendar = Calendars(services.setup, PeopleRows(**rows)).of_person(by if by.startswith("person:") else None)
    return read_until(said, calendar, services.clock.now())


def rule_names(services: Services) -> list[str]:
    """Rules that can be read."""
    return list(read(services.loaded.own_folders("rules"))[0])


def faults(services: Services) -> list[ConfigFault]:
    """What is wrong with chains and matrix: a broken one is off, and ours hold in its place."""
    own = services.loaded.own_folders
    return [*escalation.read(own("escalations"))[1], *responding.read(own("matrix"))[1]]


def _freezer(services: Services) -> Freezer:
    calendars = Scope(services.warehouse, services.setup, services.clock.now(), None).calendars
    return Freezer(services.setup, calendars)
