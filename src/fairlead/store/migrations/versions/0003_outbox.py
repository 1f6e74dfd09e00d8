"""The outbox: messages that leave the program, and what they say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fairlead.store.columns import Id, Moment

revision = "0003"
down_revision = "0002"

TEXTS = "kind channel address subject made_from language asked_by status claimed_by answer error"
MOMENTS = "as_of made_at waiting_since next_at"


def upgrade() -> None:
    """Creates both tables, empty."""
    op.create_table(
        "outbox",
        *(sa.Column(name, Id(), nullable=False) for name in ("id", "content", "team")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS.split()),
        *(sa.Column(name, Moment(), nullable=False) for name in MOMENTS.split()),
        *(sa.Column(name, Moment(), nullable=True) for name in ("claimed_until", "done_at")),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("outbox_next", "outbox", ["status", "next_at"])
    op.create_index("outbox_made_at", "outbox", ["made_at"])
    op.create_table(
        "outbox_contents",
        sa.Column("id", Id(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
