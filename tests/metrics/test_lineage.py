"""Lineage against plain sets, and the histories that incumbents get wrong."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from fairlead.metrics.lineage import Graph, Outcome, Step, trace

Parents = list[tuple[int, ...]]


def graph_of(parents: Parents, cut: dict[int, int] | None = None) -> Graph:
    return Graph(
        first=[known[0] if known else -1 for known in parents],
        more={commit: known[1:] for commit, known in enumerate(parents) if len(known) > 1},
        times=list(range(1, len(parents) + 1)),
        cut=cut or {},
    )


def ancestors(parents: Parents, heads: Sequence[int]) -> set[int]:
    found: set[int] = set()
    stack = list(heads)
    while stack:
        commit = stack.pop()
        if commit not in found:
            found.add(commit)
            stack.extend(parents[commit])
    return found


@st.composite
def histories(draw: st.DrawFn) -> tuple[Parents, list[int]]:
    size = draw(st.integers(2, 25))
    parents: Parents = [()]
    for commit in range(1, size):
        parents.append(tuple(draw(st.lists(st.integers(0, commit - 1), max_size=3, unique=True))))
    return parents, draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=8))


@given(histories())
def test_agrees_with_plain_sets(history: tuple[Parents, list[int]]) -> None:
    parents, heads = history
    outcome = Outcome()
    trace(graph_of(parents), [Step(number, (head,)) for number, head in enumerate(heads)], outcome)
    brought, lost = set(outcome.brought()), set(zip(outcome.lost_of, outcome.lost_commit, strict=True))
    firsts = dict(zip(outcome.first_commit, outcome.first_of, strict=False))
    seen: set[int] = set()
    for number, head in enumerate(heads):
        mine = ancestors(parents, [head])
        old = ancestors(parents, [heads[number - 1]]) if number else set()
        if number:
            assert {commit for of, commit in brought if of == number} == mine - old
            assert {commit for of, commit in lost if of == number} == old - mine
        else:
            assert {commit for of, commit in brought if of == 0} == {head}
        assert {commit for commit, of in firsts.items() if of == number} == mine - seen
        seen |= mine
    assert len(firsts) == len(outcome.first_commit)


def test_rollback_and_the_way_back_date_nothing_anew() -> None:
    outcome = Outcome()
    trace(graph_of([(), (0,), (1,), (2,)]), [Step(0, (1,)), Step(1, (3,)), Step(2, (1,)), Step(3, (3,))], outcome)
    assert [step[2] for step in outcome.steps] == ["first", "forward", "rollback", "forward"]
    assert dict(zip(outcome.first_commit, outcome.first_of, strict=False)) == {1: 0, 0: 0, 3: 1, 2: 1}


def test_a_parallel_branch_brings_and_loses() -> None:
    outcome = Outcome()
    trace(graph_of([(), (0,), (0,)]), [Step(0, (0,)), Step(1, (1,)), Step(2, (2,))], outcome)
    assert outcome.steps[2][2:5] == ("parallel", 1, 1)


def test_shallow_history_claims_only_what_it_can_prove() -> None:
    # Commit 0 is cut off; 1 is a branch of its own, as old as the cut; 2 merges both.
    graph = graph_of([(), (), (0, 1)], cut={0: 2})
    outcome = Outcome()
    trace(graph, [Step(0, (0,)), Step(1, (2,))], outcome)
    assert list(outcome.brought()) == [(0, 0), (1, 2)]
    assert outcome.steps[1][5] == 1


def test_a_deployed_hash_without_history_loses_nothing() -> None:
    graph = graph_of([(), (0,), ()], cut={2: 2**62})
    outcome = Outcome()
    trace(graph, [Step(0, (1,)), Step(1, (2,))], outcome)
    assert outcome.steps[1][2:5] == ("forward", 1, 0)


def test_given_commits_stand_in_for_a_graph() -> None:
    graph = graph_of([(), (), ()], cut={0: 2**62, 1: 2**62, 2: 2**62})
    outcome = Outcome()
    trace(graph, [Step(0, (0,), (0,)), Step(1, (2,), (1, 2))], outcome)
    assert sorted(outcome.brought()) == [(0, 0), (1, 1), (1, 2)]


def test_records_that_begin_before_the_first_success_prove_more() -> None:
    outcome = Outcome()
    trace(graph_of([(), (0,), (1,)]), [Step(0, (2,))], outcome, covered_from=2)
    assert sorted(
        commit for commit, sure in zip(outcome.first_commit, outcome.first_proven, strict=False) if sure
    ) == [1, 2]
