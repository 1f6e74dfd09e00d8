"""Effort by objective: every second of it in one bucket, shared ones divided, the rest honestly unlinked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.goals.working import NOW, SETUP, WEEK, Work, march

from fairlead.model.figures import Window
from fairlead.model.times import naive
from fairlead.reports.asked import Asked
from fairlead.reports.balance import load_balance

DAY = 8 * 3600


def shares(work: Work, **asked: object) -> dict[str, float | None]:
    return {one.objective.partition(":")[2]: one.share for one in work.effort(**asked).buckets}  # type: ignore[arg-type]


def test_time_in_progress_counts_within_the_window_and_working_hours() -> None:
    work = Work()
    work.goal("fast", labels=["speed"])
    # from the Thursday before until Monday evening: the weekend is nobody's, and one day lies in the window
    work.item("P-1", labels=["speed"], began=march(5), done=march(9, 17))
    # goes on until now, of which the window sees the week
    work.item("P-2", began=march(11))
    found = work.effort()
    assert {one.objective: one.amount for one in found.buckets} == {"objective:fast": DAY, "": 3 * DAY}
    assert found.total == 4 * DAY
    assert found.unlinked.share == pytest.approx(3 / 4)
    assert [part.key for part in found.unlinked.parts] == ["P-2"]


def test_the_week_before_tells_the_drift() -> None:
    work = Work()
    work.goal("fast", labels=["speed"])
    work.item("P-1", labels=["speed"], began=march(4), done=march(4, 17))
    work.item("P-2", began=march(5), done=march(5, 17))
    work.item("P-3", labels=["speed"], began=march(10), done=march(12, 17))
    work.item("P-4", began=march(13), done=march(13, 17))
    fast = work.effort().buckets[0]
    assert (fast.share, fast.before) == (pytest.approx(3 / 4), pytest.approx(1 / 2))
    assert fast.drift == pytest.approx(1 / 4)


def test_what_serves_two_is_divided_and_what_stands_above_counts_through_its_parts() -> None:
    work = Work()
    work.goal("fast", labels=["speed"], epics=["P-1"])
    work.goal("safe", labels=["safety"])
    work.item("P-1", began=march(2), work_type="epic")
    work.item("P-2", parent="jira:P-1", labels=["safety"], began=march(10), done=march(10, 17))
    found = work.effort()
    assert found.total == DAY
    assert {one.objective: one.amount for one in found.buckets if one.amount} == {
        "objective:fast": DAY / 2, "objective:safe": DAY / 2,
    }  # fmt: skip
    assert {part.among for one in found.buckets for part in one.parts} == {2}


def test_points_count_what_was_done_and_tell_of_what_has_none() -> None:
    work = Work()
    work.goal("fast", labels=["speed"])
    work.item("P-1", labels=["speed"], began=march(10), done=march(10, 17), points=5.0)
    work.item("P-2", began=march(10), done=march(11, 17), points=3.0)
    work.item("P-3", began=march(10), done=march(11, 17))
    work.item("P-4", began=march(10), points=8.0)  # still under way
    found = work.effort(measure="points")
    assert (found.total, found.unsized) == (8.0, 1)
    assert shares(work, measure="points") == {"fast": 5 / 8, "": 3 / 8}


def test_no_effort_is_no_share_and_no_zero() -> None:
    work = Work()
    work.goal("fast")
    found = work.effort()
    assert (found.total, [one.share for one in found.buckets]) == (0, [None, None])
    assert [one.drift for one in found.buckets] == [None, None]


def test_a_team_sees_its_own_items() -> None:
    work = Work()
    work.goal("fast", labels=["speed"])
    work.item("P-1", labels=["speed"], team="team:pay", began=march(10), done=march(10, 17))
    work.item("P-2", team="team:web", began=march(10), done=march(10, 17))
    assert shares(work, team="team:pay") == {"fast": 1.0, "": 0.0}
    assert shares(work, team="team:web") == {"fast": 0.0, "": 1.0}


items = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 300), st.sets(st.sampled_from(["a", "b", "c"])), st.booleans()),
    max_size=8,
)  # fmt: skip


@settings(max_examples=examples(10), deadline=None)
@given(told=items, cut=st.integers(1, 6))
def test_buckets_add_up_and_windows_do_too(told: list[tuple[int, int, set[str], bool]], cut: int) -> None:
    work = Work()
    for name in "abc":
        work.goal(name, labels=[name])
    for number, (start, length, labels, ended) in enumerate(told):
        began = march(2) + timedelta(hours=start)
        done = began + timedelta(hours=length) if ended else None
        work.item(f"P-{number}", labels=sorted(labels), began=began, done=done)
    whole = work.effort()
    assert sum(one.amount for one in whole.buckets) == pytest.approx(whole.total)
    if whole.total:
        assert sum(one.share or 0 for one in whole.buckets) == pytest.approx(1)
    middle = WEEK.start + timedelta(days=cut)
    halves = [work.effort(Window(start=WEEK.start, end=middle)), work.effort(Window(start=middle, end=WEEK.end))]
    for bucket in whole.buckets:
        parts = [one.amount for half in halves for one in half.buckets if one.objective == bucket.objective]
        assert sum(parts) == pytest.approx(bucket.amount)


def test_without_a_history_the_record_says_when_it_was_under_way() -> None:
    work = Work()
    for key, said in (
        ("P-1", {"status_category": "in_progress", "started_at": march(12)}),
        ("P-2", {"status_category": "done", "started_at": march(9), "closed_at": march(10, 17)}),
        ("P-3", {"status_category": "canceled", "started_at": march(13), "closed_at": march(13, 17)}),
        # put back: nobody says until when it was under way
        ("P-4", {"status_category": "todo", "started_at": march(9)}),
        # nobody says when it was begun
        ("P-5", {"status_category": "done", "closed_at": march(10, 17)}),
    ):
        work.source.put("work_items", {
            "id": f"jira:{key}", "key": key, "title": key, "created_at": march(2), "status": "As it is",
            "project": "P", "source": "jira", **said,
        })  # fmt: skip
    # what a tool tells of its moves counts more than what the record says
    work.item("P-6", began=march(11), done=march(11, 17), started_at=march(2))
    found = work.effort()
    assert {part.key: part.amount / DAY for part in found.unlinked.parts} == {
        "P-1": 2, "P-2": 2, "P-3": 1, "P-6": 1,
    }  # fmt: skip
    warehouse = work.warehouse()
    asked = Asked(warehouse, SETUP, NOW)
    shared = load_balance(asked, 30)
    days = (
        sum(part.amount for part in work.effort(Window(start=NOW - timedelta(days=30), end=NOW)).buckets[-1:]) / DAY
    )
    assert (shared.total, {item for part in shared.parts for item in part.items}) == (
        pytest.approx(days), {"jira:P-1", "jira:P-2", "jira:P-3", "jira:P-6"}
    )  # fmt: skip


def test_a_missing_history_is_told_the_same_bit_by_bit() -> None:
    work = Work()
    work.source.put("work_items", {
        "id": "jira:P-1", "key": "P-1", "title": "P-1", "created_at": march(2), "status": "Doing", "source": "jira",
        "status_category": "in_progress", "started_at": march(9),
    })  # fmt: skip
    warehouse = work.warehouse()
    spells = "select from_at, to_at from work_item_spells order by from_at"
    assert warehouse.rows(spells, {}) == [{"from_at": naive(march(9)), "to_at": None}]
    work.item("P-1", began=march(11), started_at=march(9))
    warehouse.refresh()
    assert warehouse.rows(spells, {}) == [{"from_at": naive(march(11)), "to_at": None}]
