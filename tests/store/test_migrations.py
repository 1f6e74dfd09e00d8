"""The migrations make what the record schema says, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from fairlead.model.errors import Abort
from fairlead.model.schema import TABLES
from fairlead.store import migrate, records
from fairlead.store.database import Database


def test_migrations_make_the_schema(database: Database) -> None:
    """A changed record type without a migration fails here: write one in `store/migrations/versions`."""
    with database.read() as tx:
        assert migrate.current(tx) == migrate.revisions()[-1]
        assert migrate.differences(tx) == []


def test_a_missing_column_is_told(database: Database) -> None:
    """The check would not be worth much if it never failed."""
    with database.begin() as tx:
        tx.execute(text("ALTER TABLE changes DROP COLUMN title"))
        assert any("'changes'" in difference and "'title'" in difference for difference in migrate.differences(tx))


def test_every_table_starts_empty_and_readable(database: Database) -> None:
    """Each record type has its table, with Arrow readers that agree on the columns."""
    with database.read() as tx:
        assert records.counts(tx) == dict.fromkeys(TABLES, 0)
        assert all(list(records.deltas(tx, table)) == [] for table in TABLES)
        assert records.revision(tx) == 0


def test_opening_again_changes_nothing(database: Database, database_url: str) -> None:
    """Start after start on the same store."""
    again = Database.open(database_url)
    with again.read() as tx:
        assert migrate.current(tx) == migrate.revisions()[-1]
    again.close()


def test_a_store_of_a_newer_version_is_left_alone(database: Database, database_url: str) -> None:
    """Somebody starts yesterday's version on today's store."""
    with database.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Abort, match="schema 9999"):
        Database.open(database_url)
