"""Work items are found by the tool's own number, which is all that some payloads name them by."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the index; the column has been there from the start."""
    op.create_index("work_items_external_id", "work_items", ["external_id"])
