"""Raw events that could not be read: kept with the reason until a replay reads them or somebody dismisses them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from fairlead.store.database import Transaction
from fairlead.store.statements import clean
from fairlead.store.tables import quarantine

QuarantineState = Literal["open", "resolved", "expired", "dismissed"]
"""`resolved` by a later reading, `expired` with the raw event, `dismissed` by a person."""


@dataclass(frozen=True, slots=True)
class Held:
    """One raw event in quarantine."""

    raw_seq: int
    source: str
    tool: str
    kind: str
    delivery: str
    error: str
    """What is wrong, in words."""
    field: str
    """Path of the field that is wrong, where known."""
    first_at: datetime
    last_at: datetime
    attempts: int = 1
    state: QuarantineState = "open"


def hold(tx: Transaction, held: Iterable[Held]) -> None:
    """Puts events into quarantine, or notes another failed attempt."""
    insert = postgresql.insert(quarantine) if tx.dialect.name == "postgresql" else sqlite.insert(quarantine)
    # what it is and when it first failed stays; what fails again is open again
    taken = {name: insert.excluded[name] for name in ("error", "field", "last_at", "state")}
    statement = insert.on_conflict_do_update(
        index_elements=["raw_seq"], set_={**taken, "attempts": quarantine.c.attempts + 1}
    )
    for one in held:
        row = {name: getattr(one, name) for name in Held.__slots__}
        tx.execute(statement, {name: clean(part) if isinstance(part, str) else part for name, part in row.items()})


def settle(tx: Transaction, raw_seqs: Iterable[int], state: QuarantineState = "resolved") -> int:
    """Closes what is open of these; tells how many."""
    # open ones only: what a person dismissed stays so
    chosen = update(quarantine).where(quarantine.c.raw_seq.in_(list(raw_seqs)), quarantine.c.state == "open")
    return tx.execute(chosen.values(state=state)).rowcount


def rows(tx: Transaction, state: QuarantineState | None = "open", source: str | None = None) -> list[Held]:
    """What is in quarantine, oldest first."""
    chosen = select(quarantine).order_by(quarantine.c.raw_seq)
    if state is not None:
        chosen = chosen.where(quarantine.c.state == state)
    if source is not None:
        chosen = chosen.where(quarantine.c.source == source)
    return [Held(**row._mapping) for row in tx.execute(chosen)]


def counts(tx: Transaction) -> dict[str, int]:
    """Source -> how many of its events are open."""
    chosen = (
        select(quarantine.c.source, func.count()).where(quarantine.c.state == "open").group_by(quarantine.c.source)
    )
    return {row[0]: row[1] for row in tx.execute(chosen)}


def is_open(tx: Transaction, raw_seq: int) -> bool:
    """Whether a raw event waits in quarantine."""
    chosen = select(quarantine.c.raw_seq).where(quarantine.c.raw_seq == raw_seq, quarantine.c.state == "open")
    return tx.execute(chosen).first() is not None
