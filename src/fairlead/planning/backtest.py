"""How well forecasts held: each is made again at a past moment from what had been done by then, and compared.

An answer of 85 % should hold in about 85 of 100 forecasts: in fewer it promises too much, in more it hides time.
Forecasts of neighbouring days share most of what they draw from: a hundred of them prove less than a hundred would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fairlead.planning.montecarlo import LEVELS, first_day, how_long, how_many

LEAST_DAYS = 10
"""Working days that must be known before anything is forecast from them."""
TRIALS = 1_000
"""Of a replayed forecast: some dozens of them are made at once, and only whether they held is told."""
MOST_REPLAYS = 120
"""More would tell no more, and take seconds."""

Replay = tuple[Sequence[int], Sequence[int]]
"""What each working day had brought by a past moment, and what each one after it brought."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How often the answers of past moments held."""

    forecasts: int
    held: tuple[tuple[float, int], ...]
    """Level -> how many of the forecasts held."""
    open: int = 0
    """Forecasts that cannot be judged yet, since their dates are still to come."""

    def of(self, level: float) -> int:
        """How many answers of this level held."""
        return dict(self.held).get(level, 0)


def rolling(daily: Sequence[int], horizon: int, window: int) -> Iterator[Replay]:
    """Every past moment with days enough before it and the whole horizon after it."""
    for origin in _spread(range(LEAST_DAYS, len(daily) - horizon + 1)):
        yield daily[max(origin - window, 0) : origin], daily[origin : origin + horizon]


def open_ended(daily: Sequence[int], window: int) -> Iterator[Replay]:
    """Every past moment with days enough before it, and all that came after it."""
    for origin in _spread(range(LEAST_DAYS, len(daily))):
        yield daily[max(origin - window, 0) : origin], daily[origin:]


def within_sprints(sprints: Sequence[Sequence[int]], window: int) -> Iterator[Replay]:
    """Every working day of past sprints, forecast to the close from the sprints before and its own days so far."""
    found = []
    for number, own in enumerate(sprints):
        before = [count for sprint in sprints[:number] for count in sprint]
        for day in range(len(own)):
            known = [*before, *own[:day]][-window:]
            if len(known) >= LEAST_DAYS:
                found.append((known, own[day:]))
    yield from (found[index] for index in _spread(range(len(found))))


def judged_counts(replays: Iterable[Replay]) -> Calibration:
    """How often at least as many items came as each level promised."""
    held, forecasts = dict.fromkeys(LEVELS, 0), 0
    for known, came in replays:
        counts = how_many(known, len(came), trials=TRIALS)
        forecasts += 1
        for level in LEVELS:
            held[level] += sum(came) >= counts.at_least(level)
    return Calibration(forecasts, tuple(held.items()))


def judged_spans(replays: Iterable[Replay], items: int) -> Calibration:
    """How often so many items were done within the days that each level promised."""
    held, forecasts, undecided = dict.fromkeys(LEVELS, 0), 0, 0
    for known, came in replays:
        spans = how_long(known, items, trials=TRIALS)
        promised = {level: spans.within(level) for level in LEVELS}
        # By what was promised, and not by what came: judging what was quick at once and what is slow later would
        # make all answers look careful.
        if any(days is None or days > len(came) for days in promised.values()):
            undecided += 1
            continue
        took = first_day(came, items)
        forecasts += 1
        for level, days in promised.items():
            held[level] += took is not None and took <= (days or 0)
    return Calibration(forecasts, tuple(held.items()), undecided)


def _spread(moments: range) -> range:
    """Moments at even distances, no more than are worth their time; the latest one is always among them."""
    step = max(-(-len(moments) // MOST_REPLAYS), 1)
    return range(moments.start + (len(moments) - 1) % step, moments.stop, step) if moments else moments
