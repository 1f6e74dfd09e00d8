"""The order in which open changes should be looked at, each place with the reasons that add up to it.

Points are whole and few, so that anybody can add them up. Whatever repairs production comes first, then what has
waited longer than usual and what holds up others; small things before large ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

PartKey = Literal[
    "incident", "hotfix", "waiting", "blocks", "approved", "conflict", "red", "small", "draft", "running"
]

_INCIDENT, _HOTFIX = 100, 60
_WAITING_EACH, _WAITING_MOST = 20, 60
"""Points for each multiple of the usual wait, and the most that waiting alone can bring."""
_BLOCKS_EACH, _BLOCKS_MOST = 15, 45
_APPROVED, _CONFLICT, _RED = 25, 10, 10
_SMALL_MOST = 10
_DRAFT, _RUNNING = -50, -20
"""Nothing can be done yet."""
_YOUNGEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChange:
    """What decides the place of an open change."""

    id: str
    opened_at: datetime | None
    """`None` where nothing tells it: then it is taken for the youngest, never for the oldest."""
    turn: str
    why: str
    waited_s: float
    """Working time for which it has been the same party's turn; zero where nothing tells since when."""
    usual_s: float
    """Working time above which such a wait is unusual here: the team's 85th percentile, else the threshold."""
    lines: int | None = None
    blocks: int = 0
    """How many changes or items wait for it."""
    incident: str | None = None
    """Open incident that it repairs."""
    hotfix: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One reason for a place."""

    key: PartKey
    """Key of a phrase: `queue.<key>`."""
    points: int
    value: float | str | None = None
    """What the phrase names: seconds waited, lines, number blocked, incident."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An open change with its place."""

    change: str
    place: int
    """From 1."""
    points: int
    parts: tuple[Part, ...]
    """Reasons, the weightiest first; their points add up to `points`."""


def in_queue(changes: Iterable[OpenChange], large_lines: int = 500) -> list[Placed]:
    """All changes in order: points, then the longer wait, then the older change, then the id."""
    scored = []
    for change in changes:
        parts = _parts(change, large_lines)
        points = sum(part.points for part in parts)
        scored.append((-points, -change.waited_s, change.opened_at or _YOUNGEST, change.id, parts))
    # without the parts: these have no order, and the id has decided before
    scored.sort(key=lambda entry: entry[:4])
    return [
        Placed(change, place, -points, parts) for place, (points, _, _, change, parts) in enumerate(scored, start=1)
    ]


def _parts(change: OpenChange, large_lines: int) -> tuple[Part, ...]:
    parts: list[Part] = []
    if change.incident:
        parts.append(Part("incident", _INCIDENT, change.incident))
    if change.hotfix:
        parts.append(Part("hotfix", _HOTFIX))
    # no part without points: reasons that weigh nothing would hide those that do
    if waiting := _waiting_points(change):
        parts.append(Part("waiting", waiting, change.waited_s))
    if change.blocks:
        parts.append(Part("blocks", min(change.blocks * _BLOCKS_EACH, _BLOCKS_MOST), change.blocks))
    # one of them at most: a change waits for one reason at a time
    by_why: dict[str, Part] = {
        "approved": Part("approved", _APPROVED),
        "conflict": Part("conflict", _CONFLICT),
        "checks_failed": Part("red", _RED),
        "draft": Part("draft", _DRAFT),
    }
    if change.why in by_why:
        parts.append(by_why[change.why])
    if change.turn in ("ci", "merge_queue"):
        parts.append(Part("running", _RUNNING))
    # unknown is not small
    if change.lines is not None and (small := round(_SMALL_MOST * max(0.0, 1 - change.lines / max(large_lines, 1)))):
        parts.append(Part("small", small, change.lines))
    # by size, whichever way they count: a draft's minus is its first reason
    return tuple(sorted(parts, key=lambda part: (-abs(part.points), part.key)))


def _waiting_points(change: OpenChange) -> int:
    # no wait is unusual where none is usual, and a draft waits for nobody
    if change.usual_s <= 0 or change.why == "draft":
        return 0
    return min(round(_WAITING_EACH * change.waited_s / change.usual_s), _WAITING_MOST)
