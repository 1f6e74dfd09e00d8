"""Forecasts made again at past moments: how often they held, and which cannot be judged."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.planning.backtest import (
    LEAST_DAYS,
    MOST_REPLAYS,
    Calibration,
    judged_counts,
    judged_spans,
    open_ended,
    rolling,
    within_sprints,
)
from fairlead.planning.montecarlo import LEVELS
from fairlead.planning.outlook import days_outlook, items_outlook, sprint_outlook
from fairlead.planning.throughput import Load, Past


def steady(days: int, seed: int = 1) -> Past:
    """A team whose days vary and whose pace does not."""
    return Past(tuple(Random(seed).choices([0, 0, 1, 1, 1, 2, 3], k=days)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_answers_of_a_steady_team_hold_about_as_often_as_they_say(seed: int) -> None:
    found = judged_counts(rolling(steady(400, seed), 10, 100))
    assert found.forecasts > 45
    assert found.apart > 20
    for level in LEVELS:
        low, high = found.likely(level)
        assert low - 0.1 < level < high + 0.1
    assert found.of(0.95) >= found.of(0.85) >= found.of(0.5)
    assert found.loss < found.average_loss, "three levels say more than one number"


def test_a_team_that_lost_half_its_hands_is_told_that_its_forecasts_did_not_hold() -> None:
    lots = Random(7)
    # every month another pace, which no past can tell
    daily = [lots.choice((0, 2, 12)) if day % 12 == 0 else -1 for day in range(240)]
    for day, count in enumerate(daily):
        daily[day] = daily[day - 1] if count < 0 else count
    found = days_outlook(Past(tuple(daily)), 12, least_done=5)
    assert found.calibration is not None
    assert found.calibration.of(0.95) < found.calibration.forecasts


def test_a_forecast_never_sees_what_came_after_it() -> None:
    past = Past(tuple(range(50)), tuple(day % 5 for day in range(50)), tuple(1 - day / 100 for day in range(50)))
    for replay in rolling(past, 5, 20):
        assert max(replay.known.done) < min(replay.came)
        assert replay.came == past.done[replay.came[0] : replay.came[0] + 5]
        assert replay.day == replay.came[0]
        assert len(replay.known.done) <= 20
        assert replay.ahead.weekdays == past.weekdays[replay.day : replay.day + 5]
        assert replay.known.capacity[-1] > replay.ahead.capacity[0]


def test_every_day_of_every_past_sprint_is_forecast_once_enough_is_known() -> None:
    sprints = [[1] * 8, [2] * 8, [3] * 8]
    replays = list(within_sprints(sprints, 60))
    assert [len(replay.came) for replay in replays] == [6, 5, 4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 1]
    assert all(len(replay.known.done) >= LEAST_DAYS for replay in replays)
    assert sum(replays[0].known.done) == 8 + 2 * 2
    assert [replay.day for replay in replays] == list(range(10, 24))


def test_more_moments_than_are_worth_their_time_are_spread() -> None:
    replays = list(open_ended(Past(tuple(range(1_000))), 60))
    assert MOST_REPLAYS / 2 < len(replays) <= MOST_REPLAYS
    assert len(replays[-1].came) == 1, "the latest moment is among them"


def test_forecasts_whose_dates_are_to_come_are_not_judged() -> None:
    found = judged_spans(open_ended(Past((1,) * 60), 60), 5)
    assert found.open >= 4, "with one a day five items take five days: the last moments have fewer after them"
    assert found.forecasts + found.open == 50
    assert found.of(0.95) == found.forecasts
    assert found.apart <= found.forecasts / 4, "neighbours share four of their five days"


@given(forecasts=st.integers(1, 60), apart=st.integers(1, 60), held=st.integers(0, 60), level=st.sampled_from(LEVELS))
def test_an_interval_holds_its_share_and_shrinks_with_more(
    forecasts: int, apart: int, held: int, level: float
) -> None:
    held, apart = min(held, forecasts), min(apart, forecasts)
    few, many = (Calibration(forecasts, ((level, held),), apart=seen).likely(level) for seen in (apart, apart * 4))
    assert -1e-9 <= few[0] <= held / forecasts + 1e-9
    assert held / forecasts - 1e-9 <= few[1] <= 1
    assert many[1] - many[0] < few[1] - few[0]


def test_too_little_past_gives_no_forecast() -> None:
    few = sprint_outlook([], [1] * 9, items=4, days=5, least_done=5)
    assert (few.basis.enough, few.counts, few.spans, few.calibration) == (False, None, None, None)
    assert few.warnings == ("too_little",)
    idle = days_outlook(Past((0,) * 30), 5, least_done=5)
    assert (idle.basis.enough, idle.basis.days, idle.basis.done) == (False, 30, 0)
    assert items_outlook(Past((0,) * 30 + (1,) * 4), 3, least_done=5).spans is None
    stopped = items_outlook(Past((1,) * 30 + (0,) * 40), 3, least_done=5, stopped=True)
    assert (stopped.spans, stopped.warnings) == (None, ("stopped",))


def test_a_past_that_supports_little_says_so() -> None:
    short = items_outlook(Past((1, 2, 0, 1) * 5), 10, least_done=5)
    assert short.warnings == ("short", "few_trials")
    # what holds always since there are only whole days is no reason to doubt it
    assert items_outlook(Past((2,) * 200), 4, least_done=5).warnings == ()


def test_a_change_of_pace_is_told_with_its_day() -> None:
    lots = Random(3)
    daily = [lots.choice((3, 4, 5)) for _ in range(60)] + [lots.choice((0, 1, 1, 2)) for _ in range(40)]
    regime = days_outlook(Past(tuple(daily)), 10, least_done=5).basis.regime
    assert regime is not None
    assert abs(regime.day - 60) <= 3
    assert regime.before > 3 > 1.6 > regime.after
    assert regime.chance > 0.9
    assert days_outlook(steady(100), 10, least_done=5).basis.regime is None


def test_an_epic_is_replayed_as_the_items_that_its_team_does_meanwhile() -> None:
    past = steady(260)
    part, whole = items_outlook(past, Load(5, own=(10, 40)), least_done=5), items_outlook(past, 20, least_done=5)
    assert part.calibration == whole.calibration


def test_an_outlook_as_plain_values() -> None:
    said = sprint_outlook([[1] * 10, [1] * 10], [1, 1], items=3, days=4, least_done=5).to_json()
    assert said["at_least"]["0.5"] in (3, 4, 5)
    assert said["within_working_days"]["0.85"] in (3, 4, 5)
    assert said["basis"] == {"working_days": 22, "done": 22, "enough": True}
    assert said["backtest"]["forecasts"] == 10
    assert said["method"] == "throughput/2"
