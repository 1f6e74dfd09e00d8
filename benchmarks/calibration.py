"""Whether forecasts hold as often as they say, on histories that are generated and so have a known future.

Each world is one way in which teams work. Of each history the forecast sees the days before a moment; what came after
it judges. Beside ours stand a single average and a plain bootstrap of the last 60 days, day by day.

    .venv/bin/python -m benchmarks.calibration
    .venv/bin/python -m benchmarks.calibration --histories 400
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fairlead.planning.history import DRAWN_DAYS
from fairlead.planning.montecarlo import LEVELS, first_day, how_long, how_many
from fairlead.planning.throughput import Ahead, Past

Lots = np.random.Generator
Reals = NDArray[np.float64]

BEFORE, AFTER = 260, 400
"""Working days of a history: a year that is known, and what then came."""
HORIZONS = (10, 30)
"""Working days ahead; and how many items are asked for: what the team did in as many days lately."""
TRIALS = 2_000
SIMPLE_DAYS = 60


@dataclass(frozen=True)
class World:
    """Chance of each day: expected items, how many of the people are there, and how items clump."""

    rate: Reals
    there: Reals
    clump: float = 1.0
    """Mean size of a clump; 1 is one item at a time."""


def stationary(lots: Lots) -> World:
    """The same pace all along."""
    return World(_flat(lots), _all())


def bursts(lots: Lots) -> World:
    """Items come in clumps: releases, sprint ends, days of tidying up."""
    return World(_flat(lots), _all(), clump=float(lots.uniform(2, 4)))


def growing(lots: Lots) -> World:
    """A team that becomes quicker: by a half in half a year, then more slowly."""
    return World(_flat(lots) * _trend(float(lots.uniform(0.002, 0.005))), _all())


def slowing(lots: Lots) -> World:
    """A team that becomes slower."""
    return World(_flat(lots) * _trend(-float(lots.uniform(0.002, 0.005))), _all())


def absences(lots: Lots) -> World:
    """People are away for a week or three, some of it still to come and known."""
    there = _all()
    for _ in range(12):
        first = int(lots.integers(0, BEFORE + 60))
        there[first : first + int(lots.integers(5, 16))] -= float(lots.uniform(0.15, 0.4))
    # a long one that is planned: summer
    there[BEFORE + 2 : BEFORE + 2 + int(lots.integers(5, 21))] -= float(lots.uniform(0.2, 0.5))
    return World(_flat(lots), np.clip(there, 0.1, 1.0))


def changed(lots: Lots) -> World:
    """People came or left between a week and five months ago: another pace from then on."""
    rate = _flat(lots)
    factor = float(lots.choice([0.4, 0.5, 0.6, 1.6, 2.0, 2.5]))
    rate[BEFORE - int(lots.integers(5, 100)) :] *= factor
    return World(rate, _all())


def weekly(lots: Lots) -> World:
    """Little on Mondays, much before the weekend."""
    days = np.arange(BEFORE + AFTER) % 5
    return World(_flat(lots) * np.array([0.3, 0.8, 1.0, 1.2, 1.7])[days], _all())


def wandering(lots: Lots) -> World:
    """No two months are alike: the pace wanders about its mean."""
    steps = lots.normal(0, 0.06, BEFORE + AFTER)
    log_rate = np.zeros(BEFORE + AFTER)
    for day in range(1, BEFORE + AFTER):
        log_rate[day] = 0.98 * log_rate[day - 1] + steps[day]
    return World(_flat(lots) * np.exp(log_rate), _all())


WORLDS: Mapping[str, Callable[[Lots], World]] = {
    "stationary": stationary, "bursts": bursts, "trend up": growing, "trend down": slowing,
    "absences": absences, "change of team": changed, "weekly rhythm": weekly, "wandering pace": wandering,
}  # fmt: skip


def _flat(lots: Lots) -> Reals:
    return np.full(BEFORE + AFTER, float(lots.choice([0.4, 0.8, 1.5, 3.0])))


def _all() -> Reals:
    return np.ones(BEFORE + AFTER)


def _trend(slope: float) -> Reals:
    # as steep as told in the half year before the moment, and levelling off within three months of it
    days = np.clip(np.arange(BEFORE + AFTER) - BEFORE, -130, None)
    ahead = 60 * (1 - np.exp(-np.maximum(days, 0) / 60))
    return np.asarray(np.exp(slope * np.where(days < 0, days, ahead)))


def drawn(world: World, lots: Lots) -> NDArray[np.int64]:
    """What each day of a world brought."""
    expected = world.rate * world.there
    if world.clump <= 1:
        return lots.poisson(expected)
    clumps = lots.poisson(expected / world.clump)
    # every clump has at least one, and one more with the same chance each time
    return np.array([int(lots.geometric(1 / world.clump, one).sum()) if one else 0 for one in clumps])


@dataclass
class Score:
    """Answers of one way of forecasting in one world."""

    held: dict[float, list[bool]] = field(default_factory=lambda: {level: [] for level in LEVELS})
    width: list[float] = field(default_factory=list)
    """What the 85 % answer costs: days beyond what it took, or items below what came, as a share."""
    loss: list[float] = field(default_factory=list)
    """Pinball loss over the levels, as a share of what came."""

    def judge(self, said: Sequence[float], came: float, *, most: bool) -> None:
        """Answers by level; `most` where they promise no more than so many days, else at least so many items."""
        scale = max(came, 1.0)
        losses = []
        for level, answer in zip(LEVELS, said, strict=True):
            over = (answer - came) if most else (came - answer)
            self.held[level].append(over >= 0)
            losses.append((1 - level) * over if over >= 0 else -level * over)
        self.loss.append(sum(losses) / len(losses) / scale)
        self.width.append(abs(said[1] - said[0]) / scale)


@dataclass
class Case:
    """A history cut at a moment."""

    past: Past
    ahead: Ahead
    came: list[int]


def case(make: Callable[[Lots], World], lots: Lots) -> Case:
    """One history of a world."""
    world = make(lots)
    done = drawn(world, lots).tolist()
    weekdays = tuple(day % 5 for day in range(BEFORE + AFTER))
    there = tuple(float(one) for one in world.there)
    known = Past(tuple(done[:BEFORE]), weekdays[:BEFORE], there[:BEFORE])
    return Case(known.last(DRAWN_DAYS), Ahead(weekdays[BEFORE:], there[BEFORE:]), done[BEFORE:])


def ours(one: Case, items: int, days: int, seed: int) -> tuple[list[float], list[float]]:
    """What this project says: days by level, and items by level."""
    spans = how_long(one.past, items, ahead=one.ahead, trials=TRIALS, seed=seed)
    counts = how_many(one.past, days, ahead=one.ahead, trials=TRIALS, seed=seed)
    return [float(spans.within(level) or 10_000) for level in LEVELS], [float(counts.at_least(one)) for one in LEVELS]


def average(one: Case, items: int, days: int, seed: int) -> tuple[list[float], list[float]]:
    """A single average of the last 60 days: the same answer at every level."""
    del seed
    rate = sum(one.past.done[-SIMPLE_DAYS:]) / SIMPLE_DAYS
    return [float(np.ceil(items / rate)) if rate else 10_000.0] * 3, [float(np.floor(rate * days))] * 3


def plain(one: Case, items: int, days: int, seed: int) -> tuple[list[float], list[float]]:
    """Single days of the last 60 drawn with replacement, as most tools do."""
    lots = np.random.default_rng(seed)
    daily = np.asarray(one.past.done[-SIMPLE_DAYS:])
    rate = daily.mean()
    if not rate:
        return [10_000.0] * 3, [0.0] * 3
    sums = lots.choice(daily, (TRIALS, int(items / rate * 3) + 20)).cumsum(axis=1)
    took = np.sort((sums < items).sum(axis=1) + 1)
    brought = np.sort(lots.choice(daily, (TRIALS, days)).sum(axis=1))
    return (
        [float(took[int(np.ceil(level * TRIALS)) - 1]) for level in LEVELS],
        [float(brought[int(np.floor((1 - level) * TRIALS))]) for level in LEVELS],
    )


WAYS = {"ours": ours, "average": average, "plain": plain}


def measure(name: str, histories: int) -> dict[str, dict[str, Score]]:
    """Scores of every way in a world, of dates and of counts."""
    lots = np.random.default_rng([7, list(WORLDS).index(name)])
    scores = {way: {"when": Score(), "how many": Score()} for way in WAYS}
    for number in range(histories):
        one = case(WORLDS[name], lots)
        for days in HORIZONS:
            items = max(round(sum(one.past.done[-SIMPLE_DAYS:]) / SIMPLE_DAYS * days), 1)
            took, brought = first_day(one.came, items), sum(one.came[:days])
            for way, asked in WAYS.items():
                ends, counts = asked(one, items, days, number)
                scores[way]["when"].judge(ends, float(took or 10_000), most=True)
                scores[way]["how many"].judge(counts, float(brought), most=False)
    return scores


def main() -> None:
    """Prints the table."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("--histories", type=int, default=150, help="of each world")
    asked = reader.parse_args()
    started = time.perf_counter()
    print(f"{asked.histories} histories of each world, {len(HORIZONS)} horizons each; share that held, in %")
    print(f"{'':31}|{'ours':^31}|{'single average':^31}|{'plain bootstrap':^31}")
    cells = "".join(f"{text:>6}" for text in ("50", "85", "95")) + f"{'width':>6}{'loss':>7}"
    print(f"{'world':<20}{'question':<11}|{cells}|{cells}|{cells}")
    for name in WORLDS:
        scores = measure(name, asked.histories)
        for question in ("when", "how many"):
            row = f"{name:<20}{question:<11}"
            for way in WAYS:
                one = scores[way][question]
                row += "|" + "".join(f"{100 * float(np.mean(one.held[level])):>6.0f}" for level in LEVELS)
                row += f"{100 * float(np.median(one.width)):>6.0f}{100 * float(np.mean(one.loss)):>7.1f}"
            print(row)
    print("width: 85 % answer against 50 %, loss: pinball, both in % of what came")
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
