"""Signals of a home: judged, moved on by time, audited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from fairlead.model.errors import ConfigFault
from fairlead.reports.scope import Scope
from fairlead.signals import auditing, escalation, responding
from fairlead.signals.engine import Engine
from fairlead.signals.entering import calendar_of, read_until
from fairlead.signals.escalation import Freezer, Frozen
from fairlead.signals.life import climb
from fairlead.signals.responding import Matrix
from fairlead.signals.rules import FILES as RULE_FILES
from fairlead.signals.rules import read
from fairlead.signals.sweeping import Book, Judged, Sweep
from fairlead.store import signals, state
from fairlead.store.signals import Decided
from fairlead.wiring.services import Services


@dataclass(frozen=True, slots=True)
class Climbed:
    """What time alone has moved."""

    kinds: dict[str, int]
    """Kind of event -> how many."""


def evaluate(services: Services, dirty: Mapping[str, Collection[str]] | None = None) -> Judged:
    """Judges all rules on the warehouse as it stands and moves the signals.

    With `dirty`, ids by record table, only these are looked at, by the rules about records of these tables.
    """
    book, matrix = definitions(services)
    now = services.clock.now()
    return Sweep(
        services.warehouse,
        services.database,
        Engine(services.warehouse, matrix, now),
        book,
        cache(partial(_freezer, services)),
        now,
    ).run(dirty)


def definitions(services: Services) -> tuple[Book, Matrix]:
    """Rules, chains and matrix as the files have them now; read again only where a file is another."""
    folders = {kind: tuple(services.loaded.own_folders(kind)) for kind in ("rules", "escalations", "matrix")}
    files = {"rules": RULE_FILES, "escalations": escalation.FILES, "matrix": responding.FILES}
    # Size and time and not the content: this runs after every change, and reading fifty rules takes 300 ms.
    stamps = [(path, path.stat()) for kind, of in files.items() for path in of.files(folders[kind])]
    seen = tuple((str(path), found.st_size, found.st_mtime_ns) for path, found in stamps)
    return _definitions(*folders.values(), seen)


@lru_cache(maxsize=4)
def _definitions(
    rule_folders: tuple[Path, ...], chain_folders: tuple[Path, ...], matrix_folders: tuple[Path, ...], _seen: object
) -> tuple[Book, Matrix]:
    rules, faults = read(rule_folders)
    return Book(rules, bool(faults), escalation.read(chain_folders)[0]), responding.read(matrix_folders)[0]


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


def keep_audit(services: Services) -> auditing.Audit:
    """Audits, and keeps what came of it for whoever watches the server."""
    found, now = audited(services), services.clock.now()
    said = {"at": now.isoformat(), "chains": found.chains, "broken": [one.signal for one in found.broken][:100]}
    with services.database.begin() as tx:
        state.put(tx, auditing.AUDITED, {**said, "standing": len(found.broken)})
    return found


def until_of(services: Services, said: str, by: str) -> datetime:
    """The end that somebody means, in their own zone and working days."""
    return read_until(said, calendar_of(services.database, services.setup, by), services.clock.now())


def rule_names(services: Services) -> list[str]:
    """Rules that can be read."""
    return list(definitions(services)[0].rules)


def faults(services: Services) -> list[ConfigFault]:
    """What is wrong with chains and matrix: a broken one is off, and ours hold in its place."""
    own = services.loaded.own_folders
    return [*escalation.read(own("escalations"))[1], *responding.read(own("matrix"))[1]]


def _freezer(services: Services) -> Freezer:
    calendars = Scope(services.warehouse, services.setup, services.clock.now(), None).calendars
    return Freezer(services.setup, calendars)
