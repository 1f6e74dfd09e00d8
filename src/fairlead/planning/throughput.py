"""What a forecast is made from: the days that were, the days to come, and what there is to do."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_DAYS = 2_600
"""Ten years of working days: what takes longer has no answer worth a date."""


@dataclass(frozen=True, slots=True)
class Past:
    """What each working day brought, the latest last."""

    done: tuple[int, ...]
    weekdays: tuple[int, ...] = ()
    """Monday is 0; empty where days are just numbered."""
    capacity: tuple[float, ...] = ()
    """Share of the people who were there; empty where nobody knows."""

    def last(self, days: int) -> Past:
        """The same of its last days alone."""
        return Past(self.done[-days:], self.weekdays[-days:], self.capacity[-days:])

    def until(self, day: int, window: int) -> Past:
        """What was known before a day, no more than so many days of it."""
        start = max(day - window, 0)
        return Past(self.done[start:day], self.weekdays[start:day], self.capacity[start:day])


@dataclass(frozen=True, slots=True)
class Ahead:
    """Working days to come as far as they are known; after them they are as the past was."""

    weekdays: tuple[int, ...] = ()
    capacity: tuple[float, ...] = ()


AS_BEFORE = Ahead()
"""Nothing is known of the days to come."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be done, where it is more than a number of items."""

    items: int
    extra: tuple[int, ...] = ()
    """Items that came on top later, in past cases like this: one of them is drawn for each trial."""
    own: tuple[int, int] | None = None
    """Items of it that were done lately, and all that were: which share of what is done goes into it."""
    least_days: tuple[int, ...] = ()
    """Working days that what was begun may still take: one of them is drawn for each trial."""
