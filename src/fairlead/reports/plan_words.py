"""The words of a plan: its reasons, its moments in its own zone, and what each sentence rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairlead.model.calendar.working import WorkingCalendar, read_zone
from fairlead.model.figures import Evidence
from fairlead.planning.answer import Answer, Moment
from fairlead.planning.planfile import Agent, Person, hours_of
from fairlead.planning.reasons import Reason
from fairlead.reports import proof
from fairlead.reports.document import Claim, Tone
from fairlead.reports.literals import text_literal
from fairlead.reports.plain import plain
from fairlead.reports.wording import Wording, Working

_MOST_LISTED = 2_000
"""Tasks that a query lists: of more it names the file, in which they stand."""


@dataclass(frozen=True, slots=True)
class Item:
    """The record behind a task of a plan that came from the store."""

    id: str
    url: str | None = None


class PlanWords:
    """Words for one answer in one language."""

    def __init__(
        self, answer: Answer, name: str, language: str, now: datetime, items: Mapping[str, Item] | None = None
    ) -> None:
        plan = answer.built.plan
        self.words = Wording(language, read_zone(plan.time_zone), now)
        self.name = name
        """Of the file: what a sentence about the whole rests on."""
        self.items = items or {}
        usual = WorkingCalendar("plan", plan.hours, plan.time_zone).usual_day_seconds
        self._day_s = usual
        self._step_s = hours_of(plan.step, usual / 3600) * 3600 if plan.dated else 0.0
        doers: list[Person | Agent] = [*plan.people, *plan.agents]
        self._people = {one.id: one.name for one in doers if one.name}
        self._titles = {task.id: task.title for task in plan.tasks if task.title}
        self._due = {task.id: task.due for task in plan.tasks}

    def claim(self, key: str, tasks: Sequence[str] = (), /, tone: Tone = "neutral", **args: Any) -> Claim:
        """A sentence about some tasks, or about the whole plan."""
        return Claim(key=key, text=self.words(key, **args), evidence=self.evidence(tasks), tone=tone)

    def evidence(self, tasks: Sequence[str] = ()) -> Evidence:
        """Ids as they stand in the file; a plan is no table, so that the query lists what it names."""
        if self.items:
            ids = [item.id for item in map(self.items.get, dict.fromkeys(tasks)) if item]
            return proof.of_records("work_items", ids or [item.id for item in self.items.values()])
        if 0 < len(tasks) <= _MOST_LISTED:
            return proof.of_mixed(tasks)
        named = f"plan:{self.name}"
        query = f"select {text_literal(named)} as record"
        return Evidence(ids=(named, *tasks[: proof.SHOWN_IDS - 1]), count=1, query=query)

    def url(self, task: str) -> str | None:
        """Page of a task in its tool."""
        item = self.items.get(task)
        return item.url if item else None

    def title(self, task: str) -> str:
        """A task with its title, as lists show it."""
        title = plain(self._titles.get(task, ""))
        return f"{plain(task)} {title}" if title else plain(task)

    def person(self, who: str) -> str:
        """Name of somebody."""
        return plain(self._people.get(who, who))

    def say(self, reason: Reason) -> str:
        """One reason."""
        facts = self._facts(reason.facts)
        if reason.kind == "too_few":
            # how many are asked for, and no level of a skill
            asked = (one.rpartition(" ") for one in _many(reason.facts["skills"]))
            facts["skills"] = ", ".join(f"{plain(count)} × {plain(skill)}" for skill, _, count in asked)
        if reason.kind == "no_room_at_all":
            return self._no_room(reason.facts, facts)
        return self.words(f"plan.why_{reason.kind}", **facts)

    def _no_room(self, facts: Mapping[str, Any], shown: dict[str, Any]) -> str:
        """Why something would not be over even alone: who is away is named with the days."""
        if away := facts.get("away"):
            shown["away"] = "; ".join(
                f"{self.person(who)}: {', '.join(map(self._span, spans))}" for who, spans in away.items()
            )
            return self.words("plan.why_no_room_away", **shown)
        return self.words("plan.why_no_room_at_all" if facts["who"] else "plan.why_no_room_nobody", **shown)

    def _span(self, said: str) -> str:
        first, _, last = said.partition("..")
        return self.day(first) if last in ("", first) else f"{self.day(first)} - {self.day(last)}"

    def all(self, reasons: Sequence[Reason]) -> str:
        """Several reasons in a row."""
        return "; ".join(map(self.say, reasons))

    def changes(self, said: Sequence[str]) -> str:
        """Changes of a what-if, joined as one condition."""
        return ", ".join(map(self._change, said))

    def _change(self, said: str) -> str:
        kind, _, rest = said.partition(":")
        if kind == "absence":
            who, _, span = rest.partition(":")
            first, _, last = span.partition("..")
            days = {"first": self.day(first), "last": self.day(last or first)}
            return self.words("plan.change_absence", who=self.person(who), **days)
        if kind == "end":
            return self.words("plan.change_end", day=self.day(rest))
        if kind == "add" and rest in ("person", "agent"):
            return self.words(f"plan.change_add_{rest}")
        if kind == "scope" and rest.startswith("-"):
            return self.words("plan.change_without", task=rest[1:])
        return plain(said)

    def day(self, said: str) -> str:
        """A day of the plan."""
        return self.words.date(date.fromisoformat(said.strip()))

    def due(self, task: str) -> str:
        """The day on which a task is due, whatever hours anybody works on it; or the unit."""
        said = self._due[task]
        return self.day(said) if isinstance(said, str) else self.moment(said)

    def slack(self, units: int) -> str:
        """How much later something may end without moving anything by the network alone."""
        if not self._step_s or not units:
            return self.words.number(units) if not self._step_s else self.words("plan.no_slack")
        return self.words("plan.slack", span=Working(units * self._step_s, self._day_s))

    def moment(self, moment: Moment | None) -> str:
        """`Tue 14 Oct, 16:20`, or a unit."""
        if moment is None:
            return ""
        return self.words.moment(moment) if isinstance(moment, datetime) else self.words.number(moment)

    def _facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        told = {key: tuple(map(self.person, _many(value))) if key == "who" else value for key, value in facts.items()}
        return {key: ", ".join(map(str, value)) if isinstance(value, tuple) else value for key, value in told.items()}


def _many(value: Any) -> Sequence[str]:
    return value if isinstance(value, tuple) else (str(value),)
