"""One history gives the same records, whether it came by webhook, by sync, in parts, or all of it mixed."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.connectors.github.histories import ACTS, PEOPLE, Team, reader_of, told_by, told_by_webhooks
from tests.examples import examples

from fairlead.connectors.kit.sync_suite import held

History = list[tuple[Any, str, int]]

# A history takes milliseconds to make and much longer to shrink: the failing record names itself.
QUICK = settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)

steps = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.integers(0, 11)), max_size=40)


def _history(history: History) -> Team:
    team = Team()
    for act, who, number in history:
        act(team, who, number)
    return team


@QUICK
@given(history=steps, seed=st.integers(0, 1000))
def test_any_mixture_in_any_order_agrees(history: History, seed: int) -> None:
    team = _history(history)
    reader = reader_of(team)
    live, synced = told_by_webhooks(team), told_by(reader.pages())
    wanted = held(live + synced)
    dice = random.Random(seed)
    mixed = live + synced + dice.sample(live, len(live) // 2)
    dice.shuffle(mixed)
    assert held(mixed) == wanted


@QUICK
@given(first=steps, second=steps)
def test_incremental_sync_is_a_whole_one(first: History, second: History) -> None:
    team = Team()
    for act, who, number in first:
        act(team, who, number)
    reader = reader_of(team)
    reader.now = team.fake.now
    in_parts = told_by(reader.pages())
    for act, who, number in second:
        act(team, who, number)
    reader.now = team.fake.now
    in_parts += told_by(reader.pages())
    at_once = told_by(reader_of(team).pages())
    one, other = held(in_parts), held(at_once)
    # What was there for a while, like a commit of a rewritten branch, only the parts have seen.
    assert {key: one.get(key) for key in other} == other
