"""Ranges of refs through the log: history is read from the repository, once, and a damaged one is kept apart."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.connectors.git.repos import NOON, Repo

from fairlead.bus.sql import SqlEventLog
from fairlead.connectors.git.connector import CONNECTOR
from fairlead.connectors.kit.connector import Options, SyncRequest, raw_event
from fairlead.ingest.apply import Ingest
from fairlead.ingest.identity.resolve import after_batch
from fairlead.ingest.replay import replay
from fairlead.model.setup import Setup
from fairlead.model.times import from_us
from fairlead.store import quarantine, records
from fairlead.store.database import Database


def _append(log: SqlEventLog, path: Path) -> None:
    now = from_us(NOON * 1_000_000)
    settings: dict[str, Any] = {"paths": [str(path)]}
    request = SyncRequest(
        Options("git"), settings, {}, {}, None, now, None, lambda _: None, time.sleep
    )  # fmt: skip
    log.append([raw_event(page, "git", "git", now) for page in CONNECTOR.sync(request)])


def test_a_range_becomes_commits_people_and_survives_a_repair(tmp_path: Path, database: Database) -> None:
    log = SqlEventLog.open(f"sqlite:///{tmp_path / 'raw.db'}")
    ingest = Ingest(database, log, options=Options, after=[after_batch(Setup())])
    repo = Repo.new(tmp_path / "api")
    repo.commit("One", {"a.txt": "1\n"})
    repo.commit("Two (#2)", {"a.txt": "2\n"})
    _append(log, repo.path)
    blob = repo.git("rev-parse", "HEAD~1:a.txt")
    place = repo.path / ".git" / "objects" / blob[:2] / blob[2:]
    away = tmp_path / "away"
    place.rename(away)
    assert ingest.step().quarantined == 1
    with database.read() as tx:
        assert len(list(quarantine.rows(tx))) == 1
    away.rename(place)
    assert replay(ingest, quarantined=True).raw_events == 1
    with database.read() as tx:
        assert {row["message"] for row in records.rows(tx, "commits")} == {"One", "Two (#2)"}
        assert [row["number"] for row in records.rows(tx, "changes")] == [2]
        assert [row["name"] for row in records.rows(tx, "people")] == ["Kim Doe"]
        before = records.revision(tx)
    replay(ingest)
    with database.read() as tx:
        assert [row["rev"] for row in records.rows(tx, "commits")] <= [before, before]
        assert not quarantine.rows(tx)
    log.close()
