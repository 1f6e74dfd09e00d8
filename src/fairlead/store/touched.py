"""What was written since a revision, and what it refers to: whom a small change may concern."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from fairlead.model.schema import TABLES, references
from fairlead.store.database import Transaction
from fairlead.store.tables import RECORDS


def touched(
    tx: Transaction, after_rev: int, most: int, *, beside: Collection[str] = ()
) -> dict[str, set[str]] | None:
    """Table -> ids of rows above a revision, and ids that stand in such; nothing where that is more than `most` rows.

    `beside` names tables that are passed over.
    """
    found: dict[str, set[str]] = {}
    rows = 0
    for name in TABLES:
        if name in beside:
            continue
        table = RECORDS[name].c
        refers = references(name)
        owners = [name, *(column.refers or name for column in refers)]
        asked = [table.id, *(table[column.name] for column in refers)]
        for row in tx.execute(select(*asked).where(table.rev > after_rev).limit(most - rows + 1)):
            rows += 1
            for owner, value in zip(owners, row, strict=True):
                # a list of ids is told by other rows as well
                if isinstance(value, str) and value:
                    found.setdefault(owner, set()).add(value)
        if rows > most:
            return None
    return found
