"""What a report must know of the way in, beside the warehouse: what is configured, and what waits to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Intake:
    """Tells an empty or late report why it is so."""

    configured: bool = False
    """Whether any source is configured, heard of or not."""
    unread: int = 0
    """Raw events that have come and are not records yet."""
    rereading: Sequence[str] = ()
    """Sources that are being read again since their options changed: until then records say what they said before."""
    held: Mapping[str, int] = field(default_factory=dict)
    """Source -> its payloads in quarantine: they could not be read, and no figure knows what they say."""
