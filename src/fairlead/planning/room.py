"""What is still free in each unit of time, as the binary digits of how much is free, one long number for each digit.

A person is one such number, a machine park of thirty five of them. To find a place is then a handful of operations on
whole numbers, however long the plan: five times as quick as arrays for the short windows of ordinary tasks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fairlead.planning.project import Mode, Placed, Project, match

_GROWS = 64
"""Units by which time grows beyond what is asked for, beside an eighth of it: each growth copies all numbers."""


class Room:
    """Room of a project: all of its time at once where it has calendars, else as much as is needed."""

    def __init__(self, project: Project, floor: int = 0, *, reserving: bool = False) -> None:
        self.project, self.floor = project, floor
        """Nothing starts before `floor`."""
        # of what is spent nobody takes what the others need at least, where all of them have to be done
        self._reserved = dict(project.needed) if reserving else dict.fromkeys(project.needed, 0)
        self._reserving = reserving
        self._fixed = project.calendared or bool(project.span)
        self._length = project.length if self._fixed else 0
        self._frontier = 0
        self._left = {at: project.resources[at].capacity for at in project.needed}
        self._free = [self._digits(resource.capacity, (1 << self._length) - 1) for resource in project.resources]

    @staticmethod
    def _digits(capacity: int, units: int) -> list[int]:
        return [units if capacity >> digit & 1 else 0 for digit in range(capacity.bit_length())]

    def _grow(self, length: int) -> None:
        if self._fixed or length <= self._length:
            return
        length += _GROWS + length // 8
        added = ((1 << (length - self._length)) - 1) << self._length
        for digits, resource in zip(self._free, self.project.resources, strict=True):
            for digit in range(len(digits)):
                if resource.capacity >> digit & 1:
                    digits[digit] |= added
        self._length = length

    def free(self, resource: int, amount: int) -> int:
        """The units, as digits of a number, in which so much of a resource is free."""
        digits = self._free[resource]
        if amount >> len(digits):
            return 0
        # compared digit by digit from the lowest, all units at once; -1 is every unit
        enough = -1
        for digit, units in enumerate(digits):
            enough = units & enough if amount >> digit & 1 else units | enough
        return enough

    def take(self, mode: Mode, placed: Placed) -> None:
        """Occupies what an activity needs."""
        if placed.end <= placed.start:
            return
        self._frontier = max(self._frontier, placed.end)
        window = ((1 << (placed.end - placed.start)) - 1) << placed.start
        for resource, amount in mode.demands.items():
            if rolling := self.project.resources[resource].rolling:
                self._grow(until := rolling.until(placed.end, mode.duration))
                held = ((1 << (min(until, self._length) - placed.start)) - 1) << placed.start
                self._subtract(resource, amount, held)
            elif resource in self._left:
                self._left[resource] -= amount
            else:
                self._subtract(resource, amount, window)
        for worker in placed.workers:
            self._subtract(self.project.workers[worker].resource, 1, window)

    def _subtract(self, resource: int, amount: int, window: int) -> None:
        digits, borrow = self._free[resource], 0
        for digit, units in enumerate(digits):
            taken = window if amount >> digit & 1 else 0
            if taken or borrow:
                digits[digit] = units ^ taken ^ borrow
                borrow = ((taken | borrow) & ~units) | (taken & borrow)

    def kept(self) -> list[list[int]]:
        """What is free now, to come back to."""
        return [*(list(digits) for digits in self._free), [self._left[at] for at in sorted(self._left)]]

    def back(self, kept: list[list[int]]) -> None:
        """As it was; time that has grown since is free again."""
        *free, left = kept
        self._free = [list(digits) for digits in free]
        self._left = dict(zip(sorted(self._left), left, strict=True))

    def affords(self, at: int, mode: Mode) -> bool:
        """Whether so much is left of what is spent, what others need at least set aside."""
        for resource, left in self._left.items():
            if amount := mode.demands.get(resource, 0):
                own = self.project.least_of(at, resource) if self._reserving else 0
                if amount > left - self._reserved[resource] + own:
                    return False
        return True

    def settle(self, at: int) -> None:
        """What an activity needed at least is set aside no more, since it has a place."""
        for resource in self._left:
            self._reserved[resource] -= self.project.least_of(at, resource)

    def first(self, mode: Mode, start: int, barred: Collection[int] = ()) -> Placed | None:
        """Earliest place from a start on at which a mode fits, with who does it; `None` if it never does.

        Nobody is taken whose resource is `barred`.
        """
        start = max(start, self.floor)
        if not mode.duration:
            return Placed(start, start, 0) if not self._fixed or start <= self._length else None
        while fit := self._first(mode, start, barred):
            later = self._allowed(mode, fit)
            if later == fit.start:
                return fit
            start = later
        return None

    def _allowed(self, mode: Mode, fit: Placed) -> int:
        """The start of a place if its allowances are there, else the first later one at which they may be."""
        start = fit.start
        for resource in self.project.lasting & mode.demands.keys():
            if rolling := self.project.resources[resource].rolling:
                self._grow(until := rolling.until(fit.end, mode.duration))
                until = min(until, self._length)
                free = self.free(resource, mode.demands[resource])
                missing = ~(free >> fit.start) & ((1 << (until - fit.start)) - 1)
                start = max(start, fit.start + missing.bit_length())
        return start

    def _first(self, mode: Mode, start: int, barred: Collection[int]) -> Placed | None:
        # behind all that is taken there is room for anything that there ever is room for
        self._grow(max(start, self._frontier) + mode.duration)
        there = -1
        for resource, amount in mode.demands.items():
            if resource not in self.project.lasting:
                there &= self.free(resource, amount)
        closing = self.project.closing(mode) if self._fixed else ()
        if closing and not mode.skills:
            return self._over_breaks(mode, start, there, closing)
        if closing:
            there &= self.project.hours(closing).bits
        starts = self._runs(there, start, mode.duration)
        if mode.skills:
            return self._staffed(mode, start, starts, barred)
        if not starts:
            return None
        start += (starts & -starts).bit_length() - 1
        return Placed(start, start + mode.duration, 0)

    def _runs(self, there: int, start: int, duration: int) -> int:
        """Starts, counted from `start` on, at which so many units in a row are there."""
        found = there >> start if there >= 0 else (1 << max(self._length - start, 0)) - 1
        length = 1
        while length < duration and found:
            step = min(length, duration - length)
            found &= found >> step
            length += step
        return found

    def _over_breaks(self, mode: Mode, start: int, free: int, closing: tuple[int, ...]) -> Placed | None:
        hours = self.project.hours(closing)
        begins = hours.bits if mode.split else self.project.begin_bits(mode, closing)
        may_start, worked, units = free & begins, hours.worked_list, hours.units_list
        while left := may_start >> start:
            start += (left & -left).bit_length() - 1
            final = worked[start] + mode.duration - 1
            if final >= len(units):
                return None
            end = units[final] + 1
            missing = ~(free >> start) & ((1 << (end - start)) - 1)
            if not missing:
                return Placed(start, end, 0)
            # no start up to the last unit that is taken can avoid it
            start += missing.bit_length()
        return None

    def _staffed(self, mode: Mode, start: int, starts: int, barred: Collection[int]) -> Placed | None:
        """The first of the starts at which people with all skills are free."""
        parts = [skill for skill, count in mode.skills.items() for _ in range(count)]
        free = {at: found for at in self._asked(mode, barred) if (found := self._of_worker(at, mode, start))}
        rising = starts & ~(starts << 1)
        for found in free.values():
            rising |= found & ~(found << 1)
        # who is free changes for the better only where somebody's free time begins
        candidates = rising & starts
        while candidates:
            at = (candidates & -candidates).bit_length() - 1
            candidates &= candidates - 1
            people = match(self.project, parts, [worker for worker, found in free.items() if found >> at & 1])
            if people is not None:
                return Placed(start + at, start + at + mode.duration, 0, people)
        return None

    def _asked(self, mode: Mode, barred: Collection[int]) -> Sequence[int]:
        return [
            at
            for at, worker in enumerate(self.project.workers)
            if worker.resource not in barred and not worker.skills.isdisjoint(mode.skills)
        ]

    def _of_worker(self, at: int, mode: Mode, start: int) -> int:
        resource = self.project.workers[at].resource
        # who has a part by name cannot fill another one as well, unless there is more than one of them
        free = self.free(resource, self.project.ranks[at] + mode.demands.get(resource, 0))
        if self.project.resources[resource].closed:
            free &= self.project.hours((resource,)).bits
        return self._runs(free, start, mode.duration)
