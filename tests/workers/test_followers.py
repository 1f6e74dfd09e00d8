"""From the log to records to marts, and again what was asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.config.load import load
from fairlead.connectors.github.fake.code import FileChange
from fairlead.connectors.github.fake.github import FakeGitHub
from fairlead.connectors.github.fake.repositories import NewCommit
from fairlead.model.errors import Retry
from fairlead.model.raw import RawEvent
from fairlead.store import offsets, quarantine, records, rereads
from fairlead.wiring.services import Services
from fairlead.workers.followers import IngestFollower, MartsFollower
from fairlead.workers.leases import Lease
from fairlead.workers.upkeep import compress, expire


@pytest.fixture
def services(tmp_path: Path, clock: Any) -> Iterator[Services]:
    with Services(load(None), tmp_path / "home", clock) as opened:
        yield opened


def arrive(services: Services, clock: Any) -> int:
    """A repository with one open change, as GitHub sends it; gives how many deliveries."""
    at = clock.now()
    fake = FakeGitHub("acme", secret="s")
    fake.add_user("kim", name="Kim", at=at, emails=("kim@acme.example",))
    repo = fake.create_repository("payments", by="kim", at=at)
    commit = NewCommit("Start", (FileChange("a.py"),), fake.signature("kim", at))
    fake.push(repo, "main", [commit], by="kim", at=at)
    fake.push(repo, "work", [commit], by="kim", at=at, onto=repo.branches["main"])
    fake.open_pull(repo, "Pay by invoice", head="work", by="kim", at=at)
    services.log.append(
        [
            RawEvent("github", "github", sent.event, sent.guid, sent.body, at, dict(sent.headers), "verified")
            for sent in fake.hook.sent
        ]
    )
    return len(fake.hook.sent)


class Once(threading.Event):
    """Set from the start of the second look: the follower goes round once."""

    def __init__(self, rounds: int = 1) -> None:
        super().__init__()
        self._rounds = rounds

    def is_set(self) -> bool:
        self._rounds -= 1
        return self._rounds < 0

    def wait(self, timeout: float | None = None) -> bool:
        return True


def test_records_then_marts(services: Services, clock: Any) -> None:
    count = arrive(services, clock)
    IngestFollower(services.ingest, Once()).run()
    with services.database.read() as tx:
        assert offsets.get(tx, "ingest") == count
        assert records.get(tx, "changes", "github:acme/payments#1") is not None
    MartsFollower(services.warehouse, services.database, clock, Once()).run()
    assert services.warehouse.rows("select title from changes") == [{"title": "Pay by invoice"}]


def test_of_two_followers_one_stands_by(services: Services, clock: Any) -> None:
    count = arrive(services, clock)
    other = Lease(services.database, "ingestion", clock)
    standing_by = IngestFollower(services.ingest, Once(), Lease(services.database, "ingestion", clock))
    with other.held():
        standing_by.run()
        with services.database.read() as tx:
            assert offsets.get(tx, "ingest") == 0
    IngestFollower(services.ingest, Once(), Lease(services.database, "ingestion", clock)).run()
    with services.database.read() as tx:
        assert offsets.get(tx, "ingest") == count
    # given back at the end
    assert other.mine()


def test_a_refresh_after_an_empty_one(services: Services, clock: Any) -> None:
    marts = MartsFollower(services.warehouse, services.database, clock, Once(3))
    services.warehouse.refresh()
    arrive(services, clock)
    IngestFollower(services.ingest, Once()).run()
    marts.run()
    assert len(services.warehouse.rows("select id from changes")) == 1


def test_what_was_asked_for_is_read_again(services: Services, clock: Any) -> None:
    services.log.append([RawEvent("github", "github", "pull_request", "d1", b"{", clock.now(), {}, "verified")])
    IngestFollower(services.ingest, Once()).run()
    seq = services.log.latest()
    with services.database.read() as tx:
        [held] = quarantine.rows(tx)
    assert held.attempts == 1
    assert rereads.ask(services.database, seq)
    assert not rereads.ask(services.database, seq + 1)
    IngestFollower(services.ingest, Once()).run()
    with services.database.read() as tx:
        [held] = quarantine.rows(tx)
        assert rereads.asked(tx) == []
    assert held.attempts == 2


def test_a_store_that_is_down_is_waited_for(services: Services, clock: Any, caplog: Any) -> None:
    arrive(services, clock)
    waited: list[float] = []

    class Patient(Once):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0)
            return True

    class Down:
        log = services.log
        database = services.database
        failures = 1

        def step(self) -> Any:
            if self.failures:
                self.failures -= 1
                raise Retry("the store did not answer: disk is full")
            return services.ingest.step()

    IngestFollower(Down(), Patient(2)).run()  # type: ignore[arg-type]
    assert waited == [5.0]
    assert "disk is full" in caplog.text
    with services.database.read() as tx:
        assert offsets.get(tx, "ingest") == services.log.latest()


def test_upkeep_stops_at_the_slowest_consumer(services: Services, clock: Any) -> None:
    count = arrive(services, clock)
    assert compress(services.log, services.database) == 0
    clock.pass_by(days=400)
    assert expire(services.log, services.database, clock, keep_days=90) == 0
    IngestFollower(services.ingest, Once()).run()
    assert expire(services.log, services.database, clock, keep_days=0) == 0
    assert expire(services.log, services.database, clock, keep_days=90) == count


def test_quarantine_says_that_an_event_expired(services: Services, clock: Any) -> None:
    services.log.append([RawEvent("github", "github", "push", "d1", b"{", clock.now(), {}, "verified")])
    IngestFollower(services.ingest, Once()).run()
    clock.pass_by(days=100)
    assert expire(services.log, services.database, clock, keep_days=90) == 1
    with services.database.read() as tx:
        assert [held.state for held in quarantine.rows(tx, None)] == ["expired"]
