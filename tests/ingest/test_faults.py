"""Killed at any moment: nothing is lost, nothing is applied twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ingest.notes import Bench, hour, note

from fairlead.bus.sql import SqlEventLog
from fairlead.store import events, intake, offsets, quarantine, records
from fairlead.store.database import Database

ROOT = Path(__file__).parents[2]


def run_until_killed(facts: str, raw: str, steps: int) -> bool:
    """Kills an ingesting process once it has told of so many batches; says whether it came to the end."""
    command = [sys.executable, "-m", "tests.ingest.stepper", facts, raw]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            steps -= 1
            if line == "done\n" or steps <= 0:
                break
        # it is in the midst of the next batch now, wherever that may be
        process.kill()
        return line == "done\n"


def kill_often(facts: str, folder: Path, kills: int, count: int) -> None:
    """Feeds the log, kills ingestion again and again, and counts what is there in the end."""
    chance = random.Random(kills)
    raw = f"sqlite:///{folder / 'raw.db'}"
    log = SqlEventLog.open(raw)
    for start in range(0, count, 100):
        log.append([note(f"d{at}", payload(at)) for at in range(start, start + 100)])
    log.close()
    survived = sum(not run_until_killed(facts, raw, chance.randint(1, count // 9 // kills)) for _ in range(kills))
    assert survived == kills, "each process was killed before its end"
    database, log = Database.open(facts), SqlEventLog.open(raw)
    Bench(database, log).apply()
    with database.read() as tx:
        assert offsets.get(tx, "ingest") == log.latest()
        counted = {tally.outcome: tally.count for tally in intake.rows(tx)}
        assert counted == {"read": count - count // 10, "quarantined": count // 10}
        assert [one.attempts for one in quarantine.rows(tx)] == [1] * (count // 10)
        assert len(events.follow(tx, limit=count)) == count - count // 10
        titles = {row["id"]: row["title"] for row in records.rows(tx, "changes")}
    assert titles == {f"github:acme/payments#{at}": f"Title {at}" for at in range(count) if at % 10}
    log.close()
    database.close()


@pytest.mark.slow
def test_kill_9_between_a_late_rename_and_what_it_owes(database_url: str, tmp_path: Path) -> None:
    """Killed right after each commit in turn, of batches and of reading again: the records of an undisturbed run."""
    raw = f"sqlite:///{tmp_path / 'raw.db'}"
    log = SqlEventLog.open(raw)
    log.append([note(f"d{at}", told) for at, told in enumerate(names_taken_again(count=12))])
    kills = 0
    while True:
        command = [sys.executable, "-m", "tests.ingest.stepper", database_url, raw, "1" if kills < 6 else "3"]
        code = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False, timeout=60).returncode
        if code == 0:
            break
        assert code == -signal.SIGKILL
        kills += 1
    assert kills >= 6
    database = Database.open(database_url)
    with database.read() as tx:
        assert offsets.get(tx, "ingest") == log.latest()
        titles = {row["id"]: row["title"] for row in records.rows(tx, "changes")}
    owners = [(f"github:acme/{name}{at}#1", f"{owner} {at}") for at in range(12) for name, owner in NAMED]
    assert titles == dict(owners)
    log.close()
    database.close()


NAMED = (("old", "Second owner"), ("new", "First owner"))


def names_taken_again(count: int) -> Iterator[object]:
    """Two owners of each name one after the other; that the first one left is heard of last."""
    for at in range(count):
        subject = f"github:acme/old{at}#1"
        yield {"say": [["changes", hour(1), {"id": subject, "title": f"First owner {at}"}]]}
        yield {"say": [["changes", hour(8), {"id": subject, "title": f"Second owner {at}"}]]}
    for at in range(count):
        yield {"rename": [[f"github:acme/old{at}", f"github:acme/new{at}", hour(5)]]}


def payload(at: int) -> object:
    """Every tenth cannot be read."""
    subject = f"github:acme/payments#{at}"
    told = {
        "say": [["changes", hour(at), {"id": subject, "title": f"Title {at}"}]],
        "event": [["dev.cdevents.change.created.0.4.0", subject, hour(at)]],
    }
    return told if at % 10 else b"not json"


def test_kill_9_applies_everything_once(database_url: str, tmp_path: Path) -> None:
    """Three kills on either database."""
    kill_often(database_url, tmp_path, kills=3, count=300)


@pytest.mark.slow
def test_kill_9_many_times(database_url: str, tmp_path: Path) -> None:
    """The long version of the same."""
    kill_often(database_url, tmp_path, kills=20, count=2000)
