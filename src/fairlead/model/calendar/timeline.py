"""Lays working hours on the time line of UTC, in whole microseconds since 1970.

A moment is working time if the wall clock of the zone says so at that moment. Between two changes of the zone's
offset local time is UTC plus a constant, so each such stretch is plain arithmetic: a day of 23 or 25 hours, a gap or
a repeated hour need no case of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from fairlead.model.calendar.hours import DAY_S, Week

SECOND_US = 1_000_000
_THURSDAY = 3
"""Weekday of 1970-01-01, Monday being 0."""

Stretch = tuple[int, int]


def working_stretches(
    week: Week, zone: ZoneInfo, holidays: Collection[date], absences: Collection[Stretch], first: int, last: int
) -> list[Stretch]:
    """All working time in `[first, last)` seconds since 1970: disjoint stretches in order, in microseconds."""
    off = {(day - date(1970, 1, 1)).days for day in holidays}
    found: list[Stretch] = []
    for start, end, offset in _constant_offsets(zone, first, last):
        # An overnight stretch of the day before may reach in, hence one day more at the front.
        for day in range((start + offset) // DAY_S - 1, (end + offset) // DAY_S + 1):
            if day in off:
                continue
            # local midnight by the offset that holds in this stretch, even where the clock never shows it
            midnight = day * DAY_S - offset
            for opens, closes in week.days[(day + _THURSDAY) % 7]:
                # cut to the stretch: beyond it another offset holds, whose own turn brings the rest
                low, high = max(midnight + opens, start), min(midnight + closes, end)
                if low < high:
                    found.append((low * SECOND_US, high * SECOND_US))
    # merged first: days of overnight work touch, and absences may overlap
    return _without(_merged(found), _merged(absences))


@lru_cache(maxsize=256)
def _constant_offsets(zone: ZoneInfo, first: int, last: int) -> tuple[tuple[int, int, int], ...]:
    """Stretches of `[first, last)` in which the zone's offset from UTC does not change, in seconds."""
    return tuple(_find_offsets(zone, first, last))


def _find_offsets(zone: ZoneInfo, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    start, offset = first, _offset(zone, first)
    at = first
    while at < last:
        # No zone has changed its offset twice within half a day.
        after = min(at + DAY_S // 2, last)
        if (next_offset := _offset(zone, after)) != offset:
            change = _change_between(zone, at, after, offset)
            yield start, change, offset
            start, offset = change, next_offset
        at = after
    yield start, last, offset


def _change_between(zone: ZoneInfo, low: int, high: int, offset: int) -> int:
    """First second in `(low, high]` whose offset is not the given one."""
    # bisection, for zones have changed at odd minutes
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: ZoneInfo, second: int) -> int:
    # Straight from the stamp: a few years of a zone ask ten thousand times, and a detour by UTC takes thrice as long.
    found = datetime.fromtimestamp(second, zone).utcoffset()
    return int(found.total_seconds()) if found is not None else 0


def _merged(stretches: Collection[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def _without(stretches: list[Stretch], gaps: list[Stretch]) -> list[Stretch]:
    """The stretches less the gaps; both are in order and disjoint."""
    if not gaps:
        return stretches
    kept: list[Stretch] = []
    index = 0
    for start, end in stretches:
        # gaps that lie before this stretch lie before all later ones
        while index < len(gaps) and gaps[index][1] <= start:
            index += 1
        # `index` stays: a long gap may reach into the next stretch
        at, look = start, index
        while look < len(gaps) and gaps[look][0] < end:
            if gaps[look][0] > at:
                kept.append((at, gaps[look][0]))
            at = max(at, gaps[look][1])
            look += 1
        if at < end:
            kept.append((at, end))
    return kept
