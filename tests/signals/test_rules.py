"""Files of rules: ours hold their own examples, a team's win by id, and every fault has its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.config.load import load
from fairlead.model.errors import Abort
from fairlead.signals.language.say import say
from fairlead.signals.rules import read
from fairlead.wiring import checkup
from fairlead.wiring.services import Services
from fairlead.wiring.trying import examples

OWN = """rules:
  - id: main-red
    title: Ours is red
    subject: pipeline
    owner: team:payments
    expires: "2027-03-01"
    where: ["true", "failures >= 3", {not: {any: ["branch = 'next'", "team is unknown"]}}]
    unless: ["repository like '*sandbox*'"]
    tests:
      - given: {failures: 3, branch: main, team: "team:a", repository: "github:a/b"}
        now: "2026-09-21T12:00:00Z"
        expect: open
      - {given: {failures: 3, branch: next, team: "team:a"}, now: "2026-09-21T12:00:00Z", expect: open}
"""
BROKEN = """rules:
  - id: bad
    title: x
    subject: change
    owner: team:a
    expires: soon
    where:
      - "lins > 3"
      - any: ["turn = 5", "biztime_since(opened_at) > 3h"]
      - {some: ["hotfix"]}
  - id: worse
    titel: y
    subject: chnge
  - id: lost
    title: z
    subject: chnge
    owner: team:a
    expires: "2027-03-01"
    where: ["true"]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "fairlead.d" / "rules"
    folder.mkdir(parents=True)
    (tmp_path / "fairlead.toml").write_text('[organisation]\nname = "Acme"\n')
    return folder


def test_our_rules_hold_their_examples() -> None:
    told = examples(load(None, {}))
    assert [one for one in told if not one["right"]] == []
    rules, faults = read()
    assert faults == []
    assert {one["rule"] for one in told} == set(rules)
    # each says at least once what it is for, and once what it is not
    for rule in rules.values():
        assert {"open", "quiet"} <= {case.expect for case in rule.written.tests}, rule.id


def test_a_team_s_own_rule_wins_and_its_examples_are_tried(own: Path) -> None:
    (own / "ours.yaml").write_text(OWN)
    rules, faults = read([own])
    assert faults == []
    assert say(rules["main-red"].condition) == (
        "true and failures >= 3 and not (branch = 'next' or not (team is known))"
        " and not (repository like '*sandbox*')"
    )
    told = examples(load(own.parent.parent / "fairlead.toml", {}), "main-red")
    # the second names a branch that the rule leaves out
    assert [(one["right"], one["found"]) for one in told] == [(True, "open medium"), (False, "quiet")]
    with pytest.raises(Abort, match="did you mean `main-red`"):
        examples(load(own.parent.parent / "fairlead.toml", {}), "main-rad")
    before = rules["main-red"].version
    (own / "ours.yaml").write_text(OWN.replace("failures >= 3", "failures >= 4"))
    assert read([own])[0]["main-red"].version != before


def test_every_fault_is_told_with_its_place_and_the_other_rules_go_on(own: Path) -> None:
    (own / "broken.yaml").write_text(BROKEN)
    rules, faults = read([own])
    told = [f"{fault.line}:{fault.column}: {fault.message}" for fault in faults]
    for said in (
        "8:9: bad: no column `lins`; did you mean `lines`? (at 1 of `lins > 3`)",
        "9:15: bad: a text cannot be compared with a number (at 1 of `turn = 5`)",
        "9:27: bad: working time is compared with `bh` and `bd`, calendar time with m, h, d and w",
        "10:9: bad: expected a condition, or `any`, `all` or `not` of some",
        "6:5: bad: `soon` is no day: write it like 2027-03-01",
        "12:5: unknown key `titel`; did you mean `title`?",
        "16:5: lost: no subject `chnge`; did you mean `change`?",
    ):
        assert any(found.startswith(said) for found in told), (said, told)
    assert set(rules) == set(read()[0])
    (own / "late.yaml").write_text(OWN.replace("2027-03-01", "2025-03-01"))
    with Services(load(own.parent.parent / "fairlead.toml", {}), own.parent / "home", environ={}) as services:
        found = [(one.ok, one.detail) for one in checkup.checkup(services) if one.what == "rules"]
    assert (None, "`main-red` was to be looked at by 2025-03-01") in found
    assert sum(ok is False for ok, _ in found) == len(faults)
