"""The forecast of what is planned, beside its plan: both answer when it is over, on grounds of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairlead.planning.answer import Answer
from fairlead.planning.outlook import SURE
from fairlead.planning.stored import Stored
from fairlead.planning.targets import Kind
from fairlead.reports import forecast_answer
from fairlead.reports.asked import Asked
from fairlead.reports.document import Block, Claim, Notice
from fairlead.reports.forecast import Question, forecast
from fairlead.reports.plan_words import PlanWords
from fairlead.reports.sprint_facts import load_sprints
from fairlead.reports.wording import Share

_MUCH_DAYS = 7
_MUCH_CHANCE = 0.25
_QUESTIONS: Mapping[Kind, Callable[[str], Question]] = {
    "sprint": lambda name: Question(sprint=name),
    "epic": lambda name: Question(epic=name),
    "milestone": lambda name: Question(milestone=name),
}


@dataclass(frozen=True)
class Beside:
    """When the plan is over by its draws, and by the forecast."""

    told: forecast_answer.Answer
    planned: date | None
    """By when it is over in 85 of 100 draws of the plan."""
    planned_chance: float | None
    """Of the plan's own end, where it has one."""
    whole: bool
    """Whether the plan is of all that the forecast is of."""

    @property
    def forecast(self) -> date | None:
        """By when it is done with 85 %; `None` where no date reaches so far."""
        return self.told.ends.get(SURE)

    @property
    def differ_in_time(self) -> bool:
        """Whether the dates are more than a week apart."""
        if not self.whole or self.planned is None or not self.told.ends:
            return False
        return self.forecast is None or abs((self.forecast - self.planned).days) > _MUCH_DAYS

    @property
    def differ_in_chance(self) -> bool:
        """Whether one says likely of what the other doubts."""
        own, other = self.planned_chance, self.told.chance
        return self.whole and own is not None and other is not None and abs(own - other) >= _MUCH_CHANCE

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "ends_85": self.forecast.isoformat() if self.forecast else None,
            "chance": round(self.told.chance, 4) if self.told.chance is not None else None,
            "by": self.told.by.isoformat() if self.told.by else None,
            "items": self.told.items,
            "differs": self.differ_in_time or self.differ_in_chance,
        }


def beside(asked: Asked, stored: Stored, found: Answer) -> Beside | None:
    """The forecast of the same; `None` where none can be made, as of a sprint that has not begun."""
    target = stored.target
    if not target.ids or target.coming or (target.kind == "sprint" and not _runs(asked, stored)):
        return None
    # of a milestone in several repositories all are asked for, by their name
    name = target.name if len(target.ids) > 1 else target.ids[0]
    told = forecast(asked, _QUESTIONS[target.kind](name))[1]
    if not told.outlook.basis.enough or not told.items:
        return None
    sure, until = found.risky_end(SURE), found.built.until
    day = sure.astimezone(stored.calendar.zone).date() if isinstance(sure, datetime) else None
    chance = found.risk.chance(until) if found.risk and until and found.built.plan.end else None
    whole = not any(note.kind == "other_teams" for note in stored.notes) and not found.built.unplaced
    return Beside(told, day, chance, whole)


def _runs(asked: Asked, stored: Stored) -> bool:
    # what begins later today, or whose team is another's, no forecast knows yet
    known = {sprint.id for sprint in load_sprints(asked.scope)}
    return stored.target.end is not None and not known.isdisjoint(stored.target.ids[:1])


def beside_blocks(found: Beside, words: PlanWords) -> Iterator[Block]:
    """What the forecast says, and a warning where the plan says something else."""
    told, say = found.told, words.words
    evidence = told.ground.evidence

    def claim(key: str, **facts: Any) -> Claim:
        return Claim(key=key, text=say(key, **facts), evidence=evidence)

    day = say.date(found.forecast) if found.forecast else ""
    if told.ends:
        yield claim("plan.forecast_ends" if day else "plan.forecast_never", day=day, n=told.items)
    if told.chance is not None and told.by:
        yield claim("plan.forecast_chance", end=say.date(told.by), chance=Share(told.chance), n=told.items)
    if found.differ_in_time and found.planned:
        own = say.date(found.planned)
        key = "plan.forecast_differs" if day else "plan.forecast_differs_never"
        yield Notice("warning", claim(key, plan=own, forecast=day))
    elif found.differ_in_chance and found.planned_chance is not None and told.chance is not None:
        chances = {"plan": Share(found.planned_chance), "forecast": Share(told.chance)}
        yield Notice("warning", claim("plan.forecast_differs_chance", **chances))
