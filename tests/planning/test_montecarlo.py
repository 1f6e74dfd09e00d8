"""Forecasts by drawing lots, against the exact distribution that they draw from."""

from __future__ import annotations

from collections import Counter
from math import isclose

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fairlead.planning.montecarlo import LEVELS, LONGEST_DAYS, TRIALS, Spans, first_day, how_long, how_many

pasts = st.lists(st.integers(0, 6), min_size=10, max_size=40)


def exact(daily: list[int], days: int) -> Counter[int]:
    """Chance of every sum of so many draws with replacement, by convolution."""
    chances: Counter[int] = Counter({0: 1.0})  # type: ignore[dict-item]
    for _ in range(days):
        added: Counter[int] = Counter()
        for total, chance in chances.items():
            for count in daily:
                added[total + count] += chance / len(daily)  # type: ignore[assignment]
        chances = added
    return chances


def chance_of(chances: Counter[int], items: int) -> float:
    return sum(chance for total, chance in chances.items() if total >= items)


@settings(max_examples=25, deadline=None)
@given(daily=pasts, days=st.integers(1, 8), items=st.integers(0, 20))
def test_counts_follow_the_distribution_that_they_are_drawn_from(daily: list[int], days: int, items: int) -> None:
    counts, chances = how_many(daily, days), exact(daily, days)
    # four standard deviations of a share of so many trials
    assert abs(counts.chance(items) - chance_of(chances, items)) < 4 * 0.5 / TRIALS**0.5
    for level in LEVELS:
        answer = counts.at_least(level)
        assert chance_of(chances, answer) > level - 0.02, "it promises no more than it may"
        assert chance_of(chances, answer + 1) < level + 0.02, "and no less than it could"


@settings(max_examples=25, deadline=None)
@given(daily=pasts, items=st.integers(1, 12))
def test_spans_say_the_same_as_counts(daily: list[int], items: int) -> None:
    assume(sum(daily) >= len(daily) / 2)
    spans = how_long(daily, items, trials=4_000)
    for level in LEVELS:
        days = spans.within(level)
        assert days is not None
        # done within so many days is the same event as so many items in so many days
        assert chance_of(exact(daily, days), items) > level - 0.04
        assert days == 1 or chance_of(exact(daily, days - 1), items) < level + 0.04


@given(daily=pasts, days=st.integers(0, 12), seed=st.integers(0, 9))
@settings(max_examples=20, deadline=None)
def test_the_same_past_and_seed_give_the_same_answer(daily: list[int], days: int, seed: int) -> None:
    once, again = (how_many(daily, days, trials=200, seed=seed) for _ in range(2))
    assert once == again
    assert [once.at_least(level) for level in LEVELS] == sorted(
        (once.at_least(level) for level in LEVELS), reverse=True
    )


def test_a_day_that_always_brings_two_brings_two() -> None:
    assert {how_many([2] * 10, 5).at_least(level) for level in LEVELS} == {10}
    assert {how_long([2] * 10, 7).within(level) for level in LEVELS} == {4}
    assert isclose(how_many([2] * 10, 5).chance(11), 0.0)


@pytest.mark.parametrize(("daily", "items"), [([0] * 20, 3), ([0] * 59 + [1], 1_000)])
def test_what_takes_longer_than_ten_years_has_no_date(daily: list[int], items: int) -> None:
    assert how_long(daily, items) == Spans((None,))
    assert how_long(daily, items).within(0.5) is None


def test_days_on_which_work_came_back_count_against() -> None:
    # an item opened again takes one away; on the whole nothing is gained, so nothing is promised
    assert how_many([1, -1], 20).at_least(0.85) < 0
    assert how_long([2, -1] * 10, 4).within(0.95) is not None
    assert (how_long([2, -1] * 10, 4).within(0.95) or 0) <= LONGEST_DAYS


def test_the_first_day_by_which_so_many_were_done() -> None:
    assert first_day([0, 2, 0, 1], 3) == 4
    assert first_day([0, 2], 3) is None


def test_nothing_to_do_takes_no_time_and_no_days_bring_nothing() -> None:
    assert how_long([1] * 10, 0).within(0.95) == 0
    assert how_many([1] * 10, 0).at_least(0.5) == 0


def test_far_dates_are_answered_within_bounds() -> None:
    counts = how_many([0, 1, 2] * 20, 2_500)
    assert 2_300 < counts.at_least(0.95) < counts.at_least(0.5) < 2_600
