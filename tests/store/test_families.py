"""The tables beside the records: outbox, offsets, state, schedules, access."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from fairlead.model.errors import Abort, Retry
from fairlead.model.events import Event
from fairlead.model.patch import Patch
from fairlead.model.records.code import Change
from fairlead.store import access, events, offsets, records, schedules, state
from fairlead.store.database import Database
from fairlead.store.schedules import Schedule

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def merged(number: int) -> Event:
    """A change of the payments repository that was merged."""
    return Event(
        type="dev.cdevents.change.merged.0.3.0",
        source="github",
        subject=f"github:acme/payments#{number}",
        time=NOON,
        data={"by": "github:@kim", "odd": "a\ud800"},
    )


def test_the_outbox_holds_each_event_once(database: Database) -> None:
    """By content, in the order in which they came."""
    with database.begin() as tx:
        assert events.append(tx, [merged(1), merged(2), merged(1)], [5, 6, 7]) == 2
        assert events.append(tx, [merged(2), merged(3)], 8) == 1
    with database.read() as tx:
        found = events.follow(tx)
        assert [posted.event.subject[-1] for posted in found] == ["1", "2", "3"]
        assert found[0].event.data["odd"] == "a\ufffd"
        assert [posted.event.id for posted in found] == [merged(number).id for number in (1, 2, 3)]
        assert events.follow(tx, after=found[1].position) == found[2:]
        assert events.latest(tx) == found[2].position


def test_offsets(database: Database) -> None:
    """Several consumers, each with its own."""
    with database.begin() as tx:
        assert offsets.get(tx, "ingest") == 0
        offsets.set(tx, "ingest", 7)
        offsets.set(tx, "ingest", 9)
        offsets.set(tx, "signals", 4)
        assert offsets.positions(tx) == {"ingest": 9, "signals": 4}
        assert offsets.lowest(tx) == 4


def test_state(database: Database) -> None:
    """Cursors of any shape."""
    with database.begin() as tx:
        state.put(tx, "sync:github", {"pulls": {"acme/payments": "2026-03-01"}, "page": 3})
        state.put(tx, "sync:github", {"page": 4})
        state.put(tx, "sync:git", [1, None])
        assert state.get(tx, "sync:github") == {"page": 4}
        assert state.below(tx, "sync:") == {"sync:git": [1, None], "sync:github": {"page": 4}}
        state.drop(tx, "sync:git")
        assert state.get(tx, "sync:git", "none") == "none"


def test_a_due_schedule_is_taken_once(database: Database) -> None:
    """Two workers see the same one; a change of the rule keeps what is known of the last run."""
    sync = Schedule("sync/github", "sync", "every 300 s", NOON, arguments={"source": "github"})
    with database.begin() as tx:
        schedules.put(tx, sync)
        schedules.put(tx, replace(sync, name="brief", next_at=NOON + DAY))
        assert schedules.due(tx, NOON - DAY) == []
        assert schedules.due(tx, NOON) == [sync]
        assert schedules.take(tx, sync.name, NOON, NOON + DAY)
        assert not schedules.take(tx, sync.name, NOON, NOON + DAY)
        schedules.start(tx, sync.name, NOON)
        schedules.finish(tx, sync.name, NOON + timedelta(minutes=1), "no network")
        schedules.put(tx, replace(sync, rule="every 60 s"))
        found = schedules.get(tx, sync.name)
        assert found is not None
        assert (found.rule, found.error, found.started_at) == ("every 60 s", "no network", NOON)
        schedules.drop(tx, "brief")
        assert [one.name for one in schedules.rows(tx)] == ["sync/github"]


def test_a_link_lets_in_once(database: Database) -> None:
    """Not twice, not late, not a disabled user."""
    with database.begin() as tx:
        access.add_user(tx, "person:kim", NOON)
        link = access.new_link(tx, "person:kim", "invite", NOON, DAY)
        assert access.use_link(tx, link, NOON + DAY) is None
        assert access.use_link(tx, link, NOON) == "person:kim"
        assert access.use_link(tx, link, NOON) is None
        assert access.use_link(tx, "guess", NOON) is None
        other = access.new_link(tx, "person:kim", "login", NOON, DAY)
        access.disable_user(tx, "person:kim", NOON)
        assert access.use_link(tx, other, NOON) is None


def test_sessions_and_tokens_end(database: Database) -> None:
    """By time, by hand and with their user; no secret is in the store."""
    with database.begin() as tx:
        access.add_user(tx, "person:kim", NOON)
        cookie = access.new_session(tx, "person:kim", NOON, DAY)
        token, secret = access.new_token(tx, "person:kim", "laptop", ["read", "sql"], NOON, DAY)
        assert access.session_person(tx, cookie, NOON) == "person:kim"
        assert access.session_person(tx, cookie, NOON + DAY) is None
        access.touch_session(tx, cookie, NOON + timedelta(hours=1))
        assert access.check_token(tx, secret, NOON) == token
        assert token.scopes == ("read", "sql")
        assert access.check_token(tx, secret, NOON + DAY) is None
        kept = [str(row) for table in ("sessions", "tokens") for row in tx.execute(text(f"SELECT * FROM {table}"))]
        assert not any(part in row for row in kept for part in (cookie, secret))
        assert access.revoke_token(tx, token.id, NOON)
        assert not access.revoke_token(tx, token.id, NOON)
        assert access.check_token(tx, secret, NOON) is None
        _, again = access.new_token(tx, "person:kim", "phone", ["read"], NOON)
        access.disable_user(tx, "person:kim", NOON)
        assert access.check_token(tx, again, NOON) is None
        assert access.session_person(tx, cookie, NOON) is None
        assert [one.name for one in access.tokens_of(tx, "person:kim")] != []


def test_roles_hold_in_a_team_or_everywhere(database: Database) -> None:
    """The higher one counts."""
    with database.begin() as tx:
        access.add_user(tx, "person:kim", NOON)
        access.grant(tx, "person:kim", "viewer", NOON, "operator")
        access.grant(tx, "person:kim", "member", NOON, "operator", team="team:payments")
        access.grant(tx, "person:kim", "manager", NOON, "operator", team="team:payments")
        found = access.user(tx, "person:kim")
        assert found is not None
        assert (found.role_in("team:payments"), found.role_in("team:web")) == ("manager", "viewer")
        access.withdraw(tx, "person:kim", NOON, "operator")
        found = access.user(tx, "person:kim")
        assert found is not None
        assert found.role_in("team:web") is None
        assert access.user(tx, "person:nobody") is None


def test_reading_person_columns_is_recorded(database: Database) -> None:
    """Newest first, refusals too."""
    reading = access.Reading(NOON, "operator", "sql", "select author from commits", ("commits.author",), 12)
    with database.begin() as tx:
        access.note_reading(tx, reading)
        access.note_reading(tx, replace(reading, who="person:kim", allowed=False, row_count=0))
        assert access.readings(tx) == [replace(reading, who="person:kim", allowed=False, row_count=0), reading]
        assert len(access.readings(tx, limit=1)) == 1


@pytest.mark.parametrize("url", ["mysql://db/x", "sqlite://", "no url", "sqlite:///:memory:"])
def test_other_addresses_are_refused(url: str) -> None:
    """With what to write instead."""
    with pytest.raises(Abort) as refusal:
        Database.open(url)
    assert "sqlite:////abs" in refusal.value.hint


def test_a_store_that_is_down_says_so() -> None:
    """Nothing listens there: the caller may try again."""
    with pytest.raises(Retry, match="the store did not answer"):
        Database.open("postgresql://nobody@127.0.0.1:9/none?connect_timeout=2")


def test_a_full_disk_says_so_and_stores_nothing(sqlite_database: Database) -> None:
    """The fault comes from the driver, below SQLAlchemy."""
    with sqlite_database.read() as tx:
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar()
    told = [Patch(Change(id=f"github:acme/payments#{at}", body="x" * 9000), NOON) for at in range(50)]
    with pytest.raises(Retry, match="disk is full"), sqlite_database.begin() as tx:
        tx.exec_driver_sql(f"PRAGMA max_page_count = {pages + 5}")
        records.apply(tx, told)
    with sqlite_database.begin() as tx:
        assert records.counts(tx)["changes"] == 0
        tx.exec_driver_sql("PRAGMA max_page_count = 1000000")
        assert records.apply(tx, told).count == 50
