"""A zone's distance from UTC as rows, so that SQL knows the local hour of a moment without a time zone database.

Put the rows into a table `zone_offsets(zone, from_at, to_at, offset_s)`: the local time of `t` in zone `z` is
`t + offset_s` of the row with `from_at <= t < to_at`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

OffsetRow = tuple[str, datetime, datetime, float]

_STEP = timedelta(days=7)


def offset_rows(zones: Iterable[ZoneInfo], first: date, last: date) -> Iterator[OffsetRow]:
    """Rows of all zones over the UTC dates `[first, last)`: one for each stretch between two changes of clocks."""
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (first, last))
    for zone in zones:
        since = begin
        for change in (*_changes(zone, begin, end), end):
            yield str(zone), since, change, _offset_s(zone, since)
            since = change


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Moments at which the clocks change; no zone changes them twice within a week."""
    day = begin
    while day < end:
        following = min(day + _STEP, end)
        if _offset_s(zone, day) != _offset_s(zone, following - timedelta(seconds=1)):
            yield _moment(zone, day, following)
        # a change at midnight itself lies between two stretches
        elif following < end and _offset_s(zone, following - timedelta(seconds=1)) != _offset_s(zone, following):
            yield following
        day = following


def _moment(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second of a change that lies between two moments."""
    was = _offset_s(zone, before)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0) if middle.replace(microsecond=0) > before else middle
        before, after = (middle, after) if _offset_s(zone, middle) == was else (before, middle)
    return after.replace(microsecond=0)


def _offset_s(zone: ZoneInfo, at: datetime) -> float:
    found = at.astimezone(zone).utcoffset()
    return found.total_seconds() if found else 0.0
