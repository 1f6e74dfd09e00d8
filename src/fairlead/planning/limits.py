"""What agents may spend: money for the whole plan, and hours or requests in windows that roll, as resources."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fairlead.planning.grid import Grid
from fairlead.planning.planfile import Agent, Rate, clock_hours, rates, session_hours
from fairlead.planning.project import Resource, Rolling
from fairlead.planning.reasons import Reason

_CENTS = 100
"""Pieces of money that are counted; a session costs whole ones."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of an agent."""

    agent: str
    number: int
    """Of its resource."""
    resource: Resource
    price: float
    """What a unit of a session takes of it."""
    reason: Reason
    """Why something has no place where this is what was short."""

    def taken(self, units: int) -> int:
        """What a session takes of it."""
        return math.ceil(round(units * self.price, 6))


def agent_limits(agents: Sequence[Agent], first: int, step_hours: float, grid: Grid | None) -> list[Limit]:
    """The limits of all agents, whose resources are numbered from `first` on."""
    found: list[Limit] = []
    for agent in agents:
        found += _money(agent, first + len(found), step_hours)
        for rate in rates(agent):
            found.append(_window(agent, rate, first + len(found), step_hours, grid))
    return found


def _money(agent: Agent, number: int, step_hours: float) -> Iterator[Limit]:
    if agent.budget is None or not agent.cost_per_hour:
        return
    resource = Resource(f"{agent.id} budget", math.floor(agent.budget * _CENTS), renewable=False)
    reason = Reason("over_budget", {"who": agent.id, "budget": agent.budget})
    yield Limit(agent.id, number, resource, agent.cost_per_hour * step_hours * _CENTS, reason)


def _window(agent: Agent, rate: Rate, number: int, step_hours: float, grid: Grid | None) -> Limit:
    hours, several = session_hours(rate, agent), agent.at_once > 1
    if grid is None:
        rolling = Rolling(math.ceil(clock_hours(rate.per)), several)
    else:
        rolling = Rolling(round(clock_hours(rate.per) * 3600), several, grid.step_s, grid.steps * grid.step_s)
    resource = Resource(f"{agent.id} rate", math.floor(round(hours / step_hours, 6)), rolling=rolling)
    return Limit(agent.id, number, resource, 1.0, Reason("rate", {"who": agent.id, "hours": hours, "per": rate.per}))
