"""What agents may spend: money for the whole plan, sessions at once, and hours in windows that roll."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.planning.answer import Answer
from fairlead.planning.answering import answer
from fairlead.planning.loading import read
from fairlead.planning.project import violations

KIM = {"id": "kim", "skills": {"api": 3}}


def told(within_s: float = 0.0, **said: Any) -> Answer:
    plan, faults = read({"start": "2026-10-14", "focus": 1.0, "people": [], **said})
    assert plan is not None and not faults, faults
    found = answer(plan, within_s=within_s, risk=False)
    assert violations(found.built.project, found.outcome.schedule) == []
    return found


def coder(**said: Any) -> dict[str, Any]:
    return {"id": "coder", "skills": {"api": 3}, **said}


def left(found: Answer) -> dict[str, str]:
    return {one.task: one.reason.kind for one in found.built.unplaced}


def tasks(*hours: float, **said: Any) -> list[dict[str, Any]]:
    return [{"id": f"T{at}", "estimate": one, "skills": {"api": 1}, **said} for at, one in enumerate(hours)]


@pytest.mark.parametrize("within_s", [0.0, 2.0])
def test_a_budget_is_spent_on_what_is_worth_most_and_no_further(within_s: float) -> None:
    work = tasks(4, 4, 4)
    work[1]["value"] = 9
    found = told(within_s, agents=[coder(cost_per_hour=2.5, budget=20)], tasks=work)
    assert len(left(found)) == 1 and set(left(found).values()) == {"over_budget"} and "T1" not in left(found)
    cost = found.to_json()["cost"]
    assert cost == {"total": 20.0, "agents": [{"who": "coder", "hours": 8.0, "cost": 20.0, "budget": 20}]}
    # with somebody else there nothing is left out, and the budget still holds
    shared = told(within_s, people=[KIM], agents=[coder(cost_per_hour=2.5, budget=20)], tasks=work)
    assert not left(shared)
    assert shared.to_json()["cost"]["total"] <= 20


def test_a_session_that_no_limit_ever_allows_is_named_with_it() -> None:
    found = told(agents=[coder(cost_per_hour=10, budget=30)], tasks=tasks(4))
    [one] = found.to_json()["unplaced"]
    assert one["why"] == {"kind": "over_budget", "who": "coder", "budget": 30}
    found = told(agents=[coder(rate={"hours": 3, "per": "5h"})], tasks=tasks(4))
    [one] = found.to_json()["unplaced"]
    assert one["why"] == {"kind": "rate", "who": "coder", "hours": 3, "per": "5h"}


@pytest.mark.parametrize("within_s", [0.0, 2.0])
def test_hours_of_a_window_are_there_again_a_window_later(within_s: float) -> None:
    found = told(within_s, agents=[coder(rate={"hours": 5, "per": "24h"})], tasks=tasks(3, 3, 3))
    said = sorted(found.to_json()["tasks"], key=lambda one: one["start"])
    # one a day, each a day after the one before it
    assert [one["start"] for one in said] == [f"2026-10-{day}T09:00:00Z" for day in (14, 15, 16)]
    assert [reason["kind"] for reason in said[1]["why"]][-1] == "rate_wait"
    free = told(within_s, agents=[coder()], tasks=tasks(3, 3, 3))
    assert free.outcome.makespan < found.outcome.makespan


def test_requests_are_hours_by_how_many_an_hour_takes() -> None:
    limits = [{"requests": 300, "per": "5h"}, {"hours": 20, "per": "7d"}]
    found = told(
        agents=[coder(rate=limits, requests_per_hour=100)], end="2026-10-16", tasks=tasks(3, 3, 3, 3, 3, 3, 3, 3)
    )
    assert set(left(found).values()) == {"rate"}
    # 300 requests are three hours: one in each five, two on a day of eight hours
    assert len(left(found)) == 2


def test_of_what_is_spent_no_more_is_taken_than_there_is() -> None:
    ways = [{"id": "quick", "duration": 1, "demands": {"credits": 3}}, {"id": "slow", "duration": 5}]
    plan, faults = read({
        "resources": [{"id": "credits", "capacity": 7, "renewable": False}],
        "tasks": [{"id": f"t{at}", "modes": ways} for at in range(4)],
    })  # fmt: skip
    assert plan and not faults
    for within_s in (0.0, 2.0):
        found = answer(plan, within_s=within_s, risk=False)
        assert violations(found.built.project, found.outcome.schedule) == []
        assert sorted(one["mode"] for one in found.to_json()["tasks"]) == ["quick", "quick", "slow", "slow"]
    short, _ = read({
        "resources": [{"id": "credits", "capacity": 2, "renewable": False}],
        "tasks": [{"id": f"t{amount}", "duration": 1, "demands": {"credits": amount}} for amount in (1, 2)],
    })  # fmt: skip
    assert short
    assert len(answer(short, within_s=0.0).built.unplaced) == 1


def test_hours_are_summed_by_kind_of_work() -> None:
    work = tasks(4, 3, 2, 1)
    for task, kind in zip(work, ("debt", "roadmap", "debt", ""), strict=True):
        task["kind"] = kind
    found = told(people=[KIM], tasks=work)
    assert found.to_json()["by_kind"] == {
        "roadmap": {"tasks": 1, "hours": 3.0},
        "debt": {"tasks": 2, "hours": 6.0},
        "unstated": {"tasks": 1, "hours": 1.0},
    }


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ({"rate": {"per": "5h"}}, "how much"),
        ({"rate": {"requests": 40}}, "requests_per_hour"),
        ({"rate": {"hours": 4, "per": "0h"}}, "has a length"),
        ({"rate": [{"hours": -4}]}, "less than nothing"),
        ({"rate": {"hours": 4, "per": "soon"}}, "no length of time"),
        ({"budget": -1}, "a budget of -1"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(agent: dict[str, Any], said: str) -> None:
    _, faults = read({"start": "2026-10-14", "agents": [coder(**agent)], "tasks": tasks(1)})
    assert [said in words and "coder" in words for _, words in faults] == [True]


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from([0.5, 1, 2, 2.5, 4]), min_size=1, max_size=8), st.sampled_from([4, 5, 7.5]),
    st.sampled_from(["5h", "12h", "24h", "3d"]), st.integers(1, 2), st.sampled_from([0.0, 0.0, 0.5]),
)  # fmt: skip
def test_no_window_of_any_start_holds_more_than_is_allowed(
    hours: list[float], most: float, per: str, at_once: int, within_s: float
) -> None:
    found = told(within_s, agents=[coder(rate={"hours": most, "per": per}, at_once=at_once)], tasks=tasks(*hours))
    grid = found.built.grid
    assert grid is not None
    taken = [
        grid.begins(step)
        for placed in found.outcome.schedule
        for step in range(placed.start, placed.end)
    ]  # fmt: skip
    length = timedelta(hours=float(per[:-1]) * (24 if per[-1] == "d" else 1))
    for first in taken:
        begins: list[datetime] = [one for one in taken if first <= one < first + length]
        assert len(begins) * 0.5 <= most
