"""Open signals as other rooms read them: frozen, typed, of one team or of all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from fairlead.store import signals
from fairlead.store.signals import Wanted

if TYPE_CHECKING:
    from fairlead.store.database import Database

MOST = 20_000


@dataclass(frozen=True, slots=True)
class OpenSignal:
    """A signal that is open, not asleep, and of a rule that is told."""

    id: str
    rule: str
    subject_kind: str
    subject: str
    title: str
    url: str
    team: str
    severity: str
    response: str
    blocker: str
    opened_at: datetime
    cause: str
    """Signal at the root of its chain; empty where it is none or its own root."""
    unknown: str
    """Why nobody knows whether it still holds; empty where somebody does."""
    acknowledged_by: str
    level: int
    values: Mapping[str, Any]


def open_signals(database: Database, now: datetime, teams: Collection[str] | None = None) -> tuple[OpenSignal, ...]:
    """What asks for most first; `teams` limits it to these team ids."""
    with database.read() as tx:
        rows = signals.listed(tx, Wanted(teams=teams, snoozed="without"), now, limit=MOST)
    return tuple(
        OpenSignal(
            id=row["id"],
            rule=row["rule"],
            subject_kind=row["subject_kind"],
            subject=row["subject"],
            title=row["title"] or "",
            url=row["url"] or "",
            team=row["team"] or "",
            severity=row["severity"],
            response=row["response"],
            blocker=row["blocker"] or "",
            opened_at=row["opened_at"],
            cause=row["cause"] or "",
            unknown=row["reason"] or "",
            acknowledged_by=row["acknowledged_by"] or "",
            level=row["level"] or 0,
            values=msgspec.json.decode(row["values"] or "{}"),
        )
        for row in rows
    )
