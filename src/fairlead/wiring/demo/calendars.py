"""The company's calendars as the iCalendar files that people export: absences, days off, and one team's rota."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from fairlead.connectors.ics.connector import CONNECTOR
from fairlead.connectors.kit.connector import Options, SyncRequest, raw_event
from fairlead.model.raw import RawEvent
from fairlead.wiring.demo.away import AWAY
from fairlead.wiring.demo.cast import COMPANY, CREWS, DOMAIN, Player, player
from fairlead.wiring.demo.clock import StoryClock
from fairlead.wiring.demo.rota import on_call, turns

ABSENCES, HOLIDAYS, ROTA = "calendar", "holidays", "rota"
"""Ids of the sources."""
HOLIDAY = "Harbour Day"
_FILES = {ABSENCES: "absences", HOLIDAYS: "holidays", ROTA: "rota"}
"""Source -> name of its file without the ending."""
_OPTIONS = {
    ABSENCES: 'all = true\ntime_zone = "Europe/Berlin"\n',
    HOLIDAYS: 'holds = "holidays"\ncalendars = ["terminals"]\n',
    ROTA: 'holds = "oncall"\nteam = "terminals"\nschedule = "Terminals"\n',
}


def calendars(clock: StoryClock) -> Mapping[str, str]:
    """Name of a file -> its text."""
    events = {ABSENCES: _absences(clock), HOLIDAYS: _holidays(clock), ROTA: _rota(clock)}
    return {_FILES[source]: _calendar(_FILES[source], clock.end, found) for source, found in events.items()}


def calendars_setup(folder: Path) -> str:
    """Their sources as TOML; apart from the rest, since only the home knows where the files lie."""
    return "".join(
        f'\n[sources.{source}]\ntool = "ics"\npaths = [{json.dumps(str(_file(folder, source)))}]\n'
        f"every_minutes = 0\n[sources.{source}.options]\n{options}"
        for source, options in _OPTIONS.items()
    )


def write_calendars(folder: Path, texts: Mapping[str, str]) -> None:
    """Puts the files into the home; as bytes, for a calendar's lines end alike on every system."""
    for name, text in texts.items():
        (folder / f"{name}.ics").write_bytes(text.encode())


def calendar_events(folder: Path, now: datetime) -> list[RawEvent]:
    """The files as their first sync reads them, with that sync's ids: to read them again adds nothing."""
    found = []
    for source in _OPTIONS:
        asked = SyncRequest(
            Options(source),
            {"paths": [str(_file(folder, source))]},
            {},
            {},
            None,
            now,
            None,
            report=lambda _: None,
            sleep=lambda _: None,
        )
        found += [raw_event(page, source, CONNECTOR.tool, now) for page in CONNECTOR.sync(asked)]
    return found


def _file(folder: Path, source: str) -> Path:
    return folder.absolute() / f"{_FILES[source]}.ics"


def _absences(clock: StoryClock) -> Iterator[list[str]]:
    """Each names the person by attendee address and in the summary."""
    for login, first, last, reason in AWAY:
        who = player(login)
        yield [
            f"UID:{who.key}-{-first}@{DOMAIN}",
            *_days(clock.day(first), clock.day(last)),
            f"SUMMARY:{who.name}: {reason}",
            _attendee(who),
        ]


def _holidays(clock: StoryClock) -> Iterator[list[str]]:
    """Days off of one team: what the others celebrate stands in the settings."""
    for team in CREWS:
        for day in team.shift.off:
            when = clock.day(day)
            yield [f"UID:{team.key}-{-day}@{DOMAIN}", *_days(when, when), f"SUMMARY:{HOLIDAY}"]


def _rota(clock: StoryClock) -> Iterator[list[str]]:
    """Of the team that keeps it in a calendar; everybody else has PagerDuty for it."""
    for team in [one for one in CREWS if one.host == "gitlab"]:
        for number, (start, end) in enumerate(turns(team)):
            who = player(on_call(team, start))
            yield [
                f"UID:{team.key}-rota-{number}@{DOMAIN}",
                f"DTSTART:{clock.real(start):%Y%m%dT%H%M%SZ}",
                f"DTEND:{clock.real(end):%Y%m%dT%H%M%SZ}",
                f"SUMMARY:On call: {who.name}",
                _attendee(who),
            ]


def _days(first: date, last: date) -> list[str]:
    # an all-day event ends on the day after its last one
    return [f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}"]


def _attendee(who: Player) -> str:
    return f"ATTENDEE;CN={who.name}:mailto:{who.emails[0]}"


def _calendar(name: str, written: datetime, events: Iterable[list[str]]) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{COMPANY}//{name.title()}//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", f"DTSTAMP:{written:%Y%m%dT%H%M%SZ}", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])
