"""What a change shows: each gate passed, failed and unknown, on records as tools bring them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.clocks import SteppedClock

from fairlead.config.load import load
from fairlead.governance.gates import NAMES, Gate
from fairlead.model.errors import Fault
from fairlead.model.patch import Patch
from fairlead.model.records.code import Change, ChangeEvent, ChangeFile
from fairlead.model.records.delivery import Build, Coverage
from fairlead.model.records.delivery import TestResult as Result
from fairlead.model.records.operation import Alert
from fairlead.model.records.people import Account
from fairlead.model.records.work import Sprint, WorkItem, WorkItemLink
from fairlead.store import records
from fairlead.wiring.gating import answer_gates, as_facts, gates
from fairlead.wiring.services import Services

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
REPOSITORY = "github:acme/pay"
CHANGE = f"{REPOSITORY}#4"
TOML = """
[gates]
documented = ["api/*"]
"""


class Home:
    def __init__(self, folder: Path) -> None:
        (folder / "fairlead.toml").write_text(TOML, encoding="utf-8")
        self.services = Services(load(folder / "fairlead.toml"), folder / "home", SteppedClock(NOW), environ={})
        self.moment = NOW
        self.put(
            Change(id=CHANGE, repository=REPOSITORY, number=4, state="open", author="github:@kim", head_sha="b" * 40,
                   base_branch="main", created_at=NOW - timedelta(days=2)),
            *(Account(id=f"github:@{name}", handle=name, kind=kind)
              for name, kind in (("kim", "human"), ("noor", "human"), ("robot", "review_agent"))),
        )  # fmt: skip

    def put(self, *said: Any) -> None:
        self.moment += timedelta(seconds=1)
        with self.services.database.begin() as tx:
            records.apply(tx, [Patch(one, self.moment) for one in said])

    def event(self, number: int, kind: str, actor: str, sha: str = "b" * 40) -> None:
        at = NOW + timedelta(minutes=number)
        self.put(ChangeEvent(id=f"{CHANGE}/review/{number}", change=CHANGE, repository=REPOSITORY, kind=kind, at=at,
                             review=str(number), actor=f"github:@{actor}", sha=sha))  # fmt: skip

    def gates(self) -> dict[str, Gate]:
        self.services.warehouse.refresh()
        return {gate.name: gate for gate in gates(self.services, "acme/pay#4")}

    def states(self) -> dict[str, str]:
        return {name: gate.state for name, gate in self.gates().items()}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    yield made
    made.services.close()


def run(name: str, result: str | None, **said: Any) -> Build:
    state = "finished" if result else "running"
    fields: dict[str, Any] = {"repository": REPOSITORY, "kind": "check", "name": name, "sha": "b" * 40,
                              "state": state, "result": result, "finished_at": NOW if result else None}  # fmt: skip
    return Build(id=f"{REPOSITORY}/check/{name}{said.get('attempt', '')}", **{**fields, **said})


def test_a_change_of_which_nothing_is_known_passes_nothing(home: Home) -> None:
    found = home.gates()
    assert tuple(found) == NAMES
    assert {name: gate.state for name, gate in found.items()} == {
        "tests": "unknown", "coverage": "unknown", "review": "failed", "documentation": "unknown",
        "security": "unknown", "performance": "unknown",
    }  # fmt: skip
    with pytest.raises(Fault, match="no change"):
        gates(home.services, "acme/pay#5")


def test_each_gate_by_its_records(home: Home) -> None:
    home.put(
        run("unit", "failure", attempt=1), run("unit", "success", attempt=2), run("lint", "success"),
        run("old", "failure", sha="a" * 40),
        Coverage(id="c1", repository=REPOSITORY, sha="b" * 40, at=NOW, lines_covered=80, lines_total=100),
        Coverage(id="c2", repository=REPOSITORY, sha="a" * 40, branch="main", at=NOW, lines_covered=161,
                 lines_total=200),
        ChangeFile(id="f1", change=CHANGE, repository=REPOSITORY, path="api/v1/pay.py"),
        Alert(id="a1", repository=REPOSITORY, kind="dependency", severity="low", state="open"),
        Alert(id="a2", repository=REPOSITORY, kind="secret", state="fixed"),
    )  # fmt: skip
    # the author's own word and a machine's count for nothing, nor does one that was taken back
    home.event(1, "approved", "kim")
    home.event(2, "approved", "robot")
    home.event(3, "approved", "noor", "a" * 40)
    for number in range(7):
        home.put(Result(id=f"t{number}", build=f"b{number}", repository=REPOSITORY, sha=f"{number}" * 40,
                        at=NOW - timedelta(days=number + 1), result="passed", duration_s=100.0 + number))  # fmt: skip
    home.put(Result(id="t", build="b", repository=REPOSITORY, sha="b" * 40, at=NOW, name="x", result="passed",
                        duration_s=120.0))  # fmt: skip
    found = home.gates()
    assert {name: gate.state for name, gate in found.items()} == {
        "tests": "passed", "coverage": "passed", "review": "failed", "documentation": "failed", "security": "passed",
        "performance": "passed",
    }  # fmt: skip
    assert found["review"].why == "approved, but before its last commit"
    assert found["tests"].evidence == (f"{REPOSITORY}/check/lint", f"{REPOSITORY}/check/unit2")
    assert found["performance"].values["usual_seconds"] == 103.0
    assert as_facts(tuple(found.values()))["review"]["approvals"] == 1
    home.event(4, "approved", "noor")
    home.put(
        ChangeFile(id="f2", change=CHANGE, repository=REPOSITORY, path="docs/pay.md"),
        Alert(id="a3", repository=REPOSITORY, kind="secret", state="open"),
        Coverage(id="c1", lines_covered=70),
        Result(id="t", duration_s=900.0),
        run("lint", None),
    )
    assert home.states() == {
        "tests": "unknown", "coverage": "failed", "review": "passed", "documentation": "passed", "security": "failed",
        "performance": "failed",
    }  # fmt: skip
    home.put(
        ChangeEvent(id=f"{CHANGE}/review/4/dismissed", change=CHANGE, kind="review_dismissed", review="4", at=NOW)
    )
    assert home.states()["review"] == "failed"
    home.event(5, "changes_requested", "noor")
    # where the tool says which checks merging needs, the others decide nothing
    home.put(run("unit", "failure", attempt=2, required=True))
    states = home.states()
    assert (states["review"], states["tests"]) == ("failed", "failed")


def test_a_sprint_has_a_line_for_each_of_its_changes(home: Home) -> None:
    home.put(
        Sprint(id="jira:sprint/1", name="Sprint 1", state="active", start_at=NOW - timedelta(days=3)),
        WorkItem(id="jira:A-1", key="A-1", sprint="jira:sprint/1", status_category="in_progress", created_at=NOW),
        WorkItemLink(id=f"{CHANGE}/closes/jira:A-1", from_item=CHANGE, to_item="jira:A-1", kind="closes"),
    )
    home.services.warehouse.refresh()
    said = json.loads(answer_gates(home.services, {"sprint": "Sprint 1", "form": "json"}).text)
    assert [row["change"] for row in said] == [CHANGE]
    assert [gate["name"] for gate in said[0]["gates"]] == list(NAMES)
    assert "unknown" in answer_gates(home.services, {"sprint": "jira:sprint/1"}).text
    assert "no human but its author" in answer_gates(home.services, {"change": CHANGE, "width": "200"}).text
    for words, what in (({}, "say which"), ({"sprint": "Sprint 9"}, "no sprint")):
        with pytest.raises(Fault, match=what):
            answer_gates(home.services, words)
