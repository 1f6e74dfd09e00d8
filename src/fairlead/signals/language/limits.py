"""The limits of `[thresholds]` as conditions name them: one number for the brief and for the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from fairlead.model.setup import Thresholds
from fairlead.signals.language.tree import Kind

PREFIX = "thresholds."
_UNITS: Mapping[str, tuple[Kind, float]] = {"_hours": ("worked", 3600.0), "_minutes": ("length", 60.0)}
"""How the name of a setting ends -> kind and seconds; hours of settings are working hours."""


def _measured(name: str) -> tuple[Kind, float]:
    ending = "_" + name.rpartition("_")[2]
    return _UNITS.get(ending, ("text" if isinstance(getattr(Thresholds(), name), str) else "number", 1.0))


SETTINGS: Mapping[str, Kind] = {PREFIX + name: _measured(name)[0] for name in Thresholds.__struct_fields__}
"""Name in the language -> kind."""


def limits(thresholds: Thresholds) -> Mapping[str, Any]:
    """Their values as the language counts them, lengths in seconds."""
    return {
        PREFIX + name: value if isinstance(value, str) else value * _measured(name)[1]
        for name, value in msgspec.structs.asdict(thresholds).items()
    }
