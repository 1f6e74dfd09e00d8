"""By which options each source was read, and how often it was read again.

A replay speaks with a new generation: of two statements with the same time, what the present reader makes of a
payload wins over what an earlier reader, or other options, made of it.
"""

from __future__ import annotations

from typing import Any

from fairlead.store import state
from fairlead.store.database import Transaction

_PREFIX = "ingest/source/"


def generation(tx: Transaction, source: str) -> int:
    """Number of replays that a source has seen begin."""
    found: int = _known(tx, source).get("generation", 0)
    return found


def options_version(tx: Transaction, source: str) -> str | None:
    """Version of the options by which all of a source was read; `None` for a source that is new."""
    found: str | None = _known(tx, source).get("options")
    return found


def sources(tx: Transaction) -> list[str]:
    """Sources of which something was read."""
    return [key.removeprefix(_PREFIX) for key in state.below(tx, _PREFIX)]


def begin(tx: Transaction, source: str) -> int:
    """The generation of a replay that begins."""
    known = _known(tx, source)
    number = int(known.get("generation", 0)) + 1
    state.put(tx, _PREFIX + source, {**known, "generation": number})
    return number


def note_options(tx: Transaction, source: str, version: str) -> None:
    """All of a source has now been read by these options."""
    state.put(tx, _PREFIX + source, {**_known(tx, source), "options": version})


def _known(tx: Transaction, source: str) -> dict[str, Any]:
    found: dict[str, Any] = state.get(tx, _PREFIX + source, {})
    return found
