"""The event log on NATS, as `[bus]` says, in step with the store that holds the offsets into it."""

from __future__ import annotations

from pathlib import Path

from fairlead.bus import nats_copy
from fairlead.bus.log import EventLog
from fairlead.bus.nats import NatsEventLog
from fairlead.bus.nats_link import Place
from fairlead.config.settings import Bus
from fairlead.connectors.kit.connector import Finding
from fairlead.store import offsets
from fairlead.store.database import Database


def open_nats(bus: Bus, database: Database, folder: Path | None) -> NatsEventLog:
    """Opens the stream; `folder` is where a relative path of `[bus] authority` starts."""
    with database.read() as tx:
        # A new stream begins above what the store has read elsewhere before: with an offset beyond the end of its log
        # what comes next would go unread.
        applied = max(offsets.positions(tx).values(), default=0)
    return NatsEventLog.open(place(bus, folder), applied)


def place(bus: Bus, folder: Path | None) -> Place:
    """Where the stream is."""
    servers = tuple(one.strip() for one in bus.url.split(","))
    authority = str((folder or Path()) / Path(bus.authority).expanduser()) if bus.authority else ""
    return Place(servers, bus.stream, bus.replicas, authority)


def dump(bus: Bus, folder: Path | None, target: Path) -> None:
    """Copies the stream into a file."""
    nats_copy.dump(place(bus, folder), target)


def fill(bus: Bus, folder: Path | None, source: Path) -> None:
    """Makes the stream from a copy."""
    nats_copy.fill(place(bus, folder), source)


def finding(bus: Bus, log: EventLog) -> Finding:
    """How the stream stands, for `fairlead doctor`."""
    assert isinstance(log, NatsEventLog)
    state = log.state()
    size = f"{state.messages} messages, {state.bytes / 1e6:.1f} MB"
    detail = f"NATS, stream {bus.stream}: {size}, {state.copies} cop{'y' if state.copies == 1 else 'ies'}"
    if state.behind:
        missing = f"{detail}; not complete now: {', '.join(state.behind)}"
        return Finding("bus", False, missing, "start these NATS servers; with fewer than half the log stands still")
    if state.copies != bus.replicas:
        wanted = f"{detail}, where [bus] replicas says {bus.replicas}"
        return Finding("bus", None, wanted, f"nats stream edit {bus.stream} --replicas {bus.replicas}")
    return Finding("bus", True, detail)
