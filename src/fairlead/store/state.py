"""JSON by key: sync cursors and other small things that must survive a restart."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from fairlead.store.database import Transaction
from fairlead.store.tables import state
from fairlead.store.upserts import upsert


def get(tx: Transaction, key: str, default: Any = None) -> Any:
    """Value of a key."""
    found = tx.execute(select(state.c.value).where(state.c.key == key)).first()
    return default if found is None else found[0]


def put(tx: Transaction, key: str, value: Any) -> None:
    """Sets a key; the value is anything that JSON can hold."""
    upsert(tx, state, {"key": key, "value": value})


def drop(tx: Transaction, key: str) -> None:
    """Forgets a key."""
    tx.execute(delete(state).where(state.c.key == key))


def below(tx: Transaction, prefix: str) -> dict[str, Any]:
    """All keys that start with a prefix, in order."""
    # a range, not LIKE: the key's index serves it, and `_` in a prefix means itself
    chosen = select(state).where(state.c.key >= prefix, state.c.key < prefix + "\U0010ffff").order_by(state.c.key)
    return {row.key: row.value for row in tx.execute(chosen)}
