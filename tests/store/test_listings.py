"""Listings: what several sweeps of one scope know together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from fairlead.store.listings import Listing, join

START = datetime(2026, 3, 2, 9, tzinfo=UTC)

sweeps = st.builds(
    lambda hours, ids: Listing(START + timedelta(hours=hours), ids, (START + timedelta(hours=hours),)),
    st.integers(0, 5),
    st.frozensets(st.sampled_from(["s:a#1", "s:a#2", "s:a#3"])),
)


@given(st.lists(sweeps, min_size=1, max_size=8), st.data())
def test_sweeps_may_be_heard_of_in_any_order_and_twice(heard: list[Listing], data: st.DataObject) -> None:
    """Also in two heaps that meet late, as the listings of two names of one repository do."""
    shuffled = data.draw(st.permutations(heard))
    cut = data.draw(st.integers(0, len(shuffled)))
    heaps = [heap for heap in (shuffled[:cut], shuffled[cut:] + heard[:1]) if heap]
    assert reduce(join, [reduce(join, heap) for heap in heaps]) == reduce(join, heard)


@given(st.lists(sweeps, min_size=1, max_size=8))
def test_a_row_was_missed_first_after_it_was_listed_last(heard: list[Listing]) -> None:
    """Whatever later sweeps missed it too."""
    joined = reduce(join, heard)
    listed = {found: max(one.at for one in heard if found in one.ids) for one in heard for found in one.ids}
    assert joined.ids == {found for found, at in listed.items() if at == joined.at}
    assert joined.gone == {
        found: min(one.at for one in heard if one.at > at) for found, at in listed.items() if at < joined.at
    }
