"""Sprint health: what it says of a sprint, that every word leads to its rows, and what it says without any."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.reports.sprinting import Board
from tests.reports.stories import Story

from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Fault
from fairlead.model.setup import CalendarSetup, Setup, TeamSetup
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.document import Chart, Claim, Document, Section, Table
from fairlead.reports.sprint_health import sprint_health, told_sprints
from fairlead.reports.weekly import update, weekly

SETUP = Setup(teams={"pay": TeamSetup(name="Payments"), "ops": TeamSetup(name="Operations")})
NOW = Board.start(5) + timedelta(days=4, hours=6)
"""The fifth working day of sprint 5, 14:00."""


@pytest.fixture
def board(story: Story) -> Board:
    """Four closed sprints, and a fifth with four items done, one stuck, one old, one added and one gone."""
    made = Board(story)
    made.past(range(1, 5))
    made.sprint(5, closed=False, goal="Retries that pay")
    for day in range(4):
        made.item([5], started=made.at(5, day, 0), done=made.at(5, day, 3))
    stuck = made.item([5], started=made.at(5, 0), title="Refund in parts")
    made.change(stuck, "flagged", "", "true", made.at(5, 2))
    made.item([4, 5], points=None, title="Old thing")
    for _ in range(4):
        made.item([5])
    made.item([5], created=made.at(5, 2), title="Came late")
    gone = made.item([5], title="Went away")
    made.change(gone, "sprint", "jira:sprint/5", "", made.at(5, 3))
    return made


def told(
    story: Story, now: datetime = NOW, setup: Setup = SETUP, sprint: str = "", **asked: Any
) -> tuple[Warehouse, Document]:
    warehouse = story.told(setup, now)
    return warehouse, sprint_health(Asked(warehouse, setup, now, **asked), sprint=sprint)


def section(document: Document, key: str) -> Section:
    return next(each for each in document.sections if each.key == key)


def texts(document: Document, key: str) -> list[str]:
    return [block.text for block in section(document, key).blocks if isinstance(block, Claim)]


def test_what_is_said_of_a_running_sprint(story: Story, board: Board) -> None:
    _, document = told(story, team="pay")
    assert document.title.text.startswith("Pay Sprint 5: with 85 % certainty ")
    assert document.title.text.endswith(" of 11 items are done by Mon 16 Nov; 1 was added since the start")
    assert texts(document, "standing")[:4] == [
        "Goal: Retries that pay",
        "Working day 5 of 10, until Mon 16 Nov",
        "4 of 11 items are done (36 %)",
        "12 of 30 points are done at the end of the last working day; 1 item has no estimate",
    ]
    assert texts(document, "ledger") == [
        "11 items were committed at the start, 30 points",
        "1 item was added after the start, 3 points",
        "1 item was removed or canceled, 3 points",
        "4 items are done, 12 points",
        "1 of the committed items had been carried over from an earlier sprint",
        "Added and removed items come to 18 % of the 11 committed (usual mark: 20 % and less)",
    ]


def test_the_ledger_lists_each_change_with_its_points(story: Story, board: Board) -> None:
    _, document = told(story, team="pay")
    table = section(document, "ledger").blocks[-1]
    assert isinstance(table, Table)
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["PAY-52", "Went away", "removed", "Thu 5 Nov, 10:00", "3", ""],
        ["PAY-51", "Came late", "added", "Wed 4 Nov, 10:00", "", "3"],
    ]
    assert table.rows[0][0].url == "https://jira.example/browse/PAY-52"


def test_a_deleted_item_has_left_and_is_no_longer_named(story: Story, board: Board) -> None:
    story.add("work_items", id="jira:PAY-51", deleted_at=board.at(5, 3, 4))
    table = section(told(story, team="pay")[1], "ledger").blocks[-1]
    assert isinstance(table, Table)
    assert [[cell.text for cell in row[:4]] for row in table.rows][0::2] == [
        ["PAY-51", "deleted", "removed", "Thu 5 Nov, 12:00"], ["PAY-51", "deleted", "added", "Wed 4 Nov, 10:00"],
    ]  # fmt: skip
    assert table.rows[0][0].url is None


def test_charts_draw_what_their_tables_say(story: Story, board: Board) -> None:
    _, document = told(story, team="pay")
    burndown, burnup = (block for block in section(document, "standing").blocks if isinstance(block, Chart))
    left = [row[1].text for row in burndown.table.rows]
    assert left == ["11", "10", "9", "9", "7"], "the start and four days that are over"
    drawn = [row["value"] for row in burndown.spec["data"]["values"] if row["line"] == "left"]
    assert drawn == [11, 10, 9, 9, 7, *[None] * 6], "days to come are no zero"
    even = [row["value"] for row in burndown.spec["data"]["values"] if row["line"] == "even pace"]
    assert (even[0], even[-1], len(even)) == (11, 0, 11)
    assert [row[2].text for row in burnup.table.rows] == ["0", "1", "2", "3", "4"]
    band = [row for row in burnup.spec["data"]["values"] if row.get("band") == "85 %"]
    assert (band[0]["at"], band[0]["value"], band[0]["high"]) == (4, 4, 4), "a forecast begins where the past ends"
    assert document.title.text.startswith(f"Pay Sprint 5: with 85 % certainty {band[-1]['value']:g} of 11")
    assert max(row["high"] for row in band) <= 11, "no more than there is to do"


def test_what_may_be_carried_over_says_why(story: Story, board: Board) -> None:
    _, document = told(story, team="pay")
    found = {
        block.title: [reason.text for reason in block.reasons]
        for block in section(document, "risk").blocks
        if isinstance(block, Claim) and block.refs
    }
    assert found == {
        "Refund in parts": [
            "Marked as blocked since Wed 10:00, 2.5 working days.",
            "Begun 4.2 calendar days ago; 85 % of the items of its project take 20 h at most.",
        ],
        "Old thing": ["Was carried over before.", "Has no estimate."],
    }


def test_the_forecast_names_its_past_and_how_often_it_held(story: Story, board: Board) -> None:
    _, document = told(story, team="pay")
    said = texts(document, "outlook")
    assert [text[:4] for text in said[:3]] == ["50 %", "85 %", "95 %"]
    assert "Drawn from 44 working days of 5 sprints, which brought 1 items a day" in said
    assert any(text.startswith("Made again at 30 past moments: answers of 50 % held in ") for text in said)


def test_numbers_of_the_forecast_agree_with_its_sentences(story: Story, board: Board) -> None:
    warehouse = story.told(SETUP, NOW)
    document, sprints = told_sprints(Asked(warehouse, SETUP, NOW, team="pay"))
    numbers: Any = sprints[0].outlook.to_json()
    sure = min(4 + numbers["at_least"]["0.85"], 11)
    assert f"with 85 % certainty {sure} of 11" in document.title.text
    assert numbers["working_days"] == 5, "Friday at two is more than half over"
    assert numbers["at_least"]["0.5"] >= numbers["at_least"]["0.85"] >= numbers["at_least"]["0.95"]


@pytest.mark.parametrize("sprint", ["", "Pay Sprint 3"])
def test_every_count_is_the_count_of_its_rows(story: Story, board: Board, sprint: str) -> None:
    warehouse, document = told(story, team="pay", sprint=sprint)
    for claim in document.claims():
        rows = warehouse.readonly(claim.evidence.query, owner=False).rows
        assert len(rows) == claim.evidence.count, claim.text
    assert len(list(document.claims())) > 8


def test_a_closed_sprint_tells_what_came_of_it(story: Story, board: Board) -> None:
    _, document = told(story, team="pay", sprint="4")
    assert document.title.text == "Pay Sprint 4 is closed: 10 of 11 items were done"
    assert [each.key for each in document.sections] == ["standing", "ledger", "marks"]
    assert "1 item was carried over at the close" in texts(document, "ledger")


def test_nothing_said_after_the_close_changes_what_a_sprint_was(story: Story, board: Board) -> None:
    before = told(story, team="pay", sprint="2")[1]
    board.change("jira:PAY-12", "points", "3", "8", board.at(5, 1))
    board.moved("jira:PAY-12", "done", "in_progress", board.at(5, 1))
    story.add("work_items", id="jira:PAY-13", deleted_at=board.at(5, 2))
    after = told(story, team="pay", sprint="2")[1]
    assert render.json(before) == render.json(after)


def test_too_little_past_gives_no_forecast(story: Story) -> None:
    board = Board(story)
    board.sprint(1, closed=False)
    for day in range(3):
        board.item([1], done=board.at(1, day))
    board.item([1])
    _, document = told(story, board.at(1, 4))
    assert document.title.text == "Pay Sprint 1: 3 of 4 items are done"
    empty: Any = section(document, "outlook").blocks[0]
    assert empty.claim.text.startswith("No forecast: 4 working days with 3 done items are known; it takes 10 days")


def test_a_sprint_whose_end_has_passed_is_told_as_such(story: Story) -> None:
    board = Board(story)
    board.past([1, 2])
    board.sprint(3, closed=False)
    board.item([3])
    _, document = told(story, board.start(4) + timedelta(days=2))
    assert document.title.text == "Pay Sprint 3 was to end on Mon 19 Oct; 1 of 1 items is left"
    assert any("no working day is left" in text.lower() for text in texts(document, "outlook"))


def test_a_sprint_that_nobody_has_filled_is_not_on_course(story: Story) -> None:
    board = Board(story)
    board.past(range(1, 5))
    board.sprint(5, closed=False)
    warehouse, document = told(story, team="pay")
    assert document.title.text == "Pay Sprint 5: no item is in it"
    assert [each.key for each in document.sections] == ["standing", "ledger", "marks"]
    for claim in document.claims():
        assert len(warehouse.readonly(claim.evidence.query, owner=False).rows) == claim.evidence.count, claim.text
    asked = Asked(warehouse, SETUP, NOW, team="pay")
    for text in map(render.markdown, (document, weekly(asked), update(asked, audience="team"))):
        assert "no item is in it" in text.lower()
        assert "0 of 0" not in text and "all of it is done" not in text


def test_several_running_sprints_are_told_in_a_line_each(story: Story, board: Board) -> None:
    story.add(
        "sprints", id="jira:sprint/90", name="Ops 7", state="active", team="team:ops", project="OPS", source="jira",
        start_at=board.start(5), end_at=board.start(6),
    )  # fmt: skip
    _, document = told(story)
    assert document.title.text == "2 sprints are running"
    lines = [block for block in section(document, "sprints").blocks if isinstance(block, Claim)]
    assert sorted(line.refs[0].label for line in lines) == ["Ops 7", "Pay Sprint 5"]
    assert all(line.refs[0].label not in line.text for line in lines)
    assert {line.act.command for line in lines if line.act} == {
        "fairlead sprint-health --sprint jira:sprint/5", "fairlead sprint-health --sprint jira:sprint/90",
    }  # fmt: skip
    assert told(story, team="pay")[1].title.text.startswith("Pay Sprint 5")


@pytest.mark.parametrize("wanted", ["jira:sprint/2", "pay sprint 2", "2"])
def test_a_sprint_is_found_by_id_name_or_number(story: Story, board: Board, wanted: str) -> None:
    assert told(story, sprint=wanted)[1].title.text.startswith("Pay Sprint 2 ")


def test_an_unknown_sprint_names_the_known_ones(story: Story, board: Board) -> None:
    with pytest.raises(Fault) as fault:
        told(story, sprint="99")
    assert "`Pay Sprint 5`" in fault.value.hint


def test_without_sprints_it_says_what_brings_them(story: Story) -> None:
    _, document = told(story)
    assert document.title.text == "No sprint has begun yet"
    assert "fairlead init" in render.terminal(document)


def test_a_forgotten_open_sprint_does_not_hide_the_running_one(story: Story, board: Board) -> None:
    story.add(
        "sprints", id="jira:sprint/70", name="Old board", state="active", project="PAY", team="team:pay",
        source="jira", start_at=board.start(1), end_at=board.start(2),
    )  # fmt: skip
    assert told(story, team="pay")[1].title.text.startswith("Pay Sprint 5")


def test_german_says_the_same_with_its_own_words(story: Story, board: Board) -> None:
    warehouse = story.told(SETUP, NOW)
    english, german = (
        sprint_health(Asked(warehouse, SETUP, NOW, team="pay", language=language)) for language in ("en", "de")
    )
    assert [claim.key for claim in english.claims()] == [claim.key for claim in german.claims()]
    assert [claim.evidence for claim in english.claims()] == [claim.evidence for claim in german.claims()]
    text = render.terminal(german)
    assert "11 Vorgänge waren zu Beginn zugesagt, 30 Punkte" in text
    assert not [word for word in ("items", "sprint-", "points", "carried") if word in text]


def test_four_forms_hold_the_charts(story: Story, board: Board) -> None:
    _, document = told(story, team="pay")
    asked: list[dict[str, Any]] = []

    def draw(spec: dict[str, Any]) -> str:
        asked.append(spec)
        return "<svg></svg>"

    drawn = render.html(document, draw)
    assert len(asked) == drawn.count("<svg>") == 2
    assert "<figure" not in render.html(document), "without drawings the tables stand alone"
    assert "| Start | 11 | 11 | 30 |" in render.markdown(document)
    charts = [
        block for part in json.loads(render.json(document))["sections"] for block in part["blocks"]
        if block["kind"] == "chart"
    ]  # fmt: skip
    assert [chart["name"] for chart in charts] == ["burndown", "burn-up"]
    assert charts[0]["rows"][0]["Left"] == "11"


def test_a_day_is_over_when_the_team_goes_home(story: Story, board: Board) -> None:
    early = Setup(
        teams={"pay": TeamSetup(calendar="early")},
        calendars={"early": CalendarSetup(hours="Mon-Fri 05:00-13:00", time_zone="UTC")},
    )
    _, document = told(story, setup=early, team="pay")
    assert texts(document, "standing")[1] == "Working day 6 of 11, until Mon 16 Nov"
