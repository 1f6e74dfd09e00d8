"""What the settings name and nobody has seen, and how long ago each source was heard of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fairlead.config.load import load
from fairlead.model.patch import Patch
from fairlead.model.raw import RawEvent
from fairlead.model.records.code import Repository
from fairlead.model.records.people import Account, Calendar
from fairlead.model.records.provenance import Source, SyncRun
from fairlead.model.times import FixedClock
from fairlead.store import checked, records, state
from fairlead.wiring.services import Services
from fairlead.wiring.standing import check_again, standing
from fairlead.wiring.unseen import HEARD, heard, unseen

NOW = datetime(2026, 3, 18, 15, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=30)
FILE = """
[sources.github]
repositories = ["harbor/tides"]

[teams.coast]
members = ["ines", "Ines@Harbor.example", "github:@ines", "inez", "bo"]
repositories = ["github:Harbor/ti*", "github:harbor/boats"]
calendar = "hr:shared"

[teams.inland]
calendar = "hr:gone"

[people.bo]

[services.tides]
repository = "github:harbor/tides"

[services.typo]
repository = "github:harbor/tide"
"""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    (tmp_path / "fairlead.toml").write_text(FILE, encoding="utf-8")
    with Services(load(tmp_path / "fairlead.toml", {}), tmp_path / "home", FixedClock(NOW), {}) as opened:
        yield opened


def test_reports_say_when_records_are_made_by_options_of_before(services: Services, tmp_path: Path) -> None:
    services.log.append([RawEvent("github", "github", "ping", "one", b'{"zen": "."}', NOW)])
    services.apply()
    assert services.intake().rereading == ()
    services.close()
    file = tmp_path / "changed.toml"
    file.write_text(f"{FILE}[sources.github.options]\nx = 1\n", encoding="utf-8")
    with Services(load(file, {}), tmp_path / "home", FixedClock(NOW), {}) as changed:
        # as in a server, which answers while its workers are still at it
        assert changed.database.dialect == "sqlite"
        assert changed.intake().rereading == ("github",)
        changed.apply()
        assert changed.intake().rereading == ()


def _tell(services: Services) -> None:
    with services.database.begin() as tx:
        told = [
            Repository(id="github:harbor/tides", source="github", name="tides"),
            Account(id="github:@ines", source="github", handle="ines", email="ines@harbor.example"),
            Calendar(id="hr:shared", source="hr", hours="Mon-Fri 08:00-16:00"),
        ]
        records.apply(tx, [Patch(one, NOW) for one in told])


def test_what_the_settings_name_and_nobody_has_seen_is_told_with_what_was_meant(services: Services) -> None:
    _tell(services)
    told = {(finding.what, finding.detail) for finding in unseen(services)}
    assert told == {
        (
            "services.typo",
            "no repository `github:harbor/tide` has been seen yet; did you mean `github:harbor/tides`?",
        ),
        (
            "teams.coast",
            "no repository like `github:harbor/boats` has been seen yet; did you mean `github:harbor/tides`?",
        ),
        ("teams.coast", "no account or person `inez` has been seen yet; did you mean `ines`?"),
        ("teams.inland", "no calendar `hr:gone` has been seen yet"),
    }
    assert all(finding.ok is None for finding in unseen(services)), "it may still come"


def test_before_the_first_history_nothing_is_missed(services: Services) -> None:
    assert {finding.what for finding in unseen(services)} == {"teams.coast", "teams.inland"}, "calendars alone"


def test_a_source_is_heard_when_something_arrives_however_old_it_is(services: Services) -> None:
    old = NOW - timedelta(days=400)
    with services.database.begin() as tx:
        for name, received in (("github", NOW - timedelta(minutes=7)), ("pager", OLD), ("fairlead", OLD)):
            source = Source(id=name, source=name, tool=name, name=name, last_event_at=old, last_received_at=received)
            records.apply(tx, [Patch(source, NOW)])
    services.catch_up()
    fairlead, github, pager = heard(services, services.warehouse.rows(HEARD))
    assert (fairlead.what, fairlead.ok) == ("fairlead: heard", True), "people speak when they have something to say"
    assert (github.what, github.ok) == ("github: heard", True)
    assert "2025" in github.detail
    assert "received 7 min ago" in github.detail
    assert (pager.what, pager.ok, pager.remedy) == ("pager: silent", None, "")


def test_coverage_last_sync_and_one_at_work_are_told(services: Services) -> None:
    _tell(services)
    with services.database.begin() as tx:
        run = SyncRun(id="github/sync/1", of="github", kind="sync", started_at=OLD, finished_at=OLD, result="success")
        left = ("organisation harbor: no scope read:org",)
        later = SyncRun(
            id="github/sync/2",
            of="github",
            kind="sync",
            started_at=NOW,
            finished_at=NOW,
            result="partial",
            left_out=left,
        )
        # what the settings do not name nobody can sync again
        other = SyncRun(id="old/sync/1", of="old", kind="sync", started_at=NOW, finished_at=NOW, result="failure")
        records.apply(tx, [Patch(one, NOW) for one in (run, later, other)])
        until = "2026-03-18T16:02:00Z"
        state.put(tx, "progress/github", {"done": 3, "total": 10, "what": "changes", "waiting_until": until})
    services.warehouse.refresh()
    found = {one.what: one for one in standing(services, services.warehouse.rows)}
    assert list(found) == ["github: covers", "github: last sync", "github: sync"]
    assert found["github: covers"].detail == "1 repository"
    assert found["github: last sync"].detail == "left something out: organisation harbor: no scope read:org"
    assert found["github: last sync"].remedy == "fairlead sync github"
    at_work = "running beside live events: changes, 3 of 10, waits for the tool's limit until 16:02:00 UTC"
    assert found["github: sync"].detail == at_work


def test_what_a_tool_answers_is_kept_for_a_while(tmp_path: Path) -> None:
    (tmp_path / "team.ics").write_bytes(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n")
    (tmp_path / "fairlead.toml").write_text('[sources.away]\ntool = "ics"\npaths = ["team.ics"]\n', encoding="utf-8")

    def answer(hours: int) -> dict[str, Any]:
        clock = FixedClock(NOW + timedelta(hours=hours))
        with Services(load(tmp_path / "fairlead.toml", {}), tmp_path / "home", clock, {}) as opened:
            check_again(opened, "away")
            with opened.database.read() as tx:
                return checked.kept(tx)["away"]

    first = answer(0)
    assert first["at"] == "2026-03-18T15:00:00Z"
    assert [one["what"] for one in first["findings"]] == ["team"]
    (tmp_path / "team.ics").unlink()
    assert answer(5) == first
    assert [one["ok"] for one in answer(6)["findings"]] == [False]
