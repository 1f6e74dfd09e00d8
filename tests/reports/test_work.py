"""The board of work: each item once, where it stands, its age against its own project's past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.reports.sprinting import Board
from tests.reports.stories import Story

from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Abort
from fairlead.model.setup import Setup, TeamSetup
from fairlead.reports.asked import Asked
from fairlead.reports.document import Document, Table
from fairlead.reports.work import work
from fairlead.reports.work_facts import Lane, load_board

SETUP = Setup(teams={"pay": TeamSetup(), "ops": TeamSetup()})
NOW = datetime(2026, 11, 17, 8, tzinfo=UTC)


def _days(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def board(story: Story) -> Board:
    """Ten items done in 1 to 10 days, four begun 2, 7, 9 and 30 days ago, three to do."""
    made = Board(story)
    for took in range(1, 11):
        made.item([1], created=_days(60), started=_days(20 + took), done=_days(20))
    for age in (2, 7, 9, 30):
        made.item([1], created=_days(60), started=_days(age), title=f"Begun {age} days ago")
    for _ in range(3):
        made.item([1], created=_days(60))
    return made


def _told(story: Story, team: str | None = None, work_type: str = "") -> tuple[Warehouse, Document]:
    warehouse = story.told(SETUP, NOW)
    return warehouse, work(Asked(warehouse, SETUP, NOW, team), work_type=work_type)


def _lanes(story: Story, lane: str = "", *, most: int = 50, after: int = 0) -> list[Lane]:
    return load_board(Asked(story.told(SETUP, NOW), SETUP, NOW).scope, "", lane, most=most, after=after)


def test_an_age_is_held_against_the_percentiles_of_its_project(story: Story, board: Board) -> None:
    begun, to_do = _lanes(story)
    assert [(item.title, item.passed) for item in begun.items] == [
        ("Begun 30 days ago", 95), ("Begun 9 days ago", 85), ("Begun 7 days ago", 50), ("Begun 2 days ago", 0),
    ]  # fmt: skip
    assert (begun.category, begun.count, begun.old) == ("in_progress", 4, 2)
    usual_s = begun.items[0].usual_s
    assert usual_s is not None and usual_s / 86_400 == pytest.approx(8.65), "by interpolation between 8 and 9 days"
    assert (to_do.count, to_do.old, {item.passed for item in to_do.items}) == (3, 0, {0}), (
        "what waits has no cycle time"
    )


def test_too_few_finished_items_judge_nothing(story: Story) -> None:
    made = Board(story)
    for _ in range(4):
        made.item([1], created=_days(60), started=_days(21), done=_days(20))
    made.item([1], created=_days(60), started=_days(50))
    begun = _lanes(story)[0]
    assert (begun.old, begun.items[0].passed, begun.items[0].usual_s) == (0, 0, None)
    _, document = _told(story)
    assert "too few items of its project are done" in str(document.sections[1].blocks)


def test_a_board_is_cut_into_pages_that_hold_each_item_once(story: Story, board: Board) -> None:
    whole = [item.id for item in _lanes(story, "in_progress:In Progress")[0].items]
    pages = [_lanes(story, "in_progress:In Progress", most=3, after=after) for after in (0, 3, 6)]
    assert [[item.id for item in page[0].items] for page in pages] == [whole[:3], whole[3:], []]
    assert all(page[0].count == 4 for page in pages)
    assert [lane.items for lane in pages[0][1:]] == [()], "the other lanes tell their counts alone"


def test_the_report_tells_what_is_held_up_first_and_counts_by_rows(story: Story, board: Board) -> None:
    story.add("work_item_links", id="l", from_item="jira:PAY-15", to_item="jira:PAY-11", kind="blocks")
    warehouse, document = _told(story, "pay")
    assert document.title.text == "4 items are in progress, 2 are older than usual, 1 cannot go on"
    assert document.title.evidence.count == len(warehouse.readonly(document.title.evidence.query).rows) == 4
    assert "jira:PAY-11" in document.sections[0].blocks[0].refs[0].id  # type: ignore[union-attr]
    for section in document.sections[1:-1]:
        (table,) = section.blocks
        assert isinstance(table, Table)
        evidence = table.caption.evidence
        assert len(warehouse.readonly(evidence.query).rows) == evidence.count
    assert "Nothing is in progress" in _told(story, "ops")[1].title.text


def test_a_type_of_work_limits_everything(story: Story, board: Board) -> None:
    _, bugs = _told(story, work_type="bug")
    assert bugs.title.text == "Nothing is in progress"
    _, features = _told(story, work_type="feature")
    assert features.title.text.startswith("4 items are in progress")
    assert {figure.segment["work_type"] for figure in features.figures()} == {"feature"}
    with pytest.raises(Abort, match="no type of work `chores`"):
        _told(story, work_type="chores")
