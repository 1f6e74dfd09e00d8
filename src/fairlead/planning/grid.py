"""Time in steps: all pieces of time in which anybody of a plan works, one after the other, nights left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from fairlead.model.calendar.working import WorkingCalendar


@dataclass(frozen=True, eq=False)
class Grid:
    """Steps by number, and when each is."""

    step_s: int
    steps: NDArray[np.int64]
    """Of each the number of steps since 1970."""

    @classmethod
    def of(cls, calendars: Sequence[WorkingCalendar], first: datetime, last: datetime, step_s: int) -> Grid:
        """Every step between two moments in which one of the calendars works."""
        worked = [_worked(calendar, first, last, step_s) for calendar in calendars]
        return cls(step_s, np.unique(np.concatenate(worked)) if worked else np.zeros(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.steps)

    def at(self, moment: datetime) -> int:
        """The first step that begins at a moment or after it."""
        return int(np.searchsorted(self.steps, -(-int(moment.timestamp()) // self.step_s)))

    def ending(self, moment: datetime) -> int:
        """Steps that are over by a moment."""
        return int(np.searchsorted(self.steps, int(moment.timestamp()) // self.step_s))

    def begins(self, step: int) -> datetime:
        """When a step begins."""
        return datetime.fromtimestamp(int(self.steps[step]) * self.step_s, UTC)

    def ends(self, step: int) -> datetime:
        """When what ends before a step is over: at the end of the step before, and not the next morning."""
        return datetime.fromtimestamp((int(self.steps[step - 1]) + 1) * self.step_s, UTC)

    def closed(self, calendar: WorkingCalendar) -> tuple[tuple[int, int], ...]:
        """Spans of steps in which a calendar does not work."""
        if not len(self.steps):
            return ()
        end = datetime.fromtimestamp((int(self.steps[-1]) + 1) * self.step_s, UTC)
        there = np.isin(self.steps, _worked(calendar, self.begins(0), end, self.step_s), assume_unique=True)
        edges = np.flatnonzero(np.diff(np.concatenate(([True], there, [True])).astype(np.int8)))
        return tuple((int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True))


def _worked(calendar: WorkingCalendar, first: datetime, last: datetime, step_s: int) -> NDArray[np.int64]:
    """Whole steps within the working time of a calendar."""
    low, high = first.timestamp(), last.timestamp()
    spans = []
    for slot in calendar.slots(first.date() - timedelta(days=1), last.date() + timedelta(days=2)):
        begin, end = max(slot.start.timestamp(), low), min(slot.end.timestamp(), high)
        # a step counts where all of it is worked
        spans.append(np.arange(-(-int(begin) // step_s), int(end) // step_s, dtype=np.int64))
    return np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)
