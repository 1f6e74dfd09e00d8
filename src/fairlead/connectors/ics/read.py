"""One calendar -> absences. Pure. Titles stay behind: that somebody is away matters, not why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fairlead.connectors.kit.connector import Delivery, Options, Reading, Sweep
from fairlead.model.errors import Unreadable
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.raw import content_id
from fairlead.model.records.people import Absence
from fairlead.model.times import iso, parse_time

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("sick", re.compile(r"\b(sick|ill(ness)?|krank\w*|unwell|doctor)\b", re.IGNORECASE)),
    ("training", re.compile(r"\b(training|conference|konferenz|fortbildung|schulung|course)\b", re.IGNORECASE)),
    ("parental", re.compile(r"\b(parental|maternity|paternity|elternzeit)\b", re.IGNORECASE)),
    ("vacation", re.compile(r"\b(vacation|holidays?|urlaub|ferien|pto|annual leave|day off)\b", re.IGNORECASE)),
    ("away", re.compile(r"\b(ooo|out of (the )?office|absen(t|ce|ces)|abwesen\w*|away|leave)\b", re.IGNORECASE)),
)  # fmt: skip
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_OCCURRENCES = 400
"""How often a rule without an end is followed: more than a year of single days."""


def read(delivery: Delivery, options: Options) -> Reading:
    """Absences of all events that mean one, and the full list of them, so that what left the calendar goes."""
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(delivery.body, multiple=True)
    except (ValueError, IndexError, KeyError, AttributeError, TypeError) as fault:
        raise Unreadable("", f"not an iCalendar file: {fault}") from fault
    seen = _seen_at(delivery.headers.get("seen-at"))
    key = delivery.headers.get("calendar", "calendar")
    # a calendar of one person is often called after the address
    scope = f"{options.source}:{content_id(key)[:12] if _ADDRESS.search(key) else key}/"
    found: list[Patch] = []
    for calendar in calendars:
        reader = _Calendar(calendar, options.values, key)
        for event in calendar.walk("VEVENT"):
            try:
                found += reader.absences(event, scope, options.source, seen)
            except (ValueError, TypeError, AttributeError, OverflowError) as fault:
                # The library finds a broken or repeated property only when it is used. The calendar as a whole is
                # refused: without this event in the full list its former absences would count as taken back.
                raise Unreadable(f"VEVENT {event.get('UID', '')}"[:200], f"cannot be read: {fault}"[:300]) from fault
    ids = frozenset(patch.record.id for patch in found)
    return Reading(patches=found, sweeps=[Sweep("absences", scope, ids, seen)])


def _seen_at(text: str | None) -> datetime:
    try:
        return parse_time(text) or OLDEST
    except ValueError as fault:
        raise Unreadable("seen-at", str(fault)) from fault


class _Calendar:
    """What holds for all events of one calendar."""

    def __init__(self, calendar: Any, values: Mapping[str, Any], key: str) -> None:
        self._zone = _zone(str(values.get("time_zone") or calendar.get("X-WR-TIMEZONE") or "UTC"))
        name = str(calendar.get("X-WR-CALNAME") or "")
        # a calendar of absences holds nothing else; any other holds meetings too
        self._all = bool(values.get("all")) or _kind_of(name) is not None
        owner = str(values.get("person") or "") or next(iter(_ADDRESS.findall(key)), "")
        self._owner = owner.lower()

    def absences(self, event: Any, scope: str, source: str, seen: datetime) -> Iterator[Patch]:
        """One for each person and each time of a repeated event."""
        text = f"{event.get('SUMMARY', '')} {_categories(event)}"
        kind = _kind_of(text)
        outside = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "OOF"
        if not (self._all or kind or outside) or "DTSTART" not in event or "UID" not in event:
            return
        gone = str(event.get("STATUS", "")).upper() == "CANCELLED"
        at = _moment(event, "LAST-MODIFIED") or _moment(event, "DTSTAMP") or OLDEST
        for start, end in self._times(event):
            for person in self._people(event, text):
                absence = Absence(
                    # a digest: ids are evidence of claims, which those may read who may not see addresses
                    id=f"{scope}{content_id(str(event['UID']), iso(start), person)[:20]}",
                    source=source,
                    account=f"email:{person}",
                    start_at=start,
                    end_at=end,
                    kind=kind if kind != "away" else None,
                    updated_at=at if at != OLDEST else None,
                    deleted_at=(at if at != OLDEST else seen) if gone else None,
                )
                yield Patch(absence, at, rank=min(max(int(event.get("SEQUENCE", 0)), 0), 99))

    def _people(self, event: Any, text: str) -> list[str]:
        if self._owner:
            return [self._owner]
        attendees = event.get("ATTENDEE", [])
        named = attendees if isinstance(attendees, list) else [attendees]
        coming = [one for one in named if str(getattr(one, "params", {}).get("PARTSTAT", "")).upper() != "DECLINED"]
        found = [str(one).lower().removeprefix("mailto:") for one in coming]
        found = [one for one in found if _ADDRESS.fullmatch(one)] or [one.lower() for one in _ADDRESS.findall(text)]
        organizer = str(event.get("ORGANIZER", "")).lower().removeprefix("mailto:")
        return sorted(set(found)) or ([organizer] if _ADDRESS.fullmatch(organizer) else [])

    def _times(self, event: Any) -> Iterator[tuple[datetime, datetime]]:
        first = event["DTSTART"].dt
        length = _length(event, first)
        if length <= timedelta(0):
            return
        left_out = {self._aware(one.dt) for one in _listed(event.get("EXDATE"))}
        for start in _repeated(event, first):
            begin = self._aware(start)
            if begin not in left_out:
                # a day is as long as the clock says, also on the two days a year that have 23 or 25 hours
                yield begin, self._aware(start + length)

    def _aware(self, value: date) -> datetime:
        if not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - its zone follows
        return (value if value.tzinfo else value.replace(tzinfo=self._zone)).astimezone(UTC)


def _length(event: Any, first: date) -> timedelta:
    if "DTEND" in event:
        end = event["DTEND"].dt
        if isinstance(first, datetime) and isinstance(end, datetime) and bool(first.tzinfo) != bool(end.tzinfo):
            end = end.replace(tzinfo=first.tzinfo)
        return end - first if type(end) is type(first) else timedelta(0)
    if "DURATION" in event:
        return event["DURATION"].dt  # type: ignore[no-any-return]
    return timedelta(0) if isinstance(first, datetime) else timedelta(days=1)


def _repeated(event: Any, first: date) -> Iterator[date]:
    if "RRULE" not in event:
        yield first
        return
    from dateutil.rrule import rrulestr

    whole_day = not isinstance(first, datetime)
    start = first if isinstance(first, datetime) else datetime(first.year, first.month, first.day)  # noqa: DTZ001
    rule = event["RRULE"].to_ical().decode()
    if whole_day or start.tzinfo is None:
        # such a rule may end at a moment of UTC; the day of it is what counts
        rule = re.sub(r"(UNTIL=\d{8})(T\d{6})?Z?", r"\1T235959", rule)
    try:
        times = list(islice(rrulestr(rule, dtstart=start), _OCCURRENCES))
    except (ValueError, TypeError):
        times = [start]
    yield from (time.date() if whole_day else time for time in times)


def _listed(value: Any) -> Iterator[Any]:
    for one in value if isinstance(value, list) else [value] if value is not None else []:
        yield from one.dts


def _moment(event: Any, name: str) -> datetime | None:
    found = getattr(event.get(name), "dt", None)
    return parse_time(found) if isinstance(found, datetime) else None


def _categories(event: Any) -> str:
    found = event.get("CATEGORIES")
    listed = found if isinstance(found, list) else [found] if found is not None else []
    return " ".join(str(name) for one in listed for name in getattr(one, "cats", [one]))


def _kind_of(text: str) -> str | None:
    return next((kind for kind, words in _KINDS if words.search(text)), None)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
