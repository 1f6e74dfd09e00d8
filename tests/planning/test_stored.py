"""Plans from the store: whose items, who is there when, how much work a point is, what the reader has to know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.reports.sprinting import Board
from tests.reports.stories import Story

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.errors import Abort
from fairlead.model.setup import Capacity, Planning, Setup, TeamSetup
from fairlead.planning.answering import answer
from fairlead.planning.crew import Member, doers
from fairlead.planning.planfile import Agent, Rate
from fairlead.planning.stored import Stored, gather
from fairlead.planning.targets import Kind, find
from fairlead.reports.scope import Scope

NOW = datetime(2026, 11, 4, 8, tzinfo=UTC)
"""A Wednesday, three days into the fifth sprint, which lasts until Monday 16 November at 08:00."""
PEOPLE = ("ada", "bo", "cy")
SETUP = Setup(
    teams={"pay": TeamSetup(name="Payments", members=tuple(f"github:@{one}" for one in PEOPLE))},
    planning=Planning(focus=0.5, review_share=0.0),
    capacity={"ada": Capacity(skills={"ledger": 4})},
)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    found = Story(tmp_path)
    for one in PEOPLE:
        found.person(one)
    yield found
    for warehouse in found.opened:
        warehouse.close()


def past(story: Story, open_items: int = 3) -> Board:
    """Four sprints that brought one item of two points on each working day, and a fifth that runs."""
    board = Board(story)
    for number in range(1, 5):
        board.sprint(number)
        for day in range(10):
            at = board.at(number, day)
            board.item([number], started=at - timedelta(hours=1), done=at, points=2)
    board.sprint(5, closed=False)
    for number in range(open_items):
        board.item([5], points=None if number == 0 else 4)
    return board


def planned(story: Story, kind: Kind, name: str, setup: Setup = SETUP, team: str | None = None) -> Stored | None:
    warehouse = story.told(setup, NOW)
    scope = Scope.of(warehouse, setup, NOW, team)
    target = find(warehouse, scope.calendars, NOW, kind, name, scope.team)
    return target and gather(warehouse, setup, scope.calendars, NOW, target)


def noted(found: Stored) -> set[str]:
    return {note.kind for note in found.notes}


def test_a_running_sprint_is_planned_from_today_with_the_teams_own_pace(story: Story) -> None:
    past(story)
    found = planned(story, "sprint", "Pay Sprint 5")
    assert found is not None
    plan, [(team, pace)] = found.plan, found.paces.items()
    # three people work four hours of a day on what is planned, and a day has brought two points
    assert (team, round(pace.hours_per_point, 2), pace.days) == ("team:pay", pytest.approx(6.0, abs=0.45), 42)
    assert (plan.start, plan.end) == ("2026-11-04", "2026-11-13")
    assert [task.id for task in plan.tasks] == ["PAY-41", "PAY-42", "PAY-43"]
    assert [round(float(str(task.estimate)) / pace.hours_per_point, 1) for task in plan.tasks] == [2.0, 4.0, 4.0]
    assert noted(found) == {"unestimated"}
    answered = answer(plan, within_s=0.0)
    assert not answered.built.unplaced
    assert {person for at in range(len(answered.outcome.schedule)) for person in answered.people(at)} == set(PEOPLE)


def test_whoever_is_away_or_on_call_is_not_planned_with(story: Story) -> None:
    past(story)
    story.add(
        "absences", id="cal:1", person="person:ada", start_at=datetime(2026, 11, 4, tzinfo=UTC),
        end_at=datetime(2026, 11, 14, tzinfo=UTC), kind="vacation",
    )  # fmt: skip
    story.add(
        "oncall_shifts", id="duty:1", account="github:@bo", start_at=datetime(2026, 11, 5, 8, tzinfo=UTC),
        end_at=datetime(2026, 11, 7, 8, tzinfo=UTC), level=1,
    )  # fmt: skip
    # a second in line is not called, and plans as always
    story.add(
        "oncall_shifts", id="duty:2", account="github:@cy", start_at=datetime(2026, 11, 5, 8, tzinfo=UTC),
        end_at=datetime(2026, 11, 7, 8, tzinfo=UTC), level=2,
    )  # fmt: skip
    found = planned(story, "sprint", "5")
    assert found is not None
    own = {one.id: one for one in found.plan.people}
    assert own["ada"].away == tuple(f"2026-11-{day:02}" for day in (4, 5, 6, 9, 10, 11, 12, 13))
    assert (own["bo"].on_call, own["cy"].on_call) == (("2026-11-05", "2026-11-06"), ())
    answered = answer(found.plan, within_s=0.0)
    assert "ada" not in {person for at in range(len(answered.outcome.schedule)) for person in answered.people(at)}


def test_the_next_sprint_follows_the_running_one_and_takes_what_that_leaves(story: Story) -> None:
    board = past(story, open_items=12)
    waiting = story.add(
        "work_items", id="jira:PAY-90", key="PAY-90", title="Waits", project="PAY", team="team:pay", priority="High",
        source="jira", work_type="feature", points=1, status_category="todo", created_at=NOW - timedelta(days=3),
    )  # fmt: skip
    story.add("work_item_links", id="l1", from_item="jira:OPS-1", to_item=waiting, kind="blocks")
    story.add(
        "work_items", id="jira:OPS-1", key="OPS-1", project="OPS", team="team:ops", source="jira", work_type="task",
        status_category="todo", created_at=NOW,
    )  # fmt: skip
    found = planned(story, "sprint", "NEXT", team="pay")
    assert found is not None
    assert (found.plan.start, found.plan.end) == ("2026-11-16", "2026-11-27")
    assert noted(found) == {"coming", "backlog", "carried", "outside", "unestimated"}
    [carried] = [note for note in found.notes if note.kind == "carried"]
    kept = {task.id for task in found.plan.tasks}
    # 46 points of which eight days bring 16: most is left, and only that comes along
    assert 6 <= carried.facts["n"] < 12
    assert {found.ids[task] for task in kept} == {*carried.items, waiting}
    assert board.items == 52


def test_a_sprint_that_the_tool_knows_is_planned_by_what_was_put_into_it(story: Story) -> None:
    board = past(story, open_items=0)
    story.add(
        "sprints", id="jira:sprint/6", name="Pay Sprint 6", team="team:pay", state="future", project="PAY",
        source="jira", start_at=board.start(6), end_at=board.start(7), goal="Fees are right",
    )  # fmt: skip
    first, then = board.item([6]), board.item([6])
    for number, (one, other) in enumerate([(first, then), (then, first)]):
        story.add("work_item_links", id=f"l{number}", from_item=one, to_item=other, kind="blocks")
    found = planned(story, "sprint", "NEXT")
    assert found is not None
    assert (found.target.name, found.plan.goal, found.plan.start) == ("Pay Sprint 6", "Fees are right", "2026-11-16")
    # of a round one link is left out, and said
    assert [task.after for task in found.plan.tasks] == [(), ("PAY-41",)]
    assert noted(found) == {"loops"}


def test_an_epic_takes_what_lies_below_it_and_a_label_that_is_a_skill(story: Story) -> None:
    past(story, open_items=0)
    common = {"project": "PAY", "team": "team:pay", "source": "jira", "created_at": NOW - timedelta(days=2)}
    story.add("work_items", id="jira:PAY-80", key="PAY-80", title="Fees", work_type="epic", status_category="todo",
              due_at=datetime(2026, 12, 1, 12, tzinfo=UTC), **common)  # fmt: skip
    story.add("work_items", id="jira:PAY-81", key="PAY-81", epic="jira:PAY-80", work_type="feature", points=1,
              status_category="todo", labels=["ledger", "urgent"], **common)  # fmt: skip
    story.add("work_items", id="jira:PAY-82", key="PAY-82", epic="jira:PAY-80", work_type="feature", points=1,
              status_category="done", closed_at=NOW - timedelta(days=1), **common)  # fmt: skip
    found = planned(story, "epic", "pay-80")
    assert found is not None
    [task] = found.plan.tasks
    assert (task.id, task.skills, task.due, found.plan.end) == ("PAY-81", {"ledger": 1}, "2026-12-01", "")
    assert answer(found.plan, within_s=0.0).people(0) == ["ada"]
    with pytest.raises(Abort, match="no epic"):
        planned(story, "epic", "PAY-99")


def family(story: Story, **fields: Any) -> None:
    """An item with an open part, which has one itself, a finished part, and one of another sprint."""
    common = {"project": "PAY", "source": "jira", "work_type": "feature", "points": 1, "created_at": NOW}
    story.add(
        "work_items", id="jira:PAY-70", key="PAY-70", status_category="todo", team="team:pay", **common, **fields
    )
    parts = (("71", "70", "todo", None), ("72", "71", "in_progress", None), ("73", "70", "done", None),
             ("74", "70", "todo", "jira:sprint/other"))  # fmt: skip
    for key, parent, state, sprint in parts:
        story.add("work_items", id=f"jira:PAY-{key}", key=f"PAY-{key}", status_category=state, team="team:pay",
                  parent=f"jira:PAY-{parent}", sprint=sprint, **common)  # fmt: skip
    story.add("sprints", id="jira:sprint/other", name="Other", state="future", source="jira", project="OTHER")


def test_what_lies_below_the_items_of_a_milestone_is_planned_though_it_does_not_name_it(story: Story) -> None:
    past(story, open_items=0)
    story.add("milestones", id="jira:M", title="Spring", state="open", source="jira")
    family(story, milestone="jira:M")
    found = planned(story, "milestone", "spring")
    assert found is not None
    assert sorted(found.ids) == ["PAY-72", "PAY-74"]


def test_of_a_milestone_one_team_plans_its_own_items_and_is_told_of_the_others(story: Story) -> None:
    past(story, open_items=0)
    story.add("milestones", id="jira:M", title="Spring", state="open", source="jira")
    family(story, milestone="jira:M")
    story.add("work_items", id="jira:OPS-1", key="OPS-1", source="jira", work_type="task", status_category="todo",
              team="team:ops", project="OPS", milestone="jira:M", created_at=NOW)  # fmt: skip
    teams = {**SETUP.teams, "ops": TeamSetup(name="Operations")}
    setup = Setup(teams=teams, planning=SETUP.planning, capacity=SETUP.capacity)
    every, own = planned(story, "milestone", "spring", setup), planned(story, "milestone", "spring", setup, "pay")
    assert every is not None and own is not None
    assert sorted(every.ids) == ["OPS-1", "PAY-72", "PAY-74"]
    assert sorted(own.ids) == ["PAY-72", "PAY-74"]
    [note] = [note for note in own.notes if note.kind == "other_teams"]
    assert (note.facts["n"], note.items) == (1, ("jira:OPS-1",))


def test_what_lies_below_the_items_of_a_sprint_is_its_work_unless_another_sprint_has_it(story: Story) -> None:
    past(story, open_items=0)
    family(story, sprint="jira:sprint/5")
    found = planned(story, "sprint", "Pay Sprint 5")
    assert found is not None
    assert sorted(found.ids) == ["PAY-72"]
    # the next sprint takes of it only what this one leaves, and that it will do
    coming = planned(story, "sprint", "NEXT", team="pay")
    assert coming is not None and "PAY-72" not in coming.ids


def test_too_little_of_a_past_is_said_and_not_guessed(story: Story) -> None:
    board = Board(story)
    board.sprint(5, closed=False)
    board.item([5], points=2)
    found = planned(story, "sprint", "NEXT")
    assert found is not None and found.plan.tasks == ()
    found = planned(story, "sprint", "Pay Sprint 5")
    assert found is not None
    assert noted(found) == {"no_past"}
    assert found.plan.tasks[0].estimate == 8.0
    assert planned(replace(story, patches=[]), "sprint", "NEXT") is None


def test_who_is_in_the_team_is_seen_at_work_where_nobody_says_it(story: Story) -> None:
    story.add(
        "work_items", id="jira:PAY-1", key="PAY-1", project="PAY", source="jira", work_type="task",
        status_category="in_progress", assignee="github:@cy", sprint="jira:sprint/1", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    story.add(
        "sprints", id="jira:sprint/1", name="One", state="active", project="PAY", source="jira",
        start_at=NOW - timedelta(days=1), end_at=NOW + timedelta(days=9),
    )  # fmt: skip
    found = planned(story, "sprint", "One", Setup())
    assert found is not None
    assert [one.id for one in found.plan.people] == ["cy"]
    assert "seen" in noted(found)
    assert found.plan.tasks[0].who == "cy"


def test_limits_of_an_agent_come_from_the_settings() -> None:
    calendar = WorkingCalendar("all", "Mon-Fri 09:00-17:00", "UTC", ())

    def agent(**said: Any) -> Agent:
        capacity = Capacity(skills={"api": 3}, at_once=2, **said)
        member = Member("person:coder", "Coder", True, ("team:pay",), calendar, calendar, (), (), capacity)
        return doers([member], (), NOW, several=False)[1][0]

    found = agent(
        cost_per_hour=4.0, budget=60.0, rate=("5h per 24h", "900 requests per 7d"), requests_per_hour=90.0
    )  # fmt: skip
    assert (found.at_once, found.cost_per_hour, found.budget) == (2, 4.0, 60.0)
    assert found.rate == (Rate(hours=5.0, per="24h"), Rate(requests=900.0, per="7d"))
    assert agent().budget is None
    for said in ("900 requests per 7d", "5 hours", "5h per soon"):
        with pytest.raises(Abort, match=r"\[capacity.coder\]"):
            agent(rate=(said,))
