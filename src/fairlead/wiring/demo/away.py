"""Who is away when, as the iCalendar file that a team would export from its calendar."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from fairlead.connectors.kit.connector import Page, raw_event
from fairlead.model.raw import RawEvent, content_id
from fairlead.model.times import iso
from fairlead.wiring.demo.cast import COMPANY, player
from fairlead.wiring.demo.clock import StoryClock

SOURCE, CALENDAR = "calendar", "absences"
"""Id of the source, and name of the file without its ending."""

_AWAY = (
    ("aylin-k", -4, 8, "Holiday"),
    ("graceliu", 3, 7, "Holiday"),
    ("vshetty", -28, -24, "Parental leave"),
    ("pzielinski", -50, -46, "Holiday"),
)
"""Login, first and last story day, reason."""


def is_away(login: str, day: int) -> bool:
    """Whether somebody is away on a story day or about to leave: then nothing new is begun with them."""
    return any(login == who and first - 2 <= day <= last for who, first, last, _ in _AWAY)


def absences_ics(clock: StoryClock) -> str:
    """All absences; each names the person by attendee address and in the summary."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{COMPANY}//Absences//EN"]
    for login, first, last, reason in _AWAY:
        who = player(login)
        # An all-day event ends on the day after its last one.
        end = clock.day(last).toordinal() + 1
        lines += [
            "BEGIN:VEVENT",
            f"UID:{who.key}-{-first}@brightwater.example",
            f"DTSTAMP:{clock.end:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{clock.day(first):%Y%m%d}",
            f"DTEND;VALUE=DATE:{type(clock.day(0)).fromordinal(end):%Y%m%d}",
            f"SUMMARY:{who.name}: {reason}",
            f"ATTENDEE;CN={who.name}:mailto:{who.emails[0]}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def calendar_setup(file: Path) -> str:
    """The source of the calendar as TOML; apart from the rest, since only the home knows where its file lies."""
    return (
        f'\n[sources.{SOURCE}]\ntool = "ics"\npaths = [{json.dumps(str(file.absolute()))}]\nevery_minutes = 0\n'
        f'[sources.{SOURCE}.options]\nall = true\ntime_zone = "Europe/Berlin"\n'
    )


def calendar_event(absences: str, now: datetime) -> RawEvent:
    """The calendar as its first sync reads it, with that sync's id: reading the file again adds nothing."""
    body = absences.encode()
    headers = {"calendar": CALENDAR, "seen-at": iso(now)}
    page = Page("ics:calendar", content_id(CALENDAR, "1", body), body, headers)
    return raw_event(page, SOURCE, "ics", now)
