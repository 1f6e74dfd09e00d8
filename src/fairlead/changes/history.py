"""What is known of one change, put into one order: its events, its checks, and what its record says now.

Times may be of any type that sorts; they are handed through untouched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

CHECK_STARTED, CHECK_ENDED = "check_started", "check_ended"
"""Kinds that stand for builds among the events of a change."""


class Happening(NamedTuple):
    """Something that happened to a change, as its turns need it."""

    at: Any
    """When."""
    rank: int
    """Order of things of the same moment."""
    id: str
    """Id of the event; the same id twice is one event."""
    kind: str
    """A word of `CHANGE_EVENTS`, `check_started` or `check_ended`."""
    actor: str | None = None
    """Account that did it."""
    subject: str | None = None
    """Account that it concerns; of a check its name."""
    team: str | None = None
    """Team that it concerns; of a check its result."""
    sha: str | None = None
    """Commit that it concerns."""
    review: str | None = None
    """Review that it belongs to."""


_RANKS = {
    kind: rank
    for rank, kinds in enumerate(
        (
            ("opened",),
            ("drafted",),
            ("closed",),
            ("reopened",),
            ("pushed", "force_pushed", "base_changed"),
            (CHECK_STARTED,),
            (CHECK_ENDED, "checks_failed", "checks_passed", "conflicting", "mergeable"),
            ("commented",),
            ("reviewed", "approved", "changes_requested"),
            ("review_dismissed",),
            ("review_request_removed",),
            ("ready",),
            ("review_requested",),
            ("auto_merge_disabled", "auto_merge_enabled", "dequeued", "queued"),
        )
    )
    for kind in kinds
}
_LAST = {"merged": 99}
"""A merge ends everything of its moment; all other kinds move nothing and may stand anywhere."""


def rank_of(kind: str) -> int:
    """Place of a kind among events of the same moment: what makes sense of a tool's one-second clock."""
    return _RANKS.get(kind) or _LAST.get(kind, 0)


@dataclass(slots=True)
class ChangeHistory:
    """One change with everything that may move its turn."""

    id: str
    author: str | None = None
    opened_at: Any = None
    ended_at: Any = None
    """When it was merged or closed for good; `None` while open."""
    state: str | None = None
    """What the record says now, as the next six: `open`, `closed`, `merged`."""
    draft: bool | None = None
    head_sha: str | None = None
    mergeable: str | None = None
    auto_merge: bool | None = None
    reviewers: Sequence[str] = ()
    teams: Sequence[str] = ()
    happenings: list[Happening] = field(default_factory=list)
    """In any order, repetitions allowed."""


@dataclass(frozen=True, slots=True)
class Check:
    """A build of a commit, as far as turns need it."""

    id: str
    kind: str
    name: str
    sha: str | None
    parent: str | None
    started_at: Any
    finished_at: Any
    result: str | None
    required: bool | None = None


def check_happenings(checks: Sequence[Check]) -> Iterator[Happening]:
    """Starts and ends of checks; a job counts only where its pipeline is not known, for the pipeline sums it up."""
    pipelines = {check.id for check in checks if check.kind == "pipeline"}
    covered = {check.sha for check in checks if check.kind == "pipeline"}
    for check in checks:
        if check.required is False:
            continue
        if check.kind == "job" and (check.parent in pipelines or (check.parent is None and check.sha in covered)):
            continue
        name = f"{check.kind}:{check.name}"
        if check.started_at is not None:
            yield Happening(
                check.started_at, _RANKS[CHECK_STARTED], check.id, CHECK_STARTED, None, name, None, check.sha
            )
        if check.finished_at is not None:
            yield Happening(
                check.finished_at, _RANKS[CHECK_ENDED], check.id, CHECK_ENDED, None, name, check.result, check.sha
            )


def in_order(happenings: Iterable[Happening]) -> list[Happening]:
    """By time, then by rank, then by id, each event once, whatever the order and number of deliveries."""
    # Starts and ends of one check share its id, hence the kind.
    once = {(happening[2], happening[3]): happening for happening in happenings}
    return sorted(once.values(), key=_place)


_place = itemgetter(0, 1, 2)
