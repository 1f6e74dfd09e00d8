"""The limits of the settings as conditions name them: one number for the brief and for the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from fairlead.model.setup import Setup, Thresholds
from fairlead.signals.language.tree import Kind

PREFIX = "thresholds."
_UNITS: Mapping[str, tuple[Kind, float]] = {"_hours": ("worked", 3600.0), "_minutes": ("length", 60.0)}
"""How the name of a setting ends -> kind and seconds; hours of settings are working hours."""


def _measured(name: str) -> tuple[Kind, float]:
    ending = "_" + name.rpartition("_")[2]
    return _UNITS.get(ending, ("text" if isinstance(getattr(Thresholds(), name), str) else "number", 1.0))


SMALLEST_GROUP = "privacy.minimum_group"
SETTINGS: Mapping[str, Kind] = {
    **{PREFIX + name: _measured(name)[0] for name in Thresholds.__struct_fields__},
    SMALLEST_GROUP: "number",
}
"""Name in the language -> kind."""


def limits(setup: Setup) -> Mapping[str, Any]:
    """Their values as the language counts them, lengths in seconds."""
    return {
        **{
            PREFIX + name: value if isinstance(value, str) else value * _measured(name)[1]
            for name, value in msgspec.structs.asdict(setup.thresholds).items()
        },
        SMALLEST_GROUP: setup.privacy.minimum_group,
    }
