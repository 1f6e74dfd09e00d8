"""Draws of a plan keep the rules that the plan keeps: windows of agents, and what must not be interrupted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.planning.answer import Answer
from fairlead.planning.answering import answer
from fairlead.planning.loading import read
from fairlead.planning.project import violations
from fairlead.planning.risk import Risk

KIM = {"id": "kim", "skills": {"ui": 3}}
CODER = {"id": "c1", "skills": {"api": 3}, "rate": {"hours": 4, "per": "24h"}}


def told(within_s: float = 0.0, **said: Any) -> tuple[Answer, Risk]:
    plan, faults = read({"start": "2026-12-07", "focus": 1.0, **said})
    assert plan is not None and not faults, faults
    found = answer(plan, within_s=within_s)
    assert violations(found.built.project, found.outcome.schedule) == []
    assert found.risk
    return found, found.risk


def works(*hours: float | str, skill: str = "api", **said: Any) -> list[dict[str, Any]]:
    return [{"id": f"T{at}", "estimate": one, "skills": {skill: 1}, **said} for at, one in enumerate(hours)]


@pytest.mark.parametrize("at_once", [1, 2])
def test_draws_wait_for_the_windows_of_agents(at_once: int) -> None:
    agent = {**CODER, "at_once": at_once}
    found, risk = told(agents=[agent], tasks=works(4, 4, 4), spread=0.0)
    assert found.outcome.makespan == risk.by(0.01) == risk.by(0.99)
    _, risk = told(agents=[agent], tasks=works(4, 4, 4))
    # the last session waits for the day before it, however quick the others were
    assert risk.by(0.01) > 16 + 2
    assert risk.by(0.95) >= found.outcome.makespan
    assert risk.critical == (1.0, 1.0, 1.0)
    assert found.built.windowed
    # without a window they follow each other
    _, free = told(agents=[{"id": "c1", "skills": {"api": 3}}], tasks=works(4, 4, 4))
    assert free.by(0.95) < risk.by(0.01)


def test_a_session_drawn_longer_takes_more_of_its_window() -> None:
    estimate = {"optimistic": 1, "likely": 2, "pessimistic": 3}
    _, sure = told(agents=[CODER], tasks=works(2, 2), spread=0.0)
    _, drawn = told(agents=[CODER], tasks=works(estimate, estimate))  # type: ignore[arg-type]
    assert sure.by(0.99) <= 8
    assert drawn.by(0.05) <= 8 < drawn.by(0.95)


def test_draws_interrupt_nothing_that_must_not_be() -> None:
    kim = {**KIM, "away": ["2026-12-10"]}
    found, risk = told(people=[kim], tasks=works("3d", skill="ui", may_split=False), spread=0.1)
    assert str(found.end).startswith("2026-12-09")
    ends = {str(found.ends(end))[:10] for end in map(int, risk.ends)}
    # over by Wednesday, or whole after the absence: longer than three days from Friday on
    assert ends == {"2026-12-09", "2026-12-16", "2026-12-17"}
    split, _ = told(people=[kim], tasks=works("3d", skill="ui"), spread=0.1)
    assert split.end == found.end


def test_draws_of_work_by_skill_go_by_the_calendars_of_who_was_found() -> None:
    kim = {**KIM, "away": ["2026-12-08..2026-12-09"]}
    ana = {"id": "ana", "skills": {"go": 3}, "time_zone": "Europe/Berlin"}
    tasks = [{"id": "A", "estimate": 7, "people": {"ui": 1}}]
    _, risk = told(people=[kim, ana], tasks=tasks, spread=0.5)
    found, _ = told(people=[kim, ana], tasks=tasks)
    assert not {str(found.ends(end))[:10] for end in map(int, risk.ends)} & {"2026-12-08", "2026-12-09"}


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.5, 2, 3, 4, 12]), st.sampled_from(["ui", "api"]), st.booleans()),
        min_size=1, max_size=6,
    ),
    st.sets(st.integers(7, 18), max_size=3), st.sampled_from(["5h", "24h", "3d"]), st.integers(1, 2),
)  # fmt: skip
def test_draws_of_estimates_that_hold_end_no_later_than_the_plan(
    asked: list[tuple[float, str, bool]], away: set[int], per: str, at_once: int
) -> None:
    tasks = [
        {"id": f"T{at}", "estimate": hours, "skills": {skill: 1}, "may_split": split}
        for at, (hours, skill, split) in enumerate(asked)
        if skill == "ui" or hours <= 4
    ] or works(1)
    people = [
        {**KIM, "away": [str(date(2026, 12, day)) for day in away]},
        {"id": "ana", "skills": {"go": 3}, "time_zone": "America/New_York"},
    ]
    agents = [{**CODER, "at_once": at_once, "rate": {"hours": 4, "per": per}}]
    found, risk = told(people=people, agents=agents, tasks=tasks, spread=0.0)
    assert set(map(int, risk.ends)) == {risk.by(0.5)}
    assert risk.by(1.0) <= found.outcome.makespan
