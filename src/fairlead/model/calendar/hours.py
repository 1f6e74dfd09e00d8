"""Reads working hours like `Mon-Thu 09:00-17:00, Fri 09:00-14:00` into the hours of a week.

Parts are separated by commas or semicolons. A part names days and times; one without days repeats the days before
it (`Mon-Fri 09:00-12:00, 13:00-17:00`), days without times join the next part (`Mon, Wed 08:00-12:00`). A part whose
end is not after its start runs over midnight and belongs to the day on which it starts. `24:00` is the end of a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MINUTE_S = 60
DAY_S = 86_400

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PART = re.compile(r"[^,;]+")
# the long dash too: documents put it there by themselves
_TIMES = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*$")
_DAY_RANGE = re.compile(r"([A-Za-z]+)(?:\s*[-–]\s*([A-Za-z]+))?\s*$")


class HoursFault(ValueError):  # noqa: N818 - a fault of a file, like `ConfigFault`
    """Working hours that cannot be read; `column` counts from 1 within the text."""

    def __init__(self, problem: str, column: int) -> None:
        super().__init__(f"{problem} (column {column})")
        self.problem = problem
        self.column = column


@dataclass(frozen=True, slots=True)
class Week:
    """Working hours by weekday."""

    days: tuple[tuple[tuple[int, int], ...], ...]
    """For each weekday, Monday first: stretches in seconds from local midnight; an end may lie in the next day."""

    @property
    def usual_day_seconds(self) -> float:
        """Mean length of a day on which there is work: what "a working day" means in a duration."""
        lengths = [sum(end - start for start, end in day) for day in self.days if day]
        return sum(lengths) / len(lengths) if lengths else 0.0


def read_hours(text: str) -> Week:
    """The hours of a week as the text states them; raises `HoursFault` at the first thing that is wrong."""
    stretches: list[list[tuple[int, int]]] = [[] for _ in _DAYS]
    waiting: list[int] = []
    days: list[int] = []
    column = 1
    for found in _PART.finditer(text):
        part, column = found.group().rstrip(), found.start() + 1
        # the column of the word itself: editors jump to it
        column += len(part) - len(part.lstrip())
        part = part.lstrip()
        if not part:
            continue
        times = _TIMES.search(part)
        named = part[: times.start()].strip() if times else part
        if named:
            # days that stood alone before share the times of this part
            days = waiting + read_weekdays(named, column)
        # `Mon, Wed 08:00-12:00`: the comma parts days here, not hours
        if times is None:
            waiting = days
            continue
        waiting = []
        if not days:
            raise HoursFault("times without a day before them, like `Mon-Fri 09:00-17:00`", column)
        stretch = _read_times(times, column + times.start())
        for day in days:
            stretches[day].append(stretch)
    # the text ended while days still waited for their times
    if waiting:
        raise HoursFault("days without times, like `Mon-Fri 09:00-17:00`", column)
    if not any(stretches):
        raise HoursFault("no working hours; write them like `Mon-Fri 09:00-17:00`", 1)
    return Week(tuple(_joined(day) for day in stretches))


def read_weekdays(text: str, column: int = 1) -> list[int]:
    """Numbers of the weekdays that `Mon` or `Fri-Mon` names, Monday being 0."""
    found = _DAY_RANGE.match(text)
    if found is None:
        raise HoursFault(f"cannot read `{text}`; write days and times like `Mon-Fri 09:00-17:00`", column)
    first = _read_day(found.group(1), column)
    last = _read_day(found.group(2), column + found.start(2)) if found.group(2) else first
    # round the week: `Fri-Mon` is four days
    return [(first + offset) % 7 for offset in range((last - first) % 7 + 1)]


def _read_day(name: str, column: int) -> int:
    lowered = name.lower()
    for index, day in enumerate(_DAYS):
        if len(lowered) >= 3 and day.startswith(lowered):
            return index
    raise HoursFault(f"`{name}` is no weekday; write Mon, Tue, Wed, Thu, Fri, Sat or Sun", column)


def _read_times(found: re.Match[str], column: int) -> tuple[int, int]:
    first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
    # 24:00 only as an end: as a start it is the next day
    for hour, minute, most in ((first_hour, first_minute, 23), (last_hour, last_minute, 24)):
        if hour > most or minute > 59 or (hour == 24 and minute):
            raise HoursFault(f"`{hour:02d}:{minute:02d}` is no time of day", column)
    start = first_hour * 3600 + first_minute * MINUTE_S
    end = last_hour * 3600 + last_minute * MINUTE_S
    # an end at or before the start is in the next day
    return (start, end if end > start else end + DAY_S)


def _joined(stretches: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Stretches in order, overlapping and touching ones made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)
