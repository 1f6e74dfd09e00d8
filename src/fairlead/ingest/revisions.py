"""By which options and by which reader each source was read.

When either has changed, a replay speaks with a new generation: of two statements with the same time, what the present
reader makes of a payload wins over what an earlier reader, or other options, made of it.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path
from typing import Any

from fairlead.connectors.kit.connector import Connector
from fairlead.store import state
from fairlead.store.database import Transaction

_PREFIX = "ingest/source/"


def generation(tx: Transaction, source: str) -> int:
    """Number of changes of reader or options after which a source was read again."""
    found: int = _known(tx, source).get("generation", 0)
    return found


def options_version(tx: Transaction, source: str) -> str | None:
    """Version of the options by which all of a source was read; `None` for a source that is new."""
    found: str | None = _known(tx, source).get("options")
    return found


def sources(tx: Transaction) -> dict[str, str]:
    """Sources of which something was read, with the tool of each."""
    return {key.removeprefix(_PREFIX): known["tool"] for key, known in state.below(tx, _PREFIX).items()}


def begin(tx: Transaction, source: str, options: str, reader: str) -> None:
    """A replay begins; its generation is a new one if anything has changed since the source was read."""
    known = _known(tx, source)
    if (known.get("options"), known.get("reader")) != (options, reader):
        # the options are noted at the end: a replay that is killed half way must begin again
        number = int(known.get("generation", 0)) + 1
        state.put(tx, _PREFIX + source, {**known, "generation": number, "reader": reader})


def note(tx: Transaction, source: str, tool: str, options: str, reader: str) -> None:
    """All of a source has now been read by these options and this reader."""
    state.put(tx, _PREFIX + source, {**_known(tx, source), "tool": tool, "options": options, "reader": reader})


@cache
def reader_version(kind: type[Connector]) -> str:
    """Hash of the code of a connector: its file, or its folder if it has one."""
    file = Path(str(sys.modules[kind.__module__].__file__))
    folder = file.name in ("connector.py", "__init__.py")
    digest = hashlib.sha256()
    for path in sorted(file.parent.rglob("*.py")) if folder else [file]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _known(tx: Transaction, source: str) -> dict[str, Any]:
    found: dict[str, Any] = state.get(tx, _PREFIX + source, {})
    return found
