"""How quick a team is now, and how sure that is: a rate that stayed, one that changed on a day, or one with a trend.

Counts are taken as gamma-Poisson with the team's own spread. Each story about the past, "the same all along",
"changed on day t", "grows by so much a day", has a likelihood in closed form; together with what is usual for teams
before anything is seen they give the chance of each story. A forecast draws among them, so that a change of which the
past is not sure counts only as much as it is sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma, log

import numpy as np
from numpy.typing import NDArray

from fairlead.planning.throughput import Past

Reals = NDArray[np.float64]

LEAST_SINCE = 10
"""Days after a change that are needed to speak of one."""
_CHANGED, _TRENDS = 0.12, 0.8
"""How often a past of a few months has a change of pace, and how often some trend, before anything is seen of it.

These, the spread of trends, how they last in `trials` and the window of a forecast were chosen with
`benchmarks.calibration`.
"""
_SLOPES = tuple(step / 1000 for step in range(-15, 16) if step)
_USUAL_SLOPE = 0.010
"""Spread of trends: growth by so much a day, a half within eight weeks."""
_PRIOR_ITEMS = 1.0
_USUAL_SPREAD, _SPREAD_WEIGHT = 0.8, 3.0
_SPREADS = (0.3, 12.0)
_WEEK = 5


@dataclass(frozen=True, slots=True)
class Stories:
    """What may have happened, each with its chance and what it says of the rate of today."""

    chance: Reals
    begin: NDArray[np.int64]
    """First day that speaks for today."""
    slope: Reals
    """Growth per day as a logarithm."""
    shape: Reals
    scale: Reals
    """Of the gamma distribution of the rate of a day with everybody there."""
    usual: Reals
    """Rate that each story has seen, on the last day."""
    changed: float
    """Chance that the rate changed on some day."""
    since: int | None
    """Likeliest day of a change; `None` where none is likelier than not."""
    before: float = 0.0
    after: float = 0.0
    """Items a day before and after it."""
    spread: float = 1.0
    """Variance over mean of what days bring, in the long run."""


def stories(past: Past) -> Stories:
    """Every story of a past, with its chance."""
    done = np.maximum(np.asarray(past.done, dtype=np.float64), 0.0)
    there = np.asarray(past.capacity or (1.0,) * len(done), dtype=np.float64)
    there = np.maximum(there, 0.05)
    days, spread = len(done), _spread(done, there)
    prior = _PRIOR_ITEMS, _PRIOR_ITEMS * max(there.sum(), 1.0) / max(done.sum(), 1.0)
    age = np.arange(days) - (days - 1.0)
    begins = np.arange(LEAST_SINCE, days - LEAST_SINCE + 1, max(days // 60, 1))
    before_done, before_there = _sums(done, begins), _sums(there, begins)
    all_done, all_there = done.sum(), there.sum()
    same = _evidence(np.array([all_done]), np.array([all_there]), spread, prior)
    split = _evidence(before_done, before_there, spread, prior) + _evidence(
        all_done - before_done, all_there - before_there, spread, prior
    )
    slopes = np.array(_SLOPES)
    tilted = (there[None, :] * np.exp(slopes[:, None] * age[None, :])).sum(axis=1)
    sloped = _evidence(np.full(len(slopes), all_done), tilted, spread, prior) + slopes * (done * age).sum() / spread
    usual = np.exp(-0.5 * (slopes / _USUAL_SLOPE) ** 2)
    weight = np.concatenate([
        same + log(1 - _CHANGED - _TRENDS),
        split + log(_CHANGED / max(len(begins), 1)),
        sloped + np.log(usual / usual.sum()) + log(_TRENDS),
    ])  # fmt: skip
    chance = np.exp(weight - weight.max())
    chance /= chance.sum()
    items = np.concatenate([[all_done], all_done - before_done, np.full(len(slopes), all_done)])
    time = np.concatenate([[all_there], all_there - before_there, tilted])
    begin = np.concatenate([[0], begins, np.zeros(len(slopes))]).astype(np.int64)
    at = 1 + int(chance[1 : 1 + len(begins)].argmax()) if len(begins) else 0
    changed = float(chance[1 : 1 + len(begins)].sum())
    found = changed > 0.5
    return Stories(
        chance, begin, np.concatenate([np.zeros(1 + len(begins)), slopes]),
        prior[0] + items / spread, 1 / (prior[1] + time / spread), items / time, changed,
        int(begin[at]) if found else None,
        float(before_done[at - 1] / before_there[at - 1]) if found else 0.0,
        float((all_done - before_done[at - 1]) / (all_there - before_there[at - 1])) if found else 0.0, spread,
    )  # fmt: skip


def _sums(values: Reals, begins: NDArray[np.int64]) -> Reals:
    """Sum of all before each of these days."""
    return np.concatenate([[0.0], np.cumsum(values)])[begins]


def _evidence(items: Reals, time: Reals, spread: float, prior: tuple[float, float]) -> Reals:
    """Logarithm of the likelihood of counts with one rate, whatever that is; what all share is left out."""
    shape, rate = prior
    known = items / spread
    gammas = np.array([lgamma(shape + one) for one in known])
    return shape * log(rate) - lgamma(shape) + gammas - (shape + known) * np.log(rate + time / spread)


def _spread(done: Reals, there: Reals) -> float:
    """Variance over mean of weeks; of neighbours, as a slow change of pace is none of chance."""
    weeks = len(done) // _WEEK
    usual = _USUAL_SPREAD * _SPREAD_WEIGHT
    if weeks < 3 or not done.sum():
        return _USUAL_SPREAD
    cut = done[-weeks * _WEEK :].reshape(weeks, _WEEK).sum(axis=1)
    time = there[-weeks * _WEEK :].reshape(weeks, _WEEK).sum(axis=1) / _WEEK
    rate = cut / np.maximum(time, 0.2)
    varies = (np.diff(rate) ** 2).sum() / 2 / max(rate.mean(), 1e-9)
    return float(np.clip((varies + usual) / (weeks - 1 + _SPREAD_WEIGHT), *_SPREADS))
