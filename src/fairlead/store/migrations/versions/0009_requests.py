"""What a click asked the workers to do."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Creates its tables, empty."""
