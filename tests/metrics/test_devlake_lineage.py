"""The difference of each deployment to the one before, on any history: forward, back, across branches, again."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from fairlead.metrics.devlake_lineage import differences


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[str, list[str]], list[dict[str, str]]]:
    """A graph whose commits have up to two earlier parents, and deployments of any of them."""
    count = draw(st.integers(1, 12))
    parents = {
        str(at): [str(one) for one in draw(st.lists(st.integers(0, at - 1), max_size=2, unique=True))] if at else []
        for at in range(count)
    }
    deployed = draw(st.lists(st.integers(0, count - 1), max_size=8))
    return parents, [{"sha": str(sha), "deployment": str(place)} for place, sha in enumerate(deployed)]


def everything(parents: dict[str, list[str]], head: str) -> set[str]:
    """A commit and all before it."""
    return {head}.union(*(everything(parents, parent) for parent in parents[head]))


@given(histories())
def test_each_has_what_it_has_and_the_one_before_has_not(
    history: tuple[dict[str, list[str]], list[dict[str, str]]],
) -> None:
    """By definition: the set of the one less the set of the other."""
    parents, chain = history
    expected = [
        (new, everything(parents, new["sha"]) - everything(parents, old["sha"]))
        for old, new in itertools.pairwise(chain)
    ]
    assert list(differences(parents, chain)) == expected
