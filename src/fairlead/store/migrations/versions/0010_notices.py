"""What people are told of, and how they want to be told."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Creates its tables, empty."""
