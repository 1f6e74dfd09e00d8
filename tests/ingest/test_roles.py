"""Roles that people give are raw events: they survive an emptied store, and no replay gives back what was taken."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fairlead.bus.sql import SqlEventLog
from fairlead.connectors.fairlead import role_given
from fairlead.connectors.kit.connector import Options
from fairlead.gateway.access import Access
from fairlead.ingest.apply import Ingest
from fairlead.ingest.replay import replay
from fairlead.model.patch import Patch
from fairlead.model.records.people import Person, Team
from fairlead.store import access, events, quarantine, records
from fairlead.store.database import Database

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
TEAM = "team:payments"
PEOPLE = ("person:kim", "person:noor", "person:ravi")


class Ticking:
    """A clock that moves on by a minute at each look."""

    def __init__(self) -> None:
        self._at = NOW

    def now(self) -> datetime:
        """The next minute."""
        self._at += timedelta(minutes=1)
        return self._at


class Home:
    """A store and a log, and who lets people in."""

    def __init__(self, folder: Path, template: Path) -> None:
        self._facts, self._template = folder / "facts.db", template
        self.log = SqlEventLog.open(f"sqlite:///{folder / 'raw.db'}")
        self.clock = Ticking()
        self.empty()

    def empty(self) -> None:
        """Starts again with nothing but the log."""
        if hasattr(self, "database"):
            self.database.close()
        for path in self._facts.parent.glob("facts.db*"):
            path.unlink()
        shutil.copy(self._template, self._facts)
        self.database = Database.open(f"sqlite:///{self._facts}")
        self.ingest = Ingest(self.database, self.log, options=Options)
        self.access = Access(self.database, self.log, self.clock)
        with self.database.begin() as tx:
            people = [Patch(Person(id=one, name=one), NOW) for one in PEOPLE]
            records.apply(tx, [*people, Patch(Team(id=TEAM, name="Payments"), NOW)])

    def apply(self) -> None:
        """Reads the log to its end."""
        while self.ingest.step().raw_events:
            pass

    def users(self) -> list[access.User]:
        """Who may sign in, and as what."""
        with self.database.read() as tx:
            return access.all_users(tx)


@pytest.fixture
def home(tmp_path: Path, sqlite_template: Path) -> Iterator[Home]:
    """An empty home."""
    opened = Home(tmp_path, sqlite_template)
    yield opened
    opened.log.close()
    opened.database.close()


def _entered(home: Home) -> None:
    home.access.invite("person:kim", "owner")
    home.access.invite("person:noor", "member", TEAM, by="person:kim")
    home.access.invite("person:noor", "manager", TEAM, by="person:kim")
    home.access.invite("person:noor", "viewer", by="person:kim")
    home.access.withdraw("person:noor", by="person:kim")
    home.access.invite("person:ravi", "member", by="person:kim")
    home.access.disable("person:ravi", by="person:kim")


def test_a_team_is_taken_by_its_key_too(home: Home) -> None:
    home.access.invite("person:noor", "manager", "payments")
    assert [one.roles for one in home.users()] == [{TEAM: "manager"}], "the role is held in the team itself"
    home.access.withdraw("person:noor", "payments")
    assert [one.roles for one in home.users()] == [{}]


def test_an_emptied_store_gets_its_roles_back(home: Home) -> None:
    """Who has which role, who gave it when, and who may not sign in."""
    _entered(home)
    before = home.users()
    assert [(one.person, one.roles, one.disabled_at is None) for one in before] == [
        ("person:kim", {"*": "owner"}, True),
        ("person:noor", {TEAM: "manager"}, True),
        ("person:ravi", {"*": "member"}, False),
    ]
    home.apply()
    assert home.users() == before, "what the click has done the log does not do again"
    home.empty()
    assert home.users() == []
    home.apply()
    assert home.users() == before


def test_a_replay_ends_no_session_and_lets_nobody_in(home: Home) -> None:
    """It comes past roles and bans of the past, while those of today hold."""
    _entered(home)
    link = home.access.invite("person:ravi", "viewer", TEAM)
    assert link is not None
    session = home.access.sign_in(link)
    assert session is not None
    home.access.disable("person:noor")
    before = home.users()
    for count in range(1, home.log.latest() + 1):
        home.ingest.again(home.log.read(0, count))
        assert home.users() == before
    replay(home.ingest)
    assert home.users() == before
    viewer = home.access.by_session(session)
    assert viewer is not None
    assert viewer.roles == {"*": "member", TEAM: "viewer"}


def test_links_and_sessions_stay_out_of_the_log(home: Home) -> None:
    """A copy of the log opens no door, and what ingestion makes of it opens none either."""
    link = home.access.invite("person:kim", "owner")
    assert link is not None
    session = home.access.sign_in(link)
    assert session is not None
    whole = b"".join(raw.event.body for raw in home.log.scan())
    for secret in (link, session):
        assert secret.encode() not in whole
        assert access.digest(secret).encode() not in whole
    home.empty()
    home.apply()
    assert home.access.sign_in(link) is None
    assert home.access.by_session(session) is None


def test_killed_between_log_and_store_the_role_is_given_all_the_same(home: Home) -> None:
    """The entry is durable before the store knows of it."""
    home.log.append([role_given(TEAM, "person:kim", "manager", "operator", home.clock.now())])
    home.apply()
    assert [(one.person, one.roles) for one in home.users()] == [("person:kim", {TEAM: "manager"})]
    with home.database.read() as tx:
        assert [event.event.type for event in events.follow(tx, limit=9)] == ["dev.fairlead.role.given.0.1.0"]


def test_a_role_that_somebody_brought_along_gives_nothing(home: Home) -> None:
    """Only entries of this process count, whoever got a forged one into the log."""
    forged = role_given("*", "person:ravi", "owner", "person:kim", NOW)
    home.log.append([dataclasses.replace(forged, trust="unverified")])
    home.apply()
    assert home.users() == []
    with home.database.read() as tx:
        assert "this process alone" in quarantine.rows(tx)[0].error
