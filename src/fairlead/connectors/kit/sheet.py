"""The sheet on which the readers of one payload write: patches, events, renames and lists of all there is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from fairlead.connectors.kit.connector import Options, Reading, Rename, Sweep
from fairlead.model.events import Event, EventType
from fairlead.model.patch import Patch
from fairlead.model.records.kinds import Record

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Sheet:
    """What one payload says, as far as it has been read. A tool's own sheet knows how the tool names people."""

    __slots__ = (
        "_known", "date", "events", "headers", "options", "patches", "renames", "repository", "source", "sweeps",
    )  # fmt: skip

    def __init__(
        self, options: Options, date: datetime | None = None, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        self.source = options.source
        self.options: Mapping[str, Any] = options.values
        self.date = date
        """The server's date of an API page: the only time that such a page has as a whole."""
        self.headers = headers
        """What the caller of the API noted beside a page."""
        self.repository = ""
        """Id of the repository that the payload is about; empty for those of an organisation or group."""
        self.patches: list[Patch] = []
        self.events: list[Event] = []
        self.renames: list[Rename] = []
        self.sweeps: list[Sweep] = []
        self._known: set[int] = set()

    def say(self, record: Record, at: datetime, rank: int = 0) -> None:
        """Says fields of a record as of a version."""
        self.patches.append(Patch(record, at, rank))

    def once(self, patch: Patch) -> None:
        """Says what a payload repeats a dozen times, like the account of its author, one time.

        By identity, which is cheap: such patches come from a cache, so the same patch is the same object.
        """
        if id(patch) not in self._known:
            self._known.add(id(patch))
            self.patches.append(patch)

    def emit(self, type: EventType, subject: str, time: datetime, **data: Any) -> None:
        """Says that something happened."""
        self.events.append(Event(type=type, source=self.source, subject=subject, time=time, data=data))

    def reading(self, nothing: str = "") -> Reading:
        """All that was said."""
        said = bool(self.patches or self.events or self.renames or self.sweeps)
        return Reading(
            patches=self.patches,
            events=self.events,
            renames=self.renames,
            sweeps=self.sweeps,
            nothing="" if said else nothing or "it names nothing that we record",
        )
