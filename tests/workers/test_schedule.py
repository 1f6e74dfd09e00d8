"""What runs when, and once."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.workers.working import run_due

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Abort, Skip
from fairlead.model.setup import CalendarSetup, Organisation, Setup, TeamSetup
from fairlead.store import schedules
from fairlead.store.database import Database
from fairlead.workers.rules import next_at
from fairlead.workers.schedule import Plan, Scheduler

BERLIN = WorkingCalendar("berlin", zone="Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("rule", "after", "expected"),
    [
        ("every 300 s", "2026-03-02T12:00Z", "2026-03-02T12:05Z"),
        ("daily 03:00", "2026-03-02T12:00Z", "2026-03-03T02:00Z"),
        ("daily 03:00", "2026-03-02T01:59:59Z", "2026-03-02T02:00Z"),
        ("daily 03:00", "2026-03-02T02:00Z", "2026-03-03T02:00Z"),
        # Clocks go forward on 29 March: 02:30 does not exist, the day after it is an hour earlier in UTC.
        ("daily 02:30", "2026-03-28T12:00Z", "2026-03-29T01:30Z"),
        ("daily 02:30", "2026-03-29T01:30Z", "2026-03-30T00:30Z"),
        # Clocks go back on 25 October: 02:30 comes twice and counts once.
        ("daily 02:30", "2026-10-24T12:00Z", "2026-10-25T00:30Z"),
        ("daily 02:30", "2026-10-25T00:30Z", "2026-10-26T01:30Z"),
        ("working days 08:30", "2026-03-06T12:00Z", "2026-03-09T07:30Z"),
        ("working days 08:30", "2026-03-27T12:00Z", "2026-03-30T06:30Z"),
    ],
)
def test_next_moment(rule: str, after: str, expected: str) -> None:
    assert next_at(rule, BERLIN, at(after)) == at(expected)


@pytest.mark.parametrize("rule", ["", "every s", "daily 25:00", "daily 3:00", "every 5 minutes", "daily 03:00 "])
def test_other_rules_are_refused(rule: str) -> None:
    with pytest.raises(Abort, match="no rule"):
        next_at(rule, BERLIN, at("2026-03-02T12:00Z"))


SETUP = Setup(
    organisation=Organisation(time_zone="Europe/Berlin"),
    teams={"apac": TeamSetup(time_zone="Asia/Tokyo"), "core": TeamSetup()},
    calendars={"default": CalendarSetup(holidays=("2026-03-03 Carnival",))},
)


@pytest.fixture
def make(database: Any, clock: Any) -> Any:
    def build(**jobs: Any) -> Scheduler:
        return Scheduler(database, SETUP, clock, jobs, threading.Event())

    return build


def held(database: Any) -> dict[str, Any]:
    with database.read() as tx:
        return {schedule.name: schedule for schedule in schedules.rows(tx)}


def test_each_team_has_its_own_hour(make: Any, database: Any) -> None:
    make().plan(
        [
            Plan("brief/apac", "brief", "working days 08:30", team="team:apac"),
            Plan("brief/core", "brief", "working days 08:30", team="team:core"),
        ]
    )
    found = held(database)
    # Noon UTC on Monday; Tuesday is a holiday; Tokyo is nine hours ahead.
    assert found["brief/apac"].next_at == at("2026-03-03T23:30Z")
    assert found["brief/apac"].zone == "Asia/Tokyo"
    assert found["brief/core"].next_at == at("2026-03-04T07:30Z")


def test_the_table_follows_the_configuration(make: Any, database: Any, clock: Any) -> None:
    scheduler = make()
    scheduler.plan([Plan("sync/a", "sync", "every 300 s", source="a"), Plan("sync/b", "sync", "every 300 s")])
    clock.pass_by(seconds=60)
    scheduler.plan([Plan("sync/a", "sync", "every 300 s", source="a"), Plan("sync/c", "sync", "every 60 s")])
    found = held(database)
    assert set(found) == {"sync/a", "sync/c"}
    assert found["sync/a"].next_at == at("2026-03-02T12:05Z")
    scheduler.plan([Plan("sync/a", "sync", "every 600 s", source="a")])
    assert held(database)["sync/a"].next_at == at("2026-03-02T12:11Z")


def test_what_is_due_runs_once_and_is_not_made_up_for(make: Any, database: Any, clock: Any) -> None:
    ran: list[Any] = []
    one, other = make(sync=ran.append), make(sync=ran.append)
    one.plan([Plan("sync/a", "sync", "every 300 s", source="a")], at_start=lambda plan: True)
    assert (run_due(one, database, clock.now()), run_due(other, database, clock.now())) == (1, 0)
    # missed for three hours, and made up for once
    clock.pass_by(hours=3)
    assert (run_due(other, database, clock.now()), run_due(one, database, clock.now())) == (1, 0)
    assert ran == [{"source": "a"}] * 2
    assert held(database)["sync/a"].next_at == clock.now() + timedelta(seconds=300)
    assert held(database)["sync/a"].finished_at == clock.now()


def test_a_failure_is_kept_and_stops_nobody(make: Any, database: Any, clock: Any) -> None:
    def refuse(_: Any) -> None:
        raise Skip("token expired")

    def break_down(_: Any) -> None:
        raise ZeroDivisionError("oops")

    ran: list[Any] = []
    scheduler = make(sync=refuse, brief=break_down, expire=ran.append)
    plans = [
        Plan("a", "sync", "every 60 s"),
        Plan("b", "brief", "every 60 s"),
        Plan("c", "expire", "every 60 s"),
        Plan("d", "dance", "every 60 s"),
    ]
    scheduler.plan(plans, at_start=lambda plan: True)
    assert run_due(scheduler, database, clock.now()) == 3
    errors = {name: schedule.error for name, schedule in held(database).items()}
    assert errors == {"a": "token expired", "b": "ZeroDivisionError: oops", "c": "", "d": ""}
    # What another process can do is left to it.
    assert held(database)["d"].started_at is None
    assert len(ran) == 1


def test_a_pause_is_told_once(tmp_path: Path, clock: Any, caplog: pytest.LogCaptureFixture) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/facts.db")
    looks = Looks(4)
    scheduler = Scheduler(database, SETUP, clock, {"sync": lambda _: None, "expire": lambda _: None}, looks)
    with sqlite3.connect(tmp_path / "facts.db") as con:
        con.execute("ALTER TABLE schedules RENAME TO elsewhere")
    scheduler.run()
    database.close()
    [told] = [record.getMessage() for record in caplog.records]
    assert told.startswith("schedules pause (expire, sync): ")


class Looks(threading.Event):
    """Tells to stop after so many looks at what is due."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._left = count

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        if not self._left:
            self.set()
        return self.is_set()
