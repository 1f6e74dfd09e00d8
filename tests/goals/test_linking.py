"""Which work serves which objective: by epic, milestone, label, rule and a person's word, which wins."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.goals.working import Work, march

from fairlead.goals import facts
from fairlead.goals.linking import Rule, Suggestion, suggestions


def test_an_epic_brings_all_below_it_by_key_or_id() -> None:
    for said in ("jira:P-1", "P-1"):
        work = Work()
        work.goal("fast", epics=[said])
        work.item("P-1", type="Epic", work_type="epic")
        work.item("P-2", epic="jira:P-1")
        work.item("P-3", parent="jira:P-2")
        work.item("P-4", parent="jira:P-9")  # somewhere else
        assert work.served() == {("fast", key): "epic" for key in ("P-1", "P-2", "P-3")}


def test_labels_milestones_and_the_order_of_reasons() -> None:
    work = Work()
    work.goal("fast", labels=["Speed"], milestones=["Spring"], epics=["P-1"])
    work.source.put("milestones", {"id": "m:1", "title": "Spring", "state": "open"})
    work.item("P-1", labels=["speed"], milestone="m:1")
    work.item("P-2", labels=["speed"], milestone="m:1")
    work.item("P-3", labels=["speed", "ui"])
    work.item("P-4", labels=["speedy"])
    assert work.served() == {("fast", "P-1"): "epic", ("fast", "P-2"): "milestone", ("fast", "P-3"): "label"}


def test_a_word_wins_and_the_nearest_of_several() -> None:
    work = Work()
    fast = work.goal("fast", epics=["P-1"])
    work.item("P-1")
    work.item("P-2", parent="jira:P-1")
    work.item("P-3", parent="jira:P-2")
    work.item("P-4", parent="jira:P-2")
    work.item("P-5")
    work.item("P-6", parent="jira:P-5")
    work.word(fast, "jira:P-2", "refused")
    work.word(fast, "jira:P-4", "confirmed")
    work.word(fast, "jira:P-5", "confirmed")
    work.word(fast, "jira:P-99", "confirmed")  # an item that is not there
    wanted = {"P-1": "epic", "P-4": "confirmed", "P-5": "confirmed", "P-6": "confirmed"}
    assert work.served() == {("fast", key): by for key, by in wanted.items()}


def test_of_two_words_as_near_the_refusal_holds() -> None:
    work = Work()
    fast = work.goal("fast")
    for key in ("P-1", "P-2"):
        work.item(key)
    work.item("P-3", parent="jira:P-1", epic="jira:P-2")
    work.word(fast, "jira:P-1", "confirmed")
    work.word(fast, "jira:P-2", "refused")
    assert work.served() == {("fast", "P-1"): "confirmed"}


def test_a_rule_adds_what_nothing_else_links_and_nothing_that_was_refused() -> None:
    work = Work()
    fast = work.goal("fast", labels=["speed"])
    work.item("P-1", labels=["speed"])
    work.item("P-2", title="Faster start")
    work.item("P-3", title="Faster end")
    work.word(fast, "jira:P-3", "refused")
    rule = Rule(fast, "select id from work_items where title like $like", {"like": "Faster%"})
    stranger = Rule("objective:gone", "select id from work_items")
    assert work.served(rule, stranger) == {("fast", "P-1"): "label", ("fast", "P-2"): "rule"}


def test_items_above_each_other_in_a_circle_end() -> None:
    work = Work()
    work.goal("fast", epics=["P-1"])
    work.item("P-1", parent="jira:P-2")
    work.item("P-2", parent="jira:P-1")
    assert set(work.served()) == {("fast", "P-1"), ("fast", "P-2")}


def test_objectives_that_are_gone_have_no_items() -> None:
    work = Work()
    work.goal("fast", labels=["speed"], deleted_at=march(4))
    work.item("P-1", labels=["speed"])
    assert work.served() == {}


@settings(max_examples=examples(15), deadline=None)
@given(
    parents=st.lists(st.one_of(st.none(), st.integers(0, 7)), min_size=8, max_size=8),
    words=st.dictionaries(st.integers(0, 7), st.sampled_from(["confirmed", "refused"]), max_size=4),
    epics=st.sets(st.integers(0, 7), max_size=2),
)
def test_the_nearest_word_above_decides_else_the_epic(
    parents: list[int | None], words: dict[int, str], epics: set[int]
) -> None:
    """The same as walking up from each item by hand."""
    work = Work()
    fast = work.goal("fast", epics=[f"P-{one}" for one in sorted(epics)])
    for number, parent in enumerate(parents):
        work.item(f"P-{number}", parent=None if parent is None else f"jira:P-{parent}")
    for number, state in words.items():
        work.word(fast, f"jira:P-{number}", state)
    wanted = {}
    for number in range(8):
        line, at = [number], parents[number]
        while at is not None and at not in line and len(line) < 7:
            line.append(at)
            at = parents[at]
        by = next((words[one] for one in line if one in words), "epic" if epics & set(line) else "refused")
        if by != "refused":
            wanted["fast", f"P-{number}"] = by
    assert work.served() == wanted


def suggested(work: Work, **asked: object) -> list[Suggestion]:
    warehouse = work.warehouse()
    goals = facts.load(warehouse)
    return suggestions(warehouse, goals, work.linked(), march(2, 0), **asked)  # type: ignore[arg-type]


@pytest.fixture
def hinting() -> Work:
    work = Work()
    fast = work.goal("checkout", "Customers pay without waiting at the checkout", labels=["checkout"])
    work.goal("stable", "No outage lasts longer than an hour")
    work.item("P-1", "Payments rework")
    for number in (2, 3, 4):
        work.item(f"P-{number}", f"Part {number}", parent="jira:P-1", labels=["checkout", "payments"])
    work.item("P-5", "Odds and ends", parent="jira:P-1")
    work.item("P-6", "Checkout keeps customers waiting", labels=["web"])
    work.item("P-7", "Another colour", labels=["payments"])
    work.item("P-8", "Tidy the cellar")
    work.item("P-9", "Checkout of last year keeps customers waiting", done=march(2, 9), began=march(2, 9))
    work.item("P-10", "Customers waiting at the checkout, too")
    work.word(fast, "jira:P-10", "refused")
    return work


def test_suggestions_say_why_and_leave_out_what_is_linked_refused_or_long_over(hinting: Work) -> None:
    warehouse = hinting.warehouse()
    found = suggestions(warehouse, facts.load(warehouse), hinting.linked(), march(3))
    assert {one.key: one.objective for one in found} == {
        "P-5": "objective:checkout", "P-6": "objective:checkout",
    }  # fmt: skip
    beside = next(one for one in found if one.key == "P-5")
    assert (beside.siblings, beside.sibling_share) == (("jira:P-2", "jira:P-3", "jira:P-4"), 1.0)
    alike = next(one for one in found if one.key == "P-6")
    assert set(alike.words) == {"checkout", "customer", "waiting"}
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_label_of_linked_items_adds_to_other_hints(hinting: Work) -> None:
    hinting.item("P-11", "Customers see where they are waiting", labels=["payments"])
    found = {one.key: one for one in suggested(hinting)}
    assert found["P-11"].labels == ("payments",)
    assert found["P-11"].score >= 0.2


def test_one_word_in_common_is_chance(hinting: Work) -> None:
    hinting.item("P-12", "Waiting lists")
    assert "P-12" not in {one.key for one in suggested(hinting)}


def test_suggestions_of_a_team_and_no_more_than_asked_for(hinting: Work) -> None:
    assert len(suggested(hinting, most=1)) == 1
    assert suggested(hinting, team="team:web") == []
