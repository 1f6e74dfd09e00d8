"""The ledger and what it keeps beside its entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fairlead.store.columns import Id, Moment

revision = "0008"
down_revision = "0007"

_FOR_GOOD = ("ledger_entries", "ledger_tiles", "ledger_checkpoints", "ledger_anchors")
"""Tables to which rows are added and nothing else is done."""
_SAID = "the ledger is only added to"


def upgrade() -> None:
    """Creates its tables, empty, and the triggers that keep what is in them."""
    position = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "ledger_entries",
        sa.Column("idx", position, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("content", "leaf")),
        sa.Column("at", sa.Text(), nullable=False),
        *(sa.Column(name, Id(), nullable=False) for name in ("kind", "subject", "by_whom")),
        sa.PrimaryKeyConstraint("idx"),
    )
    for name in ("kind", "subject", "by_whom"):
        op.create_index(f"ledger_entries_{name}", "ledger_entries", [name, "idx"])
    op.create_table(
        "ledger_tiles",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("idx", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("hashes", "root")),
        sa.PrimaryKeyConstraint("level", "idx"),
    )
    op.create_table(
        "ledger_checkpoints",
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("key_id", Id(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", "key_id"),
    )
    op.create_table(
        "ledger_anchors",
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("place", Id(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", "place"),
    )
    op.create_table(
        "ledger_personal",
        sa.Column("idx", sa.BigInteger(), nullable=False),
        sa.Column("name", Id(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("salt", "content")),
        sa.PrimaryKeyConstraint("idx", "name"),
    )
    op.create_table(
        "ledger_people",
        *(sa.Column(name, Id(), nullable=False) for name in ("veil", "name")),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("veil"),
        sa.UniqueConstraint("name"),
    )
    keep = _keep_on_postgresql if op.get_bind().dialect.name == "postgresql" else _keep_on_sqlite
    keep()


def _keep_on_sqlite() -> None:
    for table in _FOR_GOOD:
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
            )
        keys = {
            "ledger_entries": ("idx",),
            "ledger_tiles": ("level", "idx"),
            "ledger_checkpoints": ("size", "key_id"),
        }
        held = " AND ".join(f"{key} = NEW.{key}" for key in keys.get(table, ("size", "place")))
        # INSERT OR REPLACE removes the row that was there without a word to the trigger of DELETE
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {held}) BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
        )


def _keep_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION fairlead_ledger_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in _FOR_GOOD:
        # TRUNCATE fires no trigger of rows
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION fairlead_ledger_kept()"
        )
