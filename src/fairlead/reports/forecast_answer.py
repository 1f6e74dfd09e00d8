"""What a forecast says as numbers and dates, on what ground it stands, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msgspec import UNSET

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.figures import Evidence
from fairlead.model.records.goals import Forecast
from fairlead.planning.history import History
from fairlead.planning.montecarlo import LEVELS, METHOD
from fairlead.planning.outlook import Outlook
from fairlead.planning.reach import Reach
from fairlead.planning.throughput import Ahead
from fairlead.reports import proof
from fairlead.reports.asked import Asked
from fairlead.reports.document import Claim
from fairlead.reports.literals import text_literal
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller
from fairlead.reports.sprint_facts import SprintFacts
from fairlead.reports.wording import Share


@dataclass(frozen=True)
class Ground:
    """The past that is drawn from, the days to come, and what it is about."""

    scope: Scope
    history: History
    known: Ahead
    ahead: tuple[date, ...]
    """Working days to come, the first ones."""
    evidence: Evidence
    reach: Reach | None = None
    sprint: SprintFacts | None = None

    @property
    def stopped(self) -> bool:
        """Whether nothing has been done for so long that nobody knows when work goes on."""
        return bool(self.history.gap and self.history.gap.lasts)

    @property
    def calendar(self) -> WorkingCalendar:
        """Calendar of the team that it is about."""
        return self.scope.calendar

    @property
    def name(self) -> str:
        """Of the sprint, epic or milestone; empty for a number."""
        return self.reach.target.name if self.reach else self.sprint.sprint.name if self.sprint else ""

    @property
    def subject(self) -> str:
        """Its id."""
        return self.reach.target.ids[0] if self.reach else self.sprint.sprint.id if self.sprint else ""

    @property
    def about(self) -> Evidence:
        """Its own items, where it is about something."""
        if self.reach and self.reach.items:
            return proof.of_records("work_items", [item.id for item in self.reach.items])
        return self.evidence


@dataclass(frozen=True)
class Answer:
    """A forecast with its dates."""

    kind: str
    """`items`, `days`, `epic`, `milestone` or `sprint`."""
    ground: Ground
    outlook: Outlook
    items: int | None
    """Asked for, or left to do."""
    by: date | None
    ends: Mapping[float, date | None] = field(default_factory=dict)
    """By level the day by whose end all is done; `None` where no plan reaches so far."""
    counts: Mapping[float, int | None] = field(default_factory=dict)
    """By level how many are done by `by`."""
    chance: float | None = None
    """Of all by `by`."""
    working_days: int = 0

    @property
    def since(self) -> date | None:
        """From which day on the pace is another one."""
        regime, drawn = self.outlook.basis.regime, self.ground.history.drawn
        return drawn[regime.day] if regime and regime.day < len(drawn) else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What speaks against it, by name: of the past, then of what it is about."""
        found, own = self.outlook.warnings, self.ground.reach
        if not own or not self.items or not self.outlook.basis.enough:
            return found
        if own.others:
            found = ("usual_share", *found)
        elif own.load.own is None:
            found = ("no_share", *found)
        return found if own.alike else (*found, "no_growth")

    def to_json(self, warning: str) -> dict[str, Any]:
        """The documented form; `warning` is what speaks against it, in words."""
        said, basis, held = self.outlook.to_json(), self.outlook.basis, self.outlook.calibration
        regime, gap, drawn = basis.regime, self.ground.history.gap, self.ground.history.drawn
        return {
            "kind": self.kind,
            "subject": self.ground.subject or None,
            "name": self.ground.name or None,
            "team": self.ground.scope.team,
            "items": self.items,
            "as_of": self.ground.scope.now.isoformat(),
            "by": self.by.isoformat() if self.by else None,
            "working_days": self.working_days,
            "ends": {_percent(level): _iso(self.ends.get(level)) for level in LEVELS} if self.ends else None,
            "counts": {_percent(level): self.counts.get(level) for level in LEVELS} if self.counts else None,
            "chance": round(self.chance, 4) if self.chance is not None else None,
            "basis": {
                "days": basis.days, "done": basis.done, "enough": basis.enough,
                "since": _iso(drawn[0]) if drawn else None,
                "regime": {
                    "since": _iso(self.since), "before": round(regime.before, 3), "after": round(regime.after, 3),
                    "chance": round(regime.chance, 3),
                } if regime else None,
                "gap": {"from": _iso(gap.first), "working_days": gap.days, "lasts": gap.lasts} if gap else None,
                **self._reach(),
            },
            "backtest": {
                "trials": held.forecasts, "apart": held.apart, "undecided": held.open,
                "held": {_percent(level): held.of(level) for level in LEVELS},
                "likely": {_percent(level): [round(edge, 3) for edge in held.likely(level)] for level in LEVELS},
                "pinball": round(held.loss, 4),
                "baseline": {"held": held.average_held, "pinball": round(held.average_loss, 4)},
            } if held else None,
            "within_working_days": said["within_working_days"],
            "warning": warning or None,
            "warnings": list(self.warnings),
            "method": METHOD,
        }  # fmt: skip

    def _reach(self) -> dict[str, Any]:
        found = self.ground.reach
        if not found:
            return {}
        own, extra = found.load.own, sorted(found.load.extra)
        return {
            "scope": len(found.items),
            "share": {"own": own[0], "of": own[1], "others": len(found.others)} if own else None,
            "growth": {"like_it": len(found.alike), "median": extra[len(extra) // 2]} if extra else None,
        }


def warned(teller: Teller, answer: Answer) -> Iterator[Claim]:
    """Why the past does not support it; nothing where it does, or where there is none at all."""
    evidence, outlook = answer.ground.evidence, answer.outlook
    held, basis, gap = outlook.calibration, outlook.basis, answer.ground.history.gap
    reached = answer.ground.reach
    for warning in answer.warnings:
        match warning:
            case "usual_share" | "no_share" | "no_growth" if reached:
                yield _of_reach(teller, warning, reached, evidence)
            case "stopped" if gap:
                yield teller.claim("forecast.stopped", evidence, "watch", n=gap.days)
            case "short":
                yield teller.claim("forecast.short", evidence, "watch", n=basis.days)
            case "few_trials" if not held or not held.apart:
                yield teller.claim("forecast.no_trials", evidence, "watch")
            case "few_trials" if held:
                yield teller.claim("forecast.few_trials", evidence, "watch", n=held.apart)
            case "held_little" | "held_much" if held:
                share = Share(held.of(0.85) / held.forecasts)
                yield teller.claim(f"forecast.{warning}", evidence, "watch", n=held.forecasts, share=share)
            case _:
                pass


def _of_reach(teller: Teller, warning: str, found: Reach, evidence: Evidence) -> Claim:
    """What is not known of an epic or a milestone itself."""
    own, kind = found.load.own, found.others_kind
    if warning == "usual_share" and own:
        others = proof.of_records("milestones" if kind == "milestone" else "work_items", list(found.others))
        share = Share(own[0] / max(own[1], 1))
        return teller.claim(f"forecast.usual_share_{kind}", others, "watch", n=len(found.others), share=share)
    if warning == "no_share":
        return teller.claim("forecast.no_share", evidence, "watch")
    query = f"select * from work_items where epic = {text_literal(found.target.ids[0])}"  # noqa: S608 - escaped
    return teller.claim("forecast.no_growth", proof.of_absence("finished ones like it", query), "watch")


def warning(asked: Asked, answer: Answer) -> str:
    """The same in one text; empty where nothing speaks against it."""
    teller = asked.teller(answer.ground.scope)
    return ". ".join(claim.text for claim in warned(teller, answer))


def record_of(answer: Answer) -> Forecast | None:
    """The answer as a record; `None` where it promises nothing."""
    basis, scope = answer.outlook.basis, answer.ground.scope
    told = [value for value in (*answer.ends.values(), *answer.counts.values()) if value is not None]
    if not basis.enough or not told or answer.items == 0:
        return None
    ends = {level: scope.calendar.day_bounds(day)[1] for level, day in answer.ends.items() if day}
    counts = {level: count for level, count in answer.counts.items() if count is not None}
    subject = answer.ground.subject
    about = subject or (answer.by.isoformat() if answer.kind == "days" and answer.by else str(answer.items))
    kind = "days" if answer.counts and answer.kind == "items" else answer.kind
    day = scope.calendar.local_day(scope.now).isoformat()
    team = (scope.team or "").removeprefix("team:")
    return Forecast(
        id=f"fairlead:forecast/{day}/{team or 'all'}/{kind}/{about}",
        source="fairlead",
        created_at=scope.now,
        kind=kind,
        subject=subject or UNSET,
        milestone=subject if kind == "milestone" else UNSET,
        team=scope.team or UNSET,
        given_at=scope.now,
        items=UNSET if answer.items is None else answer.items,
        until=scope.calendar.day_bounds(answer.by)[1] if answer.by else UNSET,
        **{f"ends_{level * 100:g}": end for level, end in ends.items()},  # type: ignore[arg-type]
        **{f"count_{level * 100:g}": count for level, count in counts.items()},  # type: ignore[arg-type]
        method=METHOD,
        basis_days=basis.days,
        basis_done=basis.done,
    )


def _percent(level: float) -> str:
    return f"{level * 100:g}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
