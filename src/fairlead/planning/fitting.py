"""What fits until an end: tasks are packed with all that they wait for, the most valuable for its work first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fairlead.planning.heuristic import earliest
from fairlead.planning.project import Placed, Project, Schedule
from fairlead.planning.room import Room

_LARGEST_UNDONE = 500
"""Most tasks that are taken out again when the one that they were placed for does not fit: it would be quadratic."""


@dataclass(slots=True)
class Packed:
    """What found a place."""

    placed: list[Placed | None]
    """By activity."""
    failed: set[int]
    """Groups that did not fit; what waits for them is in neither."""

    def fits(self, group: Sequence[int]) -> bool:
        """Whether a group has a place."""
        return self.placed[group[0]] is not None

    def value(self, values: Sequence[float], groups: Sequence[Sequence[int]]) -> float:
        """What all of it is worth."""
        return sum(value for value, group in zip(values, groups, strict=True) if self.fits(group))


class Packing:
    """Groups of activities, such as a task with its review, of which each is placed whole or not at all."""

    def __init__(self, project: Project, groups: Sequence[Sequence[int]]) -> None:
        self._project, self._groups = project, groups
        own = {at: number for number, group in enumerate(groups) for at in group}
        self._before = [
            sorted({own[wait.before] for at in group for wait in project.waited_for[at]} - {number})
            for number, group in enumerate(groups)
        ]

    def pack(self, order: Iterable[int], at_first: Schedule | None = None, kept: Sequence[int] = ()) -> Packed:
        """Each group in order where it fits first; what is there already keeps its place."""
        room = Room(self._project)
        packed = Packed([None] * len(self._project.activities), set())
        for at, placed in zip(kept, at_first or (), strict=True):
            packed.placed[at] = placed
            room.take(self._project.activities[at].modes[placed.mode], placed)
        for group in order:
            if packed.placed[self._groups[group][0]] is None and group not in packed.failed:
                self._with_all_before(room, packed, group)
        return packed

    def _with_all_before(self, room: Room, packed: Packed, group: int) -> None:
        needed = self._needed(packed, group)
        if needed is None:
            packed.failed.add(group)
            return
        free = room.kept() if len(needed) <= _LARGEST_UNDONE else None
        done: list[int] = []
        for one in needed:
            if not self._placed(room, packed, one):
                packed.failed |= {one, group}
                break
            done.append(one)
        else:
            return
        if free is not None:
            room.back(free)
            for one in done:
                for at in self._groups[one]:
                    packed.placed[at] = None

    def _needed(self, packed: Packed, group: int) -> list[int] | None:
        """The group and what it waits for as far as it has no place yet, in order; `None` if one of them failed."""
        found: dict[int, None] = {}
        path: list[tuple[int, int]] = [(group, 0)]
        while path:
            one, number = path.pop()
            if one in packed.failed:
                return None
            if number < len(self._before[one]):
                path.append((one, number + 1))
                before = self._before[one][number]
                if before not in found and packed.placed[self._groups[before][0]] is None:
                    path.append((before, 0))
            else:
                found[one] = None
        return list(found)

    def _placed(self, room: Room, packed: Packed, group: int) -> bool:
        free = room.kept()
        for at in self._groups[group]:
            placed = earliest(self._project, room, at, packed.placed)
            if placed is None:
                room.back(free)
                for other in self._groups[group]:
                    packed.placed[other] = None
                return False
            packed.placed[at] = placed
            room.take(self._project.activities[at].modes[placed.mode], placed)
        return True
