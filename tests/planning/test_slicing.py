"""Slices of an epic: all of it once, in order, within the hours of each; what is too big is named."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fairlead.planning.slicing import Piece, Span, sliced

FIRST = date(2026, 11, 2)


def spans(count: int, hours: float, most: float) -> list[Span]:
    begins = [FIRST + timedelta(days=14 * at) for at in range(count)]
    return [Span(begin, begin + timedelta(days=11), hours, most) for begin in begins]


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 5), st.sets(st.integers(0, 11), max_size=3)), max_size=12),
    st.integers(1, 8),
)
def test_every_item_is_in_one_slice_behind_what_it_waits_for(
    said: list[tuple[int, int, set[int]]], count: int
) -> None:
    pieces = [
        Piece(f"T{at}", hours, value, tuple(f"T{one}" for one in sorted(after) if one < at))
        for at, (hours, value, after) in enumerate(said)
    ]
    found = sliced(pieces, spans(count, 60, 20))
    place = {task: one.number for one in found.slices for task in one.tasks}
    assert sorted([*place, *found.left]) == sorted(one.task for one in pieces)
    assert sum(len(one.tasks) for one in found.slices) == len(place)
    for one in pieces:
        if one.task in place:
            assert all(place.get(before, 99) <= place[one.task] for before in one.after)
    assert all(one.used <= one.hours + 1e-6 for one in found.slices)
    assert {one.task for one in found.too_big} == {one.task for one in pieces if one.hours > 20}
    assert all(one.parts >= 2 and one.hours / one.parts <= 10 for one in found.too_big)


def test_value_goes_first_and_takes_along_what_opens_its_way() -> None:
    pieces = [
        Piece("cheap", 30, 1.0),
        Piece("gate", 30, 1.0),
        Piece("prize", 30, 5.0, ("gate",)),
        Piece("huge", 70, 2.0),
    ]
    found = sliced(pieces, spans(6, 60, 40))
    assert [one.tasks for one in found.slices] == [["gate", "prize"], [], ["huge", "cheap"]]
    assert found.slices[1].under_way == ["huge"]
    assert [(one.task, one.parts) for one in found.too_big] == [("huge", 4)]


def test_without_hours_nothing_has_a_place() -> None:
    found = sliced([Piece("a", 5), Piece("b", 5, after=("a",))], spans(3, 0, 0))
    assert (found.slices, found.left, found.too_big) == ((), ("a", "b"), ())
