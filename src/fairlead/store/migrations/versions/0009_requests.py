"""What a click asked the workers to do, and who decides in whose place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fairlead.store.columns import Id, Moment, Plain

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Creates its tables, empty."""
    op.create_table(
        "requests",
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", Id(), nullable=False),
        sa.Column("arguments", Plain(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=False),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("requests_due", "requests", ["state", "next_at"])
    op.create_index("requests_subject", "requests", ["subject"])
    op.create_table(
        "delegations",
        sa.Column("id", Id(), nullable=False),
        sa.Column("giver", Id(), nullable=False),
        sa.Column("taker", Id(), nullable=False),
        sa.Column("team", Id(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("delegations_taker", "delegations", ["taker"])
