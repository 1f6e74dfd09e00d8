"""A figure is an object: faces render it and never compute it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

Unit = Literal[
    "seconds",
    "share",
    "count",
    "per_week",
    "changes_per_week",
    "items_per_week",
    "per_day",
    "lines",
    "rounds",
    "days",
    "people",
    "items",
    "story_points",
    "incidents",
    "pages_per_week",
    "pages_per_shift",
    "nights_per_week",
]
Direction = Literal["up", "down", "neither"]
Band = Literal["elite", "high", "medium", "low"]


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A half-open stretch of time, `[start, end)`."""

    start: datetime
    end: datetime


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a claim rests on: up to fifty ids, how many there are, and the query that gives all."""

    ids: tuple[str, ...]
    """Up to fifty record ids; for an absence the sync run or the definition."""
    count: int
    """How many rows there are in all."""
    query: str
    """SQL for `fairlead sql` that returns them."""


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """Which definition a figure was made by."""

    name: str
    version: int
    url: str
    """Page of the definition, like `/definitions/lead_time`."""


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """How old the data behind a figure are."""

    as_of: datetime
    """Moment up to which data have been applied."""
    sources: dict[str, datetime | None] = {}
    """Source -> its last event or sync."""
    silent: tuple[str, ...] = ()
    """Sources that have been quiet for longer than they should."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A figure's value in one period of its trend."""

    start: datetime
    end: datetime
    value: float | None
    """`None` where there were no data: a gap, never a zero."""
    n: int
    partial: bool = False
    """Whether the window cuts the period."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A value with everything that is needed to trust it."""

    name: str
    """Name in the catalogue, like `lead_time`."""
    title: str
    """Shown name, from the catalogue."""
    value: float | None
    """In `unit`; `None` if it cannot be known."""
    unit: Unit
    window: Window
    # a plain default is safe here: msgspec gives each struct a copy of its own
    segment: dict[str, str] = {}
    """What it is limited to, like `{"team": "payments"}`."""
    n: int
    """How many rows it was made from."""
    excluded: dict[str, int] = {}
    """Reason -> how many rows were left out for it."""
    # a key and not words, so that each face says it in its own language
    missing: str | None = None
    """Why there is no value, in words, as a message key of the catalogue of phrases."""
    previous: float | None = None
    """Value in the window of the same length before."""
    previous_n: int = 0
    direction: Direction
    """Which way is better."""
    band: Band | None = None
    """DORA's published performance band."""
    mark: str | None = None
    """Usual mark, in words."""
    parts: tuple[Figure, ...] = ()
    """Figures of which it consists, like the phases of lead time."""
    trend: tuple[Point, ...] = ()
    definition: Definition
    freshness: Freshness
    rows: Evidence
    """The rows that it was made from: as many as `n`."""
    # a figure that hides what it left out cannot be checked by adding up
    left_out: Evidence | None = None
    """The rows of the window that it could not use, each with its `reason`; `None` if there are none."""
    notes: tuple[str, ...] = ()
    """Caveats that hold for this very value, like periods left out, in words."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]
