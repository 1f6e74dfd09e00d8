"""What a home has around its rules: chains, sources, people; rules are held against it by `inspect`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from fairlead.signals import escalation
from fairlead.signals.faults import Known

if TYPE_CHECKING:
    from fairlead.config.load import Loaded


def known_of(loaded: Loaded, today: date) -> Known:
    """By the settings and by the team's own files."""
    settings = loaded.settings
    tools = {setup.tool or name for name, setup in settings.sources.items()}
    return Known(
        chains=tuple(escalation.read(loaded.own_folders("escalations"))[0]),
        sources=tuple(sorted({*settings.sources, *tools})),
        owners=(*(f"team:{name}" for name in settings.teams), *(f"person:{name}" for name in settings.people)),
        today=today,
    )
