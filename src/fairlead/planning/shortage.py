"""Which limit of an agent has left a task without a place, beside those that have one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from fairlead.planning.building import Built
from fairlead.planning.fitting import Packed, Packing
from fairlead.planning.project import Mode, Schedule
from fairlead.planning.reasons import Reason


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
