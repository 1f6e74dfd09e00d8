"""Objectives in files: they become records once, change with their file, go with it; all faults at their places."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML
from tests.goals.homes import GOALS, Home

from fairlead.goals import facts
from fairlead.goals.amounts import amount, days_of
from fairlead.goals.written import schema
from fairlead.ingest.replay import replay
from fairlead.model.errors import ConfigFaults
from fairlead.wiring.goals_files import check, sync


def test_a_file_becomes_records_once_changes_with_it_and_goes_with_it(home: Home) -> None:
    home.catch_up()
    [goal] = facts.load(home.services.warehouse)
    assert (goal.id, goal.team, goal.owner, goal.state, goal.path) == (
        "objective:calm", "team:payments", "person:noor", "open", "fairlead.d/goals/q4.yaml"
    )  # fmt: skip
    assert (goal.starts_at, goal.due_at) == (datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    lead, voice = goal.results
    assert (lead.id, lead.baseline, lead.target, lead.unit) == (
        "key_result:calm/lead-time", 4 * 86_400.0, 36 * 3_600.0, "seconds"
    )  # fmt: skip
    # the metric is that of the team that answers for it
    assert (lead.segment, lead.span) == ({"team": "team:payments"}, "30d")
    assert (voice.value_from, voice.unit, voice.stale_after_days) == ("manual", "teams", 10)
    said = home.services.log.latest()
    home.catch_up()
    assert home.services.log.latest() == said

    home.write(GOALS.replace("target: 8", "target: 9").replace("    labels: [release]\n", ""))
    home.catch_up()
    [goal] = facts.load(home.services.warehouse)
    assert (goal.labels, goal.results[1].target) == ((), 9.0)

    home.write(GOALS.partition("      - name: voice")[0])
    home.catch_up()
    [goal] = facts.load(home.services.warehouse)
    assert [one.id for one in goal.results] == ["key_result:calm/lead-time"]

    home.write("goals: []\n")
    home.catch_up()
    assert facts.load(home.services.warehouse) == []
    assert home.rows("key_results") == {}
    home.write(GOALS)
    home.catch_up()
    [goal] = facts.load(home.services.warehouse)
    assert len(goal.results) == 2
    assert home.kinds() == [
        ("objective.stated", "operator"), ("objective.stated", "operator"), ("objective.stated", "operator"),
        ("objective.unstated", "operator"), ("objective.stated", "operator"),
    ]  # fmt: skip


def test_a_replay_gives_the_same_records_and_states_nothing_again(home: Home) -> None:
    home.catch_up()
    home.write(GOALS.replace("target: 8", "target: 9"))
    home.catch_up()
    before = home.rows("objectives"), home.rows("key_results")
    replay(home.services.ingest, "fairlead")
    told = home.services.log.latest()
    home.catch_up()
    assert home.services.log.latest() == told
    for table, rows in zip(("objectives", "key_results"), before, strict=True):
        after = home.rows(table)
        assert {one: {**row, "rev": 0, "raw_seq": 0} for one, row in rows.items()} == {
            one: {**row, "rev": 0, "raw_seq": 0} for one, row in after.items()
        }


def test_while_a_file_is_broken_nothing_is_taken_out_and_the_rest_is_stated(home: Home) -> None:
    home.catch_up()
    home.write("goals:\n  - name: fast\n    title: Fast\n    quarter: 2026-Q4\n", "more.yaml")
    home.write("goals: [\n")
    home.clock.pass_by(minutes=1)
    done = sync(home.services)
    assert (done.stated, done.gone, len(done.faults)) == (("objective:fast",), (), 1)
    home.services.apply()
    assert sorted(home.rows("objectives")) == ["objective:calm", "objective:fast"]
    home.write("goals: []\n")
    home.clock.pass_by(minutes=1)
    assert sync(home.services).gone == ("objective:calm",)


def test_a_folder_that_is_missing_takes_nothing_out_unless_somebody_says_so(home: Home) -> None:
    home.catch_up()
    folder = home.folder / "fairlead.d" / "goals"
    (folder / "q4.yaml").unlink()
    folder.rmdir()
    home.catch_up()
    assert sorted(home.rows("objectives")) == ["objective:calm"]
    assert sync(home.services).gone == ("objective:calm",)


BY = "team, repository, service, work_type, author_kind"
KEYS = (
    "due, epics, key_results, labels, milestones, name, owner, path, quarter, rule, s"
    "erves, starts, state, team, title, why"
)
FAULTY = """\
goals:
  - name: Calm Releases
    title: " "
    team: payment
    owner: nour
    quarter: 2026-Q5
    starts: 2026-10-01
    serves: nothing
    state: done
    key_results:
      - {name: a, title: A, metric: lead_tme, target: 1}
      - {name: b, title: B, metric: lead_time, segment: {person: noor}, window: 30x, target: 85%}
      - {name: b, title: B, query: select 1 as value, target: 3}
      - {name: c, title: C, unit: share, baseline: 2d, target: soon, due: someday, stale_after_days: -1}
      - {name: d, title: D, baseline: 3, target: 3.0}
      - {name: e, title: E, metric: lead_time, query: select 1, target: 3}
  - name: late
    title: Late
    starts: 2026-12-01
    due: 2026-11-30
    serves: later
    key_results:
      - {name: a, title: A, target: 1, due: 2026-11-01}
  - {name: later, title: Later, serves: later, quarter: 2026-Q4}
  - {name: later, title: Later, quarter: 2026-Q4}
  - {name: open, title: Open}
  - {name: odd, title: Odd, quarter: 2026-Q4, team: [payments], colour: red, key_results: [{name: a}]}
"""


def test_every_fault_is_told_at_once_where_it_stands(home: Home) -> None:
    home.write(FAULTY)
    with pytest.raises(ConfigFaults) as told:
        check(home.services.loaded)
    assert [(fault.line, fault.column, fault.message) for fault in told.value.faults] == [
        (2, 11, "`Calm Releases` is no name: write small letters, digits, `-` and `_`, a letter first"),
        (3, 12, "say in a sentence what is to be reached"),
        (4, 11, "no team `payment`; did you mean `payments`?"),
        (6, 14, "`2026-Q5` is no quarter: write it like 2026-Q4"),
        (6, 14, "say the quarter, or `starts` and `due`"),
        (8, 13, "no objective `nothing`; known: Calm Releases, late, later, open"),
        (9, 12, "expected one of open, reached, missed, dropped, got `done`"),
        (11, 37, "no metric `lead_tme`; did you mean `lead_time`?"),
        (12, 66, "`lead_time` cannot be limited by `person`; it can by: " + BY),
        (12, 81, "`30x` is no window: write it like 30d or 4w"),
        (12, 94, "a share is written with `%`, and this is measured in seconds"),
        (13, 9, "say the `baseline`: a query tells nothing of the time before"),
        (13, 16, "there is another key result `b`"),
        (14, 52, "`d` is a length of time, and this is measured in share"),
        (14, 64, "`soon` is no number: write it like 12, 36h, 2d or 85%"),
        (14, 75, "`someday` is no day: write it like 2026-10-01"),
        (14, 102, "say a number of days from 0 to 3660"),
        (15, 50, "it is the baseline: there is no way to go"),
        (16, 55, "a value comes from a metric or from a query, not from both"),
        (20, 10, "it ends before it begins"),
        (23, 45, "it ends before its objective begins"),
        (24, 41, "it serves itself in the end"),
        (25, 12, "there is another objective `later`"),
        (26, 5, "when does it run? Say `quarter: 2026-Q4`, or `starts` and `due`"),
        (27, 47, "expected text, got a list"),
        (27, 65, "unknown key `colour`; known: " + KEYS),
        (27, 92, "`target` is missing"),
        (27, 92, "`title` is missing"),
    ]  # fmt: skip
    # only a store knows who there is
    home.write(FAULTY.replace("payment\n", "payments\n"))
    assert "no person `nour`" in "\n".join(map(str, sync(home.services).faults))


def test_what_the_docs_show_is_accepted_by_the_check_and_by_the_schema(home: Home) -> None:
    page = (Path(__file__).parents[2] / "docs" / "goals.md").read_text(encoding="utf-8")
    shown = page.split("```yaml\n")[1].partition("```")[0]
    home.write(shown)
    check(home.services.loaded)
    jsonschema.validate(YAML(typ="safe").load(shown), json.loads(json.dumps(schema())))
    assert not sync(home.services).faults


def test_values_are_written_with_their_unit() -> None:
    assert [amount(said, "seconds") for said in ("36h", "2 d", "90s", 12, "1w")] == [129600, 172800, 90, 12, 604800]
    assert (amount("85%", "share"), amount("0.85", "share"), amount("-3", "points")) == (0.85, 0.85, -3)
    for said, unit in (("2d", "count"), ("85%", ""), ("many", "count"), (float("nan"), "count"), ("1e400", "")):
        with pytest.raises(ValueError, match=r"number|measured"):
            amount(said, unit)
    assert [days_of(span) for span in ("30d", "4w", "0d", "30", "d", "9999d")] == [30, 28, None, None, None, None]
