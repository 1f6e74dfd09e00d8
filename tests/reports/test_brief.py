"""The brief over a real store and warehouse: what it says, that every sentence has its rows, what it withholds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.reports.stories import NOW, Story, ago

from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Abort
from fairlead.model.setup import Organisation, PersonSetup, Privacy, Setup, TeamSetup, Thresholds
from fairlead.model.times import FixedClock
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.brief import brief
from fairlead.reports.document import Claim, Document, Section
from fairlead.reports.intake import Intake

PEOPLE = ("ann", "kim", "lee", "mo", "zoe")
PAY = "github:acme/pay"
SETUP = Setup(
    organisation=Organisation(name="Acme", time_zone="Europe/Berlin"),
    teams={
        "pay": TeamSetup(name="Payments", members=PEOPLE, repositories=(PAY,)),
        "web": TeamSetup(name="Web", members=("pat",), repositories=("github:acme/web",)),
    },
    people={key: PersonSetup(name=key.title(), accounts=(f"github:@{key}",)) for key in (*PEOPLE, "pat")},
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A day on which something of every kind happened; no test changes it."""
    story = Story(tmp_path_factory.mktemp("told"))
    _tell(story)
    yield story.told(SETUP)
    story.opened[0].close()


def _tell(story: Story) -> None:
    for key in PEOPLE:
        story.person(key)
    story.add("repositories", id=PAY, name="acme/pay", default_branch="main")
    late = story.change(412, "github:@ann", 100, title="Retry webhooks")
    story.event(late, "review_requested", 90, "github:@ann", subject="github:@kim")
    story.event(late, "commented", 1, "github:@robot")
    story.add("change_files", id=f"{late}:a.py", change=late, repository=PAY, path="a.py")
    commit = story.add(
        "commits", id=f"{PAY}@k1", repository=PAY, sha="k1", author="github:@lee", authored_at=ago(300),
        committed_at=ago(300),
    )  # fmt: skip
    story.add("commit_files", id=f"{commit}:a.py", commit=commit, repository=PAY, path="a.py", additions=3)
    fix = story.change(415, "github:@lee", 60, title="Hotfix: timeouts")
    story.event(fix, "approved", 50, "github:@kim")
    story.change(416, "github:@mo", 20, additions=900)
    merged = story.change(417, "github:@mo", 5, state="merged", merged_at=ago(2), closed_at=ago(2), merge_sha="m1")
    story.event(merged, "merged", 2, "github:@mo")
    for number, result in enumerate(("success", "failure", "failure")):
        story.add(
            "builds", id=f"{PAY}/run/{number}/1", repository=PAY, kind="pipeline", name="CI", branch="main",
            sha=f"b{number}", state="finished", result=result, started_at=ago(10 - number),
            finished_at=ago(9.9 - number), trigger="push",
        )  # fmt: skip
    story.add(
        "builds", id=f"{PAY}/run/9/1", repository=PAY, kind="pipeline", name="CI", branch="topic", result="failure",
        finished_at=ago(1), trigger="push", state="finished",
    )  # fmt: skip
    for number, (result, hours) in enumerate((("success", 99.0), ("failure", 1.2))):
        story.add(
            "deployments", id=f"{PAY}/deployment/{number}", repository=PAY, environment="production",
            sha=f"m{number}", state="finished", result=result, started_at=ago(hours + 0.2), finished_at=ago(hours),
        )  # fmt: skip
    story.add(
        "incidents", id="pagerduty:P1", title="Payments down", repository=PAY, severity="critical", status="open",
        started_at=ago(1), source="pagerduty",
    )  # fmt: skip
    story.add("sources", id="github", name="GitHub", tool="github", last_event_at=ago(0.02))
    story.add("sources", id="pagerduty", name="PagerDuty", tool="pagerduty", last_event_at=ago(140))
    story.add(
        "sync_runs", id="sync:7", of="github", kind="sync", started_at=ago(3), finished_at=ago(2.9), result="partial",
        scope=PAY, left_out=("deployments: no permission",),
    )  # fmt: skip


def section(document: Document, key: str) -> Section:
    return next(section for section in document.sections if section.key == key)


def lines(document: Document, key: str) -> list[str]:
    return [
        " ".join(filter(None, (block.refs[0].label if block.refs else "", block.text)))
        for block in section(document, key).blocks
        if isinstance(block, Claim)
    ]


def test_needs_come_in_the_order_in_which_to_do_them(told: Warehouse, clock: FixedClock) -> None:
    document = brief(Asked(told, SETUP, clock.now(), team="pay"))
    assert lines(document, "needs") == [
        "P1 critical, open in acme/pay since Wed 09:02, 1 h",
        "acme/pay CI fails on main since Wed 01:08, 8.9 h, 2 times in a row",
        "acme/pay the deployment of m1 to production failed Wed 08:50; nothing has been deployed since",
        "acme/pay#415 waits for Lee (its author) since Mon 08:02, 2.1 working days (limit: 4 working hours)",
        "acme/pay#412 waits for Kim since Sat 16:02, 2.1 working days (limit: 1 working day)",
    ]
    assert document.title.text == "1 incident is open; the last deployment of acme/pay failed"
    needs = [block for block in section(document, "needs").blocks if isinstance(block, Claim)]
    assert "The fix acme/pay#415 is open" in needs[0].reasons[0].text
    assert any("Lee fits" in reason.text and "1 of 1 file" in reason.text for reason in needs[-1].reasons)
    assert needs[-1].act is not None


def test_risks_changes_and_data_are_told(told: Warehouse, clock: FixedClock) -> None:
    document = brief(Asked(told, SETUP, clock.now(), team="pay"))
    assert lines(document, "risks")[0].startswith("acme/pay#416 waits for any reviewer since Tue 14:02")
    assert lines(document, "changed") == [
        "1 change merged", "2 changes opened", "1 deployment to production failed", "1 incident began",
    ]  # fmt: skip
    text = render.terminal(document, width=100)
    for part in (
        "PagerDuty silent since", "did not read everything: deployments: no permission",
        "counted by deployment records", "Working time is Mon-Fri 09:00-17:00 in Europe/Berlin",
        "Deployment frequency", "Lead time", "the last 30 days",
    ):  # fmt: skip
        assert part in " ".join(text.split()), part


def test_every_sentence_leads_to_as_many_rows_as_it_counts(told: Warehouse, clock: FixedClock) -> None:
    document = brief(Asked(told, SETUP, clock.now()), every_change=True)
    claims = list(document.claims())
    assert len(claims) > 20
    for claim in claims:
        for owner in (True, False):
            answer = told.readonly(claim.evidence.query, owner=owner)
            assert len(answer.rows) == claim.evidence.count, f"{claim.key}: {claim.evidence.query}"
    for figure in document.figures():
        told.readonly(figure.rows.query, owner=True)


def test_the_same_moment_gives_the_same_words(told: Warehouse, clock: FixedClock) -> None:
    first, second = (render.json(brief(Asked(told, SETUP, clock.now(), team="Payments"))) for _ in range(2))
    assert first == second


def test_another_team_has_another_brief(told: Warehouse, clock: FixedClock) -> None:
    document = brief(Asked(told, SETUP, clock.now(), team="web"))
    assert document.scope == "Web"
    assert lines(document, "needs") == []
    assert document.title.text == "Nothing needs you now"
    with pytest.raises(Abort, match="no team `pays`") as fault:
        brief(Asked(told, SETUP, clock.now(), team="pays"))
    assert "pay, web" in fault.value.hint


def test_german_says_the_same(told: Warehouse, clock: FixedClock) -> None:
    english, german = (brief(Asked(told, SETUP, clock.now(), language=language)) for language in ("en", "de"))
    assert [claim.key for claim in german.claims()] == [claim.key for claim in english.claims()]
    assert [claim.evidence for claim in german.claims()] == [claim.evidence for claim in english.claims()]
    assert "wartet auf Kim seit Sa 16:02, 2,1 Arbeitstage" in " ".join(render.terminal(german).split())


def test_json_is_the_contract(told: Warehouse, clock: FixedClock) -> None:
    said = json.loads(render.json(brief(Asked(told, SETUP, clock.now()))))
    assert [entry["key"] for entry in said["sections"]] == ["needs", "risks", "figures", "changed", "data"]
    figures = [block for block in said["sections"][2]["blocks"] if block["kind"] == "figure"]
    assert {"deployment_frequency", "lead_time", "change_failure_rate"} <= {figure["name"] for figure in figures}


def test_an_empty_home_says_what_brings_data(story: Story, clock: FixedClock) -> None:
    document = brief(Asked(story.told(), Setup(), clock.now()))
    text = render.terminal(document)
    assert "There are no data yet" in text
    assert "fairlead init" in text
    story.add("sources", id="github", name="GitHub", tool="github")
    assert "fairlead sync" in render.terminal(brief(Asked(story.told(), Setup(), clock.now())))


def test_what_is_configured_or_waits_to_be_read_is_not_called_nothing(story: Story, clock: FixedClock) -> None:
    warehouse = story.told()
    configured = render.terminal(brief(Asked(warehouse, Setup(), clock.now(), intake=Intake(configured=True))))
    assert "fairlead sync" in configured
    assert "fairlead init" not in configured
    late = render.terminal(brief(Asked(warehouse, Setup(), clock.now(), intake=Intake(configured=True, unread=1))))
    assert "1 event waits to be read" in late
    assert "no source has been read" not in late
    asked = Asked(warehouse, Setup(), clock.now(), intake=Intake(configured=True, rereading=("jira", "ci")))
    assert brief(asked).freshness.endswith(
        "jira, ci: being read again with changed options, until then as before (!)"
    )
    assert "fairlead sync" not in late, "a sync would bring nothing sooner"


def test_what_could_not_be_read_is_named(story: Story, clock: FixedClock) -> None:
    intake = Intake(configured=True, held={"github": 1200, "jira": 1})
    empty = brief(Asked(story.told(), Setup(), clock.now(), intake=intake))
    assert "1,201 payloads could not be read (github 1,200, jira 1)" in render.terminal(empty)
    story.person("ann")
    story.change(1, "github:@ann", 5)
    told = brief(Asked(story.told(), Setup(), clock.now(), language="de", intake=replace(intake, held={"jira": 1})))
    assert "1 Sendung war nicht lesbar (jira 1)" in render.terminal(told)
    assert "fairlead replay --quarantined" in render.terminal(told)


def test_a_sync_that_left_something_out_is_told_in_the_readers_language(story: Story, clock: FixedClock) -> None:
    story.person("ann")
    story.change(1, "github:@ann", 5)
    shallow = "git:pay: history before 3 commits: the clone is shallow (`git fetch --unshallow` completes it)"
    story.add(
        "sync_runs", id="s", of="git", kind="sync", started_at=ago(3), finished_at=ago(2), result="partial",
        left_out=(shallow, "the moon is full"),
    )  # fmt: skip
    warehouse = story.told()
    german = " ".join(
        render.terminal(brief(Asked(warehouse, Setup(), clock.now(), language="de")), width=200).split()
    )
    assert "pay: die Historie vor 3 Commits, denn der Klon ist flach" in german
    assert "im Wortlaut „the moon is full“" in german
    assert "the clone is shallow" not in german
    assert shallow in " ".join(render.terminal(brief(Asked(warehouse, Setup(), clock.now())), width=300).split())


def _loaded(story: Story, reviewers: int) -> None:
    for key in ("ann", "kim", *(f"p{number}" for number in range(reviewers - 2))):
        story.person(key)
    for number in range(6):
        change = story.change(number, "github:@ann", 2)
        story.event(change, "review_requested", 1, "github:@ann", subject="github:@kim")


def test_review_load_is_told_as_load(story: Story, clock: FixedClock) -> None:
    _loaded(story, 6)
    story.person("far")
    story.person("gone")
    story.add("people", id="person:left", name="Left", kind="human", active=False)
    story.add("accounts", id="github:@left", person="person:left", handle="left", kind="human")
    story.add("accounts", id="email:mail@x.example", person="person:mail", email="mail@x.example", kind="human")
    story.person("p0twin")
    story.add("identity_links", id="twins", account="github:@p0", other="github:@p0twin", status="suggested")
    story.add("absences", id="a", account="github:@gone", start_at=ago(30), end_at=ago(-30))
    members = ("ann", "kim", "p0", "p0twin", "p1", "p2", "p3", "left", "gone", "mail@x.example")
    setup = Setup(teams={"pay": TeamSetup(members=members, repositories=(PAY,))})
    # Ann and four more: not who is away, has left, has no account, may be another one, or is of no team concerned
    assert (
        lines(brief(Asked(story.told(setup), setup, clock.now())), "risks")[0]
        == "6 reviews wait for Kim; 5 others have room"
    )


def test_review_load_of_a_small_group_names_nobody(story: Story, clock: FixedClock) -> None:
    _loaded(story, 4)
    warehouse = story.told()
    said = lines(brief(Asked(warehouse, Setup(), clock.now())), "risks")[0]
    assert "Kim" not in said
    assert "fewer than 5" in said
    assert "Kim" in lines(brief(Asked(warehouse, Setup(privacy=Privacy(minimum_group=3)), clock.now())), "risks")[0]


def test_a_bots_comment_does_not_make_anything_younger(story: Story, clock: FixedClock) -> None:
    story.person("ann")
    change = story.change(1, "github:@ann", 90)
    story.add("accounts", id="github:@ci[bot]", handle="ci[bot]", kind="bot")
    quiet = lines(brief(Asked(story.told(), Setup(), clock.now())), "needs")
    story.event(change, "commented", 1, "github:@ci[bot]")
    assert lines(brief(Asked(story.told(), Setup(), clock.now())), "needs") == quiet != []


def test_thresholds_decide_when_the_brief_speaks(story: Story, clock: FixedClock) -> None:
    story.person("ann")
    story.change(1, "github:@ann", 26)
    patient = Setup(thresholds=Thresholds(first_review_hours=40))
    assert len(lines(brief(Asked(story.told(), Setup(), clock.now())), "needs")) == 1
    assert lines(brief(Asked(story.told(patient), patient, clock.now())), "needs") == []


def test_the_usual_wait_is_the_teams_own_once_enough_is_known(story: Story, clock: FixedClock) -> None:
    setup = Setup(teams={"pay": TeamSetup(members=("ann", "kim"), repositories=(PAY,))})
    story.person("ann")
    story.person("kim")
    for number in range(6):
        done = story.change(number, "github:@ann", 200, state="merged", merged_at=ago(190), closed_at=ago(190))
        story.event(done, "approved", 200 - 2, "github:@kim", review=f"r{number}")
    story.change(50, "github:@ann", 90)
    said = lines(brief(Asked(story.told(setup), setup, clock.now())), "needs")[0]
    assert "85 % here" in said


def test_the_brief_of_monday_looks_back_to_friday(told: Warehouse) -> None:
    monday = FixedClock(NOW + timedelta(days=5))
    assert section(brief(Asked(told, SETUP, monday.now())), "changed").aside == "since Fri 09:00"


def test_forty_waiting_changes_are_counted_and_seven_told(story: Story, clock: FixedClock) -> None:
    story.person("ann")
    for number in range(40):
        story.change(number, "github:@ann", 300 + number)
    blocks = section(brief(Asked(story.told(), Setup(), clock.now())), "needs").blocks
    assert len(blocks) == 8
    assert isinstance(blocks[-1], Claim)
    assert blocks[-1].text == "and 33 more"
    assert blocks[-1].act is not None
    assert blocks[-1].act.command == "fairlead triage"
    assert blocks[-1].evidence.count == 33
