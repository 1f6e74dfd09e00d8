"""One raw event read by its connector: what it says, ready for the store, or why it cannot be read.

Whatever a reader does wrong ends here, so that one bad payload never stops the others.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fairlead.connectors.kit.connector import Connector, Delivery, Options, Reading, Rename, Sweep
from fairlead.connectors.kit.entered import SOURCE as ENTERED
from fairlead.model.errors import Fault, Unreadable
from fairlead.model.events import EVENT_TYPES, Event
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.raw import StoredRaw
from fairlead.model.records.code import Repository
from fairlead.model.rows import Rows
from fairlead.store.aliases import Seen
from fairlead.store.statements import Statement, clean, prepare

_WHERE_FRAMES = 3


@dataclass(slots=True)
class Understood:
    """What one raw event says."""

    raw: StoredRaw
    generation: int = 0
    """Number of the replay that it was read in."""
    statements: list[Statement] = field(default_factory=list)
    rows: Sequence[Rows] = ()
    events: Sequence[Event] = ()
    renames: Sequence[Rename] = ()
    sweeps: Sequence[Sweep] = ()
    seen: list[Seen] = field(default_factory=list)
    nothing: str = ""
    newest: datetime | None = None
    """The tool's newest time in it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why one raw event cannot be read."""

    raw: StoredRaw
    error: str
    field: str = ""


def delivery_of(raw: StoredRaw) -> Delivery:
    """What a reader may see of a raw event."""
    event = raw.event
    return Delivery(event.kind, event.headers, event.body, event.delivery)


def understand(raw: StoredRaw, connector: Connector, options: Options, generation: int) -> Understood | Failed:
    """Reads one raw event; never raises."""
    try:
        reading = connector.read(delivery_of(raw), options)
        return check(raw, reading, connector, options, generation)
    except Exception as fault:
        return failed(raw, fault)


def check(raw: StoredRaw, reading: Reading, connector: Connector, options: Options, generation: int) -> Understood:
    """Holds a reading against the record schema and what the connector declares; raises `Unreadable`."""
    if connector.tool == ENTERED and raw.event.trust != "local":
        # roles and decisions in people's names: only entries that this process made itself count
        raise Unreadable("", "what people enter comes from this process alone")
    _declared(reading, connector)
    statements = [prepare(patch, raw.seq, generation) for patch in reading.patches]
    for event in reading.events:
        _check_event(event)
    for rename in reading.renames:
        if rename.at.tzinfo is None or not rename.old or not rename.new:
            raise Unreadable("", f"a rename from `{rename.old}` to `{rename.new}` is incomplete")
    moments = [patch.at for patch in reading.patches]
    return Understood(
        raw=raw,
        generation=generation,
        statements=statements,
        rows=reading.rows,
        events=reading.events,
        renames=[rename for rename in reading.renames if rename.old != rename.new],
        sweeps=reading.sweeps,
        seen=_seen(reading.patches, options.source),
        nothing=reading.nothing,
        # statements without a time of their own would make every source look as old as 1970
        newest=max((at for at in moments if at != OLDEST), default=None),
    )


def failed(raw: StoredRaw, fault: Exception) -> Failed:
    """A fault in words; for one that nobody foresaw, with the last places in the code that it came through."""
    if isinstance(fault, Unreadable):
        # the reader's own words: what is wrong and where in the payload
        return Failed(raw, fault.problem, fault.field)
    if isinstance(fault, Fault):
        return Failed(raw, fault.message)
    # a fault of ours, not of the payload: who mends it needs the place, and the payload stays in the log
    frames = traceback.extract_tb(fault.__traceback__)[-_WHERE_FRAMES:]
    where = " > ".join(f"{frame.name}:{frame.lineno}" for frame in frames)
    return Failed(raw, f"{type(fault).__name__}: {str(fault)[:300]} (in {where})")


def _declared(reading: Reading, connector: Connector) -> None:
    # declared, so that nobody has to run a connector to know which tables it may fill
    made = {patch.table for patch in reading.patches}
    made |= {rows.table for rows in reading.rows} | {sweep.table for sweep in reading.sweeps}
    if undeclared := sorted(made - connector.records):
        raise Unreadable("", f"the reader of `{connector.tool}` does not declare `{undeclared[0]}`")


def _check_event(event: Event) -> None:
    if event.type not in EVENT_TYPES:
        raise Unreadable("", f"no event type `{event.type}`")
    if event.time.tzinfo is None or not event.subject:
        raise Unreadable("", f"an event `{event.type}` lacks its subject or the zone of its time")


def _seen(patches: Iterable[Patch], source: str) -> list[Seen]:
    found = []
    for patch in patches:
        record = patch.record
        # an undated sighting cannot tell which of two ids is the later one
        if isinstance(record, Repository) and isinstance(record.external_id, str) and patch.at != OLDEST:
            found.append(Seen(source, clean(record.external_id), clean(record.id), patch.at, patch.at))
    return found
