"""The views behind the brief: a limit is reached in SQL when the calendar says so in Python."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from tests.reports.stories import NOW, Story, ago

from fairlead.metrics.frame import freshness
from fairlead.model.calendar.resolve import Calendars
from fairlead.model.setup import CalendarSetup, Hotfix, Organisation, Setup, TeamSetup, Thresholds

PAY = "github:acme/pay"
SETUP = Setup(
    organisation=Organisation(time_zone="America/New_York"),
    calendars={
        "short": CalendarSetup(
            hours="Mon-Thu 08:00-12:00, 13:00-16:30, Fri 22:00-02:00", holidays=("2026-10-26 Day",)
        )
    },
    teams={
        "pay": TeamSetup(members=("ann",), repositories=(PAY,), calendar="short", time_zone="Europe/Berlin"),
    },
    thresholds=Thresholds(first_review_hours=11.5, approved_unmerged_hours=3, conflict_hours=0.25),
    hotfix=Hotfix(labels=("urgent*",)),
)


def test_limits_are_reached_by_the_calendar_of_the_team(story: Story) -> None:
    chance = random.Random(7)
    story.person("ann")
    for number in range(120):
        # Around the night in which Berlin leaves summer time, and New York a week later.
        hours = chance.uniform(24, 45 * 24)
        repository = PAY if number % 2 else "github:acme/other"
        change = story.change(
            number, "github:@lee" if number % 2 == 0 else "github:@ann", hours, repository=repository
        )
        if number % 3 == 0:
            story.event(change, "approved", hours / 2, "github:@kim")
        if number % 5 == 0:
            story.event(change, "conflicting", hours / 4)
    warehouse = story.told(SETUP)
    calendars = Calendars(SETUP)
    rows = warehouse.rows("select * from open_change_turns order by change")
    assert len(rows) == 120
    for row in rows:
        calendar = calendars.of_team(row["team"])
        since = row["since"].replace(tzinfo=UTC)
        expected = calendar.add_working(since, row["limit_hours"] * 3600)
        assert abs(row["due_at"].replace(tzinfo=UTC) - expected) < timedelta(milliseconds=1), row["change"]
    assert {row["limit_hours"] for row in rows} == {11.5, 3.0, 0.25}
    assert {row["calendar"] for row in rows} == {"calendar:short@Europe/Berlin", "calendar:default@America/New_York"}


def test_drafts_and_the_unknown_have_no_limit(story: Story) -> None:
    story.person("ann")
    story.change(1, "github:@ann", 500, draft=True)
    story.add("changes", id=f"{PAY}#2", repository=PAY, state="open", author="github:@ann", created_at=ago(500))
    rows = story.told(SETUP).rows("select why, due_at from open_change_turns order by change")
    assert rows == [{"why": "draft", "due_at": None}, {"why": "no_events", "due_at": None}]


def test_hotfixes_are_known_by_label_branch_and_title(story: Story) -> None:
    story.person("ann")
    for number, more in enumerate(
        ({"labels": ("a", "Urgent!")}, {"head_branch": "hotfix/x"}, {"title": "Hotfix: y"}, {"labels": ("bug",)}, {})
    ):
        story.change(number, "github:@ann", 5, **more)
    rows = story.told(SETUP).rows("select hotfix from open_change_turns order by change")
    assert [row["hotfix"] for row in rows] == [True, True, True, False, False]


def test_main_is_red_until_it_passes_again_and_by_main_only(story: Story) -> None:
    story.add("repositories", id=PAY, default_branch="trunk")
    runs = (
        ("CI", "trunk", "failure", 9), ("CI", "trunk", "success", 8), ("CI", "trunk", "failure", 7),
        ("CI", "trunk", "canceled", 6), ("CI", "trunk", "failure", 5), ("CI", "topic", "success", 4),
        ("Lint", "trunk", "failure", 9), ("Lint", "trunk", "success", 3), ("Docs", "trunk", "success", 3),
    )  # fmt: skip
    for number, (name, branch, result, hours) in enumerate(runs):
        story.add(
            "builds", id=f"{PAY}/run/{number}/1", repository=PAY, kind="pipeline", name=name, branch=branch,
            result=result, state="finished", finished_at=ago(hours), trigger="push",
        )  # fmt: skip
    (row,) = story.told(SETUP).rows("select * from attention_red_main")
    assert (row["name"], row["failures"], row["build"]) == ("CI", 2, f"{PAY}/run/4/1")
    assert row["since"] == ago(7).replace(tzinfo=None)
    assert row["due_at"] == ago(6.5).replace(tzinfo=None)


def test_a_failed_deployment_counts_until_one_works(story: Story) -> None:
    for number, (environment, result, hours) in enumerate(
        (
            ("production", "failure", 9),
            ("production", "success", 8),
            ("staging", "failure", 1),
            ("prod-eu", "error", 2),
        )
    ):
        story.add(
            "deployments", id=f"{PAY}/deployment/{number}", repository=PAY, environment=environment, result=result,
            state="finished", finished_at=ago(hours), sha=f"s{number}",
        )  # fmt: skip
    rows = story.told(SETUP).rows("select deployment from attention_failed_deployments")
    assert rows == [{"deployment": f"{PAY}/deployment/3"}]


def test_what_is_not_expected_to_speak_is_never_silent(story: Story) -> None:
    for source, tool in (("fairlead", "fairlead"), ("sheet", "records"), ("junit", "results"), ("git", "git")):
        story.add("sources", id=source, name=source, tool=tool, last_received_at=ago(900), last_sync_at=ago(900))
    for number, (source, kind) in enumerate((("sheet", "import"), ("git", "import"), ("git", "sync"))):
        story.add("sync_runs", id=f"run:{number}", of=source, kind=kind, started_at=ago(900), result="success")
    told = story.told(SETUP)
    due = {row["source"]: row["due_at"] for row in told.rows("select * from attention_silent_sources")}
    # what was imported once and is synced since has to go on
    assert {source for source, at in due.items() if at is not None} == {"git"}
    assert freshness(told).silent == ("git",)


def test_a_source_is_silent_by_working_hours(story: Story) -> None:
    story.add("sources", id="github", name="GitHub", tool="github", last_event_at=ago(30))
    story.add("sources", id="git", name="git", tool="git")
    setup = Setup(thresholds=Thresholds(source_silent_hours=10))
    rows = story.told(setup).rows("select source, since, due_at from attention_silent_sources order by source")
    assert rows[0] == {"source": "git", "since": None, "due_at": None}
    since = datetime(2026, 11, 17, 3, 2, tzinfo=UTC)
    assert since == NOW - timedelta(hours=30)
    assert rows[1]["due_at"] == datetime(2026, 11, 18, 11)  # noqa: DTZ001 - a clock reading of UTC
