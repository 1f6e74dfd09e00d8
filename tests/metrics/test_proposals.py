"""What the data propose to state: hotfixes by the words that a team really uses."""

from __future__ import annotations

from typing import Any

from fairlead.metrics.proposals import Proposal, proposals
from fairlead.model.setup import Hotfix, Setup


def proposed(company: Any, setup: Setup | None = None) -> Proposal | None:
    found = proposals(company.warehouse().rows, setup or Setup())
    return next((proposal for proposal in found if proposal.section == "hotfix"), None)


def test_what_counts_already_is_stated_as_it_is(company: Any) -> None:
    company.change(2, head_branch="hotfix/late-fee", labels=("Hotfix", "payments"))
    company.change(3)
    found = proposed(company)
    assert found and found.lines == '[hotfix]\nlabels = ["hotfix"]\nbranches = ["hotfix/*"]'
    assert "told by labels hotfix" in found.seen


def test_words_that_the_rules_miss_are_proposed_and_said_not_to_count_yet(company: Any) -> None:
    company.change(2, head_branch="hot-fix/late-fee", labels=("prod-emergency",))
    found = proposed(company)
    assert found and '"hot-fix/*"' in found.lines and '"prod-emergency"' in found.lines
    assert '"hotfix/*"' in found.lines, "what the shipped rules catch goes on counting"
    assert "not counted until stated" in found.seen


def test_nothing_is_proposed_where_nothing_was_seen_or_the_team_has_spoken(company: Any) -> None:
    company.change(2)
    found = proposed(company)
    assert found and not found.lines
    company.change(3, head_branch="hotfix/x")
    assert proposed(company, Setup(hotfix=Hotfix(labels=("urgent",)))) is None
