"""A plan as its file says it: who and what there is, and what is to be done.

Without `start` all times are whole units, as in the published problem sets; with it they are working hours, and the
plan speaks of days.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from fairlead.planning.project import Link

Amount = int | float | str
"""Work: whole units in a plan without `start`; else hours, or a text like `3d`, `4h` and `30m` of working time."""
Level = Annotated[int, msgspec.Meta(ge=1, le=5)]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Estimate(_Part, frozen=True, kw_only=True):
    """Three points of an estimate."""

    optimistic: Amount
    likely: Amount
    pessimistic: Amount


class After(_Part, frozen=True, kw_only=True):
    """Something that a task waits for."""

    task: str
    link: Link = "finish_start"
    lag: Amount = 0
    """What lies in between; may be negative."""


class Way(_Part, frozen=True, kw_only=True):
    """One way to do a task."""

    id: str = ""
    duration: Amount
    demands: Mapping[str, int] = {}
    people: Mapping[str, int] = {}
    who: str = ""


class Task(_Part, frozen=True, kw_only=True):
    """Something to be done."""

    id: str
    title: str = ""
    type: str = ""
    """Like `api` or `bug`: who does such work by default stands in `routing`."""
    skills: Mapping[str, Level] = {}
    """What its one doer must know, and how well."""
    people: Mapping[str, int] = {}
    """Skill -> how many people with it work on it at once."""
    duration: Amount | None = None
    """Of a pure problem: how long it takes, whoever does it."""
    estimate: Amount | Estimate | None = None
    """Work of somebody of level 3."""
    points: float | None = None
    demands: Mapping[str, int] = {}
    """Shared resource -> how much of it is occupied meanwhile."""
    modes: tuple[Way, ...] = ()
    after: tuple[str | After, ...] = ()
    earliest: str | int | None = None
    """Day, or unit, before which it must not begin."""
    due: str | int | None = None
    """Day by whose end, or unit by which, it should be done."""
    value: float = 1.0
    """What it is worth: what does not fit is left out from the least value for its work."""
    who: str = ""
    """Person or agent that does it, whoever else could."""
    context: str = ""
    """Repository or part that it belongs to: who worked there lately is quicker at home."""
    may_split: bool = True
    """Whether it goes on after a night, an absence or a shift on call."""
    review: bool | None = None
    """Whether somebody else has to review it; by default what has a `type` of the review's list."""
    kind: str = ""
    """Roadmap, defect, debt, toil, support or compliance."""


class Person(_Part, frozen=True, kw_only=True):
    """Somebody who works."""

    id: str
    name: str = ""
    skills: Mapping[str, Level] | tuple[str, ...] = {}
    hours: str = ""
    """Working hours of a week, like `Mon-Fri 09:00-17:00`."""
    time_zone: str = ""
    hours_per_week: float | None = None
    """Hours of a week that go into work at all, where they are fewer than the calendar's."""
    focus: float | None = None
    """Share of the hours that goes into tasks."""
    meetings_hours_per_week: float = 0.0
    away: tuple[str, ...] = ()
    """Days, like `2026-10-20`, or spans of days, like `2026-10-20..2026-10-24`."""
    on_call: tuple[str, ...] = ()
    """The same; whoever is on call is not planned with."""
    context: tuple[str, ...] = ()
    """Where they worked lately."""


class Rate(_Part, frozen=True, kw_only=True):
    """How much an agent may work in any stretch of time, as plans of their makers allow: a window that rolls."""

    hours: float | None = None
    """Hours of sessions."""
    requests: float | None = None
    """Requests, of which `requests_per_hour` of the agent make an hour."""
    per: Amount = "24h"
    """Length of the window by the clock: `5h`, `24h`, `7d`."""


class Agent(_Part, frozen=True, kw_only=True):
    """A coding agent."""

    id: str
    name: str = ""
    skills: Mapping[str, Level] | tuple[str, ...] = {}
    at_once: int = 1
    """Sessions side by side."""
    cost_per_hour: float = 0.0
    """Money for an hour of a session."""
    budget: float | None = None
    """Money for the whole plan."""
    rate: Rate | tuple[Rate, ...] = ()
    """How much it may work in a window that rolls; of several all hold."""
    requests_per_hour: float = 0.0
    """Requests that an hour of a session takes, where they are what is limited."""
    speed: float = 1.0
    """How much quicker than somebody of level 3."""
    context: tuple[str, ...] = ()


class Shared(_Part, frozen=True, kw_only=True):
    """Something of which only so much is there at once, like a test rig."""

    id: str
    capacity: int
    renewable: bool = True
    """Else it is spent: tasks together must not ask for more than there is."""
    away: tuple[str, ...] = ()


class Review(_Part, frozen=True, kw_only=True):
    """Review as work of somebody: who does it, and how long it takes."""

    skill: str = "review"
    level: Level = 1
    share: float = 0.15
    """Of the work of the task."""
    least_hours: float = 0.5
    types: tuple[str, ...] = ()
    """Types of tasks that are reviewed; empty means all."""


class Weights(_Part, frozen=True, kw_only=True):
    """What counts how much when somebody is found for a task."""

    expertise: float = 0.5
    capacity: float = 0.3
    continuity: float = 0.2


class Plan(_Part, frozen=True, kw_only=True):
    """The file."""

    plan: Literal[1] = 1
    title: str = ""
    goal: str = ""
    start: str = ""
    """First day."""
    end: str = ""
    """Last day: of what does not fit until then the least valuable is left out."""
    step: str = "30m"
    """Smallest piece of time that is planned."""
    time_zone: str = "UTC"
    hours: str = "Mon-Fri 09:00-17:00"
    holidays: tuple[str, ...] = ()
    """Days, like `2026-12-25`, or spans of days, like `2026-12-24..2027-01-01`."""
    focus: float = 0.8
    hours_per_point: float | None = None
    spread: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.25
    """Of a task with one estimate: standard deviation of the logarithm of what it takes over what was said."""
    people: tuple[Person, ...] = ()
    agents: tuple[Agent, ...] = ()
    resources: tuple[Shared, ...] = ()
    review: Review | None = None
    weights: Weights = Weights()
    routing: Mapping[str, str] = {}
    """Type of task -> skill or role that does it."""
    tasks: tuple[Task, ...] = ()

    @property
    def dated(self) -> bool:
        """Whether it speaks of days."""
        return bool(self.start)


KINDS = ("roadmap", "defect", "debt", "toil", "support", "compliance")
"""What a task's `kind` can be."""
_SAID = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*([mhdw])\s*")


def hours_of(amount: Amount, day_hours: float) -> float:
    """Hours of work; raises `ValueError` for what is none. A day is `day_hours`, a week five of them."""
    if not isinstance(amount, str):
        return float(amount)
    if not (found := _SAID.fullmatch(amount)):
        raise ValueError(f"`{amount}` is no length of time: write it like 3d, 4h or 30m")
    factor = {"m": 1 / 60, "h": 1.0, "d": day_hours, "w": 5 * day_hours}[found[2]]
    return float(found[1]) * factor


def clock_hours(amount: Amount) -> float:
    """The same by the clock, where a day has 24 hours and a week seven days."""
    hours = hours_of(amount, 24)
    return hours * 7 / 5 if isinstance(amount, str) and amount.strip().endswith("w") else hours


def rates(agent: Agent) -> tuple[Rate, ...]:
    """All limits of an agent."""
    return agent.rate if isinstance(agent.rate, tuple) else (agent.rate,)


def session_hours(rate: Rate, agent: Agent) -> float:
    """Hours of sessions that a limit allows in its window."""
    asked = math.inf if rate.requests is None else rate.requests / agent.requests_per_hour
    return min(asked, math.inf if rate.hours is None else rate.hours)
