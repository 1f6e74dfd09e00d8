"""The ledger and what it keeps beside its entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fairlead.store import guards
from fairlead.store.columns import Id, Moment

revision = "0008"
down_revision = "0007"


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
    # named, since a table that is guarded one day is not there yet
    guards.protect(op.get_bind(), ("ledger_entries", "ledger_tiles", "ledger_checkpoints", "ledger_anchors"))
