"""Objectives as they are typed: files checked and taken over, one entered by hand, all of them asked for."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.goals.homes import GOALS, TOML
from tests.typed import typed


@pytest.fixture
def here(tmp_path: Path) -> Path:
    folder = tmp_path / "here"
    (folder / "fairlead.d" / "goals").mkdir(parents=True)
    (folder / "fairlead.toml").write_text(TOML, encoding="utf-8")
    return folder


def write(here: Path, text: str) -> None:
    (here / "fairlead.d" / "goals" / "q4.yaml").write_text(text, encoding="utf-8")


def run(here: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {"FAIRLEAD_HOME": str(here.parent / "home"), "NO_COLOR": "1", "PATH": "/usr/bin:/bin"}
    return typed(*words, folder=here, environ=environ)


def answered(here: Path, *words: str) -> Any:
    done = run(here, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_files_are_checked_with_the_rest_of_the_settings(here: Path) -> None:
    write(here, GOALS)
    assert run(here, "goals", "check").stdout == "ok: 1 objective\n"
    write(here, GOALS.replace("metric: lead_time", "metric: lead_tme").replace("baseline: 2", "query: select 1 as n"))
    for words in (("goals", "check"), ("config", "check")):
        done = run(here, *words)
        assert done.returncode == 2
        assert "q4.yaml:13:17: no metric `lead_tme`; did you mean `lead_time`?" in done.stderr
        assert "say the `baseline`" in done.stderr
    told = json.loads(run(here, "goals", "check", "--json").stdout)
    assert (told["ok"], len(told["faults"]), told["faults"][0]["line"]) == (False, 2, 13)
    assert "the objective stays as it was" in run(here, "doctor").stdout


def test_a_query_is_tried_on_tables_without_rows(here: Path) -> None:
    def told(query: str) -> str:
        write(here, GOALS.replace("baseline: 2", f"query: {query}\n        baseline: 2"))
        return run(here, "goals", "check").stderr

    assert told("select count(*) as value from work_items") == ""
    assert "q4.yaml:20:16: it gives no column `value`" in told("select count(*) from work_items")
    assert "q4.yaml:20:16: its `value` is no number" in told("select 'many' as value")
    assert "q4.yaml:20:16: " in told("select nothing as value from nowhere")


def test_whoever_asks_is_told_of_what_the_files_state_now(here: Path) -> None:
    write(here, GOALS)
    [goal] = answered(here, "goals")["goals"]
    assert (goal["id"], goal["path"], len(goal["key_results"])) == ("objective:calm", "fairlead.d/goals/q4.yaml", 2)
    write(here, GOALS.replace("Releases go out calmly", "Releases go out"))
    assert answered(here, "goals")["goals"][0]["title"] == "Releases go out, every day"
    assert answered(here, "goals", "sync") == {"stated": [], "gone": [], "faults": []}
    write(here, "goals: nothing\n")
    done = run(here, "goals", "sync")
    assert done.returncode == 1
    assert "q4.yaml:1:1: a list `goals` is expected" in done.stdout
    assert len(answered(here, "goals")["goals"]) == 1


def test_one_is_entered_and_what_cannot_be_is_refused(here: Path) -> None:
    write(here, GOALS)
    assert answered(here, "goals", "add", "Fewer surprises", "--team", "web", "--label", "bug")["labels"] == ["bug"]
    made = answered(here, "goals", "measure", "1", "Defects", "--target", "10", "--baseline", "40")
    assert (made["id"], made["target"]) == ("key_result:1/1", 10)
    assert answered(here, "goals", "check-in", "1/1", "25")["value"] == 25
    assert answered(here, "goals", "edit", "1/1", "--target", "5")["target"] == 5
    assert answered(here, "goals", "end", "1", "reached")["state"] == "reached"
    for words, said in (
        (("edit", "calm", "--title", "X"), "stated in fairlead.d/goals/q4.yaml"),
        (("edit", "1", "--target", "5"), "`1` has no `target`"),
        (("measure", "1", "X", "--target", "5", "--segment", "web"), "not a segment: 'web'"),
        (("check-in", "1/1", "5"), "objective:1 is reached"),
    ):
        done = run(here, "goals", *words)
        assert done.returncode, words
        assert said in done.stderr


def test_a_rule_a_person_or_work_that_is_not_there_is_told(here: Path) -> None:
    write(here, GOALS + "    rule: has(labels, 'x'\n")
    done = run(here, "goals", "check")
    assert (done.returncode, "q4.yaml:23:11: " in done.stderr) == (2, True), done.stderr
    write(here, GOALS)
    assert len(answered(here, "goals")["goals"]) == 1
    write(here, GOALS.replace("owner: noor", "owner: ghost\n    rule: nonsense == 3"))
    for words in (("goals", "check"), ("config", "check"), ("goals", "sync"), ("doctor",), ("goals",)):
        done = run(here, *words)
        told = done.stdout + done.stderr
        assert "q4.yaml:7:12: no person `ghost`" in told, words
        assert "q4.yaml:8:11: " in told, words
        assert done.returncode == {"check": 2, "sync": 1, "doctor": 1, "goals": 0}[words[-1]], words
    write(here, GOALS.replace("labels:", "epics: [nope]\n    milestones: [nada]\n    labels:"))
    done = run(here, "goals", "check")
    assert (done.returncode, done.stdout) == (0, "ok: 1 objective\n")
    assert "warning: " in done.stderr and "q4.yaml:9:13: no work item `nope`" in done.stderr
    assert "q4.yaml:10:18: no milestone `nada`" in done.stderr


def test_a_query_that_fails_is_told_when_it_is_taken_over(here: Path) -> None:
    write(here, GOALS)
    assert len(answered(here, "goals")["goals"]) == 1
    write(here, GOALS.replace("baseline: 2", "query: select count(*) from work_items\n        baseline: 2"))
    done = run(here, "goals", "sync")
    assert (done.returncode, "it gives no column `value`" in done.stdout) == (1, True)
    assert [one["value_from"] for one in answered(here, "goals")["goals"][0]["key_results"]] == ["metric", "query"]
