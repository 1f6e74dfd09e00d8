"""Rules of other tools: what is translated is a whole file of ours, and the rest is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fairlead.model.errors import Abort
from fairlead.signals.importing.files import as_file, translate
from fairlead.signals.language.say import say
from fairlead.signals.rules import read

STALE = """on: {schedule: [{cron: "30 1 * * *"}]}
jobs:
  stale:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/stale@v9
        with:
          days-before-issue-stale: 30
          days-before-pr-stale: "14"
          days-before-close: 5
          stale-pr-message: "No news for {days}? It's stale."
          exempt-issue-labels: "pinned, security"
          exempt-draft-pr: true
"""
MERGIFY = """queue_rules: [{name: default}]
pull_request_rules:
  - name: Ask after two weeks
    conditions: ["-draft", "base=main", "label!=on-hold", "updated-at < 14 days 3 hours ago", "-closed",
      {or: ["#files>20", conflict]}]
    actions: {comment: {message: "Still wanted?"}, label: {add: [old]}}
  - name: By a person
    conditions: ["author=kim", "-draft", {or: ["check-success=build", "#approved-reviews-by>=2"]}, {any: [x]}]
    actions: {merge: {method: squash}}
"""
POLICY = """policy: {approval: [{or: [two people]}]}
approval_rules:
  - name: two people
    if: {targets_branch: {pattern: "^(main|release)$"}, modified_lines: {total: "> 200"}}
    requires: {count: 2, teams: [acme/core]}
  - name: owners of files
    if: {changed_files: {paths: ["^config/.*$"]}}
    requires: {count: 1}
"""


def imported(tmp_path: Path, text: str) -> tuple[dict[str, str], list[str]]:
    """Conditions by id of what the written file is read as, and what was left out."""
    (tmp_path / "theirs.yml").write_text(text)
    made = translate(tmp_path / "theirs.yml")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "ours.yaml").write_text(as_file(made, "team:a", date(2026, 9, 21)))
    rules, faults = read([tmp_path / "rules"])
    assert faults == []
    mine = {name: rule for name, rule in rules.items() if rule.written.owner == "team:a"}
    assert all(rule.written.mode == "monitor" and rule.written.expires == "2026-12-20" for rule in mine.values())
    return {name: say(rule.condition) for name, rule in mine.items()}, made.left_out


def test_a_workflow_of_stale(tmp_path: Path) -> None:
    rules, left = imported(tmp_path, STALE)
    assert rules == {
        "stale-change": "time_since(updated_at) > 14d and not (why = 'draft')",
        "stale-issue": "time_since(updated_at) > 30d and repository is known"
        " and not (has(labels, 'pinned', 'security'))",
    }
    assert left == ["days-before-close: Fairlead closes nothing by itself"]


def test_rules_of_mergify(tmp_path: Path) -> None:
    rules, left = imported(tmp_path, MERGIFY)
    assert rules == {
        "ask-after-two-weeks": "not (why = 'draft') and base = 'main' and not (has(labels, 'on-hold')) and "
        "time_since(updated_at) > 14d + 3h and (files > 20 or why = 'conflict')"
    }
    assert left == [
        "Ask after two weeks, `label`: a rule proposes one act",
        *(
            f"By a person: its condition `{said}` has no counterpart"
            for said in ("author=kim", "check-success=build", "#approved-reviews-by>=2", "any")
        ),
        "queue_rules: only `pull_request_rules` are translated",
    ]


def test_rules_of_policy_bot(tmp_path: Path) -> None:
    rules, left = imported(tmp_path, POLICY)
    assert rules == {"two-people": "base in ('main', 'release') and lines > 200 and reviewers < 2"}
    assert [one.partition(":")[0] for one in left] == [
        "two people, requires.teams", "two people, requires.count", "owners of files", "policy",
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), [
    ("a: [", "cannot be read"), ("- 1", "holds no table"), ("jobs: {}", "holds no rules"),
])  # fmt: skip
def test_what_is_no_such_file(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "x.yml").write_text(text)
    with pytest.raises(Abort, match=said):
        translate(tmp_path / "x.yml")
