"""Forecasts made again at past moments: how often they held, and which cannot be judged."""

from __future__ import annotations

from random import Random

import pytest

from fairlead.planning.backtest import (
    LEAST_DAYS,
    MOST_REPLAYS,
    judged_counts,
    judged_spans,
    open_ended,
    rolling,
    within_sprints,
)
from fairlead.planning.montecarlo import LEVELS
from fairlead.planning.outlook import days_outlook, items_outlook, sprint_outlook


def steady(days: int, seed: int = 1) -> list[int]:
    """A team whose days vary and whose pace does not."""
    return Random(seed).choices([0, 0, 1, 1, 1, 2, 3], k=days)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_answers_of_a_steady_team_hold_about_as_often_as_they_say(seed: int) -> None:
    found = judged_counts(rolling(steady(400, seed), 10, 60))
    assert found.forecasts > 90
    for level in LEVELS:
        # neighbouring forecasts share most of their days, so that the shares vary more than a coin's would
        assert abs(found.of(level) / found.forecasts - level) < 0.25
    assert found.of(0.95) >= found.of(0.85) >= found.of(0.5)


def test_a_team_that_lost_half_its_hands_is_told_that_its_forecasts_did_not_hold() -> None:
    slower = [4] * 60 + [1] * 30
    found = judged_counts(rolling(slower, 10, 60))
    assert found.of(0.85) < 0.7 * found.forecasts


def test_a_forecast_never_sees_what_came_after_it() -> None:
    daily = list(range(50))
    for known, came in rolling(daily, 5, 20):
        assert max(known) < min(came)
        assert came == daily[came[0] : came[0] + 5]
        assert len(known) <= 20


def test_every_day_of_every_past_sprint_is_forecast_once_enough_is_known() -> None:
    sprints = [[1] * 8, [2] * 8, [3] * 8]
    replays = list(within_sprints(sprints, 60))
    assert [len(came) for _, came in replays] == [6, 5, 4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 1]
    assert all(len(known) >= LEAST_DAYS for known, _ in replays)
    assert sum(replays[0][0]) == 8 + 2 * 2


def test_more_moments_than_are_worth_their_time_are_spread() -> None:
    replays = list(open_ended(list(range(1_000)), 60))
    assert MOST_REPLAYS / 2 < len(replays) <= MOST_REPLAYS
    assert len(replays[-1][1]) == 1, "the latest moment is among them"


def test_forecasts_whose_dates_are_to_come_are_not_judged() -> None:
    found = judged_spans(open_ended([1] * 30, 60), 5)
    # with one a day five items take five days: the last four moments have fewer after them
    assert (found.forecasts, found.open) == (16, 4)
    assert [found.of(level) for level in LEVELS] == [16, 16, 16]


def test_too_little_past_gives_no_forecast() -> None:
    few = sprint_outlook([], [1] * 9, items=4, days=5, least_done=5)
    assert (few.basis.enough, few.counts, few.spans, few.calibration) == (False, None, None, None)
    idle = days_outlook([0] * 30, 5, least_done=5)
    assert (idle.basis.enough, idle.basis.days, idle.basis.done) == (False, 30, 0)
    assert items_outlook([0] * 30 + [1] * 4, 3, least_done=5).spans is None


def test_an_outlook_as_plain_values() -> None:
    said = sprint_outlook([[1] * 10, [1] * 10], [1, 1], items=3, days=4, least_done=5).to_json()
    assert said["at_least"] == {"0.5": 4, "0.85": 4, "0.95": 4}
    assert said["within_working_days"] == {"0.5": 3, "0.85": 3, "0.95": 3}
    assert said["basis"] == {"working_days": 22, "done": 22, "enough": True}
    assert said["backtest"] == {"forecasts": 10, "held": {"0.5": 10, "0.85": 10, "0.95": 10}, "undecided": 0}
