"""How far each consumer has come: written in the transaction that holds what it made, so effects are exactly once."""

from __future__ import annotations

from sqlalchemy import select

from fairlead.store.database import Transaction
from fairlead.store.tables import offsets
from fairlead.store.upserts import upsert


def get(tx: Transaction, consumer: str) -> int:
    """Position of the last event that a consumer has dealt with, 0 at first."""
    return tx.execute(select(offsets.c.position).where(offsets.c.consumer == consumer)).scalar() or 0


def set(tx: Transaction, consumer: str, position: int) -> None:
    """Moves a consumer to a position."""
    upsert(tx, offsets, {"consumer": consumer, "position": position})


def lowest(tx: Transaction) -> int:
    """Position that every consumer has passed: what lies below may be compressed or expire."""
    # without any consumer nothing has been read, so nothing may go
    return min(tx.execute(select(offsets.c.position)).scalars(), default=0)


def positions(tx: Transaction) -> dict[str, int]:
    """All consumers with their positions."""
    return {row.consumer: row.position for row in tx.execute(select(offsets).order_by(offsets.c.consumer))}
