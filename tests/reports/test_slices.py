"""An epic in slices as a document, as numbers and as a graph: its own items alone, what is too big named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.planning.test_stored import NOW, PEOPLE, SETUP, past
from tests.reports.stories import Story

from fairlead.model.errors import Abort
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.slices import Cut, slices

ITEMS = (("PAY-91", 4.0), ("PAY-92", 30.0), ("PAY-93", 4.0))


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    found = Story(tmp_path)
    for one in PEOPLE:
        found.person(one)
    past(found)
    shared = {"project": "PAY", "team": "team:pay", "source": "jira", "status_category": "todo"}
    found.add("work_items", id="jira:PAY-90", key="PAY-90", title="Refunds", work_type="epic", **shared)
    for key, points in ITEMS:
        found.add("work_items", id=f"jira:{key}", key=key, title='Part "one" <b>', work_type="feature", points=points,
                  epic="jira:PAY-90", **shared)  # fmt: skip
    found.add("work_item_links", id="jira:link/9", from_item="jira:PAY-93", to_item="jira:PAY-91", kind="blocks")
    yield found
    for warehouse in found.opened:
        warehouse.close()


def cut(story: Story, language: str = "en") -> tuple[str, Cut]:
    asked = Asked(story.told(SETUP, NOW), SETUP, NOW, "pay", language)
    document, found = slices(asked, "epic", "PAY-90")
    assert all(claim.evidence.ids for claim in document.claims())
    return " ".join(render.markdown(document).split()), found


def test_an_epic_is_cut_into_sprints_from_its_own_items(story: Story) -> None:
    text, found = cut(story)
    told = found.to_json()
    # as long as the sprints of its team
    assert told["working_days"] == 10 and not found.usual
    assert sorted(task for one in told["slices"] for task in one["tasks"]) == [key for key, _ in ITEMS]
    place = {task: one["number"] for one in told["slices"] for task in one["tasks"]}
    assert place["PAY-93"] <= place["PAY-91"] < place["PAY-92"]
    [big] = told["too_big"]
    assert big["task"] == "PAY-92" and big["parts"] >= 2 and big["hours"] > big["one_person_has"]
    assert "more than the" in text and "after PAY-93" in text and "goes on in the next slice" in text
    assert "geht in der nächsten Scheibe weiter" in cut(story, "de")[0]
    graph = found.mermaid()
    assert graph.count("subgraph") == len(told["slices"]) and graph.count(" --> ") == 1 and "<b>" not in graph


def test_what_cannot_be_cut_is_said(story: Story) -> None:
    asked = Asked(story.told(SETUP, NOW), SETUP, NOW, "pay")
    with pytest.raises(Abort, match="slice already"):
        slices(asked, "sprint", "Pay Sprint 5")
    with pytest.raises(Abort, match="no epic"):
        slices(asked, "epic", "PAY-1000")
