"""Data about the data: where it comes from and how complete it is."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET

from fairlead.model.records.kinds import OneOf, Record, Refers, Text, Texts, Time, Whole


class Source(Record, frozen=True):
    """A configured source."""

    tool: Text = UNSET
    """Connector that reads it, like `github`."""
    name: Text = UNSET
    """Name in the configuration."""
    last_event_at: Time = UNSET
    """Tool's time of the newest event received."""
    # apart from the tool's time: a payload that tells of last year shows that the tool still speaks
    last_received_at: Time = UNSET
    """When something of it arrived here last."""
    last_sync_at: Time = UNSET
    """End of the last sync that worked."""


class SyncRun(Record, frozen=True):
    """One sync or import: the evidence for what is and is not there."""

    of: Annotated[Text, Refers("sources")] = UNSET
    """The source."""
    kind: Annotated[Text, OneOf(("sync", "sweep", "import", "deliveries"))] = UNSET
    """What was done."""
    started_at: Time = UNSET
    """Start."""
    finished_at: Time = UNSET
    """End; empty while it runs or if it was killed."""
    result: Annotated[Text, OneOf(("success", "partial", "failure"))] = UNSET
    """How it ended."""
    scope: Text = UNSET
    """What was covered, like a repository."""
    pages: Whole = UNSET
    """Pages read."""
    records: Whole = UNSET
    """Records made or changed."""
    left_out: Texts = UNSET
    """What could not be read, in words."""
    error: Text = UNSET
    """Why it failed, in words."""
