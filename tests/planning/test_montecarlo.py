"""Forecasts by drawing lots: what they say of pasts whose future is known, and what they never say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fairlead.planning.montecarlo import LEVELS, Spans, fan, first_day, how_long, how_many
from fairlead.planning.throughput import LONGEST_DAYS, Ahead, Load, Past

pasts = st.lists(st.integers(0, 6), min_size=20, max_size=80).map(lambda days: Past(tuple(days)))


def poisson(rate: float, days: int, seed: int = 1) -> list[int]:
    return [int(one) for one in np.random.default_rng(seed).poisson(rate, days)]


def steady(rate: float, days: int = 100, seed: int = 1) -> Past:
    """A team whose pace stays, by weekday from a Monday on."""
    return Past(tuple(poisson(rate, days, seed)), tuple(day % 5 for day in range(days)))


@settings(max_examples=25, deadline=None)
@given(past=pasts, days=st.integers(1, 30), seed=st.integers(0, 9))
def test_the_same_past_and_seed_give_the_same_answer(past: Past, days: int, seed: int) -> None:
    once, again = (how_many(past, days, trials=300, seed=seed) for _ in range(2))
    assert once == again
    said = [once.at_least(level) for level in LEVELS]
    assert said == sorted(said, reverse=True), "what is surer promises no more"


@settings(max_examples=20, deadline=None)
@given(past=pasts, items=st.integers(1, 30))
def test_spans_say_the_same_as_counts(past: Past, items: int) -> None:
    assume(sum(past.done) >= len(past.done) / 2)
    spans = how_long(past, items, trials=4_000)
    for level in LEVELS:
        days = spans.within(level)
        assert days is not None
        # done within so many days is the same event as so many items in so many days
        assert how_many(past, days, trials=4_000).chance(items) > level - 0.05
        assert days == 1 or how_many(past, days - 1, trials=4_000).chance(items) < level + 0.05


@settings(max_examples=15, deadline=None)
@given(past=pasts, days=st.integers(2, 20))
def test_a_fan_only_grows_and_ends_where_the_count_does(past: Past, days: int) -> None:
    drawn = fan(past, days, trials=500)
    assert len(drawn) == days
    assert drawn[-1] == how_many(past, days, trials=500)
    for level in LEVELS:
        assert all(one.at_least(level) <= later.at_least(level) for one, later in pairwise(drawn))


@settings(max_examples=15, deadline=None)
@given(past=pasts, items=st.integers(1, 20), more=st.integers(1, 20))
def test_more_to_do_never_ends_sooner(past: Past, items: int, more: int) -> None:
    few, many, grown = (
        how_long(past, load, trials=500) for load in (Load(items), Load(items + more), Load(items, extra=(more,)))
    )
    for level in LEVELS:
        ends = [LONGEST_DAYS + 1 if (days := one.within(level)) is None else days for one in (few, many, grown)]
        assert ends[0] <= ends[1] == ends[2]


def test_a_steady_team_goes_on_as_it_did() -> None:
    # one past may look like a trend by chance, eight do not
    medians, sure, spans = [], [], []
    for seed in range(8):
        past = steady(2.0, seed=seed)
        counts = how_many(past, 20, trials=2_000)
        medians.append(counts.at_least(0.5))
        sure.append(counts.at_least(0.95))
        spans.append(how_long(past, 40, trials=2_000).within(0.5) or 0)
    assert 36 <= sum(medians) / 8 <= 44
    assert 18 <= sum(spans) / 8 <= 23
    assert min(sure) > 12


def test_after_a_change_of_pace_only_the_days_since_count() -> None:
    quick, slow = poisson(4.0, 60, 2), poisson(1.0, 40, 3)
    counts = how_many(Past(tuple(quick + slow)), 20)
    assert 13 <= counts.at_least(0.5) <= 26, "one a day, and not the three of all days"
    assert how_many(Past(tuple(slow[::-1] + quick[::-1])), 20).at_least(0.5) > 60


def test_a_team_that_grows_goes_on_growing_for_a_while() -> None:
    lots = np.random.default_rng(4)
    growing = Past(tuple(int(one) for one in lots.poisson(2.0 * np.exp(np.arange(100) * 0.01))))
    average = sum(growing.done) / 100 * 20
    assert how_many(growing, 20).at_least(0.5) > 1.3 * average


def test_a_day_brings_what_its_weekday_does() -> None:
    # everything ends on Fridays
    fridays = Past(tuple(10 if day % 5 == 4 else 0 for day in range(100)), tuple(day % 5 for day in range(100)))
    ahead = Ahead(tuple(day % 5 for day in range(10)))
    drawn = fan(fridays, 10, ahead=ahead)
    assert drawn[3].at_least(0.05) == 0, "nothing by Thursday"
    assert drawn[4].at_least(0.5) in range(8, 13)
    assert how_long(fridays, 5, ahead=ahead).within(0.5) == 5


def test_days_with_half_the_team_bring_half() -> None:
    past = steady(4.0)
    whole = how_many(past, 10).at_least(0.5)
    half = how_many(past, 10, ahead=Ahead(capacity=(0.5,) * 10)).at_least(0.5)
    assert abs(half - whole / 2) <= 2
    # who was away then is back now: the past was slower than the team is
    away = Past(past.done, past.weekdays, (0.5,) * len(past.done))
    back = how_many(away, 10, ahead=Ahead(capacity=(1.0,) * 10)).at_least(0.5)
    assert abs(back - 2 * whole) <= 4


def test_clumps_stay_clumps() -> None:
    # the same rate, day by day and ten at once every ten days
    single, clumped = Past((1,) * 100), Past(tuple(10 if day % 10 == 9 else 0 for day in range(100)))
    narrow, wide = (one.at_least(0.5) - one.at_least(0.95) for one in (how_many(single, 20), how_many(clumped, 20)))
    assert wide > 1.5 * narrow


def test_of_what_a_team_does_only_a_part_goes_into_an_epic() -> None:
    past = steady(4.0)
    whole, part = how_long(past, Load(20)), how_long(past, Load(20, own=(30, 120)))
    assert 3 <= (part.within(0.5) or 0) / (whole.within(0.5) or 1) <= 5
    assert abs(how_many(past, 20, own=(30, 120)).at_least(0.5) - 20) <= 3


def test_what_was_begun_ends_no_sooner_than_items_of_its_age_did() -> None:
    spans = how_long(steady(4.0), Load(1, least_days=(7, 9)))
    assert spans.within(0.05) == 7
    assert spans.within(0.95) == 9


@pytest.mark.parametrize(("daily", "items"), [([0] * 20, 3), ([0] * 59 + [1], 1_000)])
def test_what_takes_longer_than_ten_years_has_no_date(daily: list[int], items: int) -> None:
    assert how_long(Past(tuple(daily)), items).within(0.5) is None


def test_days_on_which_work_came_back_count_against() -> None:
    # an item opened again takes one away; on the whole nothing is gained, so nothing is promised
    assert how_many(Past((1, -1) * 10), 20).at_least(0.85) <= 0
    assert (how_long(Past((2, -1) * 20), 4).within(0.95) or 0) <= LONGEST_DAYS


def test_the_first_day_by_which_so_many_were_done() -> None:
    assert first_day([0, 2, 0, 1], 3) == 4
    assert first_day([0, 2], 3) is None


def test_nothing_to_do_takes_no_time_and_no_days_bring_nothing() -> None:
    assert how_long(steady(1.0), 0) == Spans((0,))
    assert how_many(steady(1.0), 0).at_least(0.5) == 0
    assert fan(steady(1.0), 0) == ()


def test_far_dates_are_answered_within_bounds() -> None:
    counts = how_many(Past((0, 1, 2) * 20), 2_500)
    assert 1_000 < counts.at_least(0.95) < counts.at_least(0.5) < 3_500
