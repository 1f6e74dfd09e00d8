"""Small questions about records that need no whole rows."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from fairlead.store.database import Transaction
from fairlead.store.tables import RECORDS

_CHUNK = 500


def distinct_pairs(
    tx: Transaction, table: str, column: str, values: Collection[str], other: str
) -> set[tuple[str, str]]:
    """Which values of two columns stand together, for rows in which the first has one of the given values."""
    source = RECORDS[table]
    first, second = source.c[column], source.c[other]
    found: set[tuple[str, str]] = set()
    wanted = sorted(values)
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        asked = select(first, second).where(first.in_(part), second.is_not(None)).distinct()
        found.update((one, two) for one, two in tx.execute(asked))
    return found
