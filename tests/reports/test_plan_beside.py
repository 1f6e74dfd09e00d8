"""A plan says what it assumes, and shows the forecast of the same beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.planning.test_stored import NOW, PEOPLE, SETUP, past
from tests.reports.stories import Story

from fairlead.metrics.warehouse import Warehouse
from fairlead.reports.asked import Asked
from fairlead.reports.document import Document
from fairlead.reports.planned import Planned, Wish, planned


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    found = Story(tmp_path)
    for one in PEOPLE:
        found.person(one)
    yield found
    for warehouse in found.opened:
        warehouse.close()


def told(
    story: Story, wish: Wish, team: str | None = "pay", language: str = "en"
) -> tuple[Warehouse, Document, Planned]:
    warehouse = story.told(SETUP, NOW)
    document, found = planned(Asked(warehouse, SETUP, NOW, team, language), wish)
    assert found is not None
    return warehouse, document, found


def keys(document: Document) -> set[str]:
    return {claim.key for claim in document.claims()}


def epic(story: Story, items: int = 6) -> None:
    """An epic of which one item was done a month ago, whatever else the team has done since."""
    past(story)
    shared = {"project": "PAY", "team": "team:pay", "source": "jira", "created_at": NOW - timedelta(days=50)}
    story.add("work_items", id="jira:PAY-90", key="PAY-90", title="Fees", work_type="epic", status_category="todo",
              **shared)  # fmt: skip
    for number in range(items):
        ended = NOW - timedelta(days=30) if number == 0 else None
        item, state = f"jira:PAY-9{number + 1}", "done" if ended else "todo"
        story.add("work_items", id=item, key=f"PAY-9{number + 1}", work_type="feature", points=1, epic="jira:PAY-90",
                  status_category=state, closed_at=ended, **shared)  # fmt: skip
        if ended:
            story.add("work_item_transitions", id=f"{item}/1", work_item=item, at=ended, from_status="To Do",
                      to_status="Done", from_category="todo", to_category="done")  # fmt: skip


def test_an_epic_that_gets_little_of_the_pace_is_warned_of(story: Story) -> None:
    epic(story)
    warehouse, document, found = told(story, Wish(epic="PAY-90"))
    beside = found.to_json()["forecast"]
    assert beside["items"] == 5
    assert beside["differs"]
    assert {"plan.alone", "plan.forecast_ends", "plan.forecast_differs"} <= keys(document)
    for claim in document.claims():
        assert len(warehouse.readonly(claim.evidence.query, owner=False).rows) == claim.evidence.count
    # of what would be otherwise nothing is forecast
    _, document, found = told(story, Wish(epic="PAY-90", what_if=("scope:-PAY-92",)))
    assert found.to_json()["forecast"] is None
    assert "plan.alone" in keys(document)


def test_a_running_sprint_has_the_forecast_beside_it_and_one_to_come_has_none(story: Story) -> None:
    past(story, open_items=12)
    _, document, found = told(story, Wish(sprint="Pay Sprint 5"), language="de")
    assert {"plan.alone", "plan.forecast_chance"} <= keys(document)
    assert found.beside is not None and found.beside.told.chance is not None
    assert found.to_json()["forecast"]["by"] == "2026-11-16"
    _, document, found = told(story, Wish())
    assert found.beside is None
    assert "plan.alone" in keys(document)


def test_what_begun_items_count_for_is_said(story: Story) -> None:
    board = past(story, open_items=0)
    board.item([5], started=NOW - timedelta(days=40), points=8)
    _, document, found = told(story, Wish(sprint="5"))
    [note] = [note for note in found.to_json()["notes"] if note["kind"] == "begun"]
    assert (note["n"], note["points"]) == (1, 8)
    # of what is older than anything that was finished a tenth is taken to be left
    pace = found.to_json()["pace"]["team:pay"]["hours_per_point"]
    assert note["hours"] == pytest.approx(0.8 * pace, abs=0.06)
    assert "plan.note_begun" in keys(document)


def test_what_the_running_sprint_will_finish_is_not_told_of_the_next_one(story: Story) -> None:
    board = past(story, open_items=20)
    begun = board.item([5], started=NOW - timedelta(days=40), points=2)
    _, _, found = told(story, Wish())
    assert begun not in found.stored.ids.values()
    assert not [note for note in found.stored.notes if note.kind == "begun"]
