"""The queue: order with reasons, suggested reviewers with the parts of their score."""

from __future__ import annotations

import json
import re

import pytest
from tests.reports.stories import Story, ago

from fairlead.connectors.github.connector import CONNECTOR
from fairlead.connectors.kit.connector import Delivery, Options
from fairlead.model.setup import PersonSetup, Setup, TeamSetup
from fairlead.model.times import FixedClock
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.brief import brief
from fairlead.reports.document import Claim, Document
from fairlead.reports.intake import Intake
from fairlead.reports.triage import triage

PAY = "github:acme/pay"
PEOPLE = ("ann", "kim", "lee", "mo", "zoe")
SETUP = Setup(
    teams={"pay": TeamSetup(name="Payments", members=PEOPLE, repositories=(PAY,))},
    people={key: PersonSetup(name=key.title(), accounts=(f"github:@{key}",)) for key in PEOPLE},
)


def touched(story: Story, number: int, who: str, path: str, hours_ago: float) -> None:
    commit = story.add(
        "commits", id=f"{PAY}@c{number}", repository=PAY, sha=f"c{number}", author=f"github:@{who}",
        authored_at=ago(hours_ago), committed_at=ago(hours_ago),
    )  # fmt: skip
    story.add("commit_files", id=f"{commit}:{path}", commit=commit, repository=PAY, path=path)


def claims(document: Document) -> list[Claim]:
    return [block for block in document.sections[0].blocks if isinstance(block, Claim)]


def reasons(claim: Claim) -> str:
    return " ".join(reason.text for reason in claim.reasons)


def test_order_and_reasons(story: Story, clock: FixedClock) -> None:
    for key in PEOPLE:
        story.person(key)
    story.change(1, "github:@ann", 30)
    fix = story.change(2, "github:@ann", 5, title="hotfix: stop the leak", head_branch="leak")
    story.change(3, "github:@mo", 900, draft=True)
    story.change(4, "github:@lee", 4, base_branch="leak")
    document = triage(Asked(story.told(SETUP), SETUP, clock.now(), team="pay"))
    assert [claim.refs[0].label for claim in claims(document)] == [
        "acme/pay#2", "acme/pay#1", "acme/pay#4", "acme/pay#3",
    ]  # fmt: skip
    first = reasons(claims(document)[0])
    assert "+60: it repairs production." in first
    assert "+15: others wait for it (1)." in first
    assert "-50: it is a draft." in reasons(claims(document)[-1])
    assert document.title.text == "4 changes are open, 1 of them waiting for too long"
    assert claims(document)[0].refs[0].id == fix


def test_an_unknown_size_is_told_and_is_not_small(story: Story, clock: FixedClock) -> None:
    story.person("ann")
    story.change(1, "github:@ann", 5, additions=None, deletions=None)
    story.change(2, "github:@ann", 5, additions=4, deletions=None)
    story.change(3, "github:@ann", 5, additions=0, deletions=0)
    said = {
        claim.refs[0].label: reasons(claim) for claim in claims(triage(Asked(story.told(SETUP), SETUP, clock.now())))
    }
    assert "Its size is not known." in said["acme/pay#1"]
    assert "it is small" not in said["acme/pay#1"]
    assert "it is small (4 lines)" in said["acme/pay#2"]
    assert "it is small (0 lines)" in said["acme/pay#3"]


def test_reviewers_are_explained_and_neither_author_nor_agent_nor_absent(story: Story, clock: FixedClock) -> None:
    for key in PEOPLE:
        story.person(key)
    story.add("accounts", id="github:@coder", handle="coder", kind="coding_agent")
    change = story.change(1, "github:@ann", 30)
    story.add("change_files", id=f"{change}:a", change=change, repository=PAY, path="a.py")
    for number, who in enumerate(("ann", "coder", "kim", "lee", "mo")):
        touched(story, number, who, "a.py", 100 * (number + 1))
    story.add("accounts", id="email:x@acme.example", email="x@acme.example", name="Only Commits")
    story.add("commits", id=f"{PAY}@c9", repository=PAY, sha="c9", author="email:x@acme.example", authored_at=ago(9))
    story.add("commit_files", id=f"{PAY}@c9:a.py", commit=f"{PAY}@c9", repository=PAY, path="a.py")
    story.add("absences", id="x", person="person:lee", start_at=ago(5), end_at=ago(-50))
    (claim,) = claims(triage(Asked(story.told(SETUP), SETUP, clock.now())))
    said = reasons(claim)
    assert "Kim fits" in said
    assert "has lately worked on or beside 1 of 1 file" in said
    assert "has no open review" in said
    assert "Mo fits" in said
    (away,) = [reason for reason in claim.reasons if reason.text == "Lee is away until Fri 20 Nov."]
    assert away.evidence.ids == ("x",), "the absence, and not what the change touches"
    assert "from absences" in away.evidence.query
    assert "Ann fits" not in said
    assert "coder" not in said
    assert "Only Commits" not in said


def test_owners_by_login_team_and_address(story: Story, clock: FixedClock) -> None:
    for key in PEOPLE:
        story.person(key)
    story.add("accounts", id="email:zoe@acme.example", person="person:zoe", email="zoe@acme.example", kind="human")
    story.add("memberships", id="m", team="github:@acme/core", account="github:@mo")
    for position, pattern, owners in (
        (1, "*", ("@kim",)), (2, "/api/", ("@Acme/core",)), (3, "*.sql", ("zoe@acme.example",)),
    ):  # fmt: skip
        story.add(
            "code_owners", id=f"{PAY}:CODEOWNERS:{position}", repository=PAY, path="CODEOWNERS", position=position,
            pattern=pattern, owners=owners,
        )  # fmt: skip
    for number, path in enumerate(("README", "api/x.py", "db/new.sql")):
        change = story.change(number, "github:@ann", 30)
        story.add("change_files", id=f"{change}:{path}", change=change, repository=PAY, path=path)
    document = triage(Asked(story.told(SETUP), SETUP, clock.now()))
    said = {claim.refs[0].label: reasons(claim) for claim in claims(document)}
    for number, name in enumerate(("Kim", "Mo", "Zoe")):
        assert f"{name} fits" in said[f"acme/pay#{number}"]
        assert "owns 1 of 1 file" in said[f"acme/pay#{number}"]
        assert said[f"acme/pay#{number}"].count(" fits (") == 1


def test_nothing_open_and_nothing_known_are_two_things(story: Story, clock: FixedClock) -> None:
    warehouse = story.told()
    assert "fairlead init" in render.terminal(triage(Asked(warehouse, Setup(), clock.now())))
    configured = triage(Asked(warehouse, Setup(), clock.now(), intake=Intake(configured=True)))
    assert "fairlead sync" in render.terminal(configured)
    story.person("ann")
    story.change(1, "github:@ann", 30, state="merged", merged_at=ago(1), closed_at=ago(1))
    text = render.terminal(triage(Asked(story.told(), Setup(), clock.now())))
    assert "No change is open" in text
    assert "Every change is merged or closed." in text


def test_every_sentence_has_its_rows(story: Story, clock: FixedClock) -> None:
    for key in PEOPLE:
        story.person(key)
    for number in range(55):
        change = story.change(number, "github:@ann", 30 + number)
        story.add("change_files", id=f"{change}:a", change=change, repository=PAY, path="a.py")
    touched(story, 1, "kim", "a.py", 50)
    warehouse = story.told(SETUP)
    document = triage(Asked(warehouse, SETUP, clock.now()))
    assert claims(document)[-1].text == "and 5 more"
    for claim in list(document.claims())[:12] + list(document.claims())[-1:]:
        assert len(warehouse.readonly(claim.evidence.query).rows) == claim.evidence.count, claim.key


def test_who_only_reformatted_a_file_does_not_know_it(story: Story, clock: FixedClock) -> None:
    for key in PEOPLE:
        story.person(key)
    change = story.change(1, "github:@ann", 30)
    story.add("change_files", id=f"{change}:a", change=change, repository=PAY, path="a.py")
    for who, sha in (("kim", "ab" * 20), ("mo", "cd" * 20)):
        commit = f"{PAY}@{sha}"
        story.add("commits", id=commit, repository=PAY, sha=sha, author=f"github:@{who}", authored_at=ago(90))
        story.add("commit_files", id=f"{commit}:a.py", commit=commit, repository=PAY, path="a.py")
    name = ".git-blame-ignore-revs"
    story.add("documents", id=f"{PAY}/file/{name}", repository=PAY, path=name, body=f"# black\n{'ab' * 20}\n")
    said = reasons(claims(triage(Asked(story.told(SETUP), SETUP, clock.now())))[0])
    assert "Mo fits" in said
    assert "Kim fits" not in said


def test_a_score_says_what_it_is_made_of_in_words_and_as_numbers(story: Story, clock: FixedClock) -> None:
    for key in PEOPLE:
        story.person(key)
    change = story.change(1, "github:@ann", 30)
    story.add("change_files", id=f"{change}:a", change=change, repository=PAY, path="a.py")
    touched(story, 1, "kim", "a.py", 50)
    document = triage(Asked(story.told(SETUP), SETUP, clock.now()))
    scored = [claim for claim in document.claims() if claim.score]
    assert scored, "somebody is suggested"
    for claim in scored:
        score = claim.score
        assert score is not None and score.most == 1
        assert sum(part.points for part in score.parts) == pytest.approx(score.value, abs=0.02)
        for part in score.parts:
            assert f"({part.points:g} of {part.most:g})" in claim.text
        for form in (render.terminal, render.markdown, render.html):
            assert f"{score.value:g} of 1" in " ".join(form(document).split())
    told = json.loads(render.json(document))
    (queue, *_) = told["sections"]
    first = next(reason for reason in queue["blocks"][0]["reasons"] if "score" in reason)
    assert {part["key"] for part in first["score"]["parts"]} == {"ownership", "expertise", "load", "zone"}


UNDATED = {
    "action": "opened",
    "number": 7,
    "pull_request": {
        "number": 7, "state": "open", "title": "Carry the totals", "draft": False,
        "user": {"login": "ann", "type": "User"},
        "base": {"ref": "main", "sha": "b1", "repo": {"full_name": "acme/pay"}},
        "head": {"ref": "totals", "sha": "h7", "repo": {"full_name": "acme/pay"}},
    },
    "repository": {"full_name": "acme/pay", "name": "pay", "owner": {"login": "acme"}},
    "sender": {"login": "ann", "type": "User"},
}  # fmt: skip
"""A pull request as a proxy passes it on that strips all dates."""


@pytest.mark.parametrize("seen", ["payload", "record"])
def test_a_change_without_any_date_waits_since_nobody_knows_when(story: Story, clock: FixedClock, seen: str) -> None:
    for key in PEOPLE:
        story.person(key)
    if seen == "payload":
        delivery = Delivery("pull_request", {}, json.dumps(UNDATED).encode())
        story.patches += CONNECTOR.read(delivery, Options("github")).patches
    else:
        story.add(
            "changes", id=f"{PAY}#7", repository=PAY, number=7, state="open", author="github:@ann", source="github"
        )
    story.change(1, "github:@lee", 30)
    asked = Asked(story.told(SETUP), SETUP, clock.now(), team="pay")
    document = triage(asked)
    late, undated = claims(document)
    assert [claim.refs[0].label for claim in (late, undated)] == ["acme/pay#1", "acme/pay#7"]
    assert undated.key == "wait.undated" and "nothing tells since when" in undated.text
    assert "wait" not in " ".join(reason.key for reason in undated.reasons) and undated.evidence.ids == (f"{PAY}#7",)
    german = triage(Asked(asked.warehouse, SETUP, clock.now(), team="pay", language="de"))
    for form in (render.terminal, render.markdown, render.html, render.json):
        for told in (document, german, brief(asked)):
            assert not re.search(r"1970|1\.1\.70|1 Jan", form(told))
    assert "seit wann, ist nirgends gesagt" in render.terminal(german)
