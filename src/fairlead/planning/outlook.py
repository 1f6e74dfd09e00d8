"""The outlook of a sprint, and of a number of items: what will be done by when, and how well such answers held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from fairlead.planning.backtest import (
    LEAST_DAYS,
    Calibration,
    judged_counts,
    judged_spans,
    open_ended,
    rolling,
    within_sprints,
)
from fairlead.planning.history import WINDOW_DAYS
from fairlead.planning.montecarlo import LEVELS, SEED, Counts, Spans, how_long, how_many

# A page, a letter and an answer of the API ask the same within minutes, in both languages, and a replayed forecast
# takes half a second. Drawn from a seed, it is the same each time; one holds 10,000 trials, so few are kept.
_kept = lru_cache(maxsize=32)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a forecast was drawn from."""

    days: int
    """Working days."""
    done: int
    """Items that they brought."""
    least_days: int
    least_done: int

    @property
    def enough(self) -> bool:
        """Whether that says anything about days to come."""
        return self.days >= self.least_days and self.done >= max(self.least_done, 1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A forecast; `counts` and `spans` are `None` where too little is known or nothing was asked."""

    basis: Basis
    days: int = 0
    """Working days to come."""
    counts: Counts | None = None
    spans: Spans | None = None
    calibration: Calibration | None = None

    def to_json(self) -> dict[str, object]:
        """Plain values: what each level says, what it was drawn from, and how often such answers held."""
        held = self.calibration
        return {
            "working_days": self.days,
            "at_least": {f"{level:g}": self.counts.at_least(level) for level in LEVELS} if self.counts else None,
            "within_working_days": {f"{level:g}": self.spans.within(level) for level in LEVELS}
            if self.spans
            else None,
            "basis": {"working_days": self.basis.days, "done": self.basis.done, "enough": self.basis.enough},
            "backtest": {
                "forecasts": held.forecasts, "held": {f"{level:g}": count for level, count in held.held},
                "undecided": held.open,
            } if held else None,
        }  # fmt: skip


def sprint_outlook(
    before: Sequence[Sequence[int]], own: Sequence[int], *, items: int, days: int, least_done: int, seed: int = SEED
) -> Outlook:
    """What the days to come bring to a sprint with so many items left; replayed in the sprints before it."""
    return _of_sprint(tuple(tuple(sprint) for sprint in before), tuple(own), items, days, least_done, seed)


def items_outlook(daily: Sequence[int], items: int, *, least_done: int, seed: int = SEED) -> Outlook:
    """How long so many items take; replayed at past moments for the same number of items."""
    return _of_items(tuple(daily), items, least_done, seed)


def days_outlook(daily: Sequence[int], days: int, *, least_done: int, seed: int = SEED) -> Outlook:
    """What so many working days bring; replayed at past moments over as many days."""
    return _of_days(tuple(daily), days, least_done, seed)


@_kept
def _of_sprint(
    before: tuple[tuple[int, ...], ...], own: tuple[int, ...], items: int, days: int, least_done: int, seed: int
) -> Outlook:
    known = [*(count for sprint in before for count in sprint), *own][-WINDOW_DAYS:]
    basis = Basis(len(known), sum(known), LEAST_DAYS, least_done)
    if not basis.enough:
        return Outlook(basis, days)
    return Outlook(
        basis, days,
        how_many(known, days, seed=seed) if days else None,
        how_long(known, items, seed=seed),
        judged_counts(within_sprints(before, WINDOW_DAYS)),
    )  # fmt: skip


@_kept
def _of_items(daily: tuple[int, ...], items: int, least_done: int, seed: int) -> Outlook:
    known = daily[-WINDOW_DAYS:]
    basis = Basis(len(known), sum(known), LEAST_DAYS, least_done)
    if not basis.enough:
        return Outlook(basis)
    spans = how_long(known, items, seed=seed)
    return Outlook(basis, spans=spans, calibration=judged_spans(open_ended(daily, WINDOW_DAYS), items))


@_kept
def _of_days(daily: tuple[int, ...], days: int, least_done: int, seed: int) -> Outlook:
    known = daily[-WINDOW_DAYS:]
    basis = Basis(len(known), sum(known), LEAST_DAYS, least_done)
    if not basis.enough:
        return Outlook(basis, days)
    counts = how_many(known, days, seed=seed)
    return Outlook(
        basis, days, counts, calibration=judged_counts(rolling(daily, days, WINDOW_DAYS)) if days else None
    )
