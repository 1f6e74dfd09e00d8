"""Ledgers with entries in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.clocks import SteppedClock

from fairlead.governance.ledger.book import Ledger
from fairlead.governance.ledger.entries import Entry
from fairlead.store.database import Database

Fill = Callable[[Ledger, int], None]


def entry(number: int = 0, **more: object) -> Entry:
    """An approval of somebody's."""
    said = {"state": "approved", "number": number}
    usual = {"kind": "action.approved", "subject": f"act:{number}", "by": "person:kim", "said": said}
    return Entry(**(usual | more))  # type: ignore[arg-type]


def fill(ledger: Ledger, count: int) -> None:
    """So many entries in one transaction, each with something personal."""
    with ledger.database.begin() as tx:
        ledger.record_all(tx, [entry(number, personal={"reason": f"why {number}"}) for number in range(count)])


def tamper(database: Database, *statements: str) -> None:
    """What somebody with the file in their hands can do: triggers stop nobody who may drop them."""
    with database.begin() as tx:
        for table in ("ledger_entries", "ledger_tiles", "ledger_checkpoints"):
            if database.dialect == "postgresql":
                tx.execute(text(f"DROP TRIGGER {table}_kept ON {table}"))
            else:
                for what in ("update", "delete", "replace"):
                    tx.execute(text(f"DROP TRIGGER {table}_no_{what}"))
        for statement in statements:
            tx.execute(text(statement))


@pytest.fixture
def ledger(database: Database, tmp_path: Path) -> Ledger:
    """An empty ledger on either database."""
    return Ledger(database, SteppedClock(), tmp_path / "keys")


@pytest.fixture
def file_ledger(sqlite_database: Database, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger on SQLite, where the kind of database does not matter."""
    yield Ledger(sqlite_database, SteppedClock(), tmp_path / "keys")
