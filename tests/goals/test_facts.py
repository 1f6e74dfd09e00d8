"""Objectives as the warehouse holds them: whose they are, what belongs to them, when they run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.reports.stories import Story

from fairlead.goals import facts
from fairlead.model.figures import Window

NOW = datetime(2026, 11, 18, 9, 2, tzinfo=UTC)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    found = Story(tmp_path)
    yield found
    for warehouse in found.opened:
        warehouse.close()


def day(month: int, number: int = 1) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


def test_an_objective_has_its_key_results_with_what_was_entered_in_order(story: Story) -> None:
    story.add("objectives", id="objective:calm", title="Calm releases", team="team:pay", owner="person:ada",
              starts_at=day(10), due_at=day(12, 31), labels=("release",),
              path="fairlead.d/goals/q4.yaml")  # fmt: skip
    story.add("key_results", id="key_result:calm/lead", objective="objective:calm", title="Lead time",
              value_from="metric", metric="lead_time", segment="team=pay, service=checkout", target=3600.0,
              due_at=day(11, 30), stale_after_days=0)  # fmt: skip
    story.add("key_results", id="key_result:calm/nps", objective="objective:calm", owner="person:bo")
    for number, value in ((9, 30.0), (2, 20.0), (16, None)):
        story.add("check_ins", id=f"check_in:{number}", key_result="key_result:calm/nps", at=day(11, number),
                  value=value, by="person:ada")  # fmt: skip
    story.add("key_results", id="key_result:lost", objective="objective:nowhere")
    [goal] = facts.load(story.told())
    assert (goal.title, goal.team, goal.state, goal.labels, goal.due_at) == (
        "Calm releases", "team:pay", "open", ("release",), day(12, 31)
    )  # fmt: skip
    lead, nps = goal.results
    assert lead.segment == {"team": "pay", "service": "checkout"}
    assert (lead.due_at, lead.owner, lead.stale_after_days, lead.target) == (day(11, 30), "person:ada", 0, 3600.0)
    assert (nps.title, nps.due_at, nps.owner, nps.value_from) == (
        "key_result:calm/nps", day(12, 31), "person:bo", "manual"
    )  # fmt: skip
    assert nps.stale_after_days == facts.STALE_AFTER_DAYS
    # a day without a value is no entry
    assert [(one.at, one.value) for one in nps.entries] == [(day(11, 2), 20.0), (day(11, 9), 30.0)]


def test_goals_of_a_team_are_its_own_and_everybodys_and_a_period_those_that_run_in_it(story: Story) -> None:
    for name, team, starts, due, state in (
        ("mine", "team:pay", day(10), day(12, 31), "open"),
        ("theirs", "team:web", day(10), day(12, 31), "open"),
        ("ours", None, None, None, "open"),
        ("past", "team:pay", day(7), day(10), "missed"),
        ("later", "team:pay", day(12), day(12, 31), "open"),
    ):
        story.add("objectives", id=f"objective:{name}", team=team, starts_at=starts, due_at=due, state=state)
    story.add("objectives", id="objective:gone", deleted_at=day(11))
    warehouse = story.told()

    def names(**said: object) -> list[str]:
        return [goal.id.removeprefix("objective:") for goal in facts.load(warehouse, **said)]  # type: ignore[arg-type]

    assert names() == ["past", "later", "mine", "theirs", "ours"]
    assert names(team="team:pay") == ["past", "later", "mine", "ours"]
    # the end of a period belongs to the next one, as does the beginning of an objective
    assert names(period=Window(start=day(10), end=day(12))) == ["mine", "theirs", "ours"]
    assert names(ids=["objective:ours"]) == ["ours"]
    assert [goal.id for goal in facts.running(facts.load(warehouse), NOW)] == [
        "objective:mine", "objective:theirs", "objective:ours"
    ]  # fmt: skip
