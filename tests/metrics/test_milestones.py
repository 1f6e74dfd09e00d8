"""Dates of milestones: met, re-scoped in time or missed, each date once and on its own day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from fairlead.metrics.figures import figure
from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Window
from fairlead.model.setup import Setup, Thresholds
from fairlead.model.times import FixedClock

PAY = "github:acme/pay"
M = f"{PAY}/milestone/1"
WINDOW = Window(start=datetime(2026, 3, 1, tzinfo=UTC), end=datetime(2026, 4, 1, 9, tzinfo=UTC))
SETUP = Setup(thresholds=Thresholds(minimum_n=1))

Row = dict[str, Any]


def march(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def built(
    milestone: Row, dates: list[tuple[datetime, datetime | None, str]], items: list[Row] | None = None
) -> Warehouse:
    source = MemorySource()
    state = "closed" if milestone.get("closed_at") else "open"
    told = {"id": M, "repository": PAY, "created_at": march(1), "state": state, **milestone}
    source.put("milestones", told)
    for nth, (at, due, was) in enumerate(dates):
        source.put(
            "milestone_dates", {"id": f"{M}/date/{nth}", "milestone": M, "at": at, "due_at": due, "state": was}
        )
    for nth, item in enumerate(items or ()):
        source.put("work_items", {"id": f"{PAY}#{nth}", "repository": PAY, "created_at": march(1), **item["item"]})
        source.put(
            "work_item_changes",
            {
                "id": f"{PAY}#{nth}/m",
                "work_item": f"{PAY}#{nth}",
                "field": "milestone",
                "from_value": M,
                **item["change"],
            },
        )
    warehouse = Warehouse(None, source, SETUP, FixedClock(WINDOW.end))
    warehouse.refresh()
    return warehouse


def outcomes(warehouse: Warehouse) -> list[tuple[str, str | None]]:
    """Of each date that is over: its day, and what came of it or why that cannot be told."""
    found = warehouse.rows(
        "select due_at, coalesce(rescoped_by, missing, outcome, 'missed') as came "
        "from milestone_outcomes order by promise"
    )
    return [(f"{row['due_at']:%d}", row["came"]) for row in found]


OPEN, CLOSED = "open", "closed"
STORIES: dict[str, tuple[Row, list[tuple[datetime, datetime | None, str]], list[tuple[str, str]]]] = {
    "closed on its day": (
        {"due_at": march(10), "closed_at": march(10, 22)}, [(march(1), march(10), OPEN)], [("10", "met")],
    ),
    "closed a minute late": (
        {"due_at": march(10), "closed_at": march(11, 0)}, [(march(1), march(10), OPEN)], [("10", "missed")],
    ),
    "moved on the last day, then met": (
        {"due_at": march(20), "closed_at": march(19)},
        [(march(1), march(10), OPEN), (march(10, 23), march(20), OPEN)],
        [("10", "date_moved"), ("20", "met")],
    ),
    "moved a day too late, then met": (
        {"due_at": march(20), "closed_at": march(19)}, [(march(1), march(10), OPEN), (march(11, 1), march(20), OPEN)],
        [("10", "missed"), ("20", "met")],
    ),
    "moved in time and missed anyhow": (
        {"due_at": march(20)}, [(march(1), march(10), OPEN), (march(5), march(20), OPEN)],
        [("10", "date_moved"), ("20", "missed")],
    ),
    "taken back": ({"due_at": None}, [(march(1), march(10), OPEN), (march(5), None, OPEN)], [("10", "date_removed")]),
    "brought forward": (
        {"due_at": march(8), "closed_at": march(7)}, [(march(1), march(10), OPEN), (march(5), march(8), OPEN)],
        [("10", "brought_forward"), ("08", "met")],
    ),
    "a slip that was corrected the same day": (
        {"due_at": march(20), "closed_at": march(20)},
        [(march(2, 9), march(10), OPEN), (march(2, 10), march(20), OPEN)],
        [("20", "met")],
    ),
    "the same date told again and again": (
        {"due_at": march(10), "closed_at": march(10)}, [(march(nth), march(10), OPEN) for nth in range(1, 9)],
        [("10", "met")],
    ),
    "another hour of the same day": (
        {"due_at": march(10, 20), "closed_at": march(10)},
        [(march(1), march(10, 7), OPEN), (march(3), march(10, 20), OPEN)],
        [("10", "met")],
    ),
    "back to a date that it had": (
        {"due_at": march(10), "closed_at": march(9)},
        [(march(1), march(10), OPEN), (march(3), march(20), OPEN), (march(5), march(10), OPEN)],
        [("10", "date_moved"), ("20", "brought_forward"), ("10", "met")],
    ),
    "set to a day that was over": (
        {"due_at": march(4)}, [(march(1), march(20), OPEN), (march(10), march(4), OPEN)],
        [("20", "brought_forward"), ("04", "backdated")],
    ),
    "first heard of when it was overdue": ({"due_at": march(10)}, [(march(20), march(10), OPEN)], [("10", "missed")]),
    "edited after its end": (
        {"due_at": march(30), "closed_at": march(9)},
        [(march(1), march(10), OPEN), (march(9), march(10), CLOSED), (march(12), march(30), CLOSED)], [("10", "met")],
    ),
    "a release that wrote its day over the date": (
        {"due_at": march(18, 0), "closed_at": march(18, 0), "created_at": None},
        [(march(1), march(10), OPEN), (march(18), march(18, 0), CLOSED)], [("10", "missed")],
    ),
    "the same, and nobody heard of the date before": (
        {"due_at": march(18, 0), "closed_at": march(18, 0), "created_at": None},
        [(march(18), march(18, 0), CLOSED)], [("18", "date_overwritten")],
    ),
    "an end that only the telling dates": (
        {"due_at": march(10), "state": CLOSED}, [(march(1), march(10), OPEN), (march(9), march(10), CLOSED)],
        [("10", "met")],
    ),
    "an end that nothing dates": ({"due_at": march(10), "state": CLOSED}, [], [("10", "end_not_dated")]),
    "closed, reopened and late": (
        {"due_at": march(10)},
        [(march(1), march(10), OPEN), (march(8), march(10), CLOSED), (march(9), march(10), OPEN)], [("10", "missed")],
    ),
    "nothing known but its record": ({"due_at": march(10), "closed_at": march(2)}, [], [("10", "met")]),
    "never any date": ({"due_at": None, "closed_at": march(2)}, [(march(1), None, OPEN)], []),
    "deleted": ({"due_at": march(10), "deleted_at": march(2)}, [(march(1), march(10), OPEN)], []),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_each_date_is_judged_once(story: str) -> None:
    milestone, dates, wanted = STORIES[story]
    assert outcomes(built(milestone, dates)) == wanted
    assert outcomes(built(milestone, dates[::-1])) == wanted


@pytest.mark.parametrize(("item", "change", "came"), [
    ({"milestone": None}, {"at": march(8)}, "items_moved"),
    ({"milestone": f"{PAY}/milestone/2"}, {"at": march(8)}, "items_moved"),
    ({"milestone": None, "closed_at": march(12)}, {"at": march(8)}, "items_moved"),  # open when it left
    ({"milestone": M}, {"at": march(8)}, "met"),  # it came back
    ({"milestone": None, "closed_at": march(7)}, {"at": march(8)}, "met"),  # it was done already
    ({"milestone": None}, {"at": march(10)}, "met"),  # only tidied up after the end
])  # fmt: skip
def test_what_was_moved_out_in_time_is_less_than_was_promised(item: Row, change: Row, came: str) -> None:
    milestone = {"due_at": march(10), "closed_at": march(9)}
    assert outcomes(built(milestone, [(march(1), march(10), OPEN)], [{"item": item, "change": change}])) == [
        ("10", came)
    ]


def test_figures_and_their_parts() -> None:
    source = MemorySource()
    told = [
        (march(10), march(9), None), (march(10), None, None), (march(20), march(19), march(10)),
        (None, march(3), None), (datetime(2026, 4, 20, tzinfo=UTC), None, march(12)),
        (datetime(2026, 4, 20, tzinfo=UTC), None, None),
    ]  # fmt: skip
    for nth, (due, closed, before) in enumerate(told):
        one = f"{PAY}/milestone/{nth}"
        state = "closed" if closed else "open"
        source.put("milestones", {
            "id": one, "repository": PAY, "created_at": march(1), "due_at": due, "closed_at": closed, "state": state,
        })  # fmt: skip
        for at, day in ((march(1), before or due), (march(5), due)):
            source.put("milestone_dates", {
                "id": f"{one}/{at:%d}", "milestone": one, "at": at, "due_at": day, "state": "open",
            })  # fmt: skip
    warehouse = Warehouse(None, source, SETUP, FixedClock(WINDOW.end))
    warehouse.refresh()
    kept = figure(warehouse, "milestone_attainment", WINDOW)
    # met, missed, moved in time and then met, moved in time beyond the window; the last two are not due yet
    assert (kept.value, kept.n, kept.excluded) == (pytest.approx(4 / 5), 5, {"no_date": 1})
    parts = {name: figure(warehouse, name, WINDOW).value for name in ("milestones_met", "milestones_rescoped")}
    assert parts == {"milestones_met": pytest.approx(2 / 5), "milestones_rescoped": pytest.approx(2 / 5)}
    rows = warehouse.rows(kept.rows.query)
    assert sorted(row["outcome"] for row in rows) == ["met", "met", "missed", "rescoped", "rescoped"]


moves = st.lists(
    st.tuples(st.integers(0, 25 * 24), st.one_of(st.none(), st.integers(1, 27))), min_size=1, max_size=6,
    unique_by=lambda move: move[0],
)  # fmt: skip


@settings(max_examples=examples(15), deadline=None)
@given(told=moves, closed=st.one_of(st.none(), st.integers(0, 27 * 24)), early=st.integers(1, 24))
def test_a_date_that_is_over_never_changes_its_outcome(
    told: list[tuple[int, int | None]], closed: int | None, early: int
) -> None:
    """What is known on a day judges the dates before it as all that comes later does."""
    began = march(1, 0)
    moved = sorted((began + timedelta(hours=at), day and march(day)) for at, day in told)
    end = began + timedelta(hours=closed) if closed is not None else None
    until = march(early + 1, 0)

    def judged(before: datetime) -> dict[Any, Any]:
        dates = [(at, due, OPEN) for at, due in moved if at < before and (end is None or at < end)]
        shut = end if end and end < before else None
        source = built({"due_at": None, "closed_at": shut}, dates)
        rows = source.rows("select * from milestone_outcomes")
        return {
            (row["promise"], row["due_at"]): (row["missing"], row["outcome"])
            for row in rows
            if row["ends_at"].replace(tzinfo=UTC) <= until and row["moved_out"] == 0
        }

    # of a day only its last date counts, so that days are compared whole
    assert judged(until) == {key: came for key, came in judged(WINDOW.end).items() if key in judged(until)}
