"""Tells whether a home is as the last command left it: then a question is answered without opening store and log.

Two things are looked at: what the files hold (position of the log, offset and revision of the store), and by which
settings and which code it was made. Anything in doubt counts as changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from fairlead.bus.glance import latest
from fairlead.config.load import Loaded
from fairlead.store.glance import glance

_CONSUMER = "ingest"
_MARK = "made-by"
_PROGRAM = Path(__file__).parents[1]


def applied_revision(home: Path, loaded: Loaded) -> int | None:
    """Revision of a store that has applied all of its log by these settings and this code; else `None`."""
    # Another machine may have written to a server's store or log; only files can be judged by a glance.
    if loaded.settings.store.url or loaded.settings.bus.url:
        return None
    seen, newest = glance(home / "facts.db"), latest(home / "raw.db")
    if seen is None or newest is None or seen.owed or seen.positions.get(_CONSUMER) != newest:
        return None
    try:
        return seen.revision if (home / _MARK).read_text(encoding="utf-8") == _made_by(loaded) else None
    except OSError:
        return None


def waiting(home: Path, loaded: Loaded) -> tuple[int, dict[str, int]] | None:
    """Raw events not applied yet, and those of each source in quarantine; `None` where files alone do not tell."""
    if loaded.settings.store.url or loaded.settings.bus.url:
        return None
    seen, newest = glance(home / "facts.db"), latest(home / "raw.db")
    return None if seen is None or newest is None else (newest - seen.positions.get(_CONSUMER, 0), seen.held)


def mark(home: Path, loaded: Loaded) -> None:
    """Writes down by which settings and code everything was applied."""
    (home / _MARK).write_text(_made_by(loaded), encoding="utf-8")


def _made_by(loaded: Loaded) -> str:
    # Changed settings or readers can make other records of the same log, which no position shows.
    digest = hashlib.sha256(repr(loaded.settings).encode())
    for line in chain(_code(), *(_stamps(loaded.own_folders(kind), "*.y*ml") for kind in ("metrics", "goals"))):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _code() -> Iterator[str]:
    return _stamps((_PROGRAM / room for room in ("connectors", "ingest", "store", "model")), "*.py")


def _stamps(folders: Iterable[Path], files: str) -> Iterator[str]:
    for folder in folders:
        for path in sorted(folder.rglob(files)):
            seen = path.stat()
            # Size and time and not the content: this runs before every question.
            yield f"{path.name} {seen.st_size} {seen.st_mtime_ns}"
