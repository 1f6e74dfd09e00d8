"""Decisions and risks of a home: entered, replayed, carried into a repository, proposed from what is open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.clocks import SteppedClock

from fairlead.config.load import load
from fairlead.governance import adr, deciding, risking
from fairlead.governance.clusters import place_of, read, trend
from fairlead.governance.entering import moment, one
from fairlead.model.errors import Fault
from fairlead.model.patch import Patch
from fairlead.model.records.judgement import Signal
from fairlead.model.records.people import Person
from fairlead.store import decided, ledger, records
from fairlead.wiring.deciding import answer_decisions
from fairlead.wiring.risking import answer_risks, propose
from fairlead.wiring.services import Services

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOML = """
[organisation]
name = "Acme"
[teams.payments]
members = ["noor"]
[people.noor]
[services.api]
repository = "github:acme/pay"
[services.jobs]
repository = "github:acme/pay"
"""


class Home:
    def __init__(self, folder: Path) -> None:
        (folder / "fairlead.toml").write_text(TOML, encoding="utf-8")
        self.clock = SteppedClock(NOW)
        self.services = Services(load(folder / "fairlead.toml"), folder / "home", self.clock, environ={})

    def put(self, *said: Any) -> None:
        with self.services.database.begin() as tx:
            records.apply(tx, [Patch(one, self.clock.at) for one in said])
        self.clock.pass_by(seconds=1)

    def do(self, call: Any, *said: Any, **more: Any) -> Any:
        self.clock.pass_by(minutes=1)
        found = call(self.services, *said, **more)
        self.services.apply()
        return found

    def signal(self, number: int, rule: str, **said: Any) -> None:
        row: dict[str, Any] = {"state": "open", "monitored": False, "severity": "medium", "response": "plan",
                               "team": "team:payments", "subject": f"github:acme/pay#{number}"}  # fmt: skip
        self.put(Signal(id=f"{rule}/{number}", rule=rule, opened_at=self.clock.at, **{**row, **said}))

    def kinds(self) -> list[str]:
        with self.services.database.read() as tx:
            return [entry.kind for entry in ledger.entries(tx, 0, 100)][1:]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    made.put(Person(id="person:noor", name="Noor Haddad", email="noor@acme.example"))
    yield made
    made.services.close()


def test_decisions_are_numbered_superseded_reviewed_and_recorded(home: Home) -> None:
    said = {"title": "Use queues", "context": "Calls get lost", "options": ["queues", "retries"],
            "rationale": "They outlive a crash", "links": ["github:acme/pay#4"], "team": "team:payments",
            "review_at": moment("2026-09-01")}  # fmt: skip
    assert home.do(deciding.add, said, "person:noor") == "decision:1"
    assert home.do(deciding.add, {"title": "Use one queue"}, "operator") == "decision:2"
    row = one(home.services, "decisions", "0001")
    assert (row["number"], row["state"], row["owner"], row["options"]) == (
        1, "accepted", "person:noor", ("queues", "retries")
    )  # fmt: skip
    home.do(deciding.supersede, "1", "2", "person:noor")
    assert one(home.services, "decisions", "1")["superseded_by"] == "decision:2"
    with pytest.raises(Fault, match="itself superseded"):
        deciding.supersede(home.services, "2", "1", "person:noor")
    home.do(deciding.review, "2", "person:noor", moment("2027-01-01"))
    row = one(home.services, "decisions", "2")
    assert row["review_at"] == datetime(2027, 1, 1, tzinfo=UTC)
    assert row["reviewed_at"] is not None
    assert home.kinds() == ["decision.added", "decision.added", "decision.superseded", "decision.reviewed"]
    answer = answer_decisions(home.services, {"form": "json", "state": "accepted"})
    assert [found["id"] for found in json.loads(answer.text)] == ["decision:2"]
    home.clock.at = datetime(2027, 2, 1, tzinfo=UTC)
    assert "Use one queue" in answer_decisions(home.services, {"stale": "yes", "width": "200"}).text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"title": " "}, "needs a title"),
        ({"title": "x", "owner": "person:nobody"}, "nobody"),
        ({"title": "x", "team": "team:nobody"}, "nobody"),
        ({"title": "x", "state": "perhaps"}, "perhaps"),
        ({"title": "x", "context": "y" * 20_001}, "20,000"),
    ],
)
def test_what_is_no_decision_leaves_no_trace(home: Home, said: dict[str, Any], words: str) -> None:
    before = home.services.log.latest()
    with pytest.raises(Fault, match=words):
        deciding.add(home.services, said, "person:noor")
    assert home.services.log.latest() == before


def test_adrs_keep_their_names_and_come_back_as_they_went(home: Home, tmp_path: Path) -> None:
    said = {"title": "Use queues: now!", "context": "# Not a heading\nCalls get lost",
            "options": ["queues", "retries"], "rationale": "They outlive a crash",
            "links": ["https://acme.example/x"]}  # fmt: skip
    home.do(deciding.add, said, "person:noor")
    home.do(deciding.add, {"title": "Use one queue"}, "person:noor")
    home.do(deciding.supersede, "1", "2", "person:noor")
    folder = tmp_path / "adr"
    assert [path.name for path in deciding.export(home.services, folder)] == [
        "0001-use-queues-now.md",
        "0002-use-one-queue.md",
    ]
    text = (folder / "0001-use-queues-now.md").read_text(encoding="utf-8")
    assert 'status: "superseded by [0002-use-one-queue](0002-use-one-queue.md)"' in text
    assert "decision-makers: Noor Haddad" in text
    assert "## Considered Options\n\n* queues\n* retries\n" in text
    assert "\n\\# Not a heading\n" in text
    # nothing new, nothing written; another title, the same file
    assert deciding.export(home.services, folder) == []
    home.do(deciding.change, "2", {"title": "Use a single queue"}, "person:noor")
    assert [path.name for path in deciding.export(home.services, folder)] == ["0002-use-one-queue.md"]
    found = adr.read("0001-use-queues-now.md", text)
    assert found is not None
    assert (found.number, found.said["title"], found.said["state"]) == (1, "Use queues: now!", "superseded")
    assert found.said["options"] == ["queues", "retries"]


NYGARD = """# 12. Record decisions

Date: 2024-05-06

## Status

Accepted

## Context

We forget.

## Decision

We write them down.
"""


def test_a_folder_of_older_decisions_comes_in_once(home: Home, tmp_path: Path) -> None:
    (tmp_path / "0012-record.md").write_text(NYGARD, encoding="utf-8")
    (tmp_path / "README.md").write_text("# Decisions\n", encoding="utf-8")
    entered, others = home.do(deciding.take_in, tmp_path, "person:noor")
    assert (entered, others) == (["decision:12"], ["README.md"])
    row = one(home.services, "decisions", "12")
    assert (row["title"], row["state"], row["context"], row["rationale"]) == (
        "Record decisions", "accepted", "We forget.", "We write them down."
    )  # fmt: skip
    assert home.do(deciding.take_in, tmp_path, "person:noor") == ([], ["0012-record.md", "README.md"])
    # the next number is free, wherever the others came from
    for _ in range(12):
        last = home.do(deciding.add, {"title": "And so on"}, "operator")
    assert last == "decision:13"


def test_risks_propose_themselves_and_a_person_has_the_word(home: Home) -> None:
    for number in range(2):
        home.signal(number, "tests-flaky", values=json.dumps({"repository": "github:acme/pay"}))
    home.signal(9, "bus-factor-of-one", subject="github:acme/pay", severity="high")
    home.signal(10, "main-red", monitored=True)
    told = home.do(propose)
    with home.services.database.read() as tx:
        rows = {row["made_from"]: row for row in decided.listed(tx, "risks")}
    assert set(rows) == {"pipeline-untrusted/github:acme/pay", "knowledge-of-one/github:acme/pay"}
    assert len(told) == 2
    one_person = rows["knowledge-of-one/github:acme/pay"]
    assert (one_person["state"], one_person["score"], one_person["signals"]) == (
        "proposed", 12.0, ("bus-factor-of-one/9",)
    )  # fmt: skip
    assert home.do(propose) == [], "nothing is new"
    # four of them are twice as many: one more likely
    for number in range(2, 4):
        home.signal(number, "tests-flaky", values=json.dumps({"repository": "github:acme/pay"}))
    flaky = rows["pipeline-untrusted/github:acme/pay"]["id"]
    assert home.do(propose) == [flaky]
    assert one(home.services, "risks", flaky)["likelihood"] == 4
    with pytest.raises(Fault, match="owner"):
        risking.accept(home.services, flaky, {}, "operator")
    home.do(risking.accept, flaky, {"response": "mitigate", "likelihood": 4, "impact": 4}, "person:noor")
    home.do(risking.review, flaky, {"likelihood": 2}, "person:noor")
    home.do(risking.review, flaky, {"likelihood": 2}, "person:noor")
    row = one(home.services, "risks", flaky)
    assert (row["state"], row["owner"], row["score"]) == ("open", "person:noor", 8.0)
    assert [score.split()[1] for score in row["scores"]] == ["3x3", "4x3", "4x4", "2x4"]
    assert risking.told(row)["trend"] == "falling"
    # watched: what the signals say is its owner's to weigh
    for number in range(4, 12):
        home.signal(number, "tests-flaky", values=json.dumps({"repository": "github:acme/pay"}))
    assert home.do(propose) == []
    with pytest.raises(Fault, match="evidence"):
        risking.close(home.services, flaky, [" "], "person:noor")
    home.do(risking.close, flaky, ["github:acme/pay#77"], "person:noor")
    assert one(home.services, "risks", flaky)["evidence"] == ("github:acme/pay#77",)
    # what comes back after it was closed is a risk of its own
    [again] = home.do(propose)
    assert again not in (flaky, one_person["id"])
    assert home.kinds()[:3] == ["risk.proposed"] * 3


def test_a_refused_risk_comes_back_only_when_it_is_worse(home: Home) -> None:
    home.signal(1, "bus-factor-of-one", subject="github:acme/pay")
    [risk] = home.do(propose)
    with pytest.raises(Fault, match="why"):
        risking.refuse(home.services, risk, " ", "person:noor")
    home.do(risking.refuse, risk, "two more are being taught", "person:noor")
    assert home.do(propose) == []
    home.signal(2, "bus-factor-of-one", subject="github:acme/pay")
    assert home.do(propose) == [risk]
    assert one(home.services, "risks", risk)["state"] == "proposed"


def test_what_people_said_of_risks_and_decisions_replays(home: Home, tmp_path: Path) -> None:
    """Into an empty store, without the signals that a proposal came from."""
    home.signal(1, "bus-factor-of-one", subject="github:acme/pay")
    [risk] = home.do(propose)
    home.do(risking.accept, risk, {"impact": 5}, "person:noor")
    home.do(deciding.add, {"title": "Teach two more"}, "person:noor")
    with Services(home.services.loaded, tmp_path / "other", home.clock, environ={}, log_of=home.services) as other:
        other.apply()
        with other.database.read() as tx:
            again = {table: list(decided.listed(tx, table)) for table in ("risks", "decisions")}
        assert deciding.add(other, {"title": "One more"}, "operator") == "decision:2"
    with home.services.database.read() as tx:
        for table, rows in again.items():
            for row in rows:
                held = records.get(tx, table, row["id"])
                assert held is not None
                same = row.keys() - {"rev", "created_at"}
                assert {name: row[name] for name in same} == {name: held[name] for name in same}


def test_a_risk_shows_what_else_is_hit(home: Home) -> None:
    home.services.warehouse.refresh()
    risk = home.do(risking.add, {"title": "The API falls over", "service": "service:api", "likelihood": 2,
                                 "impact": 5}, "person:noor")  # fmt: skip
    found = json.loads(answer_risks(home.services, {"risk": risk, "form": "json"}).text)
    assert (found["score"], found["band"], found["trend"]) == (10.0, "medium", "")
    assert found["blast"] == [{"id": "service:jobs", "kind": "service", "why": "shares github:acme/pay"}]
    assert "service:jobs" in answer_risks(home.services, {"risk": "1"}).text


def test_clusters_of_a_team_s_own_are_checked(tmp_path: Path) -> None:
    shipped, faults = read()
    assert len(shipped) >= 8
    assert faults == []
    (tmp_path / "x.yaml").write_text(
        "clusters:\n- {id: a, title: '{what}', category: people, by: team, rules: ['*'], likelihood: 9, least: 0}\n",
        encoding="utf-8",
    )
    whole, faults = read([tmp_path])
    assert "a" not in whole
    assert [fault.line for fault in faults] == [2, 2, 2]


def test_places_and_trends() -> None:
    signal = {"subject": "gitlab:acme/pay!4", "values": "{}", "team": "team:a", "rule": "r"}
    assert place_of(signal, "repository") == "gitlab:acme/pay"
    assert place_of({**signal, "subject": "sprint:4"}, "repository") == ""
    assert place_of({**signal, "values": '{"service": "service:api"}'}, "service") == "service:api"
    assert [trend(scores) for scores in ([], ["2026-01-01 2x2"], ["a 2x2", "b 2x3"], ["a 2x3", "b 3x2"])] == [
        "", "", "rising", "steady"
    ]  # fmt: skip
