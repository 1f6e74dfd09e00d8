"""The standup: what each line says, how it is known, by whose clock, and that it is about work."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.reports.sprinting import Board
from tests.reports.stories import Story

from fairlead.metrics.warehouse import Warehouse
from fairlead.model.setup import Setup, TeamSetup
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.document import Claim, Document, Empty
from fairlead.reports.standup import standup

SETUP = Setup(
    teams={
        "pay": TeamSetup(name="Payments", time_zone="Europe/Berlin", repositories=("github:acme/pay",)),
        "plat": TeamSetup(name="Platform", time_zone="Asia/Kolkata"),
    }
)
NOW = datetime(2026, 11, 17, 8, tzinfo=UTC)
"""A Tuesday, nine in Berlin, half past one in Kolkata."""


def ago(days: float = 0, hours: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


@pytest.fixture
def board(story: Story) -> Board:
    """A sprint that began the day before."""
    made = Board(story)
    made.sprint(6, closed=False)
    return made


def told(story: Story, team: str | None = "pay", language: str = "en") -> tuple[Warehouse, Document]:
    warehouse = story.told(SETUP, NOW)
    return warehouse, standup(Asked(warehouse, SETUP, NOW, team=team, language=language))


def lines(document: Document, key: str) -> dict[str, Claim]:
    """What is said of each subject in a section."""
    section = next(each for each in document.sections if each.key == key)
    claims = [block.claim if isinstance(block, Empty) else block for block in section.blocks]
    return {(claim.refs[0].label if claim.refs else claim.key): claim for claim in claims if isinstance(claim, Claim)}


def texts(document: Document, key: str) -> dict[str, str]:
    return {subject: claim.text for subject, claim in lines(document, key).items()}


def test_done_since_the_last_working_day_began_and_how_that_is_known(story: Story, board: Board) -> None:
    board.item([6], started=ago(3), done=ago(hours=20))
    seen = board.item([6], started=ago(3), done=ago(hours=19))
    board.item([6], started=ago(6), done=ago(days=3))
    story.person("kim")
    change = story.change(7, "github:@kim", 40)
    story.add("changes", id=change, state="merged", merged_at=ago(hours=19), closed_at=ago(hours=19))
    story.add("work_item_links", id=f"{change}/closes/{seen}", from_item=change, to_item=seen, kind="closes")
    _, document = told(story)
    assert texts(document, "done") == {
        "PAY-1": "done Mon 13:00 (self-reported)",
        "PAY-2": "done Mon 14:00, acme/pay#7 is merged for it (observed)",
        "changed.merged": "1 change merged (observed)",
    }
    assert document.title.text == "2 items are done"


def test_monday_tells_of_friday(story: Story, board: Board) -> None:
    board.item([6], done=datetime(2026, 11, 13, 16, tzinfo=UTC))
    board.item([6], done=datetime(2026, 11, 14, 12, tzinfo=UTC))
    monday = datetime(2026, 11, 16, 8, tzinfo=UTC)
    document = standup(Asked(story.told(SETUP, monday), SETUP, monday, team="pay"))
    assert texts(document, "done") == {
        "PAY-1": "done Fri 17:00 (self-reported)", "PAY-2": "done Sat 13:00 (self-reported)",
    }  # fmt: skip


def test_under_way_by_status_by_change_and_in_silence(story: Story, board: Board) -> None:
    story.person("kim")
    board.item([6], started=ago(hours=20))
    # planned long ago: to be moved into a sprint is a sign too
    board.item([5], started=ago(days=6))
    waiting = board.item([6])
    board.item([6])
    change = story.change(8, "github:@kim", 30)
    story.add("work_item_links", id=f"{change}/closes/{waiting}", from_item=change, to_item=waiting, kind="closes")
    _, document = told(story)
    found = lines(document, "planned")
    assert found["PAY-1"].text == "in progress since Mon 13:00, 4 working hours (self-reported)"
    assert found["PAY-1"].reasons == ()
    assert [reason.text for reason in found["PAY-2"].reasons] == [
        "No sign of it since Wed 09:00, 4 working days (inferred)"
    ]
    assert found["PAY-3"].text == "not begun by its status, and acme/pay#8 is open for it (inferred)"
    assert found["standup.planned"].text == "2 items of Pay Sprint 6 are not begun (self-reported)"
    assert {claim.basis for claim in found.values()} == {"self-reported", "inferred", "observed"}


def test_a_blocker_has_its_age_and_the_longest_comes_first(story: Story, board: Board) -> None:
    young, old = board.item([6], started=ago(4)), board.item([6], title="Refund in parts")
    board.change(young, "flagged", "", "true", ago(hours=20))
    board.change(old, "flagged", "", "true", ago(days=5))
    _, document = told(story)
    assert texts(document, "blockers") == {
        "PAY-2": "Marked as blocked since Thu 09:00, 3 working days (self-reported)",
        "PAY-1": "Marked as blocked since Mon 13:00, 4 working hours (self-reported)",
    }
    assert list(lines(document, "blockers")) == ["PAY-2", "PAY-1"]
    assert document.title.text == "0 items are done, 2 are blocked"


@pytest.fixture
def other(story: Story) -> Board:
    """Items of the other team."""
    made = Board(story, "team:plat")
    made.items = 100
    return made


def blocks(story: Story, by: str, item: str, days: float = 5, **more: Any) -> None:
    link = {"from_item": by, "to_item": item, "kind": "blocks", "created_at": ago(days), **more}
    story.add("work_item_links", id=f"{by}/blocks/{item}", **link)


def test_what_other_teams_did_about_what_we_wait_for(story: Story, board: Board, other: Board) -> None:
    waits = [board.item([6]) for _ in range(4)]
    still = other.item([6], started=ago(days=4))
    moved = other.item([6], started=ago(hours=18))
    ended = other.item([6], started=ago(days=4), done=ago(hours=2))
    own = board.item([6])
    for by, item in zip((still, moved, ended, own), waits, strict=True):
        blocks(story, by, item)
    _, document = told(story)
    assert texts(document, "dependencies") == {
        "PAY-1": "PAY-101 of Platform is still In Progress, since Fri 09:00 (self-reported)",
        "PAY-2": "PAY-102 of Platform went from todo to In Progress, Mon 15:00 (self-reported)",
        "PAY-3": "no longer waits for PAY-103 of Platform, since Tue 07:00 (inferred)",
    }
    links = [claim.refs[0] for claim in lines(document, "dependencies").values()]
    assert {ref.label: ref.url for ref in links} == {
        f"PAY-{number}": f"https://jira.example/browse/PAY-{number}" for number in (1, 2, 3)
    }
    assert set(texts(document, "blockers")) == {"PAY-1", "PAY-2", "PAY-4"}, "one's own item is a blocker too"


def test_agreed_dates_between_teams(story: Story, board: Board) -> None:
    board.item([6])
    agreed = {"from_team": "team:pay", "to_team": "team:plat"}
    story.add("team_dependencies", id="d:1", title="Keys", due_at=ago(2), **agreed)
    story.add("team_dependencies", id="d:2", title="Quota", due_at=ago(-3), **agreed)
    story.add("team_dependencies", id="d:3", title="Far", due_at=ago(-30), **agreed)
    story.add("team_dependencies", id="d:4", title="Given", due_at=ago(9), delivered_at=ago(hours=5), **agreed)
    _, document = told(story)
    section = next(each for each in document.sections if each.key == "dependencies")
    assert {block.title: block.text for block in section.blocks if isinstance(block, Claim)} == {
        "Given": "delivered by Platform Tue 17 Nov (self-reported)",
        "Keys": "was agreed with Platform for Sun 15 Nov, and is theirs to deliver (self-reported)",
        "Quota": "is agreed with Platform for Fri 20 Nov, and is theirs to deliver (self-reported)",
    }
    assert [claim.tone for claim in lines(told(story, "plat")[1], "dependencies").values()][-1] == "neutral"


def test_each_team_is_told_by_its_own_clock(story: Story, board: Board, other: Board) -> None:
    board.item([6], done=ago(hours=20))
    other.item([6], done=ago(hours=20))
    _, document = told(story, team=None)
    assert [section.key for section in document.sections[:6]] == [
        "pay-done", "pay-planned", "pay-blockers", "pay-dependencies", "pay-trend", "plat-done",
    ]  # fmt: skip
    assert texts(document, "pay-done")["PAY-1"] == "done Mon 13:00 (self-reported)"
    assert texts(document, "plat-done")["PAY-101"] == "done Mon 17:30 (self-reported)"
    asides = [section.aside for section in document.sections if section.key.endswith("done")]
    assert asides == [
        "since Mon 09:00; it is Tue 17 Nov, 09:00 there",
        "since Mon 09:00; it is Tue 17 Nov, 13:30 there",
    ]
    assert document.title.text == "2 items are done"


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("team", ["pay", None])
def test_every_line_says_how_it_is_known_and_leads_to_its_rows(
    story: Story, board: Board, other: Board, team: str | None, language: str
) -> None:
    item = board.item([6], started=ago(days=6))
    blocks(story, other.item([6], started=ago(days=4)), item)
    board.change(item, "flagged", "", "true", ago(days=1))
    for _ in range(14):
        board.item([6], done=ago(hours=20))
    warehouse, document = told(story, team, language)
    marks = {"en": "(observed|self-reported|inferred)", "de": "(beobachtet|selbst gemeldet|geschlossen)"}[language]
    for claim in document.claims():
        assert len(warehouse.readonly(claim.evidence.query, owner=False).rows) == claim.evidence.count, claim.text
        if claim is not document.title and claim.key != "more":
            assert claim.basis, claim.text
            assert re.search(rf"\({marks}\)$", claim.text), claim.text
    said = json.loads(render.json(document))
    known = [block["basis"] for part in said["sections"] for block in part["blocks"] if "basis" in block]
    assert len(known) >= 6


def test_nobody_is_named_and_absence_is_no_news(story: Story, board: Board) -> None:
    person = story.person("kim", "Kim Adler")
    story.add("absences", id="absence:kim", person="person:kim", start_at=ago(5), end_at=ago(-5), kind="sick")
    item = board.item([6], started=ago(days=6))
    story.add("work_items", id=item, assignee=person)
    _, document = told(story)
    for form in (render.terminal, render.markdown, render.html, render.json):
        text = form(document)  # type: ignore[operator]
        assert "Kim" not in text
        assert "sick" not in text
        assert "away" not in text


def test_a_quiet_team_is_told_plainly(story: Story, board: Board) -> None:
    _, document = told(story, "plat")
    assert document.title.text == "No item was done since the last working day began, and none is blocked"
    assert texts(document, "blockers") == {
        "standup.nothing_blocked": "Nothing is marked or linked as blocked (observed)"
    }
    assert texts(document, "planned") == {
        "standup.nothing_planned": "Nothing is under way and nothing is planned, as far as the tools tell (observed)"
    }
