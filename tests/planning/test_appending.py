"""Plans of very many tasks keep every rule, and say what has no place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.planning import appending
from fairlead.planning.answering import answer
from fairlead.planning.appending import append
from fairlead.planning.building import build
from fairlead.planning.heuristic import orders
from fairlead.planning.loading import read
from fairlead.planning.project import violations

CREW: dict[str, Any] = {
    "start": "2026-10-14",
    "review": {"types": ["feature"]},
    "people": [
        {"id": "kim", "skills": {"api": 4, "review": 3}, "away": ["2026-10-15"]},
        {"id": "lee", "skills": {"ui": 3, "review": 3}, "time_zone": "Asia/Tokyo"},
        {"id": "mo", "skills": {"api": 2, "ui": 2, "review": 1}, "hours": "Mon-Thu 08:00-12:00, 13:00-16:00"},
    ],
    "agents": [
        {"id": "coder", "skills": {"api": 3}, "at_once": 2},
        {"id": "metered", "skills": {"ui": 4}, "rate": {"hours": 4, "per": "24h"}, "cost_per_hour": 3, "budget": 30},
    ],
    "resources": [{"id": "rig", "capacity": 2}, {"id": "seats", "capacity": 2500}],
}
_TASKS = st.lists(
    st.fixed_dictionaries(
        {
            "estimate": st.integers(0, 14),
            "type": st.sampled_from(["feature", "bug"]),
            "may_split": st.booleans(),
            "value": st.integers(1, 9),
            "demands": st.sampled_from([{}, {"rig": 1}, {"rig": 2, "seats": 700}]),
        },
        optional={
            "skills": st.sampled_from([{"api": 2}, {"ui": 3}]),
            "people": st.sampled_from([{"api": 1}, {"ui": 2}]),
        },
    ),
    min_size=1,
    max_size=12,
)
_PAIRS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=8)


@settings(max_examples=40)
@given(_TASKS, _PAIRS)
def test_what_is_appended_keeps_every_rule(tasks: list[dict[str, Any]], pairs: list[tuple[int, int]]) -> None:
    for number, task in enumerate(tasks):
        task["id"] = f"T{number}"
        task["after"] = sorted({f"T{one}" for one, other in pairs if one < number and other == number})
    plan, faults = read({**CREW, "tasks": tasks})
    assert plan and not faults
    built = build(plan)
    if not built.tasks:
        return
    placed = append(built.project, next(orders(built.project, 1)), built.groups)
    kept = [at for at, one in enumerate(placed) if one is not None]
    chosen = built.only(kept, None)
    assert violations(chosen.project, [one for one in placed if one is not None]) == []


@pytest.mark.parametrize("end", ["", "2026-10-30"])
def test_a_plan_of_many_tasks_is_made_at_one_look(monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.setattr(appending, "MANY", 2_000)
    tasks = [
        {
            "id": f"T{at}",
            "estimate": at % 13 + 1,
            "value": at % 7,
            "after": [f"T{at - 9}"] if at % 4 == 0 and at > 9 else [],
        }
        for at in range(800)
    ]
    plan, faults = read({**CREW, "end": end, "tasks": tasks})
    assert plan and not faults
    found = answer(plan, within_s=0.0)
    assert violations(found.built.project, found.outcome.schedule) == []
    assert len(found.built.unplaced) + sum(not review for review in found.built.review) == 800
    assert bool(found.built.unplaced) == bool(end)
    assert found.to_json()["status"] == ("partial" if end else "feasible")
