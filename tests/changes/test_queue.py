"""The order of open changes: what comes first, that reasons add up, that order of input is nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fairlead.changes.queue import OpenChange, in_queue

START = datetime(2026, 11, 2, tzinfo=UTC)
HOUR = 3600.0


def change(number: int, **more: Any) -> OpenChange:
    said: dict[str, Any] = {
        "id": f"c{number}", "opened_at": START + timedelta(hours=number),
        "turn": "reviewer", "why": "review_requested", "waited_s": 0.0, "usual_s": 8 * HOUR, "lines": 500,
    }  # fmt: skip
    return OpenChange(**(said | more))


def order(*changes: OpenChange) -> list[str]:
    return [placed.change for placed in in_queue(changes)]


def test_what_repairs_production_comes_first() -> None:
    assert order(
        change(1, waited_s=80 * HOUR, blocks=2),
        change(2, hotfix=True, incident="incident:9", turn="author", why="approved"),
        change(3, hotfix=True),
        change(4, why="draft", turn="author", waited_s=900 * HOUR),
        change(5),
    ) == ["c2", "c1", "c3", "c5", "c4"]


def test_small_before_large_and_older_before_newer() -> None:
    assert order(change(1, lines=400), change(2, lines=10), change(3, lines=10)) == ["c2", "c3", "c1"]


def test_reasons_are_named_with_their_numbers() -> None:
    (placed,) = in_queue([change(1, waited_s=16 * HOUR, blocks=1, lines=0)])
    assert [(part.key, part.points, part.value) for part in placed.parts] == [
        ("waiting", 40, 16 * HOUR), ("blocks", 15, 1), ("small", 10, 0),
    ]  # fmt: skip


changes = st.lists(
    st.builds(
        change,
        st.integers(0, 30),
        waited_s=st.floats(0, 1e6),
        lines=st.none() | st.integers(0, 5000),
        blocks=st.integers(0, 9),
        hotfix=st.booleans(),
        why=st.sampled_from(["review_requested", "approved", "conflict", "checks_failed", "draft"]),
        turn=st.sampled_from(["reviewer", "author", "ci"]),
    ),
    unique_by=lambda found: found.id,
)


@given(changes, st.randoms(use_true_random=False))
def test_reasons_add_up_and_order_of_input_is_nothing(found: list[OpenChange], chance: Any) -> None:
    placed = in_queue(found)
    assert [entry.place for entry in placed] == list(range(1, len(found) + 1))
    assert all(sum(part.points for part in entry.parts) == entry.points for entry in placed)
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert in_queue(shuffled) == placed
