"""How many raw events of each kind came, and what became of them: shown on the Data page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from fairlead.store.database import Transaction
from fairlead.store.statements import clean
from fairlead.store.tables import intake

Outcome = Literal["read", "nothing", "quarantined"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Raw events of one kind with the same outcome."""

    source: str
    kind: str
    outcome: Outcome
    count: int
    reason: str
    """Why the last of them carried nothing or could not be read."""
    last_at: datetime
    """Arrival of the last of them."""


def add(tx: Transaction, tallies: Iterable[Tally]) -> None:
    """Adds to what was counted before."""
    insert = postgresql.insert(intake) if tx.dialect.name == "postgresql" else sqlite.insert(intake)
    statement = insert.on_conflict_do_update(
        index_elements=["source", "kind", "outcome"],
        set_={
            "count": intake.c.count + insert.excluded.count,
            "reason": insert.excluded.reason,
            "last_at": insert.excluded.last_at,
        },
    )
    for tally in tallies:
        row = {name: getattr(tally, name) for name in Tally.__slots__}
        tx.execute(statement, {name: clean(part) if isinstance(part, str) else part for name, part in row.items()})


def rows(tx: Transaction) -> list[Tally]:
    """All counts, by source and kind."""
    chosen = select(intake).order_by(intake.c.source, intake.c.kind, intake.c.outcome)
    return [Tally(**row._mapping) for row in tx.execute(chosen)]
