"""`forecast`: a date for a number of items, a count for a date, and the chance of both."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.reports.stories import Story

from fairlead.metrics.warehouse import Warehouse
from fairlead.model.errors import Fault
from fairlead.model.setup import Setup, TeamSetup
from fairlead.planning.outlook import Outlook
from fairlead.reports.asked import Asked
from fairlead.reports.document import Claim, Document, Empty
from fairlead.reports.forecast import forecast

SETUP = Setup(teams={"pay": TeamSetup(name="Payments"), "ops": TeamSetup(name="Operations")})
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
"""A Wednesday."""


def done(story: Story, days: int, team: str = "team:pay", each: int = 2) -> None:
    """So many items on each of the last weekdays, and one on every Sunday."""
    number = 0
    for back in range(1, days + 1):
        at = NOW - timedelta(days=back)
        for _ in range({5: 0, 6: 1}.get(at.weekday(), each)):
            number += 1
            item = f"jira:{team}-{number}"
            story.add(
                "work_items", id=item, created_at=at - timedelta(days=1), closed_at=at, status="Done",
                status_category="done", project="P", team=team, source="jira",
            )  # fmt: skip
            story.add(
                "work_item_transitions", id=f"{item}/1", work_item=item, at=at, from_status="To Do", to_status="Done",
                from_category="todo", to_category="done",
            )  # fmt: skip


def told(
    story: Story, team: str | None = None, language: str = "en", **asked: Any
) -> tuple[Warehouse, Document, Outlook]:
    warehouse = story.told(SETUP, NOW)
    return warehouse, *forecast(Asked(warehouse, SETUP, NOW, team, language), **asked)


def texts(document: Document) -> list[str]:
    blocks = document.sections[0].blocks
    return [
        block.text if isinstance(block, Claim) else block.claim.text
        for block in blocks
        if isinstance(block, Claim | Empty)
    ]


def test_a_date_for_a_number_of_items(story: Story) -> None:
    done(story, 70)
    warehouse, document, outlook = told(story, team="pay", items=20)
    # two a day, three on Fridays with Sunday's: eleven a week; the first item was there a day before its end
    assert outlook.basis.days == 51
    assert document.title.text == (
        "20 items are done by Tue 1 Dec with 85 % certainty, by Tue 1 Dec as likely as not"
    )
    assert texts(document)[0] == "50 % sure: done by Tue 1 Dec"
    assert texts(document)[3] == "Drawn from 51 working days, which brought 2.16 items a day"
    for claim in document.claims():
        assert len(warehouse.readonly(claim.evidence.query, owner=False).rows) == claim.evidence.count == 110


def test_a_count_for_a_date_and_the_chance_of_both(story: Story) -> None:
    done(story, 70)
    _, document, outlook = told(story, by=date(2026, 11, 24))
    assert outlook.days == 5, "today counts from nine in the morning on"
    assert document.title.text == "By Tue 24 Nov 10 items or more are done with 85 % certainty, as likely as not 11"
    _, both, _ = told(story, by=date(2026, 11, 24), items=10)
    # it fails only where the one empty day is drawn and no Friday beside it: (50/51)^5 and a little
    assert both.title.text == "The chance that 10 items are done by Tue 24 Nov: 92 %"


def test_a_team_is_forecast_from_its_own_past(story: Story) -> None:
    done(story, 70)
    done(story, 70, "team:ops", each=1)
    rates = [told(story, team=team, items=5)[2].basis.done for team in ("pay", "ops")]
    assert rates == [110, 60]


def test_too_little_past_is_told(story: Story) -> None:
    done(story, 9)
    _, document, outlook = told(story, items=5)
    assert document.title.text == "There is too little past for a forecast"
    assert texts(document)[0].startswith("No forecast: 7 working days with ")
    assert outlook.to_json()["within_working_days"] is None


def test_an_empty_home_has_nothing_to_draw_from(story: Story) -> None:
    _, document, _ = told(story, items=5)
    assert document.title.text == "There is too little past for a forecast"


@pytest.mark.parametrize(("asked", "said"), [
    ({}, "nothing is asked"),
    ({"items": 0}, "no number of items: 0"),
    ({"items": 100_001}, "no number of items: 100001"),
    ({"by": date(2026, 11, 17)}, "2026-11-17 is over"),
])  # fmt: skip
def test_what_cannot_be_answered_is_refused(story: Story, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(Fault, match=said):
        told(story, **asked)
