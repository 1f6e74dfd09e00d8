"""When events take place: repetitions, exceptions, moved and cancelled times, as RFC 5545 (3.8.4, 3.8.5) has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice, takewhile
from typing import Any

from fairlead.model.raw import content_id

_MOST = 20_000
"""Times of one rule: half a century of days. Rules by the minute are no absences and would never end."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which an event takes place."""

    event: Any
    """What tells of it: the series, or what stands in for this one of its times."""
    uid: str
    start: datetime
    end: datetime
    days: tuple[date, ...]
    """The local dates, where whole days are meant; else none."""
    cancelled: bool


def occurrences(events: Sequence[Any], zone: tzinfo, horizon: datetime) -> Iterator[Occurrence]:
    """Times of all events of one calendar that begin before `horizon`; what names no zone is told in `zone`.

    Raises `ValueError` and its like where a property is broken or stands twice: the library finds that on use.
    """
    clock = _Clock(zone)
    series: dict[str, list[Any]] = {}
    for event in events:
        if "DTSTART" in event:
            # An event must have a UID, and some programs write none: what it says names it as well.
            series.setdefault(str(event.get("UID") or content_id(event.to_ical())), []).append(event)
    for uid, group in series.items():
        yield from _Series(uid, group, clock, horizon).occurrences()


@dataclass(frozen=True, slots=True)
class _Clock:
    zone: tzinfo

    def moment(self, value: date) -> datetime:
        """In UTC; a date is its local midnight."""
        local = value if isinstance(value, datetime) else datetime.combine(value, time())
        return (local if local.tzinfo else local.replace(tzinfo=self.zone)).astimezone(UTC)


class _Series:
    """An event with all that calendars say of single times of it."""

    def __init__(self, uid: str, group: Sequence[Any], clock: _Clock, horizon: datetime) -> None:
        self._uid, self._clock, self._horizon = uid, clock, horizon
        stated = [event for event in group if "RECURRENCE-ID" not in event]
        # A file put together from several exports holds older states of an event too.
        newest = max(map(_sequence, stated), default=0)
        self._stated = [event for event in stated if _sequence(event) == newest]
        self._instead: dict[datetime, Any] = {}
        for event in sorted((event for event in group if "RECURRENCE-ID" in event), key=_sequence):
            self._instead[clock.moment(event["RECURRENCE-ID"].dt)] = event

    def occurrences(self) -> Iterator[Occurrence]:
        """Times of the series that nothing replaces, then those that something does."""
        from_now_on = sorted(
            (moment, event)
            for moment, event in self._instead.items()
            if str(event["RECURRENCE-ID"].params.get("RANGE", "")).upper() == "THISANDFUTURE"
        )
        for event in self._stated:
            for start in self._starts(event):
                moment = self._clock.moment(start)
                if moment in self._instead:
                    continue
                later = [found for since, found in from_now_on if since < moment]
                yield self._moved(later[-1], start) if later else self._at(event, start)
        for event in self._instead.values():
            # A cancelled time is often told without its new one, for there is none.
            gone = _cancelled(event)
            yield self._at(event, event["RECURRENCE-ID"].dt if gone else event["DTSTART"].dt)

    def _moved(self, event: Any, start: date) -> Occurrence:
        """A time of a series that goes on in another way: as much earlier or later as the one where that began."""
        return self._at(event, start + (event["DTSTART"].dt - event["RECURRENCE-ID"].dt))

    def _at(self, event: Any, start: date) -> Occurrence:
        length = _length(event)
        # local dates and times are added up: a day has 23 or 25 hours twice a year
        end = start + length
        whole = not isinstance(start, datetime)
        days = tuple(start + timedelta(n) for n in range(min(length.days, _MOST))) if whole else ()
        moment = self._clock.moment
        return Occurrence(event, self._uid, moment(start), moment(end), days, _cancelled(event))

    def _starts(self, event: Any) -> Iterator[date]:
        first = event["DTSTART"].dt
        whole = not isinstance(first, datetime)
        left_out = list(_listed(event.get("EXDATE")))
        moments = {self._clock.moment(one) for one in left_out if isinstance(one, datetime) or whole}
        # Some programs leave out whole days of what has an hour.
        days = {one for one in left_out if not isinstance(one, datetime) and not whole}
        seen = set[datetime]()
        for start in (*self._repeated(event, first), *_listed(event.get("RDATE"))):
            moment = self._clock.moment(start)
            day = start.date() if isinstance(start, datetime) else start
            if moment not in seen and moment not in moments and day not in days:
                seen.add(moment)
                yield start

    def _repeated(self, event: Any, first: date) -> Iterator[date]:
        if "RRULE" not in event:
            yield first
            return
        from dateutil.rrule import rrulestr

        whole = not isinstance(first, datetime)
        start = first if isinstance(first, datetime) else datetime.combine(first, time())
        rule = event["RRULE"].copy()
        if "UNTIL" in rule:
            rule["UNTIL"] = [self._until(one, start) for one in rule["UNTIL"]]
        found = rrulestr(rule.to_ical().decode(), dtstart=start)
        for one in takewhile(lambda one: self._clock.moment(one) < self._horizon, islice(found, _MOST)):
            yield one.date() if whole else one

    def _until(self, until: date, start: datetime) -> datetime:
        """The end of a rule as its start is written: in UTC where that has a zone, else as a local time.

        RFC 5545 asks for that, and half of all programs write a date, or a moment of UTC for whole days.
        """
        if not isinstance(until, datetime) or start.tzinfo is None:
            until = datetime.combine(until, time(23, 59, 59), tzinfo=start.tzinfo)
        elif until.tzinfo is None:
            until = until.replace(tzinfo=start.tzinfo)
        return until.astimezone(UTC) if until.tzinfo else until


def _length(event: Any) -> timedelta:
    first = event["DTSTART"].dt
    if "DTEND" in event:
        end = event["DTEND"].dt
        if isinstance(first, datetime) and isinstance(end, datetime) and bool(first.tzinfo) != bool(end.tzinfo):
            end = end.replace(tzinfo=first.tzinfo)
        return end - first if isinstance(end, datetime) == isinstance(first, datetime) else timedelta(0)
    if "DURATION" in event:
        return event["DURATION"].dt  # type: ignore[no-any-return]
    return timedelta(0) if isinstance(first, datetime) else timedelta(days=1)


def _listed(value: Any) -> Iterator[date]:
    for one in value if isinstance(value, list) else [value] if value is not None else []:
        for found in one.dts:
            # an RDATE may be a period: it begins with its start
            yield found.dt[0] if isinstance(found.dt, tuple) else found.dt


def _sequence(event: Any) -> int:
    return int(event.get("SEQUENCE", 0))


def _cancelled(event: Any) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"
