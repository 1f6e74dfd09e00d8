"""Plans of days: what fits, why each task lies where it does, what would change, how sure the end is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.model.errors import Abort, ConfigFaults
from fairlead.planning.answer import Answer
from fairlead.planning.answering import answer
from fairlead.planning.loading import load, read
from fairlead.planning.planfile import Plan
from fairlead.planning.project import violations
from fairlead.planning.whatif import Difference, changed

SPRINT_DAYS = ["2026-10-14..2026-10-16"]
TEAM: dict[str, Any] = {
    "start": "2026-10-14",
    "time_zone": "Europe/Berlin",
    "focus": 1.0,
    "people": [{"id": "kim", "skills": {"api": 4, "review": 3}}, {"id": "lee", "skills": {"ui": 3, "review": 3}}],
}


def plan_of(**said: Any) -> Plan:
    plan, faults = read({**TEAM, **said})
    assert plan is not None, faults
    assert not faults
    return plan


def told(**said: Any) -> Answer:
    """The quick answer, whose schedule keeps every rule."""
    found = answer(plan_of(**said), within_s=0.0)
    assert violations(found.built.project, found.outcome.schedule) == []
    return found


def at(answer: Answer, task: str) -> dict[str, Any]:
    return next(one for one in answer.to_json()["tasks"] if one["id"] == task)


def left(answer: Answer) -> dict[str, str]:
    return {one.task: one.reason.kind for one in answer.built.unplaced}


# --- what no valid file can break ---


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        ({"tasks": [{"id": "A", "estimate": 4, "skills": {"cobol": 1}}]}, {"A": "unknown_skill"}),
        ({"tasks": [{"id": "A", "estimate": 4, "skills": {"api": 5}}]}, {"A": "nobody_has"}),
        ({"tasks": [{"id": "A", "estimate": 4, "people": {"api": 2}}]}, {"A": "too_few"}),
        (
            {"end": "2026-10-16", "people": [{"id": "kim", "skills": {"api": 3}, "away": ["2026-10-01..2026-10-31"]}],
             "tasks": [{"id": "A", "estimate": 4}, {"id": "B", "estimate": 1, "after": ["A"]}]},
            {"A": "no_room_at_all", "B": "waits_for_left"},
        ),
        (
            {"end": "2026-10-16",
             "people": [*TEAM["people"], {"id": "mo", "skills": {"go": 3}, "on_call": SPRINT_DAYS}],
             "tasks": [{"id": "A", "estimate": 4, "skills": {"go": 1}}, {"id": "B", "estimate": 4}]},
            {"A": "no_room_at_all"},
        ),
        (
            {"end": "2026-10-15", "holidays": ["2026-10-14", "2026-10-15"], "tasks": [{"id": "A", "estimate": 4}]},
            {"A": "nobody_works"},
        ),
        (
            {"people": [{"id": "kim", "hours_per_week": 0}], "tasks": [{"id": "A", "estimate": 4}]},
            {"A": "no_time"},
        ),
        (
            {"review": {}, "people": [{"id": "kim", "skills": {"review": 3}}], "tasks": [{"id": "A", "estimate": 4}]},
            {"A": "no_reviewer"},
        ),
        (
            {"end": "2026-10-14",
             "tasks": [{"id": "A", "estimate": "1w", "may_split": False}, {"id": "B", "estimate": 0}]},
            {"A": "no_room_at_all"},
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_placed_is_named_with_its_reason(said: dict[str, Any], reasons: dict[str, str]) -> None:
    found = told(**said)
    assert left(found) == reasons
    assert found.to_json()["status"] == "partial"


def test_tasks_that_wait_for_each_other_are_named_in_a_round() -> None:
    tasks = [{"id": "A", "estimate": 1, "after": ["C"]}, {"id": "B", "estimate": 1, "after": ["A"]},
             {"id": "C", "estimate": 1, "after": ["B"]}, {"id": "D", "estimate": 1, "after": ["C"]}]  # fmt: skip
    with pytest.raises(Abort) as fault:
        told(tasks=tasks)
    assert "D" not in fault.value.message
    round_ = fault.value.message.partition(": ")[2].split(" -> ")
    assert (sorted(set(round_)), round_[0]) == (["A", "B", "C"], round_[-1])


FAULTY = """\
start: 2026-10-14
end: 2026-10-01
people:
  - {id: kim, skills: {api: 4}, hours_per_week: -3, away: ["2026-13-01"]}
  - {id: kim, skil: {api: 4}}
resources: [{id: rig, capacity: 0}]
tasks:
  - {id: A, estimate: 3d, after: [B, A]}
"""


def test_faults_of_a_file_are_told_with_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(FAULTY)
    with pytest.raises(ConfigFaults) as found:
        load(path)
    assert [(fault.line, "skil" in str(fault)) for fault in found.value.faults] == [(5, True)]
    path.write_text(FAULTY.replace("skil:", "skills:"))
    with pytest.raises(ConfigFaults) as found:
        load(path)
    words = [f"{fault.line}: {fault}" for fault in found.value.faults]
    for line, said in ((2, "before it starts"), (4, "-3.0 hours a week"), (4, "2026-13-01"), (5, "id of 2 people"),
                       (8, "waits for itself"), (8, "no task `B`")):  # fmt: skip
        assert any(word.startswith(f"{line}:") and said in word for word in words), (said, words)


FAULTY_JSON = """\
{"start": "2026-10-14", "people": [{"id": "kim \\"\\u00fc\\"", "away": ["soon"]}],
 "tasks": [
   {"id": "A", "estimate": 4}, {"id": "B",
    "estimate": -4},
   {"id": "C", "estimate": 4, "after": ["A", "Z"], "title": "a \\"tasks\\": [ here"}
 ]}
"""


def test_faults_of_a_json_file_are_told_with_line_and_column_too(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(FAULTY_JSON)
    with pytest.raises(ConfigFaults) as found:
        load(path)
    lines = FAULTY_JSON.splitlines()
    places = [
        (line, lines[line - 1].index(said) + 1) for line, said in ((1, '"soon"'), (4, '"estimate"'), (5, '"Z"'))
    ]
    assert [(fault.line, fault.column) for fault in found.value.faults] == places
    path.write_text('{"tasks": [{"id": "A", "estimat": 3}]}')
    with pytest.raises(ConfigFaults) as found:
        load(path)
    assert [(fault.line, fault.column) for fault in found.value.faults] == [(1, 24)]


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ({"estimate": -1}, "negative"),
        ({"estimate": "3 days"}, "no length of time"),
        ({"estimate": {"optimistic": 3, "likely": 1, "pessimistic": 2}}, "not in this order"),
        ({"estimate": 1, "due": "2026-10-14", "earliest": "2026-10-20"}, "before its earliest start"),
        ({"estimate": 1, "demands": {"rig": 2}}, "of which there are 1"),
        ({"estimate": 1, "who": "kin"}, "did you mean `kim`"),
        ({}, "how long does it take"),
        ({"points": -2}, "-2.0 points"),
    ],
)
def test_a_task_that_makes_no_sense_is_refused_by_its_id(task: dict[str, Any], said: str) -> None:
    _, faults = read({**TEAM, "resources": [{"id": "rig", "capacity": 1}], "tasks": [{"id": "A-7", **task}]})
    assert [said in words and "A-7" in words for _, words in faults] == [True]


# --- days ---


def test_work_goes_on_after_nights_and_the_clocks_going_back() -> None:
    # 25 October 2026: Berlin goes back to winter time
    found = told(tasks=[{"id": "A", "estimate": "3d", "earliest": "2026-10-22", "who": "lee"}])
    one = at(found, "A")
    assert (one["start"], one["end"]) == ("2026-10-22T07:00:00Z", "2026-10-26T16:00:00Z")


def test_each_works_in_their_own_zone() -> None:
    people = [
        {"id": "kim", "skills": {"api": 3}},
        {"id": "ana", "skills": {"go": 3}, "time_zone": "America/New_York"},
    ]
    tasks = [
        {"id": "A", "estimate": 8, "skills": {"go": 1}},
        {"id": "B", "estimate": 8, "skills": {"api": 1}, "after": ["A"]},
    ]
    found = told(people=people, tasks=tasks)
    assert at(found, "A")["start"] == "2026-10-14T13:00:00Z"
    assert at(found, "A")["end"] == "2026-10-14T21:00:00Z"
    assert at(found, "B")["start"] == "2026-10-15T07:00:00Z"
    assert [reason["kind"] for reason in at(found, "B")["why"]] == ["after"]


def test_a_review_is_somebody_elses_work() -> None:
    found = told(review={"share": 0.25}, tasks=[{"id": "A", "estimate": "2d", "skills": {"api": 1}}])
    one = at(found, "A")
    assert (one["who"], one["review"]["who"]) == ("kim", "lee")
    assert one["review"]["start"] >= one["end"]


def test_reasons_name_what_was_short_until_then() -> None:
    people = [{"id": "kim", "skills": {"api": 3}, "away": ["2026-10-15"]}]
    found = told(people=people, tasks=[
        {"id": "A", "estimate": 8, "value": 9}, {"id": "B", "estimate": 8, "after": ["A"]},
        {"id": "C", "estimate": 8, "after": [{"task": "A", "lag": -8}], "earliest": "2026-10-19"},
    ])  # fmt: skip
    b, c = at(found, "B")["why"], at(found, "C")["why"]
    assert [(one["kind"], one.get("task"), one.get("who")) for one in b] == [
        ("after", "A", None),
        ("away_only", None, "kim"),
    ]
    assert b[1]["until"] == "2026-10-16T07:00:00Z"
    assert [one["kind"] for one in c] == ["earliest"]
    assert at(found, "A")["why"] == []
    assert found.to_json()["critical_chain"] == ["C"]


def test_with_an_end_the_least_valuable_is_left_out_with_what_waits_for_it() -> None:
    tasks = [
        {"id": "dear", "estimate": 8, "value": 1, "who": "kim"},
        {"id": "follows", "estimate": 1, "value": 1, "after": ["dear"], "who": "kim"},
        {"id": "good", "estimate": 8, "value": 8, "who": "kim"},
        {"id": "best", "estimate": 8, "value": 9, "who": "kim"},
    ]
    found = told(end="2026-10-15", tasks=tasks)
    assert left(found) == {"dear": "least_value", "follows": "waits_for_left"}
    assert told(end="2026-10-16", tasks=tasks).to_json()["unplaced"][0]["task"] == "follows"
    whole = told(end="2026-10-19", tasks=tasks)
    assert not whole.built.unplaced
    assert whole.risk
    assert 0 < whole.to_json()["risk"]["chance"]["of_end"] <= 1


_TASKS = st.lists(
    st.fixed_dictionaries({
        "estimate": st.one_of(st.integers(0, 30), st.just("2d"), st.fixed_dictionaries(
            {"optimistic": st.integers(0, 3), "likely": st.integers(3, 9), "pessimistic": st.integers(9, 40)}
        )),
        "skills": st.dictionaries(st.sampled_from(["api", "ui", "go"]), st.integers(1, 5), max_size=1),
        "value": st.integers(0, 9),
        "may_split": st.booleans(),
        "demands": st.sampled_from([{}, {"rig": 1}]),
        "due": st.sampled_from([None, "2026-10-20"]),
    }),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(max_examples=25)
@given(
    _TASKS, st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=6),
    st.sampled_from(["", "2026-10-14", "2026-10-20"]),
    st.lists(st.sampled_from(["2026-10-14", "2026-10-15..2026-10-21", "2026-09-01..2027-12-31"]), max_size=2),
    st.booleans(),
)  # fmt: skip
def test_every_valid_plan_has_an_answer(
    tasks: list[dict[str, Any]], pairs: list[tuple[int, int]], end: str, away: list[str], reviewed: bool
) -> None:
    for number, task in enumerate(tasks):
        task["id"] = f"T{number}"
        task["after"] = sorted({f"T{one}" for one, other in pairs if one < number and other == number})
    said = {"tasks": tasks, "end": end, "resources": [{"id": "rig", "capacity": 1, "away": ["2026-10-16"]}]}
    said["people"] = [{**TEAM["people"][0], "away": away}, {**TEAM["people"][1], "time_zone": "Asia/Tokyo"}]
    found = told(**said, **({"review": {}} if reviewed else {}))
    placed = {task for task, review in zip(found.built.tasks, found.built.review, strict=True) if not review}
    assert placed | set(left(found)) == {task["id"] for task in tasks}
    assert not placed & set(left(found))
    until = found.built.until
    assert until is not None
    assert found.outcome.makespan <= until
    assert found.outcome.bound <= found.outcome.makespan
    found.to_json()


# --- who is interrupted by what, and what is said of it ---


@settings(max_examples=25)
@given(
    st.integers(1, 40), st.sets(st.integers(14, 30), max_size=4), st.booleans(),
    st.sampled_from(["America/New_York", "Asia/Tokyo", "Europe/London"]),
)  # fmt: skip
def test_hours_of_strangers_change_nothing_for_a_task_that_may_not_split(
    hours: int, away: set[int], split: bool, zone: str
) -> None:
    kim = {"id": "kim", "skills": {"api": 3}, "away": [f"2026-10-{day}" for day in away]}
    tasks = [{"id": "A", "estimate": hours, "skills": {"api": 1}, "may_split": split}]
    alone = told(people=[kim], tasks=tasks)
    stranger = {"id": "ana", "skills": {"go": 3}, "time_zone": zone}
    both = told(people=[kim, stranger], tasks=tasks)
    assert (at(alone, "A")["start"], at(alone, "A")["end"]) == (at(both, "A")["start"], at(both, "A")["end"])


@pytest.mark.parametrize("strangers", [[], [{"id": "ana", "skills": {"go": 3}, "time_zone": "America/New_York"}]])
def test_a_task_that_may_not_split_goes_on_after_a_night_and_not_after_an_absence(strangers: list[Any]) -> None:
    def placed(**kim: Any) -> tuple[str, str]:
        people = [{"id": "kim", "skills": {"api": 3}, **kim}, *strangers]
        one = at(told(people=people, tasks=[{"id": "A", "estimate": "3d", "who": "kim", "may_split": False}]), "A")
        return one["start"][:10], one["end"][:10]

    # Wednesday to Friday, over two nights
    assert placed() == ("2026-10-14", "2026-10-16")
    # after the absence, over a weekend
    assert placed(away=["2026-10-15"]) == ("2026-10-16", "2026-10-20")
    assert placed(on_call=["2026-10-16"]) == ("2026-10-19", "2026-10-21")
    # nobody would have worked then
    assert placed(away=["2026-10-17..2026-10-18"]) == ("2026-10-14", "2026-10-16")


def test_somebody_is_busy_until_the_end_of_what_keeps_them_busy() -> None:
    agent = {"id": "c1", "skills": {"go": 3}, "at_once": 2, "rate": {"hours": 4, "per": "24h"}}
    found = told(people=[], agents=[agent], tasks=[
        {"id": f"T{n}", "estimate": 3, "skills": {"go": 1}} for n in range(2)
    ])  # fmt: skip
    late = max(found.to_json()["tasks"], key=lambda one: one["start"])
    # of two sessions one was free all the time
    assert [one["kind"] for one in late["why"]] == ["rate_wait"]
    kim = {"id": "kim", "skills": {"api": 3}, "away": ["2026-10-16"]}
    found = told(people=[kim], tasks=[
        {"id": "x", "estimate": 8, "value": 9}, {"id": "y", "estimate": "3d", "may_split": False},
    ])  # fmt: skip
    first, then = sorted(found.to_json()["tasks"], key=lambda one: one["start"])
    busy = next(one for one in then["why"] if one["kind"] == "busy_only")
    assert (busy["tasks"], busy["until"]) == ([first["id"]], first["end"])
    away = next(one for one in then["why"] if one["kind"] == "away_only")
    assert away["until"] == then["start"]


def test_work_by_skill_takes_as_long_as_those_who_have_it_need_in_the_mean() -> None:
    def length(crew: list[Any], **task: Any) -> float:
        found = told(people=crew, focus=0.8, tasks=[{"id": "A", "estimate": 4, **task}])
        placed = found.outcome.schedule[0]
        return (placed.end - placed.start) * found.built.step_hours

    kim = {"id": "kim", "skills": {"api": 3}}
    assert length([kim], skills={"api": 1}) == length([kim], people={"api": 1}) == 5
    # 20 of 40 hours are left, and 80 % of them
    busy = {"id": "lee", "skills": {"api": 3}, "meetings_hours_per_week": 20}
    assert length([busy], people={"api": 1}) == 10
    assert length([kim, busy], people={"api": 2}) == 7.5
    # who has no time is none of them, and found by nobody
    gone = {"id": "mo", "skills": {"api": 3}, "hours_per_week": 0}
    assert length([kim, gone], people={"api": 1}) == 5
    assert left(told(people=[kim, gone], tasks=[{"id": "A", "estimate": 4, "people": {"api": 2}}])) == {
        "A": "too_few"
    }


# --- what would change, and how sure it is ---

SPRINT = {
    "tasks": [
        {"id": "A", "estimate": 16, "skills": {"api": 1}},
        {"id": "B", "estimate": 8, "skills": {"ui": 1}, "after": ["A"]},
        {"id": "C", "estimate": 24, "skills": {"api": 1}},
    ]
}


def differ(*what: str) -> Difference:
    plan = plan_of(**SPRINT)
    return Difference(answer(plan, within_s=0.0), answer(changed(plan, what), within_s=0.0))


def test_an_absence_moves_what_hangs_on_it() -> None:
    found = differ("absence:kim:2026-10-14..2026-10-15").to_json()
    assert {one["task"] for one in found["moved"]} == {"A", "B", "C"}
    assert found["ends"]["before"] < found["ends"]["after"]


def test_more_hands_and_less_scope_end_sooner(tmp_path: Path) -> None:
    for what in ("add:agent:api=3", "add:person", "scope:-C"):
        found = differ(what)
        assert found.after.outcome.makespan < found.before.outcome.makespan, what
    more = tmp_path / "more.yaml"
    more.write_text("tasks: [{id: D, estimate: 8, after: [C]}]")
    found = differ(f"scope:+{more}", "end:2026-10-19")
    assert found.left()
    assert set(found.ends()) <= {"A", "B", "C", "D"}


@pytest.mark.parametrize(
    "what",
    ["holiday:x", "absence:kin:2026-10-14", "absence:kim:soon", "scope:-Q", "add:robot", "add:person:api=x",
     "end:2026-10-01", "end"],
)  # fmt: skip
def test_a_change_that_is_not_understood_says_so(what: str) -> None:
    with pytest.raises(Abort):
        changed(plan_of(**SPRINT), [what])


def test_draws_go_through_the_people_and_not_along_one_path() -> None:
    # two paths of equal length: that one of them is late is likelier than that a given one is
    estimate = {"optimistic": 8, "likely": 16, "pessimistic": 40}
    tasks = [{"id": "A", "estimate": estimate, "who": "kim"}, {"id": "B", "estimate": estimate, "who": "lee"}]
    both, alone = told(tasks=tasks), told(tasks=tasks[:1])
    assert both.risk
    assert alone.risk
    assert both.risk.by(0.5) > alone.risk.by(0.5)
    assert both.risk.by(0.5) <= both.risk.by(0.85) <= both.risk.by(0.95)
    assert [round(share, 1) for share in both.risk.critical] == [0.5, 0.5]
    # one after the other by the same person: both always count
    one_by_one = told(tasks=[{**task, "who": "kim"} for task in tasks])
    assert one_by_one.risk
    assert one_by_one.risk.critical == (1.0, 1.0)


def test_a_plan_without_days_answers_in_units() -> None:
    plan, faults = read({
        "resources": [{"id": "R", "capacity": 4}],
        "tasks": [
            {"id": "a", "duration": 3, "demands": {"R": 2}},
            {"id": "b", "duration": 4, "demands": {"R": 3}},
            {"id": "c", "modes": [{"id": "slow", "duration": 9}, {"id": "fast", "duration": 2, "demands": {"R": 4}}]},
            {"id": "d", "duration": 2, "after": ["a", {"task": "b", "link": "start_start", "lag": 1}]},
        ],
    })  # fmt: skip
    assert plan
    assert not faults
    found = answer(plan, within_s=5.0).to_json()
    assert (found["status"], found["makespan"], found["lower_bound"]) == ("optimal", 9, 9)
    assert all(isinstance(task["start"], int) for task in found["tasks"])


# --- who reviews, and what takes no time ---

CREW = [
    {"id": "kim", "skills": {"api": 3, "review": 3}},
    {"id": "lee", "skills": {"api": 3, "review": 3}},
    {"id": "mo", "skills": {"api": 3, "ui": 2}},
]


@pytest.mark.parametrize("within_s", [0.0, 1.0])
@pytest.mark.parametrize("crew", [CREW[:2], CREW, [CREW[0], CREW[2]]])
def test_whoever_is_taken_for_a_task_by_skill_does_not_review_it(crew: list[Any], within_s: float) -> None:
    tasks = [{"id": f"T{at}", "estimate": 4, "people": {"api": 1}} for at in range(3)]
    tasks.append({"id": "pair", "estimate": 4, "people": {"api": 2}})
    found = answer(plan_of(people=crew, review={}, tasks=tasks), within_s=within_s, risk=False)
    assert violations(found.built.project, found.outcome.schedule) == []
    # two who both work on it leave nobody
    assert left(found) == ({} if len(crew) == 3 else {"pair": "no_reviewer"})
    for task in found.to_json()["tasks"]:
        assert task["review"]["who"] not in task["people"]


@settings(max_examples=8)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 2), st.booleans()), min_size=1, max_size=5),
    st.sampled_from([0.0, 0.5]),
)
def test_reviews_are_somebody_elses_in_every_plan(asked: list[tuple[int, int, bool]], within_s: float) -> None:
    tasks = [
        {"id": f"T{at}", "estimate": hours, **({"people": {"api": count}} if by_number else {"skills": {"api": 1}})}
        for at, (hours, count, by_number) in enumerate(asked)
    ]
    agents = [{"id": "coder", "skills": {"api": 2}, "at_once": 2}]
    found = answer(plan_of(people=CREW, agents=agents, review={}, tasks=tasks), within_s=within_s, risk=False)
    assert violations(found.built.project, found.outcome.schedule) == []
    assert not found.built.unplaced


def test_what_takes_no_time_does_not_stop_the_solver() -> None:
    tasks = [
        {"id": "A", "estimate": 8, "who": "kim"},
        {"id": "M", "estimate": 0, "who": "kim", "earliest": "2026-10-14"},
        {"id": "B", "estimate": 8, "who": "kim", "after": ["M"]},
        {"id": "C", "estimate": 4, "who": "lee", "due": "2026-10-14", "after": ["M"]},
    ]
    found = answer(plan_of(tasks=tasks), within_s=5.0, risk=False)
    assert violations(found.built.project, found.outcome.schedule) == []
    assert (found.outcome.by, found.status) == ("solver", "optimal")


def test_a_task_with_its_review_is_late_once() -> None:
    found = told(review={}, tasks=[{"id": "A", "estimate": "3d", "who": "kim", "due": "2026-10-14"}])
    assert (found.to_json()["late"], len(found.late)) == (["A"], 1)
    assert at(found, "A")["chance_in_time"] == 0


def test_a_plan_of_units_rounds_up_and_finds_people_beside_who_is_named() -> None:
    people = [{"id": "kim", "skills": {"api": 3}}, {"id": "lee", "skills": {"api": 3}}]
    three = {"optimistic": 1, "likely": 2, "pessimistic": 6}
    both = [{"duration": 2, "who": "kim", "people": {"api": 1}}]
    plan, faults = read({"people": people, "tasks": [{"id": "a", "estimate": three}, {"id": "b", "modes": both}]})
    assert plan and not faults
    found = answer(plan, within_s=0.0)
    assert violations(found.built.project, found.outcome.schedule) == []
    # (1 + 4 * 2 + 6) / 6 = 2.5
    assert at(found, "a")["end"] - at(found, "a")["start"] == 3
    assert at(found, "b")["people"] == ["lee"]
    alone, faults = read({"people": people[:1], "tasks": [{"id": "b", "modes": both}]})
    assert alone and not faults
    assert left(answer(alone, within_s=0.0)) == {"b": "too_few"}


def test_how_busy_and_how_fit_somebody_is_is_told_of_who_asks_and_of_agents() -> None:
    agents = [{"id": "coder", "skills": {"go": 2}}]
    tasks = [{"id": f"T{n}", "estimate": 8, "skills": {skill: 1}} for n, skill in enumerate(("api", "ui", "go"))]
    found = told(agents=agents, tasks=tasks)

    def seen(shown: str) -> tuple[set[str], set[str]]:
        said = found.to_json(None, frozenset(shown.split()))
        return {one["who"] for one in said["load"]}, {one["who"] for one in said["tasks"] if "score" in one}

    assert seen("") == ({"coder"}, {"coder"})
    assert seen("kim") == ({"kim", "coder"}, {"kim", "coder"})
    assert seen("*") == ({"kim", "lee", "coder"}, {"kim", "lee", "coder"})
