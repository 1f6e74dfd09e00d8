"""Days, ISO weeks and months in UTC, and how a window cuts them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from fairlead.model.figures import Window

Grain = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Period:
    """A day, ISO week or month, as far as it lies in a window."""

    start: datetime
    end: datetime
    partial: bool
    """Whether the window cuts it."""


def periods(window: Window, grain: Grain) -> Iterator[Period]:
    """All periods that overlap the window, each cut to it."""
    start = floor(window.start, grain)
    while start < window.end:
        end = following(start, grain)
        cut = start < window.start or end > window.end
        yield Period(max(start, window.start), min(end, window.end), cut)
        start = end


def floor(moment: datetime, grain: Grain) -> datetime:
    """Start of the period that holds a moment."""
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def following(start: datetime, grain: Grain) -> datetime:
    """Start of the next period."""
    if grain == "month":
        return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return start + timedelta(days=7 if grain == "week" else 1)


def before(window: Window) -> Window:
    """The window of the same length that ends where this one starts."""
    return Window(start=window.start - (window.end - window.start), end=window.start)


def name(period: Period, grain: Grain) -> str:
    """How people call it, like `2026-W07`."""
    if grain == "week":
        year, week, _ = period.start.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{period.start:%Y-%m}" if grain == "month" else f"{period.start:%Y-%m-%d}"
