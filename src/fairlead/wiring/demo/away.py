"""Who is away when, as the iCalendar file that a team would export from its calendar."""

from __future__ import annotations

from fairlead.wiring.demo.cast import COMPANY, player
from fairlead.wiring.demo.clock import StoryClock

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
            f"DTSTAMP:{clock.day(-60):%Y%m%d}T080000Z",
            f"DTSTART;VALUE=DATE:{clock.day(first):%Y%m%d}",
            f"DTEND;VALUE=DATE:{type(clock.day(0)).fromordinal(end):%Y%m%d}",
            f"SUMMARY:{who.name}: {reason}",
            f"ATTENDEE;CN={who.name}:mailto:{who.emails[0]}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])
