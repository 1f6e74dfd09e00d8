"""Numbers that only grow."""

from __future__ import annotations

from sqlalchemy import text

from fairlead.store.database import Transaction

_READ = text("SELECT value FROM counters WHERE name = :name")
_TAKE = text(
    "INSERT INTO counters (name, value) VALUES (:name, :by) "
    "ON CONFLICT (name) DO UPDATE SET value = counters.value + :by RETURNING value"
)


def next_value(tx: Transaction, name: str, by: int = 1) -> int:
    """Advances a counter and gives its new value; `by=0` only reads it."""
    if by == 0:
        # a look must not write: reading transactions may not, and the row may not be there yet
        return tx.execute(_READ, {"name": name}).scalar() or 0
    return int(tx.execute(_TAKE, {"name": name, "by": by}).scalar_one())
