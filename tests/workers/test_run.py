"""What the configuration plans, and the briefs that it writes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.config.load import load
from fairlead.config.settings import SourceSetup
from fairlead.wiring.report_files import write_report
from fairlead.wiring.services import Services
from fairlead.workers.run import Parts, plans, report_jobs, source_jobs, take_in
from fairlead.workers.syncs import await_reading, run_sync, tell_quarantined

TOML = """
[organisation]
time_zone = "Europe/Berlin"
[teams.payments]
time_zone = "Asia/Tokyo"
[sources.git-core]
tool = "git"
paths = ["{path}"]
[sources.github]
tool = "github"
every_minutes = 0
[raw]
compress_after_hours = 0.5
"""


@pytest.fixture
def services(tmp_path: Path, clock: Any) -> Iterator[Services]:
    file = tmp_path / "fairlead.toml"
    file.write_text(TOML.replace("{path}", str(tmp_path / "nowhere")), encoding="utf-8")
    with Services(load(file), tmp_path / "home", clock) as opened:
        yield opened


def test_plans_follow_the_configuration(services: Services) -> None:
    found = {plan.name: plan.rule for plan in plans(services)}
    assert found == {
        "sync/git-core": "every 300 s",
        "sweep/git-core": "daily 03:00",
        "brief": "working days 08:30",
        "brief/payments": "working days 08:30",
        "snapshot": "daily 09:00",
        "forecasts": "workdays 05:30",
        "risks": "every 3600 s",
        "goals": "every 3600 s",
        "signals": "every 60 s",
        "compress": "every 1800 s",
        "expire": "daily 04:00",
        "ledger": "every 60 s",
    }


def test_somebody_does_each_kind(services: Services) -> None:
    done = {**report_jobs(services), **source_jobs(services, threading.Event())}
    assert {plan.what for plan in plans(services)} <= done.keys()
    done["signals"]({})
    done["compress"]({})
    done["expire"]({})


def test_briefs_are_written_as_files(services: Services) -> None:
    files = write_report(services, "brief", ("md", "html", "json"), "team:payments")
    assert [path.name for path in files] == ["2026-03-02-brief.md", "2026-03-02-brief.html", "2026-03-02-brief.json"]
    assert files[0].parent.name == "payments"
    assert json.loads(files[2].read_text(encoding="utf-8"))["kind"] == "brief"
    assert write_report(services, "brief", ("md",))[0].parent.name == "all"


def test_what_a_sync_cannot_read_is_told(services: Services) -> None:
    summary = run_sync(services, "git-core")
    assert summary.result == "partial"
    assert "nowhere" in summary.words()


def test_pages_in_quarantine_are_no_success(services: Services, tmp_path: Path) -> None:
    file = tmp_path / "days.ics"
    file.write_text("<!doctype html><title>Sign in</title>", encoding="utf-8")
    services.add_source("calendar", SourceSetup(tool="ics", paths=(str(file),)))
    # told again by a second run: the page is the same, and still nothing was understood of it
    for _ in range(2):
        pages: set[int] = set()
        summary = run_sync(services, "calendar", full=True, taken=pages.add)
        services.apply()
        await_reading(services, pages)
        assert summary.result == "success"
        tell_quarantined(services, summary, pages)
        assert (summary.result, summary.quarantined) == ("partial", 1)
        assert "in quarantine: 1 page that could not be understood" in summary.words()


def test_work_stops_when_told(services: Services) -> None:
    stop = threading.Event()
    running = take_in(services, stop, Parts(marts=False))
    assert {thread.name for thread in running} == {"ingest", "schedules", "requests", "outbox"}
    stop.set()
    for thread in running:
        thread.join(20)
        assert not thread.is_alive()
