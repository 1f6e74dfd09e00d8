"""The outlook of a sprint, of items or of days: what will be done by when, and how well such answers held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from fairlead.planning.backtest import (
    LEAST_APART,
    LEAST_DAYS,
    Calibration,
    judged_counts,
    judged_spans,
    open_ended,
    rolling,
    within_sprints,
)
from fairlead.planning.history import DRAWN_DAYS
from fairlead.planning.montecarlo import LEVELS, METHOD, SEED, Counts, Spans, fan, how_long, how_many
from fairlead.planning.throughput import AS_BEFORE, Ahead, Load, Past

# A page, a letter and an answer of the API ask the same within minutes, in both languages, and a replayed forecast
# takes half a second. Drawn from a seed, it is the same each time; one holds 10,000 trials, so few are kept.
_kept = lru_cache(maxsize=32)
SURE = 0.85
"""What a team can promise: held in five of six cases."""
SHORT_DAYS = 30
"""Working days of a past below which what is drawn from it is told to be thin."""
FAN_DAYS = 130
"""Half a year ahead is drawn; what comes after it is told in words."""


@dataclass(frozen=True, slots=True)
class Regime:
    """A change of pace: only days after it speak for days to come."""

    day: int
    """Number of the first day after it, among those drawn from."""
    before: float
    after: float
    """Items a day."""
    chance: float
    """How sure it is that there was one."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a forecast was drawn from."""

    days: int
    """Working days."""
    done: int
    """Items that they brought."""
    least_days: int
    least_done: int
    regime: Regime | None = None
    stopped: bool = False
    """Whether nothing has been done for so long that the past says nothing of days to come."""

    @property
    def enough(self) -> bool:
        """Whether that says anything about days to come."""
        return not self.stopped and self.days >= self.least_days and self.done >= max(self.least_done, 1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A forecast; `counts` and `spans` are `None` where too little is known or nothing was asked."""

    basis: Basis
    days: int = 0
    """Working days to come."""
    counts: Counts | None = None
    spans: Spans | None = None
    calibration: Calibration | None = None
    fan: tuple[Counts, ...] = ()
    """What the first day to come brings, the first two, and so on."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why the past does not support it, by name."""
        basis, held = self.basis, self.calibration
        if not basis.enough:
            return ("stopped",) if basis.stopped else ("too_little",)
        found = ["short"] if basis.days < SHORT_DAYS else []
        if held is None or held.apart < LEAST_APART:
            return (*found, "few_trials")
        if held.likely(SURE)[1] < SURE:
            found.append("held_little")
        elif held.likely(SURE, tighter=True)[0] > SURE:
            found.append("held_much")
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """Plain values: what each level says, what it was drawn from, and how often such answers held."""
        held, basis = self.calibration, self.basis
        return {
            "working_days": self.days,
            "at_least": {f"{level:g}": self.counts.at_least(level) for level in LEVELS} if self.counts else None,
            "within_working_days": {f"{level:g}": self.spans.within(level) for level in LEVELS}
            if self.spans
            else None,
            "basis": {"working_days": basis.days, "done": basis.done, "enough": basis.enough},
            "backtest": {
                "forecasts": held.forecasts, "held": {f"{level:g}": count for level, count in held.held},
                "undecided": held.open, "apart": held.apart,
                "likely": {f"{level:g}": [round(edge, 3) for edge in held.likely(level)] for level in LEVELS},
                "loss": round(held.loss, 4),
                "average": {"held": held.average_held, "loss": round(held.average_loss, 4)},
            } if held else None,
            "warnings": list(self.warnings),
            "method": METHOD,
        }  # fmt: skip


def sprint_outlook(
    before: Sequence[Sequence[int]], own: Sequence[int], *, items: int, days: int, least_done: int,
    extra: Sequence[int] = (), seed: int = SEED,
) -> Outlook:  # fmt: skip
    """What the days to come bring to a sprint with so many items left; replayed in the sprints before it."""
    load = Load(items, tuple(extra))
    return _of_sprint(tuple(tuple(sprint) for sprint in before), tuple(own), load, days, least_done, seed)


def items_outlook(
    past: Past, load: Load | int, *, least_done: int, ahead: Ahead | None = None, stopped: bool = False,
    seed: int = SEED,
) -> Outlook:  # fmt: skip
    """How long so many items take; replayed at past moments for the same number of items."""
    asked = Load(load) if isinstance(load, int) else load
    return _of_items(past, asked, ahead or AS_BEFORE, least_done, stopped, seed)


def days_outlook(
    past: Past, days: int, *, least_done: int, ahead: Ahead | None = None, own: tuple[int, int] | None = None,
    stopped: bool = False, seed: int = SEED,
) -> Outlook:  # fmt: skip
    """What so many working days bring, `own` of it where only a part counts; replayed over as many days."""
    return _of_days(past, days, ahead or AS_BEFORE, own, least_done, stopped, seed)


@_kept
def _of_sprint(
    before: tuple[tuple[int, ...], ...], own: tuple[int, ...], load: Load, days: int, least_done: int, seed: int
) -> Outlook:
    known = Past((*(count for sprint in before for count in sprint), *own)).last(DRAWN_DAYS)
    basis = _basis(known, least_done)
    if not basis.enough:
        return Outlook(basis, days)
    drawn = fan(known, days, seed=seed)
    return Outlook(
        basis, days,
        drawn[-1] if drawn else None,
        how_long(known, load, seed=seed),
        judged_counts(within_sprints(before, DRAWN_DAYS)),
        drawn,
    )  # fmt: skip


@_kept
def _of_items(past: Past, load: Load, ahead: Ahead, least_done: int, stopped: bool, seed: int) -> Outlook:
    known = past.last(DRAWN_DAYS)
    basis = replace(_basis(known, least_done), stopped=stopped)
    if not basis.enough:
        return Outlook(basis)
    spans = how_long(known, load, ahead=ahead, seed=seed)
    most = spans.within(LEVELS[-1])
    share = load.own[0] / max(load.own[1], 1) if load.own else 1.0
    # a part of what is done is replayed as all of it: the same days, and the same number of items in them
    alike = max(round(load.items / share), 1) if share else load.items
    return Outlook(
        basis,
        spans=spans,
        calibration=judged_spans(open_ended(past, DRAWN_DAYS), alike),
        fan=fan(known, min(most or FAN_DAYS, FAN_DAYS), ahead=ahead, own=load.own, seed=seed),
    )


@_kept
def _of_days(
    past: Past, days: int, ahead: Ahead, own: tuple[int, int] | None, least_done: int, stopped: bool, seed: int
) -> Outlook:
    known = past.last(DRAWN_DAYS)
    basis = replace(_basis(known, least_done), stopped=stopped)
    if not basis.enough:
        return Outlook(basis, days)
    drawn = fan(known, min(days, FAN_DAYS), ahead=ahead, own=own, seed=seed)
    counts = drawn[-1] if drawn and days <= FAN_DAYS else how_many(known, days, ahead=ahead, own=own, seed=seed)
    held = judged_counts(rolling(past, days, DRAWN_DAYS)) if days else None
    return Outlook(basis, days, counts, calibration=held, fan=drawn)


def _basis(known: Past, least_done: int) -> Basis:
    basis = Basis(len(known.done), sum(known.done), LEAST_DAYS, least_done)
    if not basis.enough:
        return basis
    # late: only what is forecast takes arrays
    from fairlead.planning.regime import stories

    told = stories(known)
    if told.since is None:
        return basis
    return replace(basis, regime=Regime(told.since, told.before, told.after, told.changed))
