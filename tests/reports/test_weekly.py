"""The weekly and the updates: which week, in which order, in whose words, and that each sentence opens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports.pasts import at, ended, played
from tests.reports.sprinting import Board
from tests.reports.stories import Story
from tests.reports.test_as_of import TOLD

from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Abort
from fairlead.model.figures import Definition, Evidence, Figure, Freshness, Window
from fairlead.model.setup import CalendarSetup, Setup, TeamSetup
from fairlead.model.times import FixedClock
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.document import Claim, Document, Empty
from fairlead.reports.trends import trend_of
from fairlead.reports.weekly import update, weekly
from fairlead.reports.weekly_facts import period_of
from fairlead.reports.weekly_views import AUDIENCES

SETUP = Setup(
    teams={
        "pay": TeamSetup(name="Payments", time_zone="Europe/Berlin", repositories=("github:acme/pay",)),
        "plat": TeamSetup(name="Platform", time_zone="Asia/Dubai", calendar="gulf"),
    },
    calendars={"gulf": CalendarSetup(hours="Sun-Thu 09:00-17:00")},
)
NOW = datetime(2026, 11, 19, 8, tzinfo=UTC)
"""A Thursday, nine in Berlin."""


def asked(warehouse: Warehouse, team: str | None = "pay", now: datetime = NOW, language: str = "en") -> Asked:
    return Asked(warehouse, SETUP, now, team=team, language=language)


def section(document: Document, key: str) -> dict[str, Claim]:
    """What is said in a section, by key of the phrase, the last of several."""
    found = next(each for each in document.sections if each.key == key)
    claims = [block.claim if isinstance(block, Empty) else block for block in found.blocks]
    return {claim.key: claim for claim in claims if isinstance(claim, Claim)}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Nothing but the settings, made once: it is only read."""
    story = Story(tmp_path_factory.mktemp("empty"))
    yield story.told(SETUP, NOW)
    story.opened[0].close()


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A week in which all kinds of things happened, made once: it is only read."""
    story = Story(tmp_path_factory.mktemp("week"))
    full(story)
    yield story.told(SETUP, NOW)
    story.opened[0].close()


def full(story: Story) -> None:
    """A sprint that will not bring all, with something blocked by another team, late dates and an open incident."""
    story.add("repositories", id="github:acme/pay", name="acme/pay")
    board = Board(story)
    board.past([1, 2, 3, 4, 5])
    board.sprint(6, closed=False)
    for _ in range(30):
        board.item([6], title="Left to do")
    epic = story.add(
        "work_items", id="jira:PAY-900", title="Refunds in a day", project="PAY", source="jira", work_type="epic",
        created_at=NOW - timedelta(days=60), status="To Do", status_category="todo",
    )  # fmt: skip
    done = board.item([6], started=NOW - timedelta(days=2), done=NOW - timedelta(days=1), title="Refund by card")
    story.add("work_items", id=done, parent=epic)
    # a circle, as tools allow them when they are told so twice
    one, two = (board.item([6], done=NOW - timedelta(days=5)) for _ in range(2))
    story.add("work_items", id=one, parent=two)
    story.add("work_items", id=two, parent=one)
    held = board.item([6], started=NOW - timedelta(days=3), title="Receipt by the new route")
    other = story.add("work_items", id="jira:PLAT-7", title="Route", project="PLAT", team="team:plat", source="jira",
                      created_at=NOW - timedelta(days=20), status="To Do", status_category="todo")  # fmt: skip
    story.add("work_item_links", id=f"{other}/blocks/{held}", from_item=other, to_item=held, kind="blocks",
              created_at=NOW - timedelta(days=3))  # fmt: skip
    story.add("team_dependencies", id="dep:1", from_team="team:pay", to_team="team:plat", title="Sandbox",
              agreed_at=NOW - timedelta(days=30), due_at=NOW - timedelta(days=2))  # fmt: skip
    story.add("incidents", id="pagerduty:P1", title="Captures fail", repository="github:acme/pay", severity="high",
              status="open", started_at=NOW - timedelta(hours=5), source="pagerduty")  # fmt: skip
    story.add("milestones", id="github:acme/pay/milestone/1", repository="github:acme/pay", title="Autumn fares",
              state="open", due_at=NOW + timedelta(days=1), created_at=NOW - timedelta(days=90))  # fmt: skip
    for number in range(8):
        story.add(
            "work_items", id=f"github:acme/pay#{number + 50}", repository="github:acme/pay", title="Fare",
            milestone="github:acme/pay/milestone/1", status_category="todo", created_at=NOW - timedelta(days=9),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("now", "team", "week", "expected"),
    [
        ("2026-11-19T08:00", "pay", "", ("2026-W47", "2026-11-15T23:00", "2026-11-22T23:00")),
        # on Monday nobody asks for the week that has just begun
        ("2026-11-16T08:00", "pay", "", ("2026-W46", "2026-11-08T23:00", "2026-11-15T23:00")),
        ("2026-11-19T08:00", "plat", "", ("2026-W47", "2026-11-14T20:00", "2026-11-21T20:00")),
        # Sunday is Platform's Monday
        ("2026-11-15T08:00", "plat", "", ("2026-W46", "2026-11-07T20:00", "2026-11-14T20:00")),
        ("2026-11-15T08:00", "plat", "2026-W47", ("2026-W47", "2026-11-14T20:00", "2026-11-21T20:00")),
    ],
)
def test_a_week_is_the_teams_own(
    now: str, team: str, week: str, expected: tuple[str, str, str], empty: Warehouse
) -> None:
    found = period_of(asked(empty, team, datetime.fromisoformat(now).replace(tzinfo=UTC)), week)
    assert (str(found.week), *(f"{moment:%Y-%m-%dT%H:%M}" for moment in (found.start, found.end))) == expected


@pytest.mark.parametrize(
    ("week", "said"),
    [("2026-W48", "2026-W48 has not begun"), ("last", "no week `last`"), ("2026-W54", "no week"),
     # told of today's records it would say what nobody knew then
     ("2026-W40", "2026-W40 is over")],
)  # fmt: skip
def test_a_week_that_cannot_be_told_is_refused(week: str, said: str, empty: Warehouse) -> None:
    with pytest.raises(Abort, match=re.escape(said)):
        weekly(asked(empty), week=week)


def test_what_matters_most_comes_first_and_asks_something(week: Warehouse) -> None:
    document = update(asked(week), audience="team")
    told = [key for key in section(document, "risks") if key != "more"]
    assert told == [
        "concern.incident",
        "concern.late",
        "concern.target",
        "concern.sprint",
        "concern.waits",
        "concern.old",
    ]
    risks = section(document, "risks")
    assert risks["concern.incident"].text == "1 incident is not over, since Thu 04:00"
    assert risks["concern.waits"].text == "waits for PLAT-7 of Platform, 3 working days"
    assert [risk.reasons[0].key for risk in risks.values() if risk.reasons] == [
        "urgency.now",
        *["urgency.date"] * 4,
        "urgency.trend",
    ]
    decided = section(weekly(asked(week)), "decide")
    assert list(decided) == ["ask.incident", "ask.late", "ask.target"]


def test_what_shipped_stands_under_what_it_is_part_of(week: Warehouse) -> None:
    goal = section(weekly(asked(week)), "shipped")["shipped.goal"]
    assert (goal.title, goal.text) == ("Refunds in a day", "1 item done; 1 of 1 are by now")
    assert [reason.text for reason in goal.reasons] == [
        f"{goal.evidence.ids[0].removeprefix('jira:')} Refund by card"
    ]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("report", ["weekly", *AUDIENCES])
def test_each_sentence_opens_in_each_view(report: str, language: str, week: Warehouse) -> None:
    question = asked(week, language=language)
    document = weekly(question) if report == "weekly" else update(question, audience=report)
    for claim in document.claims():
        rows = question.warehouse.readonly(claim.evidence.query, owner=True).rows
        # of an absence there is no row, and of a forecast as many as it was drawn from
        assert len(rows) == claim.evidence.count or claim.evidence.ids[0].startswith("definition:"), claim.key
    for form in (render.terminal, render.markdown, render.html, render.json):
        assert form(document)


def test_views_tell_the_same_facts(week: Warehouse) -> None:
    question = asked(week)
    told = [section(update(question, audience=name), "risks") for name in AUDIENCES]
    for risks in told:
        assert {"concern.incident", "concern.incident.plain"} & set(risks)
        assert next(iter(risks.values())).evidence.ids == ("pagerduty:P1",)


TRADE = re.compile(
    r"\b(?:DORA|MTTR|SLO|WIP|PRs?|pull requests?|deployments?|pipelines?|main|merged?|branch(?:es)?|incidents?|"
    r"commits?|lead time|cycle time|throughput|velocity|burndown|backlog|CI|Vorf(?:a|ä)ll\w*|Durchsatz|Zweig|"
    r"übernommen)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", ["en", "de"])
def test_an_executive_reads_no_words_of_the_trade(language: str, week: Warehouse) -> None:
    document = update(asked(week, language=language), audience="executive")
    said = [claim.text for claim in document.claims()] + [part.heading for part in document.sections]
    assert [text for text in said if TRADE.search(text)] == []


def test_load_is_told_of_large_groups_alone_and_never_by_name(story: Story) -> None:
    for key in ("kim", "lee", "mo"):
        story.person(key, name=f"{key.title()} Surname")
        story.add("memberships", id=f"team:pay/github:@{key}", team="team:pay", account=f"github:@{key}")
    for number in range(1, 12):
        change = story.change(number, "github:@lee", 30)
        story.event(change, "review_requested", 29, "github:@lee", subject="github:@kim")
        story.add("changes", id=change, requested_reviewers=["github:@kim"])
    other = story.change(20, "github:@kim", 30)
    story.event(other, "review_requested", 29, "github:@kim", subject="github:@mo")
    story.add("changes", id=other, requested_reviewers=["github:@mo"])
    small = SETUP.teams["pay"]
    setup = Setup(teams={"pay": replace_members(small)}, calendars=SETUP.calendars)
    question = Asked(story.told(setup, NOW), setup, NOW, team="pay")
    document = weekly(question)
    assert "load.suppressed" in section(document, "reviews")
    # neither does its evidence tell whose they are: one that waits for somebody else is among them
    [told] = [claim for claim in document.claims() if claim.key == "load.suppressed"]
    assert other in told.evidence.ids
    assert "concern.load" not in section(update(question, audience="team"), "risks")
    assert "Surname" not in " ".join(claim.text for claim in document.claims())


def test_a_deployment_that_did_harm_afterwards_is_no_success(story: Story) -> None:
    story.add("repositories", id="github:acme/pay", name="acme/pay")
    for number in range(6):
        ended = NOW - timedelta(hours=40 - 2 * number)
        story.add(
            "deployments", id=f"github:acme/pay/deployment/{number}", repository="github:acme/pay", source="github",
            environment="production", sha=f"{number}" * 40, state="finished", result="success", created_at=ended,
            started_at=ended, finished_at=ended, made_from="deployment",
        )  # fmt: skip
    calm = weekly(Asked(story.told(SETUP, NOW), SETUP, NOW, team="pay"))
    assert len(section(calm, "wins")["win.deployed"].evidence.ids) == 6
    story.add("incidents", id="pagerduty:P1", title="Captures fail", repository="github:acme/pay", severity="high",
              status="resolved", started_at=NOW - timedelta(hours=35), resolved_at=NOW - timedelta(hours=34),
              caused_by_deployment="github:acme/pay/deployment/2", source="pagerduty")  # fmt: skip
    assert "win.deployed" not in section(weekly(Asked(story.told(SETUP, NOW), SETUP, NOW, team="pay")), "wins")


def replace_members(team: TeamSetup) -> TeamSetup:
    """The team with three people in it."""
    return TeamSetup(name=team.name, time_zone=team.time_zone, repositories=team.repositories,
                     members=("github:@kim", "github:@lee", "github:@mo"))  # fmt: skip


def test_an_unknown_audience_names_those_that_there_are(empty: Warehouse) -> None:
    with pytest.raises(Abort) as fault:
        update(asked(empty), audience="board")
    assert fault.value.hint == "there are: executive, product, team"


def test_nothing_known_is_no_calm_week(empty: Warehouse) -> None:
    document = weekly(asked(empty))
    assert document.title.text.startswith("Week 47: nothing was finished; ")
    assert "shipped.none" in section(document, "shipped")
    assert "win.calm" not in section(document, "wins"), "no tool tells of incidents"


@pytest.mark.parametrize(("report", "hour"), [(weekly, 100.5), (update, 73.5)])
def test_a_week_of_then_says_what_was_known(report: object, hour: float) -> None:
    def told(rewound: bool) -> str:
        host = ended(played(TOLD)) if rewound else ended(played(TOLD, hour), hour)
        then = at(hour) if rewound else None
        warehouse = Warehouse(None, host.source(), Setup(), FixedClock(at(hour)), then=then)
        try:
            document = report(Asked(warehouse, Setup(), at(hour)))  # type: ignore[operator]
        finally:
            warehouse.close()
        return render.json(replace(document, freshness=""))

    assert told(rewound=True) == told(rewound=False)


def _figure(
    value: float | None, previous: float | None, direction: str, unit: str = "seconds", n: int = 30
) -> Figure:
    window = Window(start=NOW - timedelta(days=28), end=NOW)
    return Figure(
        name="test", title="Test", value=value, previous=previous, unit=unit, window=window, n=n, previous_n=n,  # type: ignore[arg-type]
        direction=direction, definition=Definition(name="test", version=1, url="/definitions/test"),  # type: ignore[arg-type]
        freshness=Freshness(as_of=NOW), rows=Evidence(ids=("a",), count=n, query="select 1"),
    )  # fmt: skip


values = st.floats(0, 1e6, allow_nan=False)


@given(values, values)
def test_a_trend_turns_with_time_and_with_the_better_way(now: float, before: float) -> None:
    up, down = (trend_of(_figure(now, before, way), 5) for way in ("up", "down"))
    turned = {"improving": "degrading", "degrading": "improving", "stable": "stable"}
    assert turned[up] == down
    if now == before:
        assert up == "stable"
    elif abs(now - before) > 0.2 * max(now, before):
        assert trend_of(_figure(before, now, "up"), 5) == turned[up] != "stable"


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (_figure(10, 20, "down"), "improving"),
        (_figure(10, 20, "down", n=4), ""),
        (_figure(10, 20, "neither"), ""),
        (_figure(None, 20, "down"), ""),
        (_figure(10, None, "down"), ""),
        (_figure(19, 20, "down"), "stable"),
        # from one in a thousand to nine: less than a point of a share
        (_figure(0.009, 0.001, "down", "share"), "stable"),
        (_figure(0.10, 0.05, "down", "share"), "degrading"),
        (_figure(1, 0, "up"), "improving"),
    ],
)
def test_what_is_told_as_a_trend(figure: Figure, expected: str) -> None:
    assert trend_of(figure, 5) == expected
