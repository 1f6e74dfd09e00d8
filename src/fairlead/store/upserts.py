"""Insert or update, said the same for both databases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

from fairlead.store.database import Transaction


def upsert(tx: Transaction, table: Table, row: Mapping[str, Any]) -> None:
    """Writes one row, over the row with the same primary key if there is one."""
    key = [column.name for column in table.primary_key]
    insert = postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)
    others = {name: insert.excluded[name] for name in row if name not in key}
    statement: Insert = (
        insert.on_conflict_do_update(index_elements=key, set_=others)
        # a row that is nothing but its key has nothing to update, and an empty SET is no SQL
        if others
        else insert.on_conflict_do_nothing(index_elements=key)
    )
    tx.execute(statement, dict(row))


def insert_new(tx: Transaction, table: Table, row: Mapping[str, Any]) -> bool:
    """Writes one row unless one with its primary key is there; tells whether it did."""
    insert = postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)
    # by what comes back: the count of rows is not told for an insert on PostgreSQL
    written = insert.on_conflict_do_nothing().returning(*table.primary_key)
    return tx.execute(written, dict(row)).first() is not None
