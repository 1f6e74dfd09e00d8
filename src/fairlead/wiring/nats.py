"""The event log on NATS, as `[bus]` says."""

from __future__ import annotations

from pathlib import Path

from fairlead.bus import nats_copy
from fairlead.bus.log import EventLog
from fairlead.bus.nats import NatsEventLog
from fairlead.bus.nats_link import Place
from fairlead.config.settings import Bus
from fairlead.connectors.kit.connector import Finding


def open_nats(bus: Bus, folder: Path | None, applied: int) -> NatsEventLog:
    """Opens the stream; `folder` is where relative paths of `[bus]` start."""
    return NatsEventLog.open(place(bus, folder), applied)


def place(bus: Bus, folder: Path | None) -> Place:
    """Where the stream is."""
    servers = tuple(one.strip() for one in bus.url.split(","))
    named = (bus.authority, bus.certificate, bus.credentials)
    files = [str((folder or Path()) / Path(one).expanduser()) if one else "" for one in named]
    return Place(servers, bus.stream, bus.replicas, *files)


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
