"""Proves that each chain of escalation advanced as it was frozen, and names those that did not.

Nothing of what climbs is asked: only the signals, their chains and their histories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fairlead.signals.escalation import Frozen, digest_of, unpack
from fairlead.signals.life import LATE
from fairlead.store import signals
from fairlead.store.database import Transaction

AUDITED = "signals/audit"
"""Key under which the last audit of a server is kept."""
GRACE = timedelta(minutes=10)
"""How late a step may be: what climbs looks each minute, and a machine may be busy."""
_FROZEN = ("opened", "reopened", "changed")
_PAUSED = ("woken", "known", "returned", "unacknowledged", "reminded")
"""After these a chain goes on."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A chain that is not as it should be."""

    signal: str
    what: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found."""

    chains: int
    """How many were looked at."""
    broken: Sequence[Broken]


def audit(tx: Transaction, now: datetime) -> Audit:
    """Looks at the chains of all open signals."""
    rows, happened = signals.climbing(tx), signals.since_opened(tx, (*_FROZEN, *_PAUSED, "escalated"))
    found = [(row, _fault(row, happened.get(row["id"], []), now)) for row in rows]
    return Audit(len(rows), [Broken(row["id"], fault) for row, fault in found if fault])


def _fault(row: Mapping[str, Any], events: Sequence[Mapping[str, Any]], now: datetime) -> str:
    chain = unpack(row["chain"])
    if chain is None:
        return ""
    told = [one["detail"]["frozen"] for one in events if one["detail"].get("frozen")]
    if not told or told[-1] != digest_of(row["chain"]):
        return "its chain is not the one that was frozen when it opened"
    climbed = [one for one in events if one["kind"] == "escalated"]
    levels = [one["detail"].get("level") for one in climbed]
    if levels != list(range(1, (row["level"] or 0) + 1)):
        return f"its history has the steps {levels}, and it stands at {row['level']}"
    for one in climbed:
        if one["at"] < chain.stages[one["detail"]["level"]].at:
            return f"step {one['detail']['level']} was taken before its time"
    return _stands_still(row, chain, events, now)


def _stands_still(row: Mapping[str, Any], chain: Frozen, events: Sequence[Mapping[str, Any]], now: datetime) -> str:
    level = row["level"] or 0
    snoozed = row["snoozed_until"] is not None and row["snoozed_until"] > now
    # taken on, asleep, not known or about to be over: nobody is called then
    if row["acknowledged_at"] or snoozed or row["reason"] or row["clearing_at"] or level + 1 >= len(chain.stages):
        return ""
    due = chain.stages[level + 1].at
    begun = chain.stages[level].at
    resumed = max((one["at"] for one in events if one["kind"] in (*_PAUSED, "escalated")), default=begun)
    if resumed > begun + LATE:
        # it was held up, and each step keeps its length
        due = max(due, resumed + (due - begun))
    if due + GRACE < now:
        return f"step {level + 1} was due at {due:%Y-%m-%d %H:%M} UTC and was not taken"
    return "it has further steps and no moment for the next one" if row["next_level_at"] is None else ""
