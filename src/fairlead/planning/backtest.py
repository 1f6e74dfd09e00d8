"""How well forecasts held: each is made again at a past moment from what had been done by then, and compared.

An answer of 85 % should hold in about 85 of 100 forecasts: in fewer it promises too much, in more it hides time.
Forecasts of neighbouring days share most of their future: how many stand on days of their own is told as well, and by
that it is judged whether a share is chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt

from fairlead.planning.montecarlo import LEVELS, first_day, how_long, how_many
from fairlead.planning.throughput import AS_BEFORE, Ahead, Past

LEAST_DAYS = 10
"""Working days that must be known before anything is forecast from them."""
TRIALS = 500
"""Of a replayed forecast: some dozens of them are made at once, and only whether they held is told."""
MOST_REPLAYS = 60
"""More would tell no more, and take seconds."""
LEAST_APART = 5
"""Forecasts with days of their own below which a share says nothing."""
_TWO_SIDED = 1.96


@dataclass(frozen=True, slots=True)
class Replay:
    """A past moment: what was known, and what came."""

    known: Past
    came: tuple[int, ...]
    ahead: Ahead = AS_BEFORE
    day: int = 0
    """Number of its day."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How often the answers of past moments held."""

    forecasts: int
    held: tuple[tuple[float, int], ...]
    """Level -> how many of the forecasts held."""
    open: int = 0
    """Forecasts that cannot be judged yet, since their dates are still to come."""
    apart: int = 0
    """How many of them have days of their own."""
    tighter: tuple[tuple[float, int], ...] = ()
    """Level -> how many would have held had they promised a day less, or an item more.

    Of four items that take a day or two no answer holds in 85 of 100 cases: the next one that does holds in more.
    """
    average_held: int = 0
    """How many answers of a single average held."""
    loss: float = 0.0
    """Mean pinball loss of all levels as a share of what came: small where answers are near and hold."""
    average_loss: float = 0.0
    """The same of a single average, which says the same at every level."""

    def of(self, level: float) -> int:
        """How many answers of this level held."""
        return dict(self.held).get(level, 0)

    def likely(self, level: float, *, tighter: bool = False) -> tuple[float, float]:
        """Between which shares answers of this level hold, by what was seen of them: Wilson's interval of 95 %."""
        if not self.forecasts:
            return 0.0, 1.0
        held = dict(self.tighter if tighter else self.held).get(level, 0)
        share, seen = held / self.forecasts, max(self.apart, 1)
        weight = _TWO_SIDED**2 / seen
        middle = (share + weight / 2) / (1 + weight)
        half = _TWO_SIDED * sqrt(share * (1 - share) / seen + weight / seen / 4) / (1 + weight)
        return max(middle - half, 0.0), min(middle + half, 1.0)


def rolling(past: Past, horizon: int, window: int) -> Iterator[Replay]:
    """Every past moment with days enough before it and the whole horizon after it."""
    for origin in _spread(range(LEAST_DAYS, len(past.done) - horizon + 1)):
        yield _at(past, origin, window, origin + horizon)


def open_ended(past: Past, window: int) -> Iterator[Replay]:
    """Every past moment with days enough before it, and all that came after it."""
    for origin in _spread(range(LEAST_DAYS, len(past.done))):
        yield _at(past, origin, window, len(past.done))


def within_sprints(sprints: Sequence[Sequence[int]], window: int) -> Iterator[Replay]:
    """Every working day of past sprints, forecast to the close from the sprints before and its own days so far."""
    found, at = list[Replay](), 0
    for number, own in enumerate(sprints):
        before = [count for sprint in sprints[:number] for count in sprint]
        for day in range(len(own)):
            known = [*before, *own[:day]][-window:]
            if len(known) >= LEAST_DAYS:
                found.append(Replay(Past(tuple(known)), tuple(own[day:]), day=at + day))
        at += len(own)
    yield from (found[index] for index in _spread(range(len(found))))


def judged_counts(replays: Iterable[Replay]) -> Calibration:
    """How often at least as many items came as each level promised."""
    score = _Score()
    for replay in replays:
        counts = how_many(replay.known, len(replay.came), ahead=replay.ahead, trials=TRIALS)
        average = floor(sum(replay.known.done) / len(replay.known.done) * len(replay.came))
        said = [float(counts.at_least(level)) for level in LEVELS]
        score.judge(said, average, sum(replay.came), replay.day, len(replay.came), sign=-1)
    return score.calibration()


def judged_spans(replays: Iterable[Replay], items: int) -> Calibration:
    """How often so many items were done within the days that each level promised."""
    score = _Score()
    for replay in replays:
        # what ends after the last day that is known cannot be judged, however long it takes
        spans = how_long(replay.known, items, ahead=replay.ahead, trials=TRIALS, most=len(replay.came) + 1)
        said = [spans.within(level) for level in LEVELS]
        # By what was promised, and not by what came: judging what was quick at once and what is slow later would
        # make all answers look careful.
        if any(days is None or days > len(replay.came) for days in said):
            score.open += 1
            continue
        took = first_day(replay.came, items) or len(replay.came) + 1
        rate = sum(replay.known.done) / len(replay.known.done)
        average = ceil(items / rate) if rate > 0 else len(replay.came)
        score.judge([float(days or 0) for days in said], average, took, replay.day, took, sign=1)
    return score.calibration()


class _Score:
    """Adds up what became of forecasts."""

    def __init__(self) -> None:
        self.open = 0
        self._held = dict.fromkeys(LEVELS, 0)
        self._tighter = dict.fromkeys(LEVELS, 0)
        self._forecasts = self._average_held = self._apart = 0
        self._loss = self._average_loss = 0.0
        self._free_from = -1

    def judge(self, said: Sequence[float], average: float, came: float, day: int, took: int, *, sign: int) -> None:
        """One forecast; `sign` is 1 where it promises no more than it says, -1 where no less."""
        self._forecasts += 1
        self._average_held += sign * (average - came) >= 0
        for level, answer in zip(LEVELS, said, strict=True):
            self._held[level] += sign * (answer - came) >= 0
            self._tighter[level] += sign * (answer - came) >= 1
            self._loss += _pinball(level, sign * (answer - came)) / max(abs(came), 1.0)
            self._average_loss += _pinball(level, sign * (average - came)) / max(abs(came), 1.0)
        # one whose days another has told already proves nothing more
        if day >= self._free_from:
            self._apart += 1
            self._free_from = day + max(took, 1)

    def calibration(self) -> Calibration:
        """What they come to."""
        judged = max(self._forecasts * len(LEVELS), 1)
        return Calibration(
            self._forecasts, tuple(self._held.items()), self.open, self._apart,
            tuple(self._tighter.items()), self._average_held,
            self._loss / judged, self._average_loss / judged,
        )  # fmt: skip


def _pinball(level: float, over: float) -> float:
    """What it costs to be so far over what came: little at a high level, where being under costs much."""
    return (1 - level) * over if over >= 0 else -level * over


def _at(past: Past, origin: int, window: int, until: int) -> Replay:
    ahead = Ahead(past.weekdays[origin:until], past.capacity[origin:until])
    return Replay(past.until(origin, window), past.done[origin:until], ahead, origin)


def _spread(moments: range) -> range:
    """Moments at even distances, no more than are worth their time; the latest one is always among them."""
    step = max(-(-len(moments) // MOST_REPLAYS), 1)
    return range(moments.start + (len(moments) - 1) % step, moments.stop, step) if moments else moments
