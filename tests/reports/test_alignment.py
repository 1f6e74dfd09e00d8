"""Alignment as a report: shares that open, rules in the language of rules, suggestions with their command."""

from __future__ import annotations

import pytest
from tests.goals.working import NOW, SETUP, Work, march

from fairlead.goals import facts
from fairlead.reports import render
from fairlead.reports.alignment import alignment
from fairlead.reports.alignment_facts import load_links
from fairlead.reports.asked import Asked
from fairlead.reports.document import Document, Table


def asked(work: Work, team: str | None = None, language: str = "en") -> Asked:
    return Asked(work.warehouse(), SETUP, NOW, team, language)


def table(document: Document) -> Table:
    return next(block for section in document.sections for block in section.blocks if isinstance(block, Table))


@pytest.fixture
def work() -> Work:
    made = Work()
    made.goal("fast", "Customers pay without waiting", labels=["speed"])
    made.goal("safe", "Nothing is lost", rule="has(labels, 'safety') and work_type != 'bug'", team="team:web")
    made.item("P-1", labels=["speed"], began=march(16), done=march(18, 17))
    made.item("P-2", labels=["safety"], work_type="feature", began=march(17), done=march(17, 17))
    made.item("P-3", labels=["safety"], work_type="bug", began=march(19), done=march(19, 17))
    made.item("P-4", "Customers wait for a receipt", began=march(20), done=march(20, 17))
    return made


def test_the_table_counts_everything_once_and_ends_with_what_is_unlinked(work: Work) -> None:
    document = alignment(asked(work), window="30d")
    rows = [[cell.text for cell in row] for row in table(document).rows]
    assert rows == [
        ["Customers pay without waiting", "50 %", "", "3 working days", "1"],
        ["Nothing is lost", "17 %", "", "1 working day", "1"],
        ["Serves no objective", "33 %", "", "2 working days", "2"],
    ]
    assert document.title.text == "67 % of the effort served an objective, 33 % served none"
    opened = {one.text: set(one.evidence.ids) for one in document.claims() if one.key == "goal.rests_on"}
    assert opened == {
        "Customers pay without waiting: 1 item": {"jira:P-1"}, "Nothing is lost: 1 item": {"jira:P-2"},
        "Serves no objective: 2 items": {"jira:P-3", "jira:P-4"},
    }  # fmt: skip
    assert set(table(document).caption.evidence.ids) == {f"jira:P-{number}" for number in (1, 2, 3, 4)}


def test_a_rule_links_by_its_condition_and_a_broken_one_is_told(work: Work) -> None:
    work.goal("odd", "Odd", rule="labls = 'x'")
    found = asked(work)
    linked, broken = load_links(found.scope, facts.load(found.warehouse))
    assert [(one.objective, one.item) for one in linked if one.by == "rule"] == [("objective:safe", "jira:P-2")]
    assert [one.goal.id for one in broken] == ["objective:odd"]
    assert "labls" in render.markdown(alignment(found))


def test_a_rule_cannot_bring_in_words_of_its_own(work: Work) -> None:
    work.goal("bad", "Bad", rule="title = 'x'' or 1=1 --'")
    linked, _ = load_links(asked(work).scope, facts.load(work.warehouse()))
    assert not [one for one in linked if one.objective == "objective:bad"]


@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_stated_says_how_to_begin(language: str) -> None:
    work = Work()
    work.item("P-1", began=march(16), done=march(18, 17))
    text = render.markdown(alignment(asked(work, language=language)))
    assert "fairlead goals add" in text
    assert "P-1" in text


def test_of_a_team_other_teams_objectives_stand_there_only_where_it_works_for_them(work: Work) -> None:
    work.item("P-5", labels=["speed"], team="team:pay", began=march(23), done=march(23, 17))
    rows = [row[0].text for row in table(alignment(asked(work, "pay"))).rows]
    assert rows == ["Customers pay without waiting", "Serves no objective"]
