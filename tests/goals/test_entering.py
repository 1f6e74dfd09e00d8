"""Objectives that people enter: set, measured, checked in, ended, taken back; each stands in the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.goals.homes import Home

from fairlead.connectors.kit import goals as entries
from fairlead.goals import facts
from fairlead.governance import aiming, entering
from fairlead.ingest.replay import replay
from fairlead.model.errors import Fault
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.raw import RawEvent
from fairlead.model.records.work import WorkItem
from fairlead.store import quarantine, records

NOOR = "person:noor"


def test_an_objective_is_set_measured_checked_in_and_ended(home: Home) -> None:
    assert home.do(aiming.add, {"title": "Fewer surprises", "team": "payments"}, NOOR) == "objective:1"
    row = aiming.one(home.services, "1")
    # this quarter, where nothing else is said, and whoever sets it answers for it
    assert (row["starts_at"], row["due_at"], row["owner"], row["state"]) == (
        datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), NOOR, "open"
    )  # fmt: skip
    bugs = home.do(aiming.measure, "1", {"title": "Defects", "baseline": "40", "target": 10, "unit": "count"}, NOOR)
    lead = home.do(
        aiming.measure, "objective:1",
        {"title": "Lead time", "metric": "lead_time", "target": "36h", "baseline": "4d", "window": "4w"}, "operator",
    )  # fmt: skip
    assert (bugs, lead) == ("key_result:1/1", "key_result:1/2")
    assert aiming.result(home.services, "1/2")["segment"] == "team=team:payments"
    assert home.do(aiming.check_in, "1/1", "30", NOOR, note="two epics closed", confidence=0.7) == (
        "check_in:1/1/2026-11-18"
    )  # fmt: skip
    home.do(aiming.check_in, "1/1", 35, "operator for person:bo", on="2026-11-02")
    # of one day there is one value: who looks again corrects it
    home.do(aiming.check_in, "1/1", 28, NOOR, on="2026-11-18")
    goal = facts.load(home.services.warehouse, ids=["objective:1"])[0]
    assert [(one.at.date().isoformat(), one.value, one.by) for one in goal.results[0].entries] == [
        ("2026-11-02", 35.0, "person:bo"), ("2026-11-18", 28.0, NOOR)
    ]  # fmt: skip
    home.do(aiming.change, "1", {"due": "2027-03-31", "labels": ["defects"], "parent": "calm"}, NOOR)
    home.do(aiming.adjust, lead, {"target": "1d", "due": "2027-02-28"}, NOOR)
    goal = facts.load(home.services.warehouse, ids=["objective:1"])[0]
    assert (goal.due_at, goal.labels, goal.parent) == (
        datetime(2027, 4, 1, tzinfo=UTC), ("defects",), "objective:calm"
    )  # fmt: skip
    assert (goal.results[1].target, goal.results[1].due_at) == (86_400.0, datetime(2027, 3, 1, tzinfo=UTC))
    home.do(aiming.end, "1", "missed", NOOR)
    with pytest.raises(Fault, match="is missed"):
        aiming.check_in(home.services, "1/1", 3, NOOR)
    home.do(aiming.end, "1", "open", NOOR)
    assert aiming.one(home.services, "1")["ended_at"] is None
    home.do(aiming.remove, lead, NOOR)
    # a number is not given twice
    assert home.do(aiming.measure, "1", {"title": "Again", "target": 2}, NOOR) == "key_result:1/3"
    home.do(aiming.remove, "1", NOOR)
    assert set(home.rows("objectives")) == {"objective:calm"}
    assert {row["objective"] for row in home.rows("key_results").values()} == {"objective:calm"}
    assert home.kinds() == [
        ("objective.added", "a person"), ("objective.stated", "operator"), ("key_result.added", "a person"),
        ("key_result.added", "operator"), ("check_in.entered", "a person"), ("check_in.entered", "operator"),
        ("check_in.entered", "a person"), ("objective.edited", "a person"), ("key_result.edited", "a person"),
        ("objective.ended", "a person"), ("objective.reopened", "a person"), ("key_result.removed", "a person"),
        ("key_result.added", "a person"), ("key_result.removed", "a person"), ("key_result.removed", "a person"),
        ("objective.removed", "a person"),
    ]  # fmt: skip


def test_read_again_it_is_the_same_and_the_ledger_has_it_once(home: Home) -> None:
    home.do(aiming.add, {"title": "Fewer surprises", "quarter": "2026-Q4"}, NOOR)
    home.do(aiming.measure, "1", {"title": "Defects", "target": 10}, NOOR)
    home.do(aiming.check_in, "1/1", 30, NOOR)
    home.do(aiming.check_in, "1/1", 29, NOOR)
    home.do(aiming.end, "1", "reached", NOOR)
    with home.services.database.begin() as tx:
        records.apply(tx, [Patch(WorkItem(id="jira:PAY-1", title="Retry"), OLDEST)])
    home.do(aiming.link, "jira:PAY-1", "1", "refused", NOOR, "it is toil")
    home.do(aiming.link, "jira:PAY-1", "1", "confirmed", NOOR)
    tables = ("objectives", "key_results", "check_ins", "objective_links")
    before, kinds = [home.rows(table) for table in tables], home.kinds()
    assert [(row["state"], row["by"]) for row in before[3].values()] == [("confirmed", NOOR)]
    replay(home.services.ingest, "fairlead")
    assert [home.rows(table) for table in tables] == before
    assert home.kinds() == kinds


def test_what_cannot_be_is_refused_with_the_way_out(home: Home) -> None:
    home.catch_up()
    home.do(aiming.add, {"title": "One"}, "operator")
    home.do(aiming.add, {"title": "Two", "parent": "1"}, "operator")
    home.do(aiming.measure, "1", {"title": "Defects", "target": 10, "baseline": 40, "unit": "count"}, NOOR)
    home.do(aiming.measure, "1", {"title": "Lead time", "target": "1d", "metric": "lead_time"}, NOOR)
    services = home.services
    refused: list[tuple[str, Any, tuple[Any, ...], dict[str, Any]]] = [
        ("needs a title", aiming.add, ({"title": " "}, NOOR), {}),
        ("no team 'team:pay'", aiming.add, ({"title": "X", "team": "pay"}, NOOR), {}),
        ("no people 'person:nour'", aiming.add, ({"title": "X", "owner": "nour"}, NOOR), {}),
        ("no quarter '2026-Q9'", aiming.add, ({"title": "X", "quarter": "2026-Q9"}, NOOR), {}),
        ("say the quarter", aiming.add, ({"title": "X", "quarter": "2026-Q4", "due": "2026-12-01"}, NOOR), {}),
        ("when does it run", aiming.add, ({"title": "X", "due": "2026-12-01"}, NOOR), {}),
        ("ends before", aiming.change, ("1", {"due": "2026-09-01"}, NOOR), {}),
        ("`due`: 'soon' is no day", aiming.change, ("1", {"due": "soon"}, NOOR), {}),
        ("no objective '7'", aiming.change, ("7", {"title": "X"}, NOOR), {}),
        ("nothing to change", aiming.change, ("1", {}, NOOR), {}),
        ("cannot serve itself|serves it already", aiming.change, ("1", {"parent": "2"}, NOOR), {}),
        ("cannot serve itself|serves it already", aiming.change, ("1", {"parent": "1"}, NOOR), {}),
        ("stated in fairlead.d/goals/q4.yaml", aiming.change, ("calm", {"title": "X"}, NOOR), {}),
        ("stated in fairlead.d/goals/q4.yaml", aiming.remove, ("calm/voice", NOOR), {}),
        ("no end 'done'", aiming.end, ("1", "done", NOOR), {}),
        ("open already", aiming.end, ("1", "open", NOOR), {}),
        ("needs a target", aiming.measure, ("1", {"title": "X"}, NOOR), {}),
        ("no metric `lead`", aiming.measure, ("1", {"title": "X", "target": 1, "metric": "lead"}, NOOR), {}),
        ("is no number", aiming.measure, ("1", {"title": "X", "target": "many"}, NOOR), {}),
        ("say the `baseline`", aiming.measure, ("1", {"title": "X", "target": 1, "query": "select 1"}, NOOR), {}),
        ("`metric` of a key result stays", aiming.adjust, ("1/1", {"metric": "lead_time"}, NOOR), {}),
        ("no way to go", aiming.adjust, ("1/1", {"target": 40}, NOOR), {}),
        ("no key result '1/9'", aiming.check_in, ("1/9", 1, NOOR), {}),
        ("comes from its metric", aiming.check_in, ("1/2", 1, NOOR), {}),
        ("still to come", aiming.check_in, ("1/1", 1, NOOR), {"on": "2026-11-19"}),
        ("is a length of time", aiming.check_in, ("1/1", "2d", NOOR), {}),
        ("not from 0 to 1", aiming.check_in, ("1/1", 1, NOOR), {"confidence": 70}),
        ("no work item", aiming.link, ("jira:PAY-9", "1", "confirmed", NOOR), {}),
    ]  # fmt: skip
    said = services.log.latest()
    for words, call, given, more in refused:
        with pytest.raises(Fault, match=words):
            call(services, *given, **more)
    assert services.log.latest() == said


def test_entries_of_a_stranger_form_wait_in_quarantine(home: Home) -> None:
    at = home.clock.now()
    wrong: list[RawEvent] = [
        entries.objective_entered("objective:9", {"state": "done"}, NOOR, at),
        entries.objective_entered("objective:9", {"colour": "red"}, NOOR, at),
        entries.objective_entered("objective:9", {"epics": "jira:PAY-1"}, NOOR, at),
        entries.key_result_entered("key_result:9/1", {"target": "many"}, NOOR, at),
        entries.check_in_entered("check_in:9/1/x", {"key_result": "key_result:9/1"}, NOOR, at),
        entries.check_in_entered("check_in:9/1/x", {"key_result": "k", "at": at, "value": True}, NOOR, at),
        entries.link_entered("objective_link:9/x", {"objective": "o", "work_item": "w", "state": "maybe"}, NOOR, at),
        entries.objective_stated("objective:9", {"title": "X"}, {"key_result:9/1": {"stale_after_days": -1}}, (), at),
    ]  # fmt: skip
    home.services.log.append(wrong)
    home.services.apply()
    with home.services.database.read() as tx:
        assert quarantine.counts(tx) == {"fairlead": len(wrong)}
    assert home.rows("objectives") == {}


def test_what_was_not_known_then_is_not_told_of_then(home: Home) -> None:
    home.clock.pass_by(days=-9)
    home.do(aiming.add, {"title": "One", "quarter": "2026-Q4"}, NOOR)
    home.do(aiming.measure, "1", {"title": "Defects", "baseline": 40, "target": 10}, NOOR)
    home.do(aiming.check_in, "1/1", 30, NOOR)
    then = home.clock.at
    home.clock.pass_by(days=9)
    home.do(aiming.measure, "1", {"title": "Later", "target": 10}, NOOR)
    home.do(aiming.check_in, "1/1", 20, NOOR)
    home.do(aiming.end, "1", "missed", NOOR)
    home.do(aiming.add, {"title": "Two"}, NOOR)
    with home.services.past(then) as past:
        [known] = [goal for goal in facts.load(past) if not goal.path]
    assert (known.title, known.state, known.ended_at) == ("One", "open", None)
    assert [(one.title, [entry.value for entry in one.entries]) for one in known.results] == [("Defects", [30.0])]


def test_a_link_to_an_item_whose_id_ends_in_a_number_is_found_again(home: Home) -> None:
    home.catch_up()
    with home.services.database.begin() as tx:
        records.apply(tx, [Patch(WorkItem(id="x:4", source="x", key="X-4", title="Four"), OLDEST)])
    made = home.do(aiming.link, "x:4", "calm", "confirmed", NOOR)
    assert entering.one(home.services, "objective_links", made)["work_item"] == "x:4"
    home.do(aiming.add, {"title": "Fewer surprises"}, NOOR)
    for said in ("1", "objective:1", "01"):
        assert entering.one(home.services, "objectives", said)["id"] == "objective:1"
    for said in ("risk:1", "²"):
        with pytest.raises(Fault) as fault:
            entering.one(home.services, "objectives", said)
        assert fault.value.hint == "`fairlead goals` shows them"


def test_what_lies_before_the_beginning_or_is_over_is_refused(home: Home) -> None:
    home.do(aiming.add, {"title": "Fewer surprises", "team": "payments"}, NOOR)
    home.do(aiming.measure, "1", {"title": "Defects", "baseline": "40", "target": 10, "unit": "count"}, NOOR)
    with pytest.raises(Fault, match="begins after 2026-09-30"):
        aiming.check_in(home.services, "1/1", 30, NOOR, on="2026-09-30")
    home.do(aiming.check_in, "1/1", 30, NOOR, on="2026-10-01")
    home.do(aiming.end, "1", "reached", NOOR)
    with pytest.raises(Fault, match="is reached: what is over stays"):
        aiming.remove(home.services, "1", NOOR)
