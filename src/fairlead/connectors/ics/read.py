"""One calendar -> absences, holidays or times on call. Pure. Titles of absences stay behind: why concerns nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from fnmatch import fnmatch
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import UNSET

from fairlead.connectors.ics.times import Occurrence, occurrences
from fairlead.connectors.kit.connector import Delivery, Options, Reading, Sweep
from fairlead.model.errors import Unreadable
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.raw import content_id
from fairlead.model.records.kinds import Record
from fairlead.model.records.operation import OncallShift
from fairlead.model.records.people import Absence, Holiday
from fairlead.model.times import iso, parse_time

TABLES: Mapping[str, str] = {"absences": "absences", "holidays": "holidays", "oncall": "oncall_shifts"}
"""What a calendar can hold, by option `holds` -> table."""

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("sick", re.compile(r"\b(sick|ill(ness)?|krank\w*|unwell|doctor)\b", re.IGNORECASE)),
    ("training", re.compile(r"\b(training|conference|konferenz|fortbildung|schulung|course)\b", re.IGNORECASE)),
    ("parental", re.compile(r"\b(parental|maternity|paternity|elternzeit)\b", re.IGNORECASE)),
    ("vacation", re.compile(r"\b(vacation|holidays?|urlaub|ferien|pto|annual leave|day off)\b", re.IGNORECASE)),
    ("away", re.compile(r"\b(ooo|out of (the )?office|absen(t|ce|ces)|abwesen\w*|away|leave)\b", re.IGNORECASE)),
)  # fmt: skip
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LEVEL = re.compile(r"\[L(\d{1,2})\]|\blevel (\d{1,2})\b", re.IGNORECASE)
"""How Grafana OnCall and others write the escalation level into a title."""
_OBSERVED = re.compile(r"\s*(observance|gedenktag|feiertag nicht)", re.IGNORECASE)
"""How descriptions of Google's holiday calendars begin for days on which people work."""
_AHEAD = timedelta(days=2 * 366)
"""How far a rule without an end is followed; the sync reads such a calendar again long before that."""


@dataclass(slots=True)
class Read:
    """What was found in a calendar, and what names nobody."""

    patches: list[Patch] = field(default_factory=list)
    nameless: int = 0
    """Events that mean somebody whom they do not name."""


def read(delivery: Delivery, options: Options) -> Reading:
    """Records of all events, and the full list of them, so that what left the calendar goes."""
    seen, scope = _seen_at(delivery.headers.get("seen-at")), _scope(delivery, options)
    found = look(delivery, options)
    ids = frozenset(patch.record.id for patch in found.patches)
    return Reading(patches=found.patches, sweeps=[Sweep(TABLES[_holds(options)], scope, ids, seen)])


def look(delivery: Delivery, options: Options) -> Read:
    """The same without the list, with what could not be told whose it is."""
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(delivery.body, multiple=True)
    except (ValueError, IndexError, KeyError, AttributeError, TypeError) as fault:
        raise Unreadable("", f"not an iCalendar file: {fault}") from fault
    seen = _seen_at(delivery.headers.get("seen-at"))
    read = Read()
    for calendar in calendars:
        reader = _Calendar(calendar, options, delivery.headers.get("calendar", "calendar"), _scope(delivery, options))
        events = calendar.walk("VEVENT")
        try:
            for one in occurrences(events, reader.zone, _horizon(events, seen)):
                told = list(reader.records(one))
                read.nameless += not told and reader.meant(one.event)
                at = max(seen, _stated(one.event))
                read.patches += [Patch(record, at, rank=_rank(one.event)) for record in told]
        except (ValueError, TypeError, AttributeError, OverflowError) as fault:
            # The library finds a broken or repeated property only when it is used. The calendar as a whole is
            # refused: without this event in the full list its former records would count as taken back.
            raise Unreadable(_culprit(events), f"cannot be read: {fault}"[:300]) from fault
    return read


def _holds(options: Options) -> str:
    holds = str(options.values.get("holds") or "absences")
    if holds not in TABLES:
        raise Unreadable("options.holds", f"`{holds}` is none of {', '.join(TABLES)}")
    return holds


def _scope(delivery: Delivery, options: Options) -> str:
    key = delivery.headers.get("calendar", "calendar")
    # a calendar of one person is called after the name or address, and ids are read by all
    return f"{options.source}:{key if _holds(options) == 'holidays' else content_id(key)[:12]}/"


def _seen_at(text: str | None) -> datetime:
    try:
        return parse_time(text) or OLDEST
    except ValueError as fault:
        raise Unreadable("seen-at", str(fault)) from fault


def _horizon(events: list[Any], seen: datetime) -> datetime:
    """Until when rules are followed: from the moment at which the calendar was seen, never from now."""
    latest = max((_stated(event) for event in events), default=OLDEST)
    return max(seen, latest) + _AHEAD


def _culprit(events: list[Any]) -> str:
    """The first event that cannot be read by itself."""
    for event in events:
        try:
            list(occurrences([event], UTC, _horizon([event], OLDEST)))
            _rank(event)
        except (ValueError, TypeError, AttributeError, OverflowError):
            return f"VEVENT {event.get('UID', '')}"[:200]
    return "VEVENT"


class _Calendar:
    """What holds for all events of one calendar."""

    def __init__(self, calendar: Any, options: Options, key: str, scope: str) -> None:
        values = options.values
        usual = values.get("usual_time_zone") or "UTC"
        self.zone = _zone(str(values.get("time_zone") or calendar.get("X-WR-TIMEZONE") or usual))
        self._name = str(calendar.get("X-WR-CALNAME") or "")
        self._holds, self._source, self._scope, self._values = _holds(options), options.source, scope, values
        # a calendar of absences holds nothing else; any other holds meetings too
        self._all = self._holds != "absences" or bool(values.get("all")) or _kind_of(self._name) is not None
        self._owner = (str(values.get("person") or "") or next(iter(_ADDRESS.findall(key)), "")).lower()
        self._names = {str(name).lower(): str(who).lower() for name, who in dict(values.get("people") or {}).items()}
        self._left_out = [str(glob).lower() for glob in values.get("leave_out") or ()]

    def meant(self, event: Any) -> bool:
        """Whether an event is one of those that the calendar is read for."""
        title = str(event.get("SUMMARY", ""))
        if any(fnmatch(title.lower(), glob) for glob in self._left_out):
            return False
        outside = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "OOF"
        return self._all or outside or _kind_of(f"{title} {_categories(event)}") is not None

    def records(self, one: Occurrence) -> Iterator[Record]:
        """What one time of an event means; nothing where it means nobody or no time."""
        if not self.meant(one.event) or one.end <= one.start:
            return
        if self._holds == "holidays":
            yield from self._days_off(one)
            return
        for person in self._people(one.event):
            yield self._shift(one, person) if self._holds == "oncall" else self._absence(one, person)

    def _absence(self, one: Occurrence, person: str) -> Absence:
        kind = _kind_of(f"{one.event.get('SUMMARY', '')} {_categories(one.event)}")
        return Absence(
            # a digest: ids are evidence of claims, which those may read who may not see addresses
            id=f"{self._scope}{content_id(one.uid, iso(one.start), person)[:20]}",
            source=self._source,
            account=f"email:{person}",
            start_at=one.start,
            end_at=one.end,
            kind=kind if kind != "away" else None,
            updated_at=_told(one.event),
            deleted_at=_gone(one),
        )

    def _shift(self, one: Occurrence, person: str) -> OncallShift:
        team, service = str(self._values.get("team") or ""), str(self._values.get("service") or "")
        return OncallShift(
            id=f"{self._scope}{content_id(one.uid, iso(one.start), person)[:20]}",
            source=self._source,
            account=f"email:{person}",
            team=_id("team", team),
            service=_id("service", service),
            schedule=str(self._values.get("schedule") or self._name) or UNSET,
            level=self._level(one.event),
            start_at=one.start,
            end_at=one.end,
            updated_at=_told(one.event),
            deleted_at=_gone(one),
        )

    def _level(self, event: Any) -> int:
        found = _LEVEL.search(str(event.get("SUMMARY", "")))
        return int(found[1] or found[2]) if found else int(self._values.get("level") or 1)

    def _days_off(self, one: Occurrence) -> Iterator[Holiday]:
        # An hour of a feast is none, and public calendars list days on which everybody works.
        if _OBSERVED.match(str(one.event.get("DESCRIPTION", ""))):
            return
        for day in one.days:
            for calendar in self._values.get("calendars") or ("default",):
                yield Holiday(
                    id=f"{self._scope}{calendar}/{day}/{content_id(one.uid)[:8]}",
                    source=self._source,
                    calendar=_id("calendar", str(calendar)),
                    day=day,
                    name=str(one.event.get("SUMMARY", "")) or None,
                    updated_at=_told(one.event),
                    deleted_at=_gone(one),
                )

    def _people(self, event: Any) -> list[str]:
        if self._owner:
            return [self._owner]
        text = f"{event.get('SUMMARY', '')} {_categories(event)}"
        attendees = event.get("ATTENDEE", [])
        named = attendees if isinstance(attendees, list) else [attendees]
        coming = [one for one in named if str(getattr(one, "params", {}).get("PARTSTAT", "")).upper() != "DECLINED"]
        found = [str(one).lower().removeprefix("mailto:") for one in coming]
        found = [one for one in found if _ADDRESS.fullmatch(one)] or [one.lower() for one in _ADDRESS.findall(text)]
        # Programs that know no addresses write names into titles.
        found = found or [
            who for name, who in self._names.items() if re.search(rf"\b{re.escape(name)}\b", text.lower())
        ]
        organizer = str(event.get("ORGANIZER", "")).lower().removeprefix("mailto:")
        return sorted(set(found)) or ([organizer] if _ADDRESS.fullmatch(organizer) else [])


def _id(kind: str, key: str) -> Any:
    """`payments` as an id of the configuration; one with its source in front is an id already."""
    return UNSET if not key else key if ":" in key else f"{kind}:{key}"


def _gone(one: Occurrence) -> datetime | None:
    return _told(one.event) or one.start if one.cancelled else None


def _told(event: Any) -> datetime | None:
    found = _stated(event)
    return found if found != OLDEST else None


def _stated(event: Any) -> datetime:
    """When an event was last changed, by its calendar."""
    return _moment(event, "LAST-MODIFIED") or _moment(event, "DTSTAMP") or OLDEST


def _rank(event: Any) -> int:
    return min(max(int(event.get("SEQUENCE", 0)), 0), 99)


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
