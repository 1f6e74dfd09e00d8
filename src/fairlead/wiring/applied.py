"""Remembers in the store which configuration was applied last, so that a change of it can be told beforehand.

It is kept with a number that grows and a hash. Secrets are never in it: the settings hold only where they are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from fairlead.config.load import Loaded
from fairlead.config.settings import Settings, to_builtins
from fairlead.governance.ledger.entries import Entry as Recorded
from fairlead.governance.ledger.recording import record
from fairlead.metrics.catalogue import SHIPPED, Entry
from fairlead.model.errors import Abort
from fairlead.model.times import FixedClock, iso, parse_time
from fairlead.model.typed import ready
from fairlead.store import state
from fairlead.store.database import Database, Transaction

_KEY = "config/applied"
ELSEWHERE = ("store", "bus")
"""Sections that say where everything is kept."""


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration that figures were made by."""

    version: int
    """1 for the first; each other one that is applied counts one further."""
    hash: str
    at: datetime
    settings: dict[str, Any]
    overridden: Sequence[str]
    """Environment variables that were laid over the file."""
    metrics: Sequence[dict[str, Any]]
    """The team's own figures, as they are defined."""


ready(Applied)


def note(database: Database, loaded: Loaded, entries: Mapping[str, Entry], now: datetime) -> Applied:
    """Writes down that a configuration is in force; one that is already costs a look."""
    said = _said(loaded, entries)
    digest = hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()
    with database.read() as tx:
        held = applied(tx)
    if held and held.hash == digest:
        return held
    with database.begin() as tx:
        # Again within the writer's lock: two commands that start at once count one version.
        held = applied(tx)
        if held and held.hash == digest:
            return held
        version = held.version + 1 if held else 1
        state.put(tx, _KEY, {"version": version, "hash": digest, "at": iso(now), **said})
        record(
            tx, [Recorded("config.applied", "", "operator", {"version": version, "hash": digest})], FixedClock(now)
        )
        return Applied(version=version, hash=digest, at=now, **said)


def applied(tx: Transaction) -> Applied | None:
    """The configuration in force; `None` in a home where nothing was applied yet."""
    held = state.get(tx, _KEY)
    if held is None:
        return None
    return msgspec.convert({**held, "at": parse_time(held["at"])}, Applied)


def settings_of(held: Applied) -> Settings:
    """Its settings as the program knows them."""
    try:
        return msgspec.convert(held.settings, Settings)
    except msgspec.ValidationError as fault:
        said = f"version {held.version} of the configuration was applied by another version of Fairlead: {fault}"
        raise Abort(said, hint="`fairlead brief` applies the file as it is") from fault


def own_figures(entries: Mapping[str, Entry]) -> list[dict[str, Any]]:
    """The figures of a catalogue that the team defines itself, as plain values."""
    own = (entry for entry in entries.values() if not entry.path.startswith(str(SHIPPED)))
    # where it was read is no part of what it means
    return [{**msgspec.to_builtins(entry), "path": ""} for entry in own]


def _said(loaded: Loaded, entries: Mapping[str, Entry]) -> dict[str, Any]:
    # Where the store lies is no matter of what is in it, and its address may hold a password.
    settings = {name: value for name, value in to_builtins(loaded.settings).items() if name not in ELSEWHERE}
    return {"settings": settings, "overridden": loaded.overridden, "metrics": own_figures(entries)}
