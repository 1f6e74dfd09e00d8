"""Times of a network against a plain reference; rounds are named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.planning import network
from fairlead.planning.network import CycleError, Edges, times

SIZES = st.integers(1, 30)


def _plain(durations: list[int], edges: list[tuple[int, int, int]], release: list[int]) -> list[int]:
    """Earliest starts by repeating every edge until nothing moves."""
    starts = list(release)
    for _ in durations:
        for before, after, lag in edges:
            starts[after] = max(starts[after], starts[before] + lag)
    return starts


@given(st.data())
def test_both_walks_agree_with_a_plain_reference(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    durations = data.draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
    release = data.draw(st.lists(st.integers(0, 20), min_size=size, max_size=size))
    pairs = data.draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1), st.integers(-2, 5))))
    edges = [(one, other, durations[one] + lag) for one, other, lag in pairs if one < other]
    found = times(np.array(durations), Edges.of(edges), release=np.array(release))
    assert found.earliest.tolist() == _plain(durations, edges, release)
    assert found.end == max(start + length for start, length in zip(found.earliest, durations, strict=True))
    assert (found.slack >= 0).all()
    assert (found.free <= found.slack).all()
    # what decides the end has no slack, and starting it later ends all of it later
    late = int(np.argmin(found.slack))
    release[late] = int(found.latest[late]) + 1
    assert times(np.array(durations), Edges.of(edges), release=np.array(release)).end > found.end
    for before, after, _ in edges:
        assert found.batch[before] < found.batch[after]


@given(st.data())
def test_narrow_and_wide_networks_are_walked_alike(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    durations = np.array(data.draw(st.lists(st.integers(0, 9), min_size=size, max_size=size)))
    pairs = data.draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1))))
    edges = Edges.of([(one, other, int(durations[one])) for one, other in pairs if one < other])
    wide = times(durations, edges)
    looked = network._LOOK
    try:
        # gives up on batches at once
        network._LOOK = -1
        narrow = times(durations, edges)
    finally:
        network._LOOK = looked
    for part in ("earliest", "latest", "free", "batch"):
        assert getattr(wide, part).tolist() == getattr(narrow, part).tolist()


def test_a_round_is_named_in_the_order_of_waiting() -> None:
    with pytest.raises(CycleError) as fault:
        times(np.ones(5, dtype=np.int64), Edges.of([(0, 1, 1), (1, 2, 1), (2, 3, 1), (3, 1, 1), (3, 4, 1)]))
    (tasks,) = fault.value.rounds
    assert sorted(tasks) == [1, 2, 3]
    assert all(
        (one, other) in {(1, 2), (2, 3), (3, 1)} for one, other in zip(tasks, (*tasks[1:], tasks[0]), strict=True)
    )


@given(st.data())
def test_of_all_tasks_that_wait_for_each_other_a_round_is_named(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    pairs = set(data.draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)))))
    behind = [{other for one, other in pairs if one == task} for task in range(size)]
    for middle in range(size):
        for reached in behind:
            reached |= behind[middle] if middle in reached else set()
    together = {frozenset(other for other in behind[task] if task in behind[other]) for task in range(size)}
    together.discard(frozenset())
    try:
        times(np.ones(size, dtype=np.int64), Edges.of([(*one, 1) for one in sorted(pairs)]))
    except CycleError as fault:
        rounds = fault.rounds
    else:
        rounds = ()
    for one in rounds:
        assert set(zip(one, (*one[1:], one[0]), strict=True)) <= pairs
    assert len({task for one in rounds for task in one}) == sum(map(len, rounds))
    assert {next(part for part in together if one[0] in part) for one in rounds} == together
