"""How work is shared among its kinds: by days in progress or points, beside what was agreed, with its rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from tests.reports.sprinting import Board
from tests.reports.stories import Story

from fairlead.model.patch import OLDEST, Patch
from fairlead.model.setup import Balance, Setup, TeamSetup
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.balance import Shared, told_balance

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
"""A Monday, two weeks after the fifth sprint began."""


def said(story: Story, item: str, **values: Any) -> None:
    """Other values of an item that was told already."""
    at = next(at for at, one in enumerate(story.patches) if one.record.id == item)
    story.patches[at] = Patch(structs.replace(story.patches[at].record, **values), OLDEST)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    found = Story(tmp_path)
    board = Board(found)
    board.sprint(5, closed=False)
    for kind, labels, days, points in (
        ("feature", (), 3, 5.0), ("bug", (), 1, 1.0), ("tech_debt", (), 1, 2.0), ("task", ("gdpr",), 1, None),
        ("other", (), 2, 1.0),
    ):  # fmt: skip
        start = board.at(5, 0, 1)
        item = board.item([5], started=start, done=start + timedelta(days=days), points=points)
        said(found, item, work_type=kind, labels=labels)
    # what was never begun shares nothing, and an epic is the sum of what lies below it
    board.item([5])
    epic = board.item([5], started=board.at(5, 0, 1))
    said(found, epic, work_type="epic")
    yield found
    for warehouse in found.opened:
        warehouse.close()


def told(story: Story, said: Balance, window: str = "30d", language: str = "en") -> tuple[str, Shared]:
    setup = Setup(teams={"pay": TeamSetup(name="Payments")}, balance=said)
    document, found = told_balance(Asked(story.told(setup, NOW), setup, NOW, "pay", language), window)
    assert all(claim.evidence.ids for claim in document.claims())
    return " ".join(render.markdown(document).split()), found


def test_working_days_in_progress_are_shared_by_kind_and_judged_by_what_was_agreed(story: Story) -> None:
    said = Balance(
        shares={"roadmap": 0.4}, quarters={"2026-Q4": {"defect": (0.0, 0.05)}, "2026-Q3": {"toil": 0.5}},
        teams={"pay": {"support": (0.1, 0.2)}, "ops": {"roadmap": 1.0}}, labels={"gdpr": "compliance"},
    )  # fmt: skip
    text, found = told(story, said)
    shares = {one.kind: round(one.share, 3) for one in found.parts}
    assert shares == {
        "roadmap": 0.375, "defect": 0.125, "debt": 0.125, "support": 0.0, "compliance": 0.125, "unstated": 0.25,
    }  # fmt: skip
    assert sum(one.share for one in found.parts) == pytest.approx(1.0) and found.total == pytest.approx(8.0)
    assert {one.kind for one in found.parts if one.off} == {"defect", "debt", "support"}
    assert "3 kinds of work are off" in text and "defects: 12 %, agreed are 0 % to 5 %" in text
    # the next sprint is planned with what is left of this one
    assert any(one.planned for one in found.parts)
    german, _ = told(story, said, language="de")
    assert "Arbeitstage in Arbeit" in german


def test_points_of_what_was_done_and_days_without_work(story: Story) -> None:
    _, found = told(story, Balance(by="points"))
    assert {one.kind: one.amount for one in found.parts} == {
        "roadmap": 5.0, "defect": 1.0, "debt": 2.0, "unstated": 1.0
    }  # fmt: skip
    assert not [one for one in found.parts if one.off]
    story.patches = [one for one in story.patches if "PAY" not in one.record.id]
    text, found = told(story, Balance(), "7d")
    assert not found.total and "nothing was shared" in text
