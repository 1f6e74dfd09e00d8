"""What agents may spend: money for the whole plan, and hours or requests in windows that roll, as resources."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from fairlead.planning.fitting import Packed, Packing
from fairlead.planning.grid import Grid
from fairlead.planning.planfile import Agent, Rate, clock_hours, rates, session_hours
from fairlead.planning.project import Mode, Resource, Rolling, Schedule
from fairlead.planning.reasons import Reason

if TYPE_CHECKING:
    from fairlead.planning.building import Built

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


class Short:
    """Which limit has left a task without a place, beside those that have one."""

    def __init__(self, built: Built, kept: Sequence[int], schedule: Schedule) -> None:
        project, self._modes = built.project, [one.modes for one in built.project.activities]
        self._limits = {limit.number: limit for limit in built.limits}
        self._left = {number: limit.resource.capacity for number, limit in self._limits.items()}
        self._built, self._kept = built, kept
        for at, placed in zip(kept, schedule, strict=True):
            for number, amount in project.activities[at].modes[placed.mode].demands.items():
                if number in self._left:
                    self._left[number] -= amount

    def short(self, group: Sequence[int]) -> Reason | None:
        """The limit that every way to do a task runs into; `None` where something else is in its way too."""
        modes = self._modes[group[0]]
        spent = [self._over(mode) for mode in modes]
        if all(spent):
            return spent[0]
        windows = [self._window(mode) for mode in modes]
        if not all(windows) or not self._unlimited.fits(group):
            return None
        return windows[0]

    def _over(self, mode: Mode) -> Reason | None:
        for number, limit in self._limits.items():
            if not limit.resource.renewable and mode.demands.get(number, 0) > self._left[number]:
                return limit.reason
        return None

    def _window(self, mode: Mode) -> Reason | None:
        found = [limit for number, limit in self._limits.items() if limit.resource.rolling and number in mode.demands]
        return found[0].reason if found else None

    @cached_property
    def _unlimited(self) -> Packed:
        """What would fit if there were no windows, what is kept before all else."""
        project, groups, kept = self._built.project, self._built.groups, set(self._kept)
        free = tuple(
            replace(one, rolling=None, capacity=project.horizon) if one.rolling else one for one in project.resources
        )
        order = sorted(range(len(groups)), key=lambda one: groups[one][0] not in kept)
        return Packing(replace(project, resources=free), groups).pack(order)
