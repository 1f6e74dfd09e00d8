"""Files of rules: ours hold their own examples, a team's win by id, and every fault has its place."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from fairlead.config.load import load
from fairlead.model.errors import Abort
from fairlead.signals.faults import Known
from fairlead.signals.language.say import say
from fairlead.signals.rules import inspect, read
from fairlead.signals.written import Case, Written
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
    title: "{nosuch} waits since {Turn}"
    subject: chang
    owner: team:a
    expires: soon
    for: 3 days
    where:
      - "lins > 3"
      - any: ["turn = 5", "biztime_since(opened_at) > 3h", 'hotfix and turn > 8bh']
      - {some: ["hotfix"]}
      - "lines >"
      - not: "turn in ('author', 'reviewr')"
    severity: hihg
    needs: {githb: 8bh}
    then: {escalate: revews, notify: {to: nobdy}, propose: {kind: comment, body: "See {nosuch}"}}
    tests:
      - given: {lines: many, foo: 1, labels: [on-hold], turn: me}
        now: yesterday
        expect: opn
      - {given: {}, expect: open}
  - id: bad
    titel: y
    subject: incident
    subject: incident
    where: ["severity = 'sev1'", "severity in ('high', 'crit')"]
    severity: {high: 3, low: "status = 'done'"}
  - id: ../../../etc/x
    title: ""
    subject: change
    owner: kim
    expires: 2027-03-01
    where: []
  - just words
  - id: main-red
    title: Ours is red
    subject: pipeline
    owner: team:pay
    expires: "2027-03-01"
    severity: high
    where: ["failures > 3"]
    then: {escalate: reviews}
    tests: [{given: {failures: 9}, now: "2026-09-21T12:00:00Z", expect: open}, {given: {failures: 2}, expect: quiet}]
"""
TOLD = """3:13 bad: no column `nosuch`; known: asked_team, base
3:34 bad: no column `Turn`; did you mean `turn`?
4:14 bad: no subject `chang`; did you mean `change`?
6:14 bad: `soon` is no day: write it like 2027-03-01
7:10 bad: `3 days` is no length of time: write it like 30m, 4h or 2d; did you mean `3d`?
9:10 bad: no column `lins`; did you mean `lines`? (at 1 of `lins > 3`)
10:16 bad: a text cannot be compared with a number (at 1 of `turn = 5`)
10:28 bad: working time is compared with `bh` and `bd`, calendar time with m, h, d and w; did you mean `time_since(op
10:72 bad: a text cannot be compared with working time; did you mean `biztime_since(turn_since)`? (at 12 of
11:9 bad: expected a condition in quotes, or `any`, `all` or `not` of some
12:17 bad: the condition ends too early (at 8 of `lines >`)
13:34 bad: `turn` is never `reviewr`; did you mean `reviewer`?
14:15 bad: expected one of critical, high, low, medium, got 'hihg'; did you mean `high`?
15:20 bad: `8bh` is working time, and here time of the calendar is wanted
15:20 bad: no source `githb` is set up, so that nothing is known until it speaks; did you mean `github`? (warning)
16:22 bad: no chain `revews`, so it climbs nowhere; did you mean `reviews`?
16:43 bad: nobody is `nobdy`; known: assignee, owner, role:manager, team, turn
16:60 bad: `subject` is missing
16:87 bad: no column `nosuch`; known: asked_team, base
18:24 bad: expected a number, got 'many'
18:35 bad: no column `foo`
18:63 bad: it is never `me`
19:14 bad: `yesterday` is no moment: write it like 2026-09-21T12:00:00Z
20:17 bad: expected one of open, quiet, unknown, got 'opn'; did you mean `open`?
21:9 bad: `now` is missing
22:5 bad: `expires` is missing
22:5 bad: `owner` is missing
22:5 bad: `title` is missing
22:9 bad: this id stands already at broken.yaml:2; one of them counts
23:5 bad: unknown key `titel`; did you mean `title`?
25:5 bad: the key `subject` stands twice
26:25 bad: `severity` is never `sev1`; known: critical, high, low, medium
26:56 bad: `severity` is never `crit`; did you mean `critical`?
27:22 bad: expected text, got 3
27:40 bad: `status` is never `done`
28:9 ../../../etc/x: an id is made of small letters, digits, `-` and `_`, at most 64; did you mean `etc-x`?
29:12 ../../../etc/x: `title` is empty
31:12 ../../../etc/x: nobody is known as `kim`; did you mean `person:kim`? (warning)
32:14 ../../../etc/x: expected text, got the bare date 2027-03-01: put it in quotes
33:12 ../../../etc/x: name at least one condition
34:5 rule 4: expected a table, got 'just words'
43:80 main-red: `now` is missing"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "fairlead.d" / "rules"
    folder.mkdir(parents=True)
    (tmp_path / "fairlead.toml").write_text('[organisation]\nname = "Acme"\n')
    return folder


def test_our_rules_hold_their_examples() -> None:
    told = examples(load(None, {}))
    assert [one for one in told if not one["right"]] == []
    rules, faults = inspect((), Known())
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


def test_every_fault_is_told_at_once_where_it_stands_and_the_other_rules_go_on(own: Path) -> None:
    (own / "broken.yaml").write_text(BROKEN)
    known = Known(("reviews",), ("github",), ("team:a", "team:pay", "person:kim"), date(2026, 9, 21))
    rules, told = inspect([own], known)
    found = [f"{one.fault.line}:{one.fault.column} {str(one).partition(': ')[2]}" for one in told]
    wanted = TOLD.splitlines()
    assert len(found) == len(wanted), found
    assert [(got, said) for got, said in zip(found, wanted, strict=True) if not got.startswith(said)] == []
    assert {one.rule for one in told if one.weight == "off"} == {"bad", "../../../etc/x", "rule 4"}
    # a wrong example is no reason to be blind, and a severity for all may stand for itself
    assert (rules["main-red"].written.owner, rules["main-red"].written.severity.default) == ("team:pay", "high")
    assert len(rules["main-red"].written.tests) == 1
    assert set(rules) == set(read()[0])


def test_a_home_tells_what_is_wrong_with_its_rules(own: Path) -> None:
    (own / "late.yaml").write_text(OWN.replace("2027-03-01", "2025-03-01"))
    (own / "off.yaml").write_text(OWN.replace("main-red", "change-stale").replace("failures", "falures"))
    (own / "twice.yaml").write_text(OWN + "    then: {escalate: nosuch}\n")
    with Services(load(own.parent.parent / "fairlead.toml", {}), own.parent / "home", environ={}) as services:
        found = [
            (one.ok, one.detail.removeprefix(f"{own}/")) for one in checkup.checkup(services) if one.what == "rules"
        ]
        rules = read([own])[0]
    assert (None, "late.yaml:6:14: main-red: it was to be looked at by 2025-03-01") in found
    [broken] = [
        detail for _, detail in found if detail.startswith("off.yaml:7:22: change-stale: no column `falures`")
    ]
    assert broken.endswith("ours of that id holds in its place")
    [twice] = [detail for _, detail in found if "stands already" in detail]
    assert twice.startswith("twice.yaml:2:9: main-red: this id stands already at late.yaml:2;")
    assert any("no chain `nosuch`" in detail for _, detail in found)
    assert rules["change-stale"].written.owner == "shipped" and rules["main-red"].written.path.endswith("late.yaml")


_KEYS = [
    *Written.__struct_encode_fields__,
    *Case.__struct_encode_fields__,
    "any",
    "all",
    "not",
    "kind",
    "default",
    "<<",
]
_TEXTS = st.one_of(
    st.sampled_from([
        "a", "change", "incident", "lines > 3", "turn = 'reviewer'", "not lines", "p85(review_wait, floor 3bd) > 1bh",
        "high", "open", "30m", "2027-03-01", "{id}", "2026-09-21T12:00:00Z", "reviews", "comment", "role:x",
    ]),
    st.text(max_size=12),
)  # fmt: skip
_SAID = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.binary(max_size=3), _TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(st.sampled_from(_KEYS), _TEXTS), inner, max_size=8)
    ),
    max_leaves=25,
)
_RULE = st.fixed_dictionaries({}, optional={
    "id": _TEXTS, "title": _TEXTS, "subject": st.sampled_from(["change", "incident"]) | _SAID,
    "owner": _TEXTS, "expires": _TEXTS, "where": st.lists(_TEXTS | _SAID, max_size=3), "unless": _SAID,
    "severity": _SAID, "for": _TEXTS,
    "needs": _SAID, "then": _SAID, "fingerprint": _SAID,
    "tests": st.lists(st.fixed_dictionaries({"given": _SAID, "now": _TEXTS, "expect": _TEXTS}) | _SAID, max_size=2),
})  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=st.lists(_RULE | _SAID, max_size=3) | _SAID)
def test_whatever_a_file_of_rules_says_is_told_and_never_raises(said: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.yaml"
        with path.open("w", encoding="utf-8") as file:
            YAML(typ="safe", pure=True).dump({"rules": said}, file)
        _tell(path)


LAUGHS = "a: &a [x]\n" + "".join(f"{n}: &{n} [{', '.join([f'*{m}'] * 12)}]\n" for m, n in ("ab", "bc", "cd", "de"))


@pytest.mark.parametrize("text", [
    "", "rules", "rules:", "rules: 3", "rule: []", "a: [", "a: 1\n---\nb: 2", "rules: [*a]", "rules: &a [*a]",
    "rules: [&a {where: [*a]}]", "rules: [" + "[" * 1_000, "rules: [{where: " + "[" * 40 + "]" * 40 + "}]",
    "rules: [{id: !!python/object/apply:os.system [x]}]", "rules: [{id: !x y}]", "rules: [{expires: 2026-13-45}]",
    "rules: [{? [a] : b}]", "rules: [{3: 4, true: x, null: y}]", "rules: [{<<: 3}]", "rules: [{<<: {id: x}, id: y}]",
    'rules: [{id: "\\uD800"}]', "rules: [{id: \x00}]", "\tid: x", "%YAML 9.x\n---\nrules: []", "%FOO\n---\n",
    "rules: [{tests: [{given: {lines: 1e400}, now: 99999999999999999999, expect: !!set {x}}]}]",
    LAUGHS + "rules: [{where: *e}]",
])  # fmt: skip
def test_whatever_a_file_holds_is_told_and_never_raises(tmp_path: Path, text: str) -> None:
    (tmp_path / "any.yaml").write_text(text)
    _tell(tmp_path / "any.yaml")


def _tell(path: Path) -> None:
    _, told = inspect([path.parent], Known((), (), ("team:a",), date(2026, 9, 21)))
    lines = path.read_text(encoding="utf-8").split("\n")
    for one in told:
        assert one.fault.path == str(path) and 1 <= one.fault.line <= len(lines) + 1 and one.fault.column >= 1
        assert "at `$" not in one.fault.message, one
