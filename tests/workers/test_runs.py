"""A due moment of a schedule is run once, in the durable engine, also where its worker is killed in the middle."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.flows.servers import until
from tests.workers.working import run_due

from fairlead.config.load import load
from fairlead.model.setup import Setup
from fairlead.store import requests, schedules
from fairlead.store.database import Database
from fairlead.store.holders import Holder
from fairlead.wiring.services import Services
from fairlead.workers.requests import RequestFollower
from fairlead.workers.schedule import Plan, Scheduler

ELSEWHERE = Holder("another-machine", 1, "x")
PLAN = Plan("note", "note", "every 86400 s", book="book.txt")

# The real scheduler, follower, engine and rows; only the job and the moment of death are ours.
DIES = """
import os, signal, sys, threading
from pathlib import Path
from fairlead.config.load import load
from fairlead.wiring.services import Services
from fairlead.workers.requests import RequestFollower
from fairlead.workers.runs import Runs
from fairlead.workers.schedule import Plan, Scheduler

settings, home, where = sys.argv[1:]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def note(arguments):
    with (Path(home) / arguments["book"]).open("a") as book:
        book.write("run\\n")
    if where == "in the job":
        die()

if where == "job done":
    Runs._note = die
with Services(load(Path(settings)), Path(home)) as services:
    stop = threading.Event()
    scheduler = Scheduler(services.database, services.setup, services.clock, {"note": note}, stop)
    scheduler.plan([Plan("note", "note", "every 86400 s", book="book.txt")], at_start=lambda plan: True)
    scheduler.take_due()
    if where == "taken":
        die()
    RequestFollower(services, stop, scheduler.runs, acts=False, warm_after_s=0).run()
"""


def settings_of(folder: Path, database_url: str) -> Path:
    """Settings of a home in a folder; on PostgreSQL with its address."""
    path = folder / "fairlead.toml"
    path.write_text(f'[store]\nurl = "{database_url}"\n' if database_url.startswith("postgresql") else "")
    return path


def lines(services: Services) -> int:
    book = services.home / "book.txt"
    return len(book.read_text().splitlines()) if book.exists() else 0


@contextmanager
def running(services: Services) -> Iterator[None]:
    """A worker whose one job is to add a line to the book."""

    def note(arguments: Any) -> None:
        with (services.home / arguments["book"]).open("a") as book:
            book.write("run\n")

    stop = threading.Event()
    scheduler = Scheduler(services.database, services.setup, services.clock, {"note": note}, stop)
    scheduler.plan([PLAN])
    follower = RequestFollower(services, stop, scheduler.runs, acts=False, warm_after_s=0)
    threads = [threading.Thread(target=run) for run in (scheduler.run, follower.run)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


@pytest.mark.slow
@pytest.mark.parametrize(("where", "begun"), [("taken", 1), ("in the job", 2), ("job done", 1)])
def test_a_worker_that_is_killed_leaves_one_run(database_url: str, tmp_path: Path, where: str, begun: int) -> None:
    """One that had begun is begun again; one whose end the engine knows is not."""
    settings = settings_of(tmp_path, database_url)
    home = tmp_path / "home"
    words = [sys.executable, "-c", DIES, str(settings), str(home), where]
    assert subprocess.run(words, check=False, timeout=120).returncode == -9
    with Services(load(settings), home) as services:

        def over() -> bool:
            with services.database.read() as tx:
                found = schedules.get(tx, "note")
                return found is not None and found.finished_at is not None and not requests.of(tx, "schedule/note")

        assert not over()
        with running(services):
            until(over)
        assert lines(services) == begun


def _noted(ran: list[str], name: str, _: Any) -> None:
    ran.append(name)


def test_of_many_workers_one_runs_each_moment(database: Database, clock: Any) -> None:
    """Also where one is at work for longer than a turn, or its machine is gone."""
    ran: list[str] = []
    workers = [
        Scheduler(database, Setup(), clock, {"note": partial(_noted, ran, name)}, threading.Event())
        for name in ("one", "two", "three")
    ]
    workers[0].plan([Plan("note", "note", "every 60 s")])
    clock.pass_by(hours=2)
    assert [worker.take_due() for worker in workers] == [1, 0, 0]
    with database.read() as tx:
        [request] = requests.of(tx, "schedule/note")
    assert workers[1].runs._run(request.id, ELSEWHERE)["went"] == "done"
    # at work elsewhere: it is not begun a second time, and a further moment adds nothing
    clock.pass_by(seconds=61)
    assert [run_due(worker, database, clock.now()) for worker in workers] == [0, 0, 0]
    clock.pass_by(minutes=3)
    assert [run_due(worker, database, clock.now()) for worker in workers] == [1, 0, 0]
    assert ran == ["two", "one"]
    with database.read() as tx:
        assert requests.of(tx, "schedule/note") == []


def test_a_clock_that_was_set_back_stops_no_schedule(database: Database, clock: Any) -> None:
    """It had run ahead by a month: nothing waits until that month is over, and the day's brief comes once a day."""
    ran: list[Any] = []
    scheduler = Scheduler(database, Setup(), clock, {"brief": ran.append, "sync": ran.append}, threading.Event())
    plans = [Plan("brief", "brief", "daily 08:30"), Plan("sync/a", "sync", "every 300 s")]
    scheduler.plan(plans)
    clock.pass_by(days=30)
    assert run_due(scheduler, database, clock.now()) == 2
    clock.pass_by(days=-30)
    assert run_due(scheduler, database, clock.now()) == 0
    with database.read() as tx:
        found = {one.name: one.next_at - clock.now() for one in schedules.rows(tx)}
    assert found == {"brief": timedelta(hours=20, minutes=30), "sync/a": timedelta(minutes=5)}
    # by an hour, right after the brief: it is not written again
    clock.pass_by(hours=20, minutes=31)
    assert run_due(scheduler, database, clock.now()) == 2
    clock.pass_by(hours=-1)
    assert run_due(scheduler, database, clock.now()) == 0
    clock.pass_by(minutes=59, seconds=30)
    assert run_due(scheduler, database, clock.now()) == 1
    assert len(ran) == 5
    # and found by the next start, where it happened while nothing ran
    clock.pass_by(days=-3)
    other = Scheduler(database, Setup(), clock, {}, threading.Event())
    other.plan(plans)
    with database.read() as tx:
        assert all(one.next_at <= clock.now() + timedelta(days=1) for one in schedules.rows(tx))


def test_what_is_renewed_is_not_taken_over(database: Database, clock: Any) -> None:
    """A run of hours, as a first sync is."""
    begun, ends = threading.Event(), threading.Event()

    def long(_: Any) -> None:
        begun.set()
        assert ends.wait(60)

    one = Scheduler(database, Setup(), clock, {"sync": long}, threading.Event())
    two = Scheduler(database, Setup(), clock, {"sync": lambda _: pytest.fail("twice")}, threading.Event())
    one.plan([Plan("sync/a", "sync", "every 300 s")])
    clock.pass_by(minutes=5)
    one.take_due()
    with database.read() as tx:
        [request] = requests.of(tx, "schedule/sync/a")
    thread = threading.Thread(target=one.runs.perform, args=(request.id, lambda _, work: work(), ELSEWHERE))
    thread.start()
    assert begun.wait(60)
    for _ in range(3):
        clock.pass_by(seconds=90)
        one.runs.renew(ELSEWHERE)
        assert run_due(two, database, clock.now()) == 0
    ends.set()
    thread.join(60)
    with database.read() as tx:
        assert requests.of(tx, "schedule/sync/a") == []
        found = schedules.get(tx, "sync/a")
    assert found is not None and found.finished_at == clock.now()


def test_a_run_of_a_schedule_that_was_taken_out_is_dropped(database: Database, clock: Any) -> None:
    scheduler = Scheduler(
        database, Setup(), clock, {"sync": lambda _: pytest.fail("it is asked no more")}, threading.Event()
    )
    scheduler.plan([Plan("sync/a", "sync", "every 300 s")])
    clock.pass_by(minutes=5)
    scheduler.take_due()
    scheduler.plan([])
    assert run_due(scheduler, database, clock.now()) == 0
    with database.read() as tx:
        assert requests.of(tx, "schedule/sync/a") == []
