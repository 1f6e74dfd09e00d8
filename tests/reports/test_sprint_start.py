"""What a sprint starts from, in the document of its plan: commitment, hours by role, risks and gates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs
from tests.planning.test_stored import NOW, PEOPLE, SETUP, past
from tests.reports.stories import Story

from fairlead.model.setup import Capacity, Gates, Planning, Privacy
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.planned import Wish, planned

ROLES = {**dict.fromkeys(("ada", "bo"), Capacity(skills={"api": 3})), "cy": Capacity(skills={"ui": 3})}


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    found = Story(tmp_path)
    for one in PEOPLE:
        found.person(one)
    past(found)
    for number, (state, score) in enumerate((("open", 20.0), ("closed", 25.0))):
        found.add("risks", id=f"risk:{number}", title="The bank changes its files", state=state, score=score,
                  team="team:pay", source="fairlead")  # fmt: skip
    yield found
    for warehouse in found.opened:
        warehouse.close()


def told(story: Story, *, load: str = "", group: int = 2, language: str = "en") -> str:
    setup = structs.replace(
        SETUP, capacity=ROLES, privacy=Privacy(minimum_group=group), gates=Gates(documented=("api/**",)),
        planning=Planning(focus=0.5, review_share=0.2),
    )  # fmt: skip
    asked = Asked(story.told(setup, NOW), setup, NOW, "pay", language)
    document, _ = planned(asked, Wish(sprint="Pay Sprint 5", load=load))
    assert all(claim.evidence.ids for claim in document.claims())
    return " ".join(render.markdown(document).split())


def test_a_sprint_says_what_it_commits_to_with_how_many_hours(story: Story) -> None:
    text = told(story)
    assert "3 items with 8 points are committed" in text and "points stay out" not in text
    assert "1 of them has no points: its hours are those of 2, what is usual here" in text
    assert "3 people have" in text and "The bank changes its files, 20 of 25" in text and "25 of 25" not in text
    assert "Changes to some files ask for documentation: api/**" in text.replace("\\", "")
    assert "20 % of the work of an item" in text


def test_hours_of_few_are_the_planners_to_see(story: Story) -> None:
    assert "api: " not in told(story) and "Of 2 more roles too few" in told(story)
    assert "api: " in told(story, load="*") and "ui: " in told(story, load="*")
    few = told(story, group=4, language="de")
    assert "Stunden für geplante Arbeit" not in few and "2 weitere Rollen haben je zu wenige" in few
