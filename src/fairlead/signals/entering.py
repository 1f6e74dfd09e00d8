"""What people say of signals, checked against what is known, as raw events to append: they replay with the rest."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from fairlead.config.check import did_you_mean
from fairlead.connectors import fairlead as entries
from fairlead.model.calendar.resolve import Calendars, PeopleRows
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Skip
from fairlead.model.raw import RawEvent
from fairlead.model.setup import Setup
from fairlead.model.times import parse_time
from fairlead.signals.escalation import after
from fairlead.store import records, signals

if TYPE_CHECKING:
    from fairlead.store.database import Database

MORNING = "morning"
"""The word for the next business morning of whoever says it."""
_PEOPLE = ("calendars", "holidays", "absences", "people", "accounts", "teams", "memberships")
_LONGEST_REASON = 500
_LONGEST = timedelta(days=90)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HINT = "write `morning`, a day like 2026-12-01, a moment, or a length like 4h, 2d or 1bd"


def acknowledged(
    database: Database, signal: str, by: str, at: datetime, *, over: Collection[str | None] = ()
) -> RawEvent:
    """Somebody takes it on; `over` are those whose earlier word counts for nothing here."""
    row = demanded(database, signal)
    if row["acknowledged_at"] is not None and row["acknowledged_by"] not in over:
        raise Skip("somebody has taken it on already", hint=row["acknowledged_by"] or "the operator")
    return entries.signal_acknowledged(row["id"], by, at)


def snoozed(database: Database, signal: str, until: datetime, reason: str, by: str, at: datetime) -> RawEvent:
    """Nobody wants to hear of it until then, for a reason."""
    row = demanded(database, signal)
    return entries.signal_snoozed(row["id"], until, _said(reason), by, at)


def woken(database: Database, signal: str, by: str, at: datetime) -> RawEvent:
    """A snooze ends now."""
    row = demanded(database, signal)
    if row["snoozed_until"] is None:
        raise Skip("it is not snoozed")
    return entries.signal_woken(row["id"], by, at)


def muted(
    rules: Collection[str], rule: str, whom: str, until: datetime, reason: str, by: str, at: datetime
) -> RawEvent:
    """A person or a team does not want to hear of a rule."""
    return entries.rule_muted(_rule(rules, rule), _whom(whom), until, _said(reason), by, at)


def unmuted(database: Database, rule: str, whom: str, by: str, at: datetime) -> RawEvent:
    """They want to hear of it again."""
    with database.read() as tx:
        held = signals.mutes(tx, at)
    if not any(one.rule == rule and one.whom == whom for one in held):
        raise Skip(f"`{rule}` is not muted for {whom}")
    return entries.rule_unmuted(rule, whom, by, at)


def demanded(database: Database, signal: str, *, live: bool = True) -> signals.Row:
    """The signal that people mean, by its id with or without `signal:`."""
    with database.read() as tx:
        whole = signal if signal.startswith("signal:") else f"signal:{signal}"
        row = signals.get(tx, whole)
        near = [] if row else signals.beginning(tx, whole)[:3]
    if row is None or row["state"] is None:
        raise Skip(f"no signal `{signal}`", hint=", ".join(near) or "`fairlead signals list` shows them")
    if live and row["state"] not in ("open", "unknown"):
        raise Skip(f"it is {row['state']}", hint="only what is open can be taken on or put off")
    return row


def read_until(said: str, calendar: WorkingCalendar, now: datetime) -> datetime:
    """The moment that people mean, in their own calendar."""
    said = said.strip()
    try:
        if said in (MORNING, "next morning", "tomorrow"):
            found = _morning(calendar, calendar.next_working_day(calendar.local_day(now)))
        elif _DAY.fullmatch(said):
            found = _morning(calendar, date.fromisoformat(said))
        elif (found_by_length := after(calendar, now, said)) is not None:
            found = found_by_length
        else:
            found = parse_time(said) or now
    except ValueError as fault:
        raise Skip(f"`{said}` is no end", hint=_HINT) from fault
    if found <= now:
        raise Skip(f"`{said}` is not in the future" if said else "an end is missing", hint=_HINT)
    if found - now > _LONGEST:
        raise Skip(
            f"`{said}` is more than {_LONGEST.days} days away", hint="what is of no use for so long: mend the rule"
        )
    return found


def calendar_of(database: Database, setup: Setup, by: str) -> WorkingCalendar:
    """Working calendar of a person, else the organisation's."""
    # of the store: a command beside a server would have to make a warehouse of its own for this one question
    with database.read() as tx:
        rows = {table: list(records.rows(tx, table)) for table in _PEOPLE}
    return Calendars(setup, PeopleRows(**rows)).of_person(by if by.startswith("person:") else None)


def _morning(calendar: WorkingCalendar, day: date) -> datetime:
    return calendar.next_working_moment(calendar.day_bounds(day)[0])


def _said(reason: str) -> str:
    # it goes on into lists of one line each
    said = " ".join(reason.split())[:_LONGEST_REASON]
    if not said:
        raise Skip("a reason is missing", hint="say in a few words why")
    return said


def _rule(rules: Collection[str], rule: str) -> str:
    if rule not in rules:
        raise Skip(f"no rule `{rule}`{did_you_mean(rule, list(rules))}", hint="`fairlead rules list` shows them")
    return rule


def _whom(whom: str) -> str:
    if not whom.startswith(("person:", "team:")):
        raise Skip(f"`{whom}` is neither a person nor a team", hint="write it like person:kim or team:payments")
    return whom
