"""Whose calendar holds: of a person, of a team, of everybody else.

What the configuration says wins over records. Hours and holidays come from the calendar named for the person, else
for the team, else for the organisation; the zone from the person, else from that calendar, the team, the
organisation. Holidays add up: those that the configuration names, and those that records bring for its calendar.
Absences are the person's own. Those who share all of it share one calendar: SQL needs few slots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from fairlead.model.calendar.hours import read_hours
from fairlead.model.calendar.working import WorkingCalendar, read_zone
from fairlead.model.setup import CalendarSetup, Setup
from fairlead.model.times import EPOCH, parse_day, parse_time

Row = Mapping[str, Any]
_FAR = EPOCH + timedelta(days=230 * 365)
"""An absence without an end lasts as long as calendars do."""


@dataclass(frozen=True, slots=True)
class PeopleRows:
    """The records that calendars depend on, as rows by column name."""

    calendars: Iterable[Row] = ()
    holidays: Iterable[Row] = ()
    absences: Iterable[Row] = ()
    people: Iterable[Row] = ()
    accounts: Iterable[Row] = ()
    teams: Iterable[Row] = ()
    memberships: Iterable[Row] = ()


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Hours and holidays, with the zone that comes with them."""

    key: str
    hours: str
    zone: str
    holidays: tuple[date, ...]


@dataclass(slots=True)
class _Known:
    """What records say, by id."""

    patterns: dict[str, _Pattern] = field(default_factory=dict)
    holidays: dict[str, list[date]] = field(default_factory=dict)
    people: dict[str, Row] = field(default_factory=dict)
    teams: dict[str, Row] = field(default_factory=dict)
    person_of: dict[str, str] = field(default_factory=dict)
    team_of: dict[str, str] = field(default_factory=dict)
    away: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)


class Calendars:
    """Finds the working calendar of a person, an account or a team; unknown ones get the organisation's."""

    def __init__(self, setup: Setup, rows: PeopleRows | None = None) -> None:
        self._setup = setup
        self._known = _gather(setup, rows or PeopleRows())
        self._made: dict[tuple[str, str, str], WorkingCalendar] = {}
        self._of: dict[str, WorkingCalendar] = {}
        self.default = self._shared(setup.organisation.calendar, "", setup.organisation.time_zone)

    def of_person(self, person: str | None) -> WorkingCalendar:
        """Calendar of a person id, less the person's absences."""
        if not person:
            return self.default
        if person not in self._of:
            self._of[person] = self._for_person(person)
        return self._of[person]

    def of_team(self, team: str | None) -> WorkingCalendar:
        """Calendar of a team id."""
        if not team:
            return self.default
        if team not in self._of:
            self._of[team] = self._for_team(team)
        return self._of[team]

    def team_of(self, person: str) -> str | None:
        """The team whose calendar a person falls back on: the first configured, else the first recorded."""
        return self._known.team_of.get(person)

    def away(self, person: str) -> tuple[tuple[datetime, datetime], ...]:
        """Absences of a person in order of start."""
        return tuple(sorted(self._known.away.get(person, ())))

    def subjects(self) -> dict[str, str]:
        """Id of every known person, account and team -> id of the calendar that holds."""
        known = self._known
        # asking is what makes them: afterwards all stand in `_of`
        for person in (*known.people, *known.team_of, *known.away, *known.person_of.values()):
            self.of_person(person)
        for team in (*known.teams, *known.team_of.values(), *(f"team:{key}" for key in self._setup.teams)):
            self.of_team(team)
        subjects = {subject: calendar.id for subject, calendar in self._of.items()}
        # rows name accounts as often as persons, and SQL joins by either
        subjects |= {account: subjects[person] for account, person in known.person_of.items() if person in subjects}
        return subjects

    def all(self) -> list[WorkingCalendar]:
        """Every calendar in use, the organisation's first."""
        self.subjects()
        found = {self.default.id: self.default} | {calendar.id: calendar for calendar in self._of.values()}
        return list(found.values())

    def _for_team(self, team: str) -> WorkingCalendar:
        calendar, zone = self._team_choice(team)
        return self._shared(calendar, zone, self._setup.organisation.time_zone)

    def _team_choice(self, team: str | None) -> tuple[str, str]:
        """Calendar key and zone of a team, each empty if the team states none."""
        if team is None:
            return "", ""
        configured = self._setup.teams.get(team.removeprefix("team:"))
        recorded = self._known.teams.get(team, {})
        calendar = (configured.calendar if configured else "") or recorded.get("calendar") or ""
        zone = (configured.time_zone if configured else "") or _readable(read_zone, recorded.get("time_zone"))
        return calendar, zone

    def _for_person(self, person: str) -> WorkingCalendar:
        configured = self._setup.people.get(person.removeprefix("person:"))
        recorded = self._known.people.get(person, {})
        team_calendar, team_zone = self._team_choice(self._known.team_of.get(person))
        own = (configured.calendar if configured else "") or recorded.get("calendar") or ""
        zone = (configured.time_zone if configured else "") or _readable(read_zone, recorded.get("time_zone"))
        # a calendar of one's own brings its zone with it; the team's must not move it
        if not zone and not own:
            zone = team_zone
        shared = self._shared(own or team_calendar, zone, team_zone or self._setup.organisation.time_zone)
        away = self._known.away.get(person)
        # nearly everybody: a calendar of their own would cost the warehouse a set of slots each
        if not away:
            return shared
        return WorkingCalendar(f"calendar:{person}", shared.hours, str(shared.zone), shared.holidays, away)

    def _shared(self, calendar: str, zone: str, last_zone: str) -> WorkingCalendar:
        pattern = self._pattern(calendar or self._setup.organisation.calendar)
        name = zone or pattern.zone or last_zone or "UTC"
        # the hours as well: what stands in for a missing calendar is called `default` too
        key = (pattern.key, name, pattern.hours)
        if key not in self._made:
            self._made[key] = WorkingCalendar(f"calendar:{pattern.key}@{name}", pattern.hours, name, pattern.holidays)
        return self._made[key]

    def _pattern(self, calendar: str) -> _Pattern:
        key = calendar.removeprefix("calendar:")
        configured = self._setup.calendars.get(key)
        if configured is None and calendar in self._known.patterns:
            return self._known.patterns[calendar]
        # a calendar that does not exist is no reason to have no figures
        return self._configured(key if configured else "default", configured or CalendarSetup())

    def _configured(self, key: str, setup: CalendarSetup) -> _Pattern:
        stated = [day for text in setup.holidays if (day := parse_day(text)) is not None]
        recorded = self._known.holidays.get(f"calendar:{key}", ())
        return _Pattern(key, setup.hours, setup.time_zone, tuple(sorted({*stated, *recorded})))


def _gather(setup: Setup, rows: PeopleRows) -> _Known:
    known = _Known()
    for row in _live(rows.holidays):
        if (day := parse_day(row.get("day"))) is not None:
            known.holidays.setdefault(row["calendar"], []).append(day)
    # after the holidays, which are gathered by calendar above
    for row in _live(rows.calendars):
        days = tuple(known.holidays.get(row["id"], ()))
        hours = _readable(read_hours, row.get("hours")) or CalendarSetup().hours
        known.patterns[row["id"]] = _Pattern(row["id"], hours, _readable(read_zone, row.get("time_zone")), days)
    known.people = {row["id"]: row for row in _live(rows.people)}
    known.teams = {row["id"]: row for row in _live(rows.teams)}
    accounts = list(_live(rows.accounts))
    known.person_of = {row["id"]: row["person"] for row in accounts if row.get("person")}
    _gather_teams(known, setup, accounts, rows.memberships)
    for row in _live(rows.absences):
        # an account that nobody has resolved may be away too, under its own id
        who = row.get("person") or known.person_of.get(row.get("account") or "") or row.get("account")
        start = parse_time(row.get("start_at"))
        if who and start is not None:
            known.away.setdefault(who, []).append((start, parse_time(row.get("end_at")) or _FAR))
    return known


def _gather_teams(known: _Known, setup: Setup, accounts: Iterable[Row], memberships: Iterable[Row]) -> None:
    named = dict(known.person_of)
    for row in accounts:
        for name in (row.get("handle"), row.get("email")):
            if name and row.get("person"):
                # tools write handles and addresses in any case
                named.setdefault(name.lower(), row["person"])
    # before the records: `setdefault` keeps the first, and the configuration wins
    for key, team in setup.teams.items():
        for member in team.members:
            own = f"person:{member}" if member in setup.people else ""
            known.team_of.setdefault(own or named.get(member) or named.get(member.lower(), member), f"team:{key}")
    for row in _live(memberships):
        person = row.get("person") or known.person_of.get(row.get("account") or "")
        # an ended membership tells of yesterday; the calendar is that of now
        if person and row.get("team") and not row.get("valid_to"):
            known.team_of.setdefault(person, row["team"])


def _readable(read: Callable[[str], object], text: str | None) -> str:
    """The text if it can be read, else nothing: one wrong record must not stop every figure."""
    try:
        return text if text and read(text) is not None else ""
    except ValueError:
        return ""


def _live(rows: Iterable[Row]) -> Iterable[Row]:
    return (row for row in rows if not row.get("deleted_at"))
