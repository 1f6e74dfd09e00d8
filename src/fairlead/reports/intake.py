"""What a report must know of the way in, beside the warehouse: what is configured, and what waits to be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Intake:
    """Tells an empty or late report why it is so."""

    configured: bool = False
    """Whether any source is configured, heard of or not."""
    unread: int = 0
    """Raw events that have come and are not records yet."""
