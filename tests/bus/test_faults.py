"""Nothing acknowledged is lost, whatever happens to the process, the disk or the database."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from fairlead.bus.nats import NatsEventLog
from fairlead.bus.nats_link import Place
from fairlead.bus.sql import SqlEventLog
from fairlead.bus.suite import event
from fairlead.model.errors import Abort, Retry

APPENDER = Path(__file__).with_name("appender.py")


def kill_after(acknowledged: int, *words: str) -> set[str]:
    """Starts an appender, kills it once it has acknowledged so many; gives what it acknowledged."""
    process = subprocess.Popen([sys.executable, APPENDER, *words], stdout=subprocess.PIPE)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(acknowledged)]
    process.kill()
    rest = process.stdout.read()
    process.wait()
    # A last line without its end was cut by the kill, its event may be there or not.
    told = b"".join(lines) + rest[: rest.rfind(b"\n") + 1]
    return set(told.decode().split())


def kill_often(where: str | Place, times: int) -> None:
    chance = random.Random(20261121)
    acknowledged: set[str] = set()
    url, *stream = [where] if isinstance(where, str) else [",".join(where.servers), where.stream]
    for run in range(times):
        acknowledged |= kill_after(chance.randrange(1, 1500), url, f"r{run}", *stream)
    log = SqlEventLog.open(where) if isinstance(where, str) else NatsEventLog.open(where)
    held = {found.event.delivery: found.event.body for found in log.scan()}
    log.close()
    assert acknowledged
    assert not acknowledged - held.keys()
    assert all(body == name.encode() * 300 for name, body in held.items())


def test_kill_9_loses_nothing_acknowledged(sqlite_url: str) -> None:
    kill_often(sqlite_url, 3)
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as con:
        assert con.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_kill_9_loses_nothing_acknowledged_on_postgres(postgres_url: str) -> None:
    kill_often(postgres_url, 2)


def test_kill_9_loses_nothing_acknowledged_on_nats(nats_place: Place) -> None:
    kill_often(nats_place, 2)


@pytest.mark.slow
@pytest.mark.parametrize("store", ["sqlite_url", "postgres_url", "nats_place"])
def test_kill_9_many_times(store: str, request: pytest.FixtureRequest) -> None:
    kill_often(request.getfixturevalue(store), 40)


def test_a_full_disk_fails_aloud_and_heals(tmp_path: Path) -> None:
    """A limit on file sizes is the nearest thing to a full disk that needs no rights."""
    program = """
import resource, sys
from fairlead.bus.sql import SqlEventLog
from fairlead.bus.suite import event
from fairlead.model.errors import Retry

log = SqlEventLog.open(sys.argv[1])
log.append([event("before")])
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
kept, refused = ["before"], 0
for number in range(60):
    try:
        log.append([event(f"d{number}", bytes(20_000))])
        kept.append(f"d{number}")
    except Retry as fault:
        refused += 1
        said = fault.message
assert refused, "never full"
assert "store is not available" in said, said
assert set(kept) <= {found.event.delivery for found in log.scan()}
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
log.append([event("after", bytes(20_000))])
held = [found.event.delivery for found in log.scan()]
assert held[-1] == "after" and set(kept) < set(held)
log.close()
print(refused)
"""
    path = tmp_path / "raw.db"
    done = subprocess.run([sys.executable, "-c", program, f"sqlite:///{path}"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(path) as con:
        assert con.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_lost_database_fails_aloud_and_heals(opened: Callable[[str], Any], postgres_url: str) -> None:
    log = opened(postgres_url).log
    log.append([event("before")])
    with psycopg.connect(postgres_url, autocommit=True) as con:
        name = con.info.dbname
        con.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
        con.execute("CREATE ROLE stranger LOGIN")
    limited = postgres_url.replace("postgresql://postgres", "postgresql://stranger", 1)
    with pytest.raises(Retry, match="store is not available"):
        SqlEventLog.open(limited).append([event("never")])
    with psycopg.connect(postgres_url, autocommit=True) as con:
        con.execute("DROP ROLE stranger")
        con.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')
        con.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'fairlead%'")
    with pytest.raises(Retry, match="store is not available"):
        log.append([event("lost")])
    assert log.append([event("after")])[0].duplicate is False
    assert [found.event.delivery for found in log.read(0, 10)] == ["before", "after"]


def test_one_bad_event_does_not_take_the_others_along(opened: Callable[[str], Any], sqlite_url: str) -> None:
    log = opened(sqlite_url).log
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as con:
        con.execute(
            "CREATE TRIGGER picky BEFORE INSERT ON raw_events WHEN NEW.kind = 'bad'"
            " BEGIN SELECT raise(ABORT, 'constraint'); END"
        )
    futures = [log.submit(event("a")), log.submit(replace(event("b"), kind="bad")), log.submit(event("c"))]
    with pytest.raises(Abort, match="refuses this event"):
        futures[1].result(20)
    assert futures[0].result(20).seq < futures[2].result(20).seq


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    (tmp_path / "raw.db").write_bytes(b"this is no database" * 500)
    with pytest.raises(Retry, match="not a database"):
        SqlEventLog.open(f"sqlite:///{tmp_path}/raw.db")
    with pytest.raises(Abort, match="no event log for `mysql`"):
        SqlEventLog.open("mysql://host/raw")


def test_a_closed_log_takes_nothing(sqlite_url: str) -> None:
    log = SqlEventLog.open(sqlite_url)
    future = log.submit(event("last"))
    log.close()
    assert future.result(0).duplicate is False
    with pytest.raises(Abort, match="closed"):
        log.submit(event("late"))
