"""Working time as rows, so that SQL answers for a million pairs of moments by two ordered look-ups.

Put the rows into a table `working_slots(calendar, start_at, end_at, worked_before_s)`. The working time of calendar
`c` before a moment `t` is that of the last row with `start_at <= t`:
`worked_before_s + (least(t, end_at) - start_at)` in seconds; the working time between two moments is the difference.
In DuckDB: `asof join working_slots s on s.calendar = x.calendar and s.start_at <= x.t`. Each calendar has a row at
the start of the range, empty if there is no work then, so that every moment within the range finds one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from fairlead.model.calendar.working import WorkingCalendar

SLOT_COLUMNS = ("calendar", "start_at", "end_at", "worked_before_s")

SlotRow = tuple[str, datetime, datetime, float]


def slot_rows(calendars: Iterable[WorkingCalendar], first: date, last: date) -> Iterator[SlotRow]:
    """Rows of all calendars over the UTC dates `[first, last)`, ordered by calendar as given and by start."""
    # whole days of UTC, whatever the zone: all calendars share one range
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    for calendar in calendars:
        slots = list(calendar.slots(first, last))
        # Two rows with one start would leave the ordered look-up a choice.
        if not slots or slots[0].start > begin:
            yield calendar.id, begin, begin, 0.0
        for slot in slots:
            yield calendar.id, slot.start, slot.end, slot.worked_before_us / 1_000_000
