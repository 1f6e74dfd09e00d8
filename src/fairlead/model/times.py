"""Moments and clocks: everything is aware, UTC and shown as ISO 8601."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class Clock(Protocol):
    """Tells the present moment; tests and the demo hand over their own."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still, for `--as-of` and for tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Always the same moment."""
        return self._at


class PretendedClock(FixedClock):
    """The moment of `--as-of` or of the demo's end, while people go on entering things."""


def entered_at(clock: Clock) -> datetime:
    """When a person enters something: by the machine's clock where the other only pretends.

    What is entered later wins; in a moment that stands still nothing is later.
    """
    return SystemClock().now() if isinstance(clock, PretendedClock) else clock.now()


def parse_time(value: str | int | float | datetime | None) -> datetime | None:
    """Reads ISO 8601, RFC 3339, git's own form and epoch numbers (seconds, ms, us or ns) as UTC.

    A time without zone is taken as UTC, as the tools' documentation states for such fields. Empty values and
    zero dates give `None`; anything else that is no time raises `ValueError`.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return _as_utc(value)
    if isinstance(value, bool):
        raise ValueError(f"not a time: {value}")
    if isinstance(value, int | float):
        return from_epoch(value)
    text = value.strip()
    if _PLAIN_NUMBER.fullmatch(text):
        return from_epoch(float(text) if "." in text else int(text))
    if text.startswith(("0001-01-01", "0000-00-00")):
        return None
    # Ruby's own form, which GitLab sends beside ISO 8601, spells the zone out
    return _as_utc(datetime.fromisoformat(text.removesuffix(" UTC")))


def _as_utc(value: datetime) -> datetime:
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError as fault:
        # the last hours of the year 9999 west of Greenwich, which some tools write for "never"
        raise ValueError(f"not a time: {value}") from fault


def from_epoch(number: float) -> datetime | None:
    """Reads an epoch number whose unit shows in its size; zero, which tools use for "never", gives `None`."""
    if number == 0:
        return None
    size = abs(number)
    unit = 1 if size < 1e11 else 1e3 if size < 1e14 else 1e6 if size < 1e17 else 1e9
    try:
        return EPOCH + timedelta(microseconds=round(number * (1_000_000 / unit)))
    except OverflowError as fault:
        raise ValueError(f"not a time: {number}") from fault


def parse_day(value: str | date | None) -> date | None:
    """Reads an ISO 8601 calendar date."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(value.strip()[:10])


def iso(moment: datetime) -> str:
    """The moment as ISO 8601 in UTC with `Z`, fractions only where there are some."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def naive(moment: datetime) -> datetime:
    """The same moment without its zone, as the warehouse's columns bear it: they are UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def aware(moment: datetime) -> datetime:
    """A moment of the warehouse with its zone, UTC; one that has a zone keeps it."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def epoch_us(moment: datetime) -> int:
    """Whole microseconds since 1970."""
    return (moment - EPOCH) // _MICROSECOND


def from_us(number: int) -> datetime:
    """The moment at whole microseconds since 1970."""
    return EPOCH + timedelta(microseconds=number)


def end_of_day(said: str, zone: tzinfo) -> datetime:
    """When a day that people name is over where they are, or the moment that they name; `ValueError` for neither."""
    text = said.strip()
    if len(text) > len("2027-01-07"):
        found = parse_time(text)
        if found is None:
            raise ValueError(f"`{text[:40]}` is no day")
        return found
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), zone).astimezone(UTC)
    except OverflowError as fault:
        raise ValueError(f"`{text[:40]}` is no day") from fault
