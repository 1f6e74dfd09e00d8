"""Random histories of items in sprints, as records and as the oracle of the ledger reads them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from tests.metrics.sprint_oracle import History

START = datetime(2026, 3, 2, 8)  # noqa: DTZ001 - the warehouse holds clock readings of UTC
CATEGORIES = ("todo", "in_progress", "done", "canceled")
SPRINTS = ("jira:sprint/8", "jira:sprint/9", "jira:sprint/10")

Row = tuple[str, dict[str, Any]]


def at(hours: int) -> datetime:
    """So many hours after a Monday morning."""
    return START + timedelta(hours=hours)


def sprint_row(number: int, start: int, close: int, state: str) -> dict[str, Any]:
    """A sprint; one that was opened again still says when it had been closed."""
    return {
        "id": SPRINTS[number], "name": f"Sprint {number}", "state": state, "project": "P", "source": "jira",
        "start_at": at(start), "end_at": at(close), "completed_at": at(close),
    }  # fmt: skip


sprint_rows = st.tuples(*(
    st.builds(sprint_row, st.just(number), st.integers(0, 20), st.integers(21, 45), st.sampled_from(["closed", "closed", "active"]))  # noqa: E501
    for number in range(3)
))  # fmt: skip
moments = st.lists(st.integers(1, 50), unique=True, max_size=5).map(sorted)


@st.composite
def histories(draw: st.DrawFn, number: int = 1) -> History:
    """One item that goes in and out of sprints, is estimated anew, and ends and comes back."""
    item = f"jira:P-{number}"
    history = History(item, at(draw(st.integers(-5, 0))))
    history.first_sprints = frozenset(draw(st.sets(st.sampled_from(SPRINTS), max_size=2)))
    history.first_points = draw(st.sampled_from([None, 1.0, 5.0]))
    for index, hour in enumerate(draw(moments)):
        after = frozenset(draw(st.sets(st.sampled_from(SPRINTS), max_size=3)))
        history.sprints.append((at(hour), f"{item}/sprint/{index}", after))
    for index, hour in enumerate(draw(moments)):
        history.points.append((at(hour), f"{item}/points/{index}", draw(st.sampled_from([None, 1.0, 2.0, 5.0]))))
    if not history.sprints:
        # The record of an item has room for one; without a change nothing tells of others.
        history.first_sprints = frozenset(sorted(history.first_sprints)[:1])
    if draw(st.integers(0, 3)) == 0:
        history.deleted_at = at(draw(st.integers(-5, 55)))
    before = "todo"
    for index, hour in enumerate(draw(moments)):
        before = draw(st.sampled_from([each for each in CATEGORIES if each != before]))
        history.statuses.append((at(hour), f"{item}/transition/{index}", before))
    return history


def rows(history: History) -> list[Row]:
    """The records that a tracker gives of it."""
    item = history.item
    found: list[Row] = []
    held, points, category = history.first_sprints, history.first_points, "todo"
    for moment, event, after in history.sprints:
        found.append(("work_item_changes", {
            "id": event, "work_item": item, "at": moment, "field": "sprint",
            "from_value": ",".join(sorted(held)) or None, "to_value": ", ".join(sorted(after)),
        }))  # fmt: skip
        held = after
    for moment, event, estimate in history.points:
        found.append(("work_item_changes", {
            "id": event, "work_item": item, "at": moment, "field": "points",
            "from_value": None if points is None else f"{points:g}",
            "to_value": None if estimate is None else f"{estimate:g}",
        }))  # fmt: skip
        points = estimate
    for moment, event, to in history.statuses:
        found.append(("work_item_transitions", {
            "id": event, "work_item": item, "at": moment, "from_status": category.upper(), "to_status": to.upper(),
            "from_category": category, "to_category": to,
        }))  # fmt: skip
        category = to
    return [("work_items", {
        "id": item, "created_at": history.created_at, "status": category.upper(), "status_category": category,
        "points": points, "sprint": max(held, default=None), "project": "P", "source": "jira",
        "closed_at": history.statuses[-1][0] if category in ("done", "canceled") else None,
        "deleted_at": history.deleted_at,
    }), *found]  # fmt: skip
