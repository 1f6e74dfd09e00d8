"""Plans that cannot be, or not whole, asked on the command line: what is said, with which ids and exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fairlead.cli import home
from fairlead.cli.main import run

KIM = {"id": "kim", "skills": {"api": 4}}
TASK = {"id": "PAY-1", "estimate": 4}


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        run(["plan", *words, "--time-limit", "0"])
    shown = capsys.readouterr()
    return int(left.value.code or 0), " ".join((shown.out + shown.err).split())


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "_choice", home._Choice())
    monkeypatch.chdir(tmp_path)


def asked(capsys: pytest.CaptureFixture[str], text: str, name: str = "plan.json") -> tuple[int, str]:
    Path(name).write_text(text, encoding="utf-8")
    return said(capsys, name, "--md")


def dated(**plan: Any) -> str:
    return json.dumps({"start": "2026-10-14", "people": [KIM], "tasks": [TASK], **plan})


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (dated(tasks=[{**TASK, "after": ["B"]}, {"id": "B", "estimate": 1, "after": ["PAY-1"]}]), 1,
         "tasks wait for each other: B -> PAY-1 -> B"),
        (dated(tasks=[{**TASK, "skills": {"cobol": 1}}]), 0, "PAY-1 has no place: nobody knows cobol"),
        (dated(people=[], tasks=[{**TASK, "skills": {"api": 1}}]), 0, "PAY-1 has no place: nobody knows api"),
        (dated(tasks=[{**TASK, "skills": {"api": 5}}]), 0, "PAY-1 has no place: nobody has api 5"),
        (dated(tasks=[{**TASK, "people": {"api": 3}}]), 0, "too few people: it asks for 3 × api at once"),
        (dated(tasks=[{**TASK, "estimate": -3}]), 2, "PAY-1: `-3` is negative"),
        (dated(tasks=[{**TASK, "due": "2026-10-15", "earliest": "2026-10-20"}]), 2,
         "PAY-1: due 2026-10-15, before its earliest start 2026-10-20"),
        (dated(end="2026-10-16", people=[{**KIM, "away": ["2026-10-01..2026-11-01"]}]), 0,
         "whoever does it: kim; away or on call: kim: Thu 1 Oct - Sun 1 Nov"),
        (dated(end="2026-10-16", people=[{**KIM, "on_call": ["2026-10-14", "2026-10-15..2026-10-16", "2026-10-30"]}]),
         0, "away or on call: kim: Wed 14 Oct, Thu 15 Oct - Fri 16 Oct"),
        (dated(end="2026-10-14", tasks=[{**TASK, "estimate": 40, "people": {"api": 1}}]), 0, "whoever does it: kim"),
        (dated(tasks=[TASK, {**TASK, "id": "B", "skills": {"cobol": 1}}]), 0,
         "# 1 of 2 tasks has a place and ends on Wed 14 Oct"),
        (dated(end="2026-10-30", tasks=[TASK, {**TASK, "id": "B", "skills": {"cobol": 1}}]), 0,
         "The chance that what has a place is over by the end of the plan, Fri 30 Oct: 100 %"),
        (json.dumps({"people": [{"id": "kim", "skills": {"api": 4}}], "tasks": [
            {"id": "A", "duration": 3}, {"id": "B", "duration": 3, "people": {"ui": 1}}]}), 0,
         "# 1 of 2 tasks has a place and takes 3 units"),
        (dated(tasks=[TASK, TASK]), 2, "`PAY-1` is the id of 2 tasks"),
        (dated(holidays=["2026-01-01..2027-12-31"]), 2, "is more than a year of holidays"),
        (dated(holidays=["2026-12-32"]), 2, "`2026-12-32` is no span of days"),
        (dated(end="2026-10-16", holidays=["2026-10-14..2026-10-15", "2026-10-16"]), 0, "nobody works from"),
        (dated(resources=[{"id": "rig", "capacity": 0}], tasks=[{**TASK, "demands": {"rig": 1}}]), 2,
         "PAY-1: asks for 1 of rig, of which there are 0"),
        (dated(end="2026-10-15", holidays=["2026-10-14", "2026-10-15"]), 0, "nobody works from the start"),
        (dated(tasks=[{**TASK, "estimate": 0}]), 0, "1 task"),
        (dated(people=[{**KIM, "hours_per_week": 0}]), 0, "nobody who may do it has any time: kim"),
        (dated(people=[{**KIM, "meetings_hours_per_week": 60}]), 0, "has any time: kim"),
        (dated(tasks=[]), 2, "there is nothing to plan"),
        ("{}", 2, "there is nothing to plan"),
        (dated(tasks=[{**TASK, "id": " "}]), 2, "' ' is no id"),
        (dated(tasks=[{**TASK, "id": "A\n\u0007B"}]), 2, "is no id"),
        (dated(tasks=[{**TASK, "estimate": 1e12}]), 2, "PAY-1: `1e+12` is no number to plan with"),
        (dated(tasks=[{**TASK, "estimate": "9" * 30 + "d"}]), 2, "is more than 100000 hours"),
        (dated(tasks=[{**TASK, "earliest": "9999-12-31"}]), 2, "PAY-1: `9999-12-31` lies more than 10 years"),
        (dated(start="0001-01-01"), 2, "lies outside of the years"),
        (dated(end="9999-12-31"), 2, "lies more than 10 years"),
        (dated(step="3d"), 2, "from 1m to 1d"),
        (dated(agents=[{"id": "coder", "at_once": 10**8}]), 2, "coder: 100000000 sessions at once"),
        (dated(tasks=[{**TASK, "people": {"api": 10**8}}]), 2, "PAY-1: 100000000 people with api"),
        (json.dumps({"tasks": [{"id": "a", "duration": 9_000_000}, {"id": "b", "duration": 9_000_000}]}), 2,
         "b: with it all tasks, one after the other, take more than 10000000 units"),
        ('{"tasks": [{"id": "a", "duration": 1e999}]}', 2, "a: `inf` is no number to plan with"),
        ('{"tasks": [{"id": "a", "duration": NaN}]}', 2, "a: "),
    ],
)  # fmt: skip
def test_each_fault_is_said_with_ids(capsys: pytest.CaptureFixture[str], text: str, code: int, words: str) -> None:
    found, shown = asked(capsys, text)
    assert (found, words in shown) == (code, True), shown


def test_numbers_that_are_none_are_refused_in_yaml(capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "start: 2026-10-14\npeople: [{id: kim, hours_per_week: .nan}]\ntasks: [{id: A, estimate: .inf, value: .nan}]"
    )
    code, shown = asked(capsys, text, "plan.yaml")
    assert code == 2
    for words in ("plan.yaml:2:20: kim: `nan` is no number", "plan.yaml:3:17: A: `inf`", "plan.yaml:3:33: A: `nan`"):
        assert words in shown


def test_ids_of_every_script_are_planned_and_shown_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    ids = ["Ü-1 🚀", "مهمة-٣", "課題①", "a\u202eb|c"]
    tasks = [{"id": one, "estimate": 2, "after": ids[:at]} for at, one in enumerate(ids)]
    code, shown = asked(capsys, dated(people=[{"id": "Zoë 張", "skills": ["api"]}], tasks=tasks))
    assert code == 0
    assert all(word in shown for word in (*ids[:3], "Zoë 張")) and "\u202e" not in shown


def test_of_a_long_round_only_some_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    tasks = [{"id": f"T{at}", "estimate": 1, "after": [f"T{(at + 1) % 500}"]} for at in range(500)]
    code, shown = asked(capsys, dated(tasks=tasks))
    assert code == 1 and "(480 more)" in shown and len(shown) < 400


def test_one_answer_has_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    Path("plan.json").write_text(dated(), encoding="utf-8")
    code, shown = said(capsys, "plan.json", "--json", "--mermaid")
    assert code == 1 and "one answer has one form" in shown and "gantt" not in shown


@pytest.mark.parametrize("others", [[], [{"id": "zoe", "hours": "Mon-Fri 06:00-22:00", "skills": {"ui": 3}}]])
def test_when_something_is_due_is_a_day_whoever_else_works(
    capsys: pytest.CaptureFixture[str], others: list[dict[str, Any]]
) -> None:
    task = {**TASK, "estimate": "2d", "due": "2026-10-14", "skills": {"api": 3}}
    code, shown = asked(capsys, dated(people=[KIM, *others], end="2026-10-30", tasks=[task]))
    assert code == 0
    for words in ("after it is due on Wed 14 Oct ", "PAY-1 is due on Wed 14 Oct:", "end of the plan, Fri 30 Oct:"):
        assert words in shown, shown


ROUNDS = """\
start: 2026-10-14
people:
  - {id: kim}
tasks:
  - {id: a, estimate: 1, after: [c]}
  - {id: b, estimate: 1, after: [a]}
  - id: c
    estimate: 1
    after: [b]
  - {id: d, estimate: 1, after: [c, e]}
  - {id: e, estimate: 1, after: [d]}
  - {id: f, estimate: 1, after: [e]}
"""


def test_every_round_is_named_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = asked(capsys, ROUNDS, "plan.yaml")
    assert code == 1 and "negative" not in shown
    assert "plan.yaml:6:26: tasks wait for each other: b -> c -> a -> b" in shown
    assert "plan.yaml:11:26: tasks wait for each other: e -> d -> e" in shown
    plain = json.dumps(YAML(typ="safe", pure=True).load(ROUNDS), default=str, indent=1)
    line = plain.splitlines().index('   "id": "e",') + 3
    code, shown = asked(capsys, plain)
    assert code == 1 and f"plan.json:{line}:4: tasks wait for each other: e -> d -> e" in shown


def test_of_a_round_that_its_lags_would_let_be_it_is_said_that_none_is_planned(
    capsys: pytest.CaptureFixture[str],
) -> None:
    waits = {
        "a": {"task": "b", "link": "start_start", "lag": 1},
        "b": {"task": "a", "link": "start_start", "lag": -2},
    }
    code, shown = asked(
        capsys, json.dumps({"tasks": [{"id": one, "duration": 3, "after": [wait]} for one, wait in waits.items()]})
    )
    assert code == 1 and "refused even where its negative lags would let it be" in shown


def test_a_day_that_is_none_and_ids_that_are_there_twice_are_told_with_each_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    people = "- {id: kim}\n- {id: lee}\n- id: kim\n  away: [2026-02-30]\n"
    text = f"start: 2026-13-40\npeople:\n{people}tasks: [{{id: A, estimate: 1}}]"
    code, shown = asked(capsys, text, "plan.yaml")
    assert code == 2
    for words in (
        "plan.yaml:1:1: `2026-13-40` is no day: write it like 2026-10-14",
        "plan.yaml:3:4: `kim` is the id of 2 people",
        "plan.yaml:5:3: `kim` is the id of 2 people",
        "plan.yaml:6:10: kim: `2026-02-30` is no span of days",
    ):
        assert words in shown, shown
