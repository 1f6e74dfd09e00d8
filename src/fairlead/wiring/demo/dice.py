"""Chance that follows from a key alone: one more event elsewhere changes nothing here."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Throws for one subject, named by its key."""

    def __init__(self, *key: object) -> None:
        self._random = random.Random("/".join(map(str, key)))  # noqa: S311 - a story, no secret

    def chance(self, share: float) -> bool:
        """True in this share of throws."""
        return self._random.random() < share

    def pick(self, items: Sequence[T]) -> T:
        """One of them, all alike."""
        return items[self._random.randrange(len(items))]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """Some of them, each at most once."""
        return self._random.sample(list(items), min(count, len(items)))

    def between(self, low: float, high: float) -> float:
        """Anything in the range."""
        return low + (high - low) * self._random.random()

    def whole(self, low: int, high: int) -> int:
        """A whole number in the range, both ends included."""
        return self._random.randint(low, high)

    def skewed(self, median: float, spread: float = 0.6) -> float:
        """A positive amount with a long tail, as waiting times and sizes have; cut at six medians."""
        return min(median * math.exp(self._random.gauss(0, spread)), 6 * median)
