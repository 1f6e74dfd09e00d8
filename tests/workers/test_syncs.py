"""A run of a sync: what is kept of it, whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fairlead.bus.sql import SqlEventLog
from fairlead.model.errors import Abort, Retry
from fairlead.store import records, state
from fairlead.store.database import Database
from fairlead.wiring.syncing import state_key
from fairlead.workers.leases import Lease
from fairlead.workers.syncs import SyncRunner, SyncSummary, progress_key, running


def run(database: Any, log: Any, clock: Any, syncs: Any, request: Any) -> SyncSummary:
    summary = SyncSummary("shelf")
    SyncRunner(database, log, clock, "shelf", "shelf").run(syncs, request, summary)
    return summary


def cursor(database: Any) -> Any:
    with database.read() as tx:
        return state.get(tx, state_key("shelf"))


def runs(database: Any) -> list[dict[str, Any]]:
    with database.read() as tx:
        return list(records.rows(tx, "sync_runs"))


def test_pages_then_cursor_then_evidence(database: Any, log: Any, clock: Any, shelf: Any, request_for: Any) -> None:
    summary = run(database, log, clock, shelf(pages=100), request_for())
    assert (summary.result, summary.pages, summary.new_pages) == ("success", 100, 100)
    assert cursor(database) == {"next": 100}
    assert [found.event.delivery for found in log.read(0, 200)] == [f"page-{at}" for at in range(100)]
    [record] = runs(database)
    assert (record["result"], record["pages"], record["of"]) == ("success", 100, "shelf")
    assert record["finished_at"] == clock.now()
    with database.read() as tx:
        source = records.get(tx, "sources", "shelf")
    assert source is not None
    assert source["last_sync_at"] == clock.now()
    assert running(database) == {}


def test_a_failure_keeps_what_was_read(database: Any, log: Any, clock: Any, shelf: Any, request_for: Any) -> None:
    fault = Retry("the tool asks to wait", hint="try again later")
    summary = run(database, log, clock, shelf(fails_after=3, fault=fault), request_for())
    assert (summary.result, summary.pages, summary.error) == ("partial", 3, "the tool asks to wait")
    assert cursor(database) == {"next": 3}
    assert runs(database)[0]["error"] == "the tool asks to wait"
    again = shelf()
    assert run(database, log, clock, again, request_for(cursor(database))).pages == 2
    assert again.served == [3, 4]


def test_failing_at_once_is_a_failure(database: Any, log: Any, clock: Any, shelf: Any, request_for: Any) -> None:
    summary = run(database, log, clock, shelf(fails_after=0, fault=Abort("token expired")), request_for())
    assert summary.result == "failure"
    assert cursor(database) is None
    with database.read() as tx:
        source = records.get(tx, "sources", "shelf")
    assert source is not None
    assert source["last_sync_at"] is None
    assert "token expired" in summary.words()


def test_what_is_left_out_makes_it_partial(database: Any, log: Any, clock: Any, shelf: Any, request_for: Any) -> None:
    summary = run(
        database, log, clock, shelf(left_out=["checks: no permission", "checks: no permission"]), request_for()
    )
    assert summary.result == "partial"
    assert runs(database)[0]["left_out"] == ("checks: no permission",)
    assert "left out: checks: no permission" in summary.words()


def test_the_same_pages_again_are_no_new_events(
    database: Any, log: Any, clock: Any, shelf: Any, request_for: Any
) -> None:
    run(database, log, clock, shelf(), request_for())
    summary = run(database, log, clock, shelf(), request_for())
    assert (summary.pages, summary.new_pages) == (5, 0)
    assert len(log.read(0, 50)) == 5


def test_a_running_sync_shows_where_it_is(database: Any, log: Any, clock: Any, shelf: Any, request_for: Any) -> None:
    seen: list[Any] = []

    class Watched(type(shelf())):  # type: ignore[misc]
        def sync(self, request: Any) -> Any:
            for page in super().sync(request):
                seen.append(running(database))
                yield page

    run(database, log, clock, Watched(), request_for())
    assert seen[0]["shelf"]["what"] == "shelf: pages"
    assert seen[0]["shelf"]["total"] == 5


KILLED = """
import itertools, os, signal, sys
from fairlead.bus.sql import SqlEventLog
from fairlead.connectors.kit.connector import Options, Page, SyncRequest
from fairlead.model.times import SystemClock
from fairlead.store import state
from fairlead.store.database import Database
from fairlead.wiring.syncing import state_key
from fairlead.workers.leases import Lease
from fairlead.workers.syncs import SyncRunner, SyncSummary

folder, die_at = sys.argv[1], int(sys.argv[2])
database = Database.open(f"sqlite:///{folder}/facts.db")
log = SqlEventLog.open(f"sqlite:///{folder}/raw.db")

class Long:
    def sync(self, request):
        for number in range(int(request.state.get("next", 0)), 400):
            if number == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
            yield Page("api:long", f"page-{number}", b"{}" * 500, state={"next": number + 1})

with database.read() as tx:
    cursor = state.get(tx, state_key("long")) or {}
clock = SystemClock()
request = SyncRequest(Options("long"), {}, {}, cursor, None, clock.now(), None, lambda _: None, lambda _: None)
summary = SyncSummary("long")
with Lease(database, "sync of long").held() as lease:
    SyncRunner(database, log, clock, "long", "long", lease).run(Long(), request, summary)
print(summary.pages)
"""


def test_kill_9_and_go_on(tmp_path: Path) -> None:
    for die_at in (150, 390):
        process = subprocess.run([sys.executable, "-c", KILLED, tmp_path, str(die_at)], capture_output=True)
        assert process.returncode == -signal.SIGKILL, process.stderr
    # The lease of the dead is taken over at once.
    last = subprocess.run([sys.executable, "-c", KILLED, tmp_path, "-1"], capture_output=True, text=True)
    assert last.returncode == 0, last.stderr
    log = SqlEventLog.open(f"sqlite:///{tmp_path}/raw.db")
    assert sorted(int(found.event.delivery[5:]) for found in log.scan()) == list(range(400))
    log.close()
    database = Database.open(f"sqlite:///{tmp_path}/facts.db")
    with database.read() as tx:
        assert state.get(tx, state_key("long")) == {"next": 400}
        assert state.get(tx, progress_key("long")) is None
    # A run that was killed has no end; that is how one knows.
    assert [row["finished_at"] is None for row in runs(database)].count(True) == 2
    database.close()


class TestLease:
    def test_one_at_a_time(self, database: Any, clock: Any) -> None:
        first, second = Lease(database, "sync of x", clock), Lease(database, "sync of x", clock)
        with first.held(), pytest.raises(Retry, match=f"in work by process {os.getpid()}"):
            second.take()
        second.take()

    def test_runs_out_unless_renewed(self, database: Any, clock: Any) -> None:
        first, second = Lease(database, "sync of x", clock), Lease(database, "sync of x", clock)
        first.take()
        clock.pass_by(seconds=100)
        first.renew()
        clock.pass_by(seconds=100)
        with pytest.raises(Retry):
            second.take()
        clock.pass_by(seconds=100)
        second.take()
        with pytest.raises(Retry, match="taken over"):
            first.renew()
        first.give_back()
        with pytest.raises(Retry):
            first.take()

    def test_whoever_waits_for_a_turn_gets_it_when_it_is_free(self, database: Any, clock: Any) -> None:
        brief = timedelta(seconds=30)
        first, second = (Lease(database, "ingestion", clock, lasts=brief) for _ in range(2))
        assert first.mine()
        assert not second.mine()
        first.give_back()
        assert second.mine()
        assert not first.mine()
        clock.pass_by(seconds=31)
        assert first.mine()
        # the late one hears of it when it would renew, and stands by from then on
        assert not second.mine()
        assert not second.mine()
