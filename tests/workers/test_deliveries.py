"""Reports at their hour: from the settings over schedule and outbox to a mail, a file and a feed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.governance.mailbox import MailServer, serving
from tests.workers.working import run_due

from fairlead.config.load import load
from fairlead.governance.carrier import Carrier
from fairlead.governance.outbox import Outbox
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Abort
from fairlead.model.patch import Patch
from fairlead.model.records.people import Calendar, Holiday
from fairlead.store import ledger, records, schedules
from fairlead.store import outbox as kept
from fairlead.wiring.deliveries import ways
from fairlead.wiring.services import Services
from fairlead.workers.deliveries import OutboxFollower, deliver_due, delivery_plans
from fairlead.workers.rules import due_day, next_at
from fairlead.workers.run import report_jobs
from fairlead.workers.runs import Again
from fairlead.workers.schedule import Plan, Scheduler

TOML = """
[organisation]
name = "Acme"
time_zone = "Europe/Berlin"
[teams.payments]
time_zone = "Asia/Tokyo"
[teams.core]
calendar = "ics:de"
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "Fairlead <fairlead@acme.example>"
[deliveries.morning]
team = "payments"
to = ["Kim <kim@acme.example>", "lee@acme.example"]
file = "{team}/{date}-{report}.md"
feed = true
[deliveries.everyone]
report = "standup"
team = "*"
at = "09:15"
file = "{team}/{date}-{report}.json"
[deliveries.week]
days = "Fri"
at = "16:00"
time_zone = "America/New_York"
language = "de"
to = ["ops@acme.example"]
form = "text"
"""


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with serving() as server:
        yield server


@pytest.fixture
def opened(tmp_path: Path, clock: Any, mail: MailServer) -> Iterator[Callable[..., Services]]:
    with ExitStack() as stack:

        def open_(toml: str = TOML) -> Services:
            file = tmp_path / "fairlead.toml"
            file.write_text(toml.replace("{port}", str(mail.port)), encoding="utf-8")
            return stack.enter_context(Services(load(file), tmp_path / "home", clock))

        yield open_


def scheduled(services: Services) -> Scheduler:
    jobs = report_jobs(services)
    return Scheduler(services.database, services.setup, services.clock, jobs, threading.Event())


def due(schedule: Scheduler, services: Services, clock: Any) -> int:
    return run_due(schedule, services.database, clock.now())


def waiting(services: Services) -> list[str]:
    with services.database.read() as tx:
        return sorted(f"{one.channel} {one.made_from} {one.address}" for one in kept.rows(tx))


def carry(services: Services) -> int:
    return Carrier(Outbox(services.database), ways(services)).carry()


def test_each_team_has_its_own_morning(opened: Any) -> None:
    services = opened()
    scheduled(services).plan(delivery_plans(services))
    with services.database.read() as tx:
        found = {one.name: one.next_at.strftime("%a %H:%M") for one in schedules.rows(tx)}
    # Noon UTC on a Monday in March.
    assert found == {
        "delivery/morning/payments": "Mon 23:30",
        "delivery/everyone/payments": "Tue 00:15",
        "delivery/everyone/core": "Tue 08:15",
        "delivery/week": "Fri 21:00",
    }


def test_a_manager_gets_the_brief_by_mail_as_file_and_in_the_feed(opened: Any, mail: MailServer, clock: Any) -> None:
    services = opened()
    schedule = scheduled(services)
    schedule.plan(delivery_plans(services))
    clock.at = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert due(schedule, services, clock) == 1
    assert waiting(services) == [
        "feed brief ", "file brief payments/2026-03-03-brief.md", "mail brief Kim <kim@acme.example>",
        "mail brief lee@acme.example",
    ]  # fmt: skip
    assert carry(services) == 3
    assert sorted(to for to, _ in mail.taken) == ["kim@acme.example", "lee@acme.example"]
    message = mail.taken[0][1]
    assert str(message["Subject"]).startswith("payments: ")
    [whole] = list(message.iter_attachments())
    assert whole.get_filename() == "brief-2026-03-02.html"
    assert '<details class="evidence">' in whole.get_content()
    html = message.get_body(("html",))
    assert html is not None
    # Readers of mail show what is folded away elsewhere.
    assert "<details" not in html.get_content()
    assert "[deliveries.morning]" in html.get_content()
    written = services.home / "reports" / "payments" / "2026-03-03-brief.md"
    assert written.read_text(encoding="utf-8").startswith("# ")


def test_the_same_hour_is_sent_once(opened: Any, clock: Any) -> None:
    services = opened()
    clock.at = datetime(2026, 3, 2, 23, 45, tzinfo=UTC)
    arguments = {"delivery": "morning", "team": "team:payments"}
    deliver_due(services, arguments)
    before = waiting(services)
    deliver_due(services, arguments)
    clock.pass_by(hours=5)
    deliver_due(services, arguments)
    assert waiting(services) == before
    clock.pass_by(days=1)
    deliver_due(services, arguments)
    assert len(waiting(services)) == len(before) + 4


HOUSE = """\
package fairlead.policies.house

deny contains {"rule": "house/reports", "words": "reports stay in the house"} if {
	input.act.kind == "deliver"
	input.act.tool == "mail"
	not endswith(input.act.place, "@acme.example")
}
"""


def test_policy_is_asked_what_goes_to_whom_and_the_ledger_keeps_both_ends(
    opened: Any, clock: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "fairlead.d" / "policies").mkdir(parents=True)
    (tmp_path / "fairlead.d" / "policies" / "house.rego").write_text(HOUSE, encoding="utf-8")
    services = opened(TOML.replace('"lee@acme.example"', '"lee@acme.example <lee@else.example>"'))
    clock.at = datetime(2026, 3, 2, 23, 45, tzinfo=UTC)
    for _ in range(2):
        deliver_due(services, {"delivery": "morning", "team": "team:payments"})
    assert [one for one in waiting(services) if one.startswith("mail")] == ["mail brief Kim <kim@acme.example>"]
    assert "reports stay in the house" in caplog.text
    with services.database.read() as tx:
        said = [json.loads(one.content) for one in ledger.newest(tx, kind="report.")]
        held = {one.id: one.content for one in kept.rows(tx)}
    assert sorted(one["kind"] for one in said) == ["report.delivered"] * 3 + ["report.refused"]
    batches = [one["said"] for one in said if one["kind"] == "report.delivered"]
    assert {told["id"]: one["content"] for one in batches for told in one["messages"]} == held
    assert [one["said"]["rules"] for one in said if one["kind"] == "report.refused"] == [
        ["house/reports", "rights/deliver"]
    ]


def test_a_report_waits_while_policies_do_not_load(opened: Any, clock: Any, tmp_path: Path) -> None:
    folder = tmp_path / "fairlead.d" / "policies"
    folder.mkdir(parents=True)
    (folder / "house.rego").write_text(HOUSE + "\n}", encoding="utf-8")
    services = opened()
    clock.at = datetime(2026, 3, 2, 23, 45, tzinfo=UTC)
    arguments = {"delivery": "morning", "team": "team:payments"}
    with pytest.raises(Again, match="policy could not be asked"):
        deliver_due(services, arguments)
    with services.database.read() as tx:
        assert not ledger.newest(tx, kind="report.")
    services.close()
    (folder / "house.rego").write_text(HOUSE, encoding="utf-8")
    mended = opened()
    deliver_due(mended, arguments)
    assert "mail brief Kim <kim@acme.example>" in waiting(mended)


def test_a_late_start_sends_todays_once_and_never_yesterdays(opened: Any, clock: Any) -> None:
    services = opened()
    schedule = scheduled(services)
    schedule.plan(delivery_plans(services))
    # Off from Monday noon to Thursday 00:30 UTC: in Tokyo it is 09:30, in Berlin the middle of the night.
    clock.at = datetime(2026, 3, 5, 0, 30, tzinfo=UTC)
    assert due(schedule, services, clock) == 3
    found = waiting(services)
    assert "file brief payments/2026-03-05-brief.md" in found
    assert "file standup payments/2026-03-05-standup.json" in found
    assert not [one for one in found if "core" in one or "03-04" in one or "03-03" in one]
    assert due(schedule, services, clock) == 0
    clock.at = datetime(2026, 3, 5, 8, 15, tzinfo=UTC)
    assert due(schedule, services, clock) == 1
    assert "file standup core/2026-03-05-standup.json" in waiting(services)


def test_a_holiday_that_came_after_the_schedule_counts(opened: Any, clock: Any) -> None:
    services = opened()
    schedule = scheduled(services)
    schedule.plan(delivery_plans(services))
    with services.database.begin() as tx:
        calendar = Calendar(id="ics:de", name="Holidays")
        holiday = Holiday(id="ics:de/1", calendar="ics:de", day=date(2026, 3, 3), name="Carnival")
        records.apply(tx, [Patch(calendar, at=clock.now()), Patch(holiday, at=clock.now())])
    clock.at = datetime(2026, 3, 3, 8, 15, tzinfo=UTC)
    due(schedule, services, clock)
    assert not [one for one in waiting(services) if "core" in one]
    with services.database.read() as tx:
        following = schedules.get(tx, "delivery/everyone/core")
    assert following is not None
    assert following.next_at == datetime(2026, 3, 4, 8, 15, tzinfo=UTC)


def test_a_run_that_was_cut_off_is_made_up_for_at_the_next_start(opened: Any, clock: Any) -> None:
    services = opened()
    scheduled(services).plan(delivery_plans(services))
    clock.at = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    # As a process leaves it that is killed after it took the moment over.
    assert scheduled(services).take_due() == 1
    again = scheduled(services)
    again.plan(delivery_plans(services))
    assert due(again, services, clock) == 1
    assert len(waiting(services)) == 4
    again.plan(delivery_plans(services))
    assert due(again, services, clock) == 0


def test_what_cannot_be_made_now_is_asked_for_again(opened: Any, clock: Any) -> None:
    services = opened()
    with pytest.raises(Abort, match="no team"):
        deliver_due(services, {"delivery": "morning", "team": "team:nobody"})
    # A delivery that was taken out while its run waited goes nowhere, and is told with its schedule.
    schedule = scheduled(services)
    schedule.plan([Plan("delivery/gone", "delivery", "daily 08:30", delivery="gone")])
    clock.pass_by(days=1)
    assert due(schedule, services, clock) == 1
    with services.database.read() as tx:
        found = schedules.get(tx, "delivery/gone")
    assert found is not None
    assert found.error == "no delivery `gone` in the settings"
    assert found.next_at > clock.now() + timedelta(hours=12)


def test_text_alone_in_the_language_that_was_asked_for(opened: Any, mail: MailServer, clock: Any) -> None:
    services = opened()
    clock.at = datetime(2026, 3, 6, 21, 0, tzinfo=UTC)
    deliver_due(services, {"delivery": "week"})
    assert carry(services) == 1
    [(_, message)] = mail.taken
    assert message.get_content_type() == "text/plain"
    assert "wer Fairlead betreibt" in message.get_content()


def test_the_follower_carries_until_it_is_told_to_stop(opened: Any, mail: MailServer, clock: Any) -> None:
    services, stop = opened(), threading.Event()
    clock.at = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    deliver_due(services, {"delivery": "morning", "team": "team:payments"})
    follower = threading.Thread(target=OutboxFollower(services, stop).run)
    follower.start()
    assert mail.wait_for(2)
    stop.set()
    follower.join(30)
    assert not follower.is_alive()


zones = st.sampled_from(sorted(available_timezones() - {"localtime"}))
hours = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda at: f"{at[0]:02d}:{at[1]:02d}")
days = st.sampled_from(["daily", "workdays", "monthly", "Mon", "Sun, Wed-Fri"])
FIRST = datetime(2005, 1, 1, tzinfo=UTC)
starts = st.integers(0, 22 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(zones, hours, days, starts)
def test_every_day_has_its_hour_once_whatever_the_clocks_do(zone: str, at: str, which: str, start: datetime) -> None:
    calendar, rule, moment = WorkingCalendar("any", zone=zone), f"{which} {at}", start
    told: list[date] = []
    for _ in range(12):
        following = next_at(rule, calendar, moment)
        assert following > moment
        day = due_day(rule, calendar, following)
        assert day is not None
        told.append(day)
        # However late within its day the run comes, it is that day's.
        later = following + timedelta(hours=1)
        if later.astimezone(ZoneInfo(zone)).date() == following.astimezone(ZoneInfo(zone)).date():
            assert due_day(rule, calendar, later) == day
        moment = following
    assert len(set(told)) == len(told)
    assert told == sorted(told)
    if which == "daily":
        skipped = (told[-1] - told[0]).days + 1 - len(told)
        # A zone that crosses the date line leaves a day out; clocks that go forward never do.
        assert skipped in (0, 1)
        assert skipped == 0 or zone.startswith(("Pacific", "Kwajalein", "Antarctica", "MIT"))
