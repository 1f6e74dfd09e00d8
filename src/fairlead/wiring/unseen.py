"""What `fairlead doctor` says of names in the settings that no record bears, and when each source was heard of.

The loader refuses what cannot be. What may still come, like a repository that nobody has read yet, is told here: its
figures are empty until then, and nothing else would say why.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from fairlead.config.check import did_you_mean
from fairlead.connectors.kit.connector import Finding
from fairlead.metrics.seeds import glob_pattern
from fairlead.model.setup import Setup
from fairlead.model.times import parse_time
from fairlead.reports.plain import plain
from fairlead.reports.wording import Wording
from fairlead.store import records
from fairlead.wiring.services import Services

HEARD = (
    "select name, source, last_event_at, last_received_at, last_sync_at, due_at from attention_silent_sources "
    "order by source"
)
"""Asked of whoever holds the warehouse: silence is measured in working time, which only its models know."""


def unseen(services: Services) -> Iterator[Finding]:
    """Repositories, calendars and members that the settings name and no record bears."""
    with services.database.read() as tx:
        repositories = _living(records.rows(tx, "repositories"))
        calendars = _living(records.rows(tx, "calendars"))
        accounts = [row for row in records.rows(tx, "accounts") if not row["deleted_at"]]
    # Before the first history everything is unseen, and one finding says so already.
    if repositories:
        yield from _repositories(services.setup, repositories)
    if accounts:
        people = {str(row[key]).lower() for row in accounts for key in ("id", "handle", "email") if row[key]}
        yield from _members(services.setup, people)
    yield from _calendars(services.setup, calendars)


def heard(services: Services, rows: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """For each source the tool's time of its newest event, when something arrived, and the last sync."""
    now = services.clock.now()
    words = Wording("en", ZoneInfo(services.setup.organisation.time_zone), now)
    for row in rows:
        event, received, synced, due = (
            parse_time(row[key]) for key in ("last_event_at", "last_received_at", "last_sync_at", "due_at")
        )
        told = [
            f"newest event {words.recent(event)}" if event else "no event with a time",
            f"received {words.ago(received)}" if received else "",
            f"synced {words.ago(synced)}" if synced else "",
        ]
        silent = due is not None and due <= now
        name = row["name"] or row["source"]
        remedy = f"fairlead sync {name}" if services.source(name) is not None else ""
        yield Finding(
            f"{name}: {'silent' if silent else 'heard'}",
            None if silent else True,
            ", ".join(filter(None, told)),
            remedy if silent else "",
        )


def _living(rows: Iterator[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows if not row["deleted_at"]]


def _repositories(setup: Setup, known: Sequence[str]) -> Iterator[Finding]:
    for key, service in setup.services.items():
        if service.repository and service.repository not in known:
            yield _missing(f"services.{key}", f"repository `{service.repository}`", service.repository, known)
    lower = [one.lower() for one in known]
    for key, team in setup.teams.items():
        for glob in team.repositories:
            fits = re.compile(glob_pattern(glob.lower()))
            if not any(map(fits.match, lower)):
                yield _missing(f"teams.{key}", f"repository like `{glob}`", glob, known)


def _calendars(setup: Setup, known: Sequence[str]) -> Iterator[Finding]:
    named = [("organisation", setup.organisation.calendar)]
    named += [(f"teams.{key}", team.calendar) for key, team in setup.teams.items()]
    named += [(f"people.{key}", person.calendar) for key, person in setup.people.items()]
    for place, said in named:
        stated = said.removeprefix("calendar:") in {"", "default", *setup.calendars}
        if not stated and said not in known:
            yield _missing(place, f"calendar `{said}`", said, known)


def _members(setup: Setup, known: Collection[str]) -> Iterator[Finding]:
    for key, team in setup.teams.items():
        for member in team.members:
            if member not in setup.people and member.lower() not in known:
                yield _missing(f"teams.{key}", f"account or person `{member}`", member.lower(), known)


def _missing(place: str, what: str, said: str, known: Collection[str]) -> Finding:
    meant = did_you_mean(said, list(known), show=0)
    return Finding(
        place, None, f"no {plain(what)} has been seen yet{plain(meant)}", "fairlead sync" if not meant else ""
    )
