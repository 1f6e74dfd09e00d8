"""Monte Carlo on daily throughput: each trial draws its days from the days that were, and adds up what they brought.

Days are working days, so that no weekend is a bad day. Days are drawn one by one and with replacement: a forecast
knows how much a day brings and how that varies, and no trend. Drawn from a seed: the same past gives the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from random import Random

LEVELS = (0.5, 0.85, 0.95)
"""How sure an answer is: the share of trials in which it held."""
TRIALS = 10_000
"""At 85 % the share itself is then known to within 0.7 of a per cent, 19 times of 20."""
SEED = 20_011
LONGEST_DAYS = 2_600
"""Ten years of working days: what takes longer has no answer worth a date."""
_MOST_DRAWS = 2_000_000
_EXACT = 1e-9
"""0.85 of 2,000 trials is 1,700 and not 1,700.0000000000002, which would be rounded up to one more."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the trials brought within so many days, the poorest trial first."""

    sorted: tuple[int, ...]

    def at_least(self, level: float) -> int:
        """The most items that this share of the trials reached."""
        return self.sorted[min(floor((1 - level) * len(self.sorted) + _EXACT), len(self.sorted) - 1)]

    def chance(self, items: int) -> float:
        """Share of the trials that brought so many items or more."""
        return sum(found >= items for found in self.sorted) / len(self.sorted)


@dataclass(frozen=True, slots=True)
class Spans:
    """How many working days the trials took, the quickest first; `None` where one took longer than any plan."""

    sorted: tuple[int | None, ...]

    def within(self, level: float) -> int | None:
        """The fewest days within which this share of the trials was through."""
        return self.sorted[max(ceil(level * len(self.sorted) - _EXACT) - 1, 0)]


def how_many(daily: Sequence[int], days: int, *, trials: int = TRIALS, seed: int = SEED) -> Counts:
    """What so many working days bring, drawn from what each past one brought."""
    if days <= 0:
        return Counts((0,))
    # A far date needs fewer trials: sums of many days vary little, and memory is bounded.
    trials = max(min(trials, _MOST_DRAWS // days), 1)
    drawn = Random(seed).choices(daily, k=days * trials)  # noqa: S311 - lots are drawn, no secret is made
    return Counts(tuple(sorted(sum(drawn[start : start + days]) for start in range(0, len(drawn), days))))


def how_long(daily: Sequence[int], items: int, *, trials: int = TRIALS, seed: int = SEED) -> Spans:
    """How many working days so many items take, drawn from what each past day brought."""
    if items <= 0:
        return Spans((0,))
    rate = sum(daily) / len(daily)
    # Nothing was ever finished, so nothing says when something will be.
    if rate <= 0 or items / rate > LONGEST_DAYS:
        return Spans((None,))
    lots = Random(seed)  # noqa: S311 - lots are drawn, no secret is made
    chunk = ceil(items / rate * 1.2) + 1
    trials = max(min(trials, _MOST_DRAWS // chunk), 1)
    spans = [_one(daily, items, lots, chunk) for _ in range(trials)]
    # those without an end come last, as the longest
    return Spans(tuple(sorted(spans, key=lambda span: (span is None, span or 0))))


def first_day(daily: Sequence[int], items: int) -> int | None:
    """After how many of these days so many items were done; `None` if they were not."""
    total = 0
    for day, found in enumerate(daily, start=1):
        total += found
        if total >= items:
            return day
    return None


def _one(daily: Sequence[int], items: int, lots: Random, chunk: int) -> int | None:
    """Working days of one trial."""
    days = total = 0
    while days < LONGEST_DAYS:
        # drawn in pieces: one call for a hundred days costs what ten single ones do
        for found in lots.choices(daily, k=chunk):
            days += 1
            total += found
            if total >= items:
                return days
    return None
