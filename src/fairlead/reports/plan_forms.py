"""A plan in forms of other programs: Mermaid for documents, iCalendar for calendars."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from fairlead.model.errors import Abort
from fairlead.planning.answer import Answer, Moment
from fairlead.reports.plain import plain

if TYPE_CHECKING:
    from icalendar.cal import Component

_MARKS = re.compile(r"[:;,#\"<>{}\[\]%`]")
"""What means something to Mermaid: a title is text and no markup."""


def mermaid(answer: Answer) -> str:
    """A Gantt chart in Mermaid's words, a section for each who does something; days are those of the plan's zone."""
    dated = answer.built.grid is not None
    lines = ["gantt", f"  title {text(answer.built.plan.title or 'Plan')}"]
    lines += (
        ["  dateFormat YYYY-MM-DDTHH:mm", "  axisFormat %d.%m."] if dated else ["  dateFormat X", "  axisFormat %s"]
    )
    sections: dict[str, list[int]] = {}
    for at in sorted(range(len(answer.built.tasks)), key=lambda at: answer.outcome.schedule[at].start):
        sections.setdefault(", ".join(answer.people(at)) or "Tasks", []).append(at)
    for who, activities in sections.items():
        lines.append(f"  section {text(who)}")
        lines += [_bar(answer, at) for at in activities]
    return "\n".join(lines) + "\n"


def _bar(answer: Answer, at: int) -> str:
    begins, ends = answer.moments(answer.outcome.schedule[at])
    name = answer.built.tasks[at] + (" (review)" if answer.built.review[at] else "")
    marks = "crit, " if at in answer.deciding else ""
    if begins == ends:
        marks += "milestone, "
    return f"  {text(name)} :{marks}t{at}, {_clock(answer, begins)}, {_clock(answer, ends)}"


def _clock(answer: Answer, moment: Moment) -> str:
    from fairlead.model.calendar.working import read_zone

    if not isinstance(moment, datetime):
        return str(moment)
    return f"{moment.astimezone(read_zone(answer.built.plan.time_zone)):%Y-%m-%dT%H:%M}"


def text(said: str) -> str:
    """Words that mean nothing to Mermaid."""
    return _MARKS.sub(" ", plain(said)).strip() or "-"


def ics(answer: Answer, now: datetime) -> str:
    """A calendar with an event for each task and each review; read again it changes the same events."""
    if answer.built.grid is None:
        raise Abort("a plan without days has no calendar", hint="say `start: 2026-10-14` in the plan")
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Fairlead//plan//EN")
    calendar.add("version", "2.0")
    for event in _events(answer, now):
        calendar.add_component(event)
    return str(calendar.to_ical().decode())


def _events(answer: Answer, now: datetime) -> Iterator[Component]:
    from icalendar import Event

    plan = answer.built.plan
    titles = {task.id: task.title for task in plan.tasks}
    for at, task in enumerate(answer.built.tasks):
        begins, ends = answer.moments(answer.outcome.schedule[at])
        name = f"{task} (review)" if answer.built.review[at] else task
        event = Event()
        known = hashlib.sha256(f"{plan.title}\0{plan.start}\0{name}".encode()).hexdigest()[:24]
        event.add("uid", f"{known}@fairlead")
        event.add("dtstamp", now)
        event.add("dtstart", begins)
        event.add("dtend", ends)
        event.add("summary", plain(f"{name} {titles[task]}".strip()))
        if who := answer.people(at):
            event.add("description", plain(", ".join(who)))
        yield event
