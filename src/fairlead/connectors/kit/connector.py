"""What a connector is: the seam between a tool and everything else.

A module `fairlead.connectors.<tool>` (or `<tool>/connector.py` once it is a folder) defines `CONNECTOR`, an object
of the `Connector` protocol. Verifying and reading are pure: no I/O, no clock, no randomness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from fairlead.model.events import Event
from fairlead.model.patch import Patch
from fairlead.model.raw import RawEvent, Trust
from fairlead.model.rows import Rows

# readers import this module in each worker and on the command line, and most never call out
if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader must know of a team's set-up; frozen and versioned, handed over by `ingest`.

    `values` holds the tool's own settings (`[sources.<name>.options]`). A change of options makes a new version and
    replays the source.
    """

    source: str
    """Name of the source: the prefix of every id, like `github` in `github:acme/payments#42`."""
    values: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    """Hash of the values; stored with what was made by them."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a reader sees of a raw event: everything but its arrival."""

    kind: str
    """The tool's event name or `api:<endpoint>`."""
    headers: Mapping[str, str]
    body: bytes
    id: str = ""
    """Delivery id."""


@dataclass(frozen=True, slots=True)
class Rename:
    """A record and all below it go by a new id from `at` on: rename or transfer of a repository or project."""

    old: str
    new: str
    at: datetime
    table: str = ""
    """Table of the record, where the tool tells one thing from another: only what may refer to such a record is then
    looked through for its old id. Empty for a repository or project, below which anything may lie."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """The full list of ids of one kind in a scope as of a moment: what is missing in it was deleted."""

    table: str
    scope: str
    """Id prefix that the list covers, like `github:acme/payments#`."""
    ids: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What one payload says."""

    patches: Sequence[Patch] = ()
    events: Sequence[Event] = ()
    renames: Sequence[Rename] = ()
    sweeps: Sequence[Sweep] = ()
    rows: Sequence[Rows] = ()
    """Statements about many records at once; each row means what a patch would mean."""
    nothing: str = ""
    """Set if the payload is understood and carries none of our records: why, in words."""


@dataclass(frozen=True, slots=True)
class Page:
    """One raw page of a tool's API, or one range of a local source, with the state after it."""

    kind: str
    """`api:<endpoint>`, like `api:pulls`."""
    delivery: str
    """Id by content, so that a page read again after a crash is the same event."""
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """What the reader needs beside the body: request path, server date."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """Cursor to save once the page is durable; the next sync starts from it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One line about a running sync: shown on a terminal and on the Data page."""

    done: int
    total: int | None
    what: str
    """In words, like `acme/payments: pull requests`."""
    waiting_until: datetime | None = None
    """Set while a rate limit is waited for."""
    left_out: str | None = None
    """Set when something could not be read: what and why."""
    noted: str | None = None
    """Set when all was read and somebody should know something of it all the same."""


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """What a sync is asked for."""

    options: Options
    settings: Mapping[str, Any]
    """The source's own settings: repositories, paths, base URL."""
    credentials: Mapping[str, str]
    """Secrets by name, like `token`; never logged."""
    state: Mapping[str, Any]
    """Cursor of the last durable page; empty at first."""
    since: datetime | None
    """How far back to go; `None` means all."""
    now: datetime
    client: httpx.Client | None
    """Prepared HTTP client; `None` for local sources."""
    report: Callable[[Progress], None]
    sleep: Callable[[float], None]
    """How to wait for a limit; tests hand over a quick one."""
    full: bool = False
    """Read everything again and sweep for what was deleted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `fairlead doctor`: what was checked, whether it is right, what to type if not."""

    what: str
    ok: bool | None
    """`None`: not wrong, but worth knowing."""
    detail: str = ""
    remedy: str = ""


@runtime_checkable
class Connector(Protocol):
    """The part that every connector has. All of it is pure."""

    tool: str
    """Name of the tool, like `github`."""
    title: str
    """Shown name, like `GitHub`."""
    records: frozenset[str]
    """Tables that its reader may fill; others are refused."""

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:
        """Checks the signature on the raw bytes against all live secrets; raises `Refused`."""
        ...

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        """Event kind and delivery id of a verified webhook; without an id of its own, one by content."""
        ...

    def read(self, delivery: Delivery, options: Options) -> Reading:
        """Payload -> patches and events; raises `Unreadable` with the path of the field that is wrong."""
        ...


@runtime_checkable
class Syncs(Protocol):
    """A connector that calls out or reads local sources."""

    def sync(self, request: SyncRequest) -> Iterator[Page]:
        """Raw pages in order; the caller appends each durably, then saves its state."""
        ...

    def check(self, request: SyncRequest) -> Iterator[Finding]:
        """Who we are there, which scopes, which limits, what is missing."""
        ...


@runtime_checkable
class Expands(Protocol):
    """A connector whose raw events point to immutable local data that is too large for the log, like git objects.

    What is yielded depends on the delivery and on objects that their ids fix, so it is the same each time. The caller
    stores each reading in a transaction of its own before it applies what `read` gives: a crash between them repeats
    statements that are already there, which changes nothing.
    """

    def expand(self, delivery: Delivery, options: Options) -> Iterator[Reading]:
        """Readings of bounded size; raises `Skip` if the data cannot be read."""
        ...


def raw_event(page: Page, source: str, tool: str, received_at: datetime) -> RawEvent:
    """A page as a raw event."""
    return RawEvent(
        source=source,
        tool=tool,
        kind=page.kind,
        delivery=page.delivery,
        body=page.body,
        received_at=received_at,
        headers=page.headers,
        trust="local",
    )
