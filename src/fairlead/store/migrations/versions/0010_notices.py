"""What people are told of, and how they want to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fairlead.store.columns import Id, Moment, Plain

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Creates its tables, empty."""
    op.create_table(
        "notices",
        *(sa.Column(name, Id(), nullable=False) for name in ("id", "recipient", "subject", "about", "topic")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "urgency", "state", "reason", "day")),
        sa.Column("exempt", sa.Boolean(), nullable=False),
        sa.Column("said", Plain(), nullable=False),
        sa.Column("message", Id(), nullable=False),
        *(sa.Column(name, Moment(), nullable=False) for name in ("made_at", "not_before")),
        *(sa.Column(name, Moment(), nullable=True) for name in ("expires_at", "settled_at", "seen_at")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notices_state", "notices", ["state", "recipient"])
    op.create_index("notices_recipient", "notices", ["recipient", "made_at"])
    op.create_index("notices_about", "notices", ["about"])
    op.create_table(
        "notice_posts",
        *(sa.Column(name, Id(), nullable=False) for name in ("recipient", "subject", "channel")),
        sa.Column("handle", Plain(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        *(sa.Column(name, Moment(), nullable=False) for name in ("first_at", "last_at")),
        sa.Column("stale", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("recipient", "subject", "channel"),
    )
    op.create_table(
        "notice_preferences",
        sa.Column("person", Id(), nullable=False),
        sa.Column("said", Plain(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
