"""What a past says of days to come: questions and answers of forecasts, without the numbers behind them.

Days are working days, so that no weekend is a bad day. Each trial takes one of the rates that the past speaks for
(`regime`) and draws stretches of days that were (`trials`). Drawn from a seed: the same past gives the same answer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from fairlead.planning.throughput import AS_BEFORE, LONGEST_DAYS, Ahead, Load, Past

LEVELS = (0.5, 0.85, 0.95)
"""How sure an answer is: the share of trials in which it held."""
TRIALS = 10_000
"""At 85 % the share itself is then known to within 0.7 of a per cent, 19 times of 20."""
SEED = 20_011
METHOD = "throughput/2"
"""Name and version of the way in which answers are made; another version makes other answers of the same past."""
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
        return _share(len(self.sorted) - bisect_left(self.sorted, items), len(self.sorted))


@dataclass(frozen=True, slots=True)
class Spans:
    """How many working days the trials took, the quickest first; `None` where one took longer than any plan."""

    sorted: tuple[int | None, ...]

    def within(self, level: float) -> int | None:
        """The fewest days within which this share of the trials was through."""
        return self.sorted[max(ceil(level * len(self.sorted) - _EXACT) - 1, 0)]

    def chance(self, days: int) -> float:
        """Share of the trials that were through within so many days."""
        return _share(sum(span is not None and span <= days for span in self.sorted), len(self.sorted))


def how_many(
    past: Past, days: int, *, ahead: Ahead = AS_BEFORE, own: tuple[int, int] | None = None,
    trials: int = TRIALS, seed: int = SEED,
) -> Counts:  # fmt: skip
    """What so many working days bring; of it a part, where `own` says how many lately were of how many."""
    if days <= 0:
        return Counts((0,))
    # late: numbers by the ten thousand take a library that other commands do without
    from fairlead.planning.trials import totals

    return Counts(tuple(totals(past, ahead, [days], own, trials, seed)[0]))


def fan(
    past: Past, days: int, *, ahead: Ahead = AS_BEFORE, own: tuple[int, int] | None = None,
    trials: int = TRIALS, seed: int = SEED,
) -> tuple[Counts, ...]:  # fmt: skip
    """What one working day brings, what two bring, and so on."""
    if days <= 0:
        return ()
    from fairlead.planning.trials import totals

    return tuple(Counts(tuple(one)) for one in totals(past, ahead, range(1, days + 1), own, trials, seed))


def how_long(
    past: Past, load: Load | int, *, ahead: Ahead = AS_BEFORE, trials: int = TRIALS, seed: int = SEED,
    most: int = LONGEST_DAYS,
) -> Spans:  # fmt: skip
    """How many working days so many items take; what takes longer than `most` is not looked into."""
    asked = Load(load) if isinstance(load, int) else load
    if asked.items <= 0:
        return Spans((0,))
    from fairlead.planning.trials import spans

    # those without an end come last, as the longest
    return Spans(
        tuple(found if found <= LONGEST_DAYS else None for found in spans(past, ahead, asked, trials, seed, most))
    )


def _share(held: int, trials: int) -> float:
    """Share of trials; where all of many or none held, short of certainty, which no number of trials can show."""
    edge = 0.5 / trials if trials > 1 else 0.0
    return min(max(held / trials, edge), 1 - edge)


def first_day(daily: Sequence[int], items: int) -> int | None:
    """After how many of these days so many items were done; `None` if they were not."""
    total = 0
    for day, found in enumerate(daily, start=1):
        total += found
        if total >= items:
            return day
    return None
