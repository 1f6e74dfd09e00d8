"""One history gives the same records, whether it came by webhook, by GraphQL, by REST, or by all of them mixed."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.connectors.github.histories import ACTS, PEOPLE, Reader, Records, Team, records, told_by, told_by_webhooks

# What only one of the ways can tell, by GitHub's own documentation; docs/connectors/github.md lists it for users.
ONLY_BY_API = {"change_commits", "change_files", "code_owners"}
ONLY_BY_WEBHOOK = {"commit_files", "accounts"}
FIELDS_ONE_WAY = {
    ("commits", "branch"), ("commits", "committed_at"), ("commits", "created_at"),
    ("commits", "parents"), ("releases", "published_at"), ("releases", "deleted_at"),
    ("changes", "mergeable"), ("change_events", "updated_at"), ("builds", "actor"), ("change_events", "detail"),
}  # fmt: skip

History = list[tuple[Any, str, int]]

# A history takes milliseconds to make and much longer to shrink: the failing record names itself.
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)

steps = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.integers(0, 11)), max_size=40)


def _comparable(found: Records) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        key: {name: value for name, value in values.items() if (key[0], name) not in FIELDS_ONE_WAY}
        for key, values in found.items()
        if key[0] not in ONLY_BY_API | ONLY_BY_WEBHOOK
    }


def _is_check(identity: str) -> bool:
    return "/check/" in identity or "/status/" in identity


def _history(history: History) -> Team:
    team = Team()
    for act, who, number in history:
        act(team, who, number)
    return team


@QUICK
@given(history=steps)
@pytest.mark.parametrize("way", ["graphql", "rest"])
def test_webhooks_and_sync_agree(way: str, history: History) -> None:
    team = _history(history)
    reader = Reader.of(team)
    if way == "rest":
        reader.desk.faults.add("404", "/graphql", times=-1)
    live, synced = told_by_webhooks(team), told_by(reader.pages())
    assert not reader.left_out
    one, other = _comparable(records(live)), _comparable(records(synced))
    # A sync asks for the checks of the present head only.
    one = {key: values for key, values in one.items() if key in other or not _is_check(key[1])}
    assert set(one) == set(other)
    for key, values in one.items():
        assert values == other[key], key


@QUICK
@given(history=steps, seed=st.integers(0, 1000))
def test_any_mixture_in_any_order_agrees(history: History, seed: int) -> None:
    team = _history(history)
    reader = Reader.of(team)
    live, synced = told_by_webhooks(team), told_by(reader.pages())
    wanted = records(live + synced)
    dice = random.Random(seed)
    mixed = live + synced + dice.sample(live, len(live) // 2)
    dice.shuffle(mixed)
    assert records(mixed) == wanted


@QUICK
@given(first=steps, second=steps)
def test_incremental_sync_is_a_whole_one(first: History, second: History) -> None:
    team = Team()
    for act, who, number in first:
        act(team, who, number)
    reader = Reader.of(team)
    reader.now = team.fake.now
    in_parts = told_by(reader.pages())
    for act, who, number in second:
        act(team, who, number)
    reader.now = team.fake.now
    in_parts += told_by(reader.pages())
    at_once = told_by(Reader.of(team).pages())
    one, other = records(in_parts), records(at_once)
    # What was there for a while, like a commit of a rewritten branch, only the parts have seen.
    assert {key: one.get(key) for key in other} == other
