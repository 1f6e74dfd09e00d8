"""What a tool shows to some people only: a list that lacks it proves nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds the columns, empty: nobody was told so far, and a replay fills them."""
    for table in ("work_items", "messages"):
        op.add_column(table, sa.Column("restricted", sa.Boolean(), nullable=True))
