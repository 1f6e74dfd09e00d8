"""When something of a source arrived last, apart from the tool's own time of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fairlead.store.columns import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the column, empty: the next event of a source or a replay fills it."""
    op.add_column("sources", sa.Column("last_received_at", Moment(), nullable=True))
