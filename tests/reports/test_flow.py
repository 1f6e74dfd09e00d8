"""Flow: charts draw what their tables and rows say; what is older than usual is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.reports.sprinting import Board
from tests.reports.stories import Story

from fairlead.metrics.warehouse import Warehouse
from fairlead.model.setup import Setup, TeamSetup
from fairlead.reports.asked import Asked
from fairlead.reports.document import Chart, Claim, Document
from fairlead.reports.flow import flow

SETUP = Setup(teams={"pay": TeamSetup(), "ops": TeamSetup()})
NOW = datetime(2026, 11, 17, 8, tzinfo=UTC)


@pytest.fixture
def board(story: Story) -> Board:
    """Ten items done in two days each, one in progress for a day and one for twenty, two to do."""
    made = Board(story)
    for number in range(1, 11):
        end = NOW - timedelta(days=2 * number)
        made.item([1], created=NOW - timedelta(days=60), started=end - timedelta(days=2), done=end)
    made.item([1], created=NOW - timedelta(days=60), started=NOW - timedelta(days=1))
    made.item([1], created=NOW - timedelta(days=60), started=NOW - timedelta(days=20), title="Old thing")
    for _ in range(2):
        made.item([1], created=NOW - timedelta(days=60))
    return made


def told(story: Story, window: str = "", **asked: Any) -> tuple[Warehouse, Document]:
    warehouse = story.told(SETUP, NOW)
    return warehouse, flow(Asked(warehouse, SETUP, NOW, **asked), window=window)


def charts(document: Document) -> dict[str, Chart]:
    return {block.name: block for block in document.sections[0].blocks if isinstance(block, Chart)}


@pytest.mark.parametrize("team", [None, "pay"])
def test_cumulative_flow_counts_every_item_every_day(story: Story, board: Board, team: str | None) -> None:
    _, document = told(story, team=team)
    chart = charts(document)["cumulative-flow"]
    rows = [[int(cell.text) for cell in row[1:]] for row in chart.table.rows]
    assert len(rows) == 31
    assert {sum(row) for row in rows} == {14}, "nobody comes and nobody is lost"
    assert rows[-1] == [10, 2, 2]
    assert chart.table.caption.text == (
        "Cumulative flow: 2 items are in progress, more than the 0 at the start; done since: 10"
    )


def test_each_finished_item_is_a_dot(story: Story, board: Board) -> None:
    _, document = told(story, window="7d")
    chart = charts(document)["cycle-time"]
    dots = chart.spec["data"]["values"]
    assert [dot["value"] for dot in dots] == [2.0, 2.0, 2.0]
    assert (
        chart.table.caption.text == "Cycle time of 3 items: half take 2 calendar days at most, 85 % 2 calendar days"
    )


def test_what_is_older_than_usual_is_told(story: Story, board: Board) -> None:
    _, document = told(story)
    said = [block for block in document.sections[1].blocks if isinstance(block, Claim)]
    assert [(claim.title, claim.text) for claim in said] == [
        ("Old thing", "was begun 20 calendar days ago; 85 % of the items of its project take 2 calendar days at most")
    ]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("team", [None, "pay", "ops"])
def test_every_count_is_the_count_of_its_rows(story: Story, board: Board, team: str | None, language: str) -> None:
    warehouse, document = told(story, team=team, language=language)
    for claim in document.claims():
        rows = warehouse.readonly(claim.evidence.query, owner=False).rows
        assert len(rows) == claim.evidence.count, claim.text


def test_without_items_it_says_what_brings_them(story: Story) -> None:
    _, document = told(story)
    assert document.title.text == "No item was done in this time"
    assert not charts(document)
