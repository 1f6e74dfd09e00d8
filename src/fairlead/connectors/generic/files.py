"""Mapping files on disk: YAML to plain values, every fault with its line and column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fairlead.connectors.generic.mapping import Place, check
from fairlead.model.documents import nearest, parsed
from fairlead.model.errors import ConfigFault, ConfigFaults


def load_mapping(path: Path) -> dict[str, Any]:
    """The checked plain values of a file; raises `ConfigFaults` with all that is wrong."""
    plain, places = parsed(path)
    _, faults = check(plain)
    if faults:
        raise ConfigFaults([ConfigFault(str(path), *nearest(places, place), words) for place, words in faults])
    assert isinstance(plain, dict)
    return plain


def place_of(path: Path, place: Place) -> tuple[int, int]:
    """Line and column of a key of a file."""
    return nearest(parsed(path)[1], place)
