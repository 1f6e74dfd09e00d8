"""Trials of days to come, ten thousand at once: stretches of past days, at the rate that each trial has drawn.

Stretches and not single days, so that clumps stay clumps, and each day from a past day of the same weekday where
there are enough. What a past day brought is scaled to the trial's rate and to how many people are there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from fairlead.planning.regime import Stories, stories
from fairlead.planning.throughput import LONGEST_DAYS, Ahead, Load, Past

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]

_MOST_DRAWS = 1_500_000
"""A far date needs fewer trials: sums of many days vary little, and an answer is wanted at once."""
_LEAST_TRIALS = 400
_STRETCH_DAYS = 5.0
"""Usual length of a stretch."""
_WEEKDAYS_FROM = 30
"""Days of a past from which its weekdays are told apart."""
_LASTING = 0.985
"""Share of a trend that is left of it with each day: none goes on for ever."""
_MOST_FACTOR = 8.0
_LEAST_SEEN = 3.0
_THROUGH = 0.97
"""Share of trials that must be through: what the slowest take is asked of nobody."""


def totals(
    past: Past, ahead: Ahead, days: Collection[int], own: tuple[int, int] | None, trials: int, seed: int
) -> list[list[int]]:
    """What the trials have brought by the end of each of these days, in order."""
    last = max(days)
    trials = _bounded(trials, last)
    wanted, found = set(days), []
    total = np.zeros(trials, dtype=np.int64)
    lots = np.random.default_rng(seed)
    share = _share(own, trials, lots)
    for day, brought in enumerate(_days(past, ahead, trials, lots), start=1):
        total += brought if share is None else _whole(brought * share, lots)
        if day in wanted:
            found.append(np.sort(total).tolist())
        if day >= last:
            break
    return found


def spans(past: Past, ahead: Ahead, load: Load, trials: int, seed: int, most: int = LONGEST_DAYS) -> list[int]:
    """How many days each trial took until all was done, in order; above the longest where it was not."""
    lots = np.random.default_rng(seed)
    rate = max(sum(past.done), 0) / len(past.done)
    part = load.own[0] / max(load.own[1], 1) if load.own else 1.0
    expected = load.items / (rate * part) if rate * part > 0 else LONGEST_DAYS + 1
    # nothing was ever finished, so nothing says when something will be
    if expected > 2 * most:
        return [LONGEST_DAYS + 1]
    trials = _bounded(trials, min(int(expected * 1.3) + 1, most))
    to_do = np.full(trials, load.items, dtype=np.int64)
    if load.extra:
        to_do = np.maximum(to_do + lots.choice(np.asarray(load.extra, dtype=np.int64), trials), 0)
    least = lots.choice(np.asarray(load.least_days or (0,), dtype=np.int64), trials)
    own = _share(load.own, trials, lots)
    took = np.full(trials, LONGEST_DAYS + 1, dtype=np.int64)
    total = np.zeros(trials, dtype=np.int64)
    for day, brought in enumerate(_days(past, ahead, trials, lots), start=1):
        total += brought if own is None else _whole(brought * own, lots)
        took[(total >= to_do) & (took > LONGEST_DAYS)] = day
        if day >= most or (took <= LONGEST_DAYS).mean() >= _THROUGH:
            break
    found: list[int] = np.sort(np.where(took <= LONGEST_DAYS, np.maximum(took, least), took)).tolist()
    return found


def _share(own: tuple[int, int] | None, trials: int, lots: np.random.Generator) -> Reals | None:
    """By trial which part of what is done counts; not known better than so many items tell."""
    return lots.beta(own[0] + 0.5, max(own[1] - own[0], 0) + 0.5, trials) if own else None


def _bounded(trials: int, days: int) -> int:
    return max(min(trials, _MOST_DRAWS // max(days, 1)), min(trials, _LEAST_TRIALS))


def _days(past: Past, ahead: Ahead, trials: int, lots: np.random.Generator) -> Iterator[Wholes]:
    """What each day to come brings in each trial, day after day without an end."""
    told = stories(past)
    length = len(past.done)
    done = np.asarray(past.done, dtype=np.float64)
    there = np.maximum(np.asarray(past.capacity or (1.0,) * length, dtype=np.float64), 0.05)
    weekdays = past.weekdays if length >= _WEEKDAYS_FROM else ()
    match = _same_weekday(weekdays)
    which = lots.choice(len(told.chance), trials, p=told.chance)
    begin, slope = told.begin[which], told.slope[which]
    rate = lots.gamma(told.shape[which], told.scale[which])
    table = _scales(told, done, there)
    # a story whose own days brought next to nothing draws from all days, at its own rate
    begin = np.where(_few(told, done)[which], 0, begin)
    usual_there = float(there.mean())
    at = begin + (lots.random(trials) * (length - begin)).astype(np.int64)
    flat = which * length
    trend = 0.0
    weekday = -1
    for day in range(LONGEST_DAYS):
        weekday = ahead.weekdays[day] if day < len(ahead.weekdays) else _next(weekday, weekdays)
        if day:
            jump = lots.random(trials) < 1 / _STRETCH_DAYS
            at = at + 1
            jump |= at >= length
            at = np.where(jump, begin + (lots.random(trials) * (length - begin)).astype(np.int64), at)
        if match is not None and 0 <= weekday < len(match):
            same = match[weekday][at]
            at = np.where(same >= begin, same, at)
        trend = trend * _LASTING + _LASTING
        present = ahead.capacity[day] if day < len(ahead.capacity) else usual_there
        factor = table.take(flat + at) * rate * present * np.exp(slope * trend)
        yield _whole(done[at] * factor, lots)


def _scales(told: Stories, done: Reals, there: Reals) -> Reals:
    """By story and past day: what one item of that day counts for at a rate of one a day with everybody there."""
    age = np.arange(len(done)) - (len(done) - 1.0)
    overall = max(done.sum() / there.sum(), 1e-9)
    usual = np.where(_few(told, done), overall, told.usual)
    expected = np.maximum(usual, 1e-9)[:, None] * np.exp(told.slope[:, None] * age[None, :]) * there[None, :]
    # a day on which hardly anybody was there says little of a full one
    return 1 / np.maximum(expected, usual[:, None] / _MOST_FACTOR)


def _few(told: Stories, done: Reals) -> NDArray[np.bool_]:
    """Stories whose own days have brought too little to be drawn from."""
    seen = np.concatenate([np.cumsum(done[::-1])[::-1], [0.0]])[told.begin]
    return np.asarray(seen < _LEAST_SEEN)


def _whole(values: Reals, lots: np.random.Generator) -> Wholes:
    """Rounded up as often as the rest says, so that sums are neither too large nor too small."""
    return np.floor(values + lots.random(values.shape)).astype(np.int64)


def _next(weekday: int, weekdays: tuple[int, ...]) -> int:
    """The weekday after one, of those that are worked on."""
    known = sorted(set(weekdays))
    return next((one for one in known if one > weekday), known[0]) if known and weekday >= 0 else -1


def _same_weekday(weekdays: tuple[int, ...]) -> Wholes | None:
    """By weekday and past day: the last day until then that was this weekday, -1 where there was none."""
    if not weekdays:
        return None
    days = np.asarray(weekdays)
    index = np.arange(len(days))
    return np.stack([np.maximum.accumulate(np.where(days == one, index, -1)) for one in range(7)])
