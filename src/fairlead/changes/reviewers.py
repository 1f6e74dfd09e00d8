"""Suggests reviewers of a change, each with the parts of the score and what stands behind them.

Four parts, each from 0 to 1, weighted by `[reviewers]`: what a person owns by CODEOWNERS, what they have lately
worked on there (a commit's weight halves every half-year), how much review waits for them, and whether they work now.
Never the author, never a bot or agent, nobody who is away. With `spread` above zero that share of changes (the same
ones each time) also goes to somebody of middling knowledge, so that knowledge does not stay with the two most senior.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.setup import Reviewers

HALF_LIFE_DAYS = 180.0
MIDDLING = (0.15, 0.6)
"""Share of the best candidate's knowledge that counts as middling: enough to review, enough left to learn."""
BESIDE = 0.3
"""What work on other files of the same folder counts for."""
_REACH_HOURS = 16.0
"""Who starts work later than this from now brings nothing for the time zone."""

ScoreKey = Literal["ownership", "expertise", "load", "zone"]


@dataclass(frozen=True, slots=True)
class Touch:
    """A commit of a person to a file."""

    person: str
    path: str
    at: datetime
    sha: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who might review."""

    person: str
    kind: str = "human"
    open_reviews: int = 0
    """Changes that wait for this person's review now."""
    calendar: WorkingCalendar | None = None
    away_until: datetime | None = None
    """End of the absence that holds now."""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The change for which reviewers are wanted."""

    change: str
    author: str | None
    """Person."""
    paths: Sequence[str]
    owners: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Path -> persons who own it, teams resolved."""
    already: Collection[str] = ()
    """Persons whose review is awaited or given."""


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part of a score; `numbers` are what the phrase `reviewer.<key>` names."""

    key: ScoreKey
    weight: float
    value: float
    numbers: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A person who fits, and why."""

    person: str
    score: float
    parts: tuple[ScorePart, ...]
    to_spread: bool = False
    """Whether suggested so that knowledge spreads."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Those who fit best, and those who would have but are away."""

    best: tuple[Suggestion, ...]
    away: tuple[tuple[str, datetime], ...] = ()
    files: int = 0
    """Files of the change that were looked at."""


def suggest(
    question: Question,
    candidates: Iterable[Candidate],
    touches: Iterable[Touch],
    rules: Reviewers,
    now: datetime,
    *,
    review_load: int = 5,
    ignored: Collection[str] = (),
) -> Suggestions:
    """At most `rules.at_most` reviewers; `ignored` are commits of `.git-blame-ignore-revs`."""
    known = _knowledge(question.paths, touches, now, frozenset(ignored))
    scored: list[Suggestion] = []
    away: list[tuple[str, datetime]] = []
    for candidate in candidates:
        person = candidate.person
        if candidate.kind != "human" or not candidate.active or person == question.author:
            continue
        if person in question.already:
            continue
        owned = sum(person in question.owners.get(path, ()) for path in question.paths)
        # nobody is suggested for free hours alone: who knows nothing of the files cannot judge them
        if not owned and not known.get(person):
            continue
        # after the test of knowledge: only an absence that costs a reviewer is worth telling
        if candidate.away_until is not None and candidate.away_until > now:
            away.append((person, candidate.away_until))
            continue
        scored.append(_score(question, candidate, owned, known, rules, now, review_load))
    # the id last, so that equals stand in the same order each time
    scored.sort(key=lambda found: (-found.score, found.person))
    return Suggestions(_chosen(question, scored, rules), tuple(sorted(away)), len(question.paths))


def _score(
    question: Question,
    candidate: Candidate,
    owned: int,
    known: Mapping[str, Mapping[str, float]],
    rules: Reviewers,
    now: datetime,
    review_load: int,
) -> Suggestion:
    files = max(len(question.paths), 1)
    mine = known.get(candidate.person, {})
    # more reviews than the limit are as bad as the limit: the score never goes below zero
    free = max(0.0, 1 - candidate.open_reviews / max(review_load, 1))
    hours = _hours_until_work(candidate.calendar, now)
    parts = (
        ScorePart("ownership", rules.ownership, owned / files, (owned, files)),
        ScorePart("expertise", rules.expertise, sum(mine.values()) / files, (len(mine), files)),
        ScorePart("load", rules.load, free, (candidate.open_reviews,)),
        ScorePart("zone", rules.zone, max(0.0, 1 - hours / _REACH_HOURS), (hours,)),
    )
    return Suggestion(candidate.person, round(sum(part.weight * part.value for part in parts), 4), parts)


def _knowledge(
    paths: Sequence[str], touches: Iterable[Touch], now: datetime, ignored: frozenset[str]
) -> dict[str, dict[str, float]]:
    """Person -> path -> share of the recent work on it, bots' work included in the whole.

    Who has worked beside a file, in its folder, knows a fraction of it: new files have no history of their own.
    """
    by_file: dict[str, dict[str, float]] = {}
    by_folder: dict[str, dict[str, float]] = {}
    for touch in touches:
        # a commit dated ahead of the clock would weigh more than any honest one
        if touch.sha in ignored or touch.at > now:
            continue
        # a half-life and no limit in days: nobody drops out of the list overnight
        weight = 0.5 ** ((now - touch.at).total_seconds() / 86_400 / HALF_LIFE_DAYS)
        for weights, place in ((by_file, touch.path), (by_folder, _folder(touch.path))):
            of_place = weights.setdefault(place, {})
            of_place[touch.person] = of_place.get(touch.person, 0.0) + weight
    found: dict[str, dict[str, float]] = {}
    for path in paths:
        # the better of both counts, never their sum: work on the file itself is also work in its folder
        for by_person, counts in ((by_folder.get(_folder(path), {}), BESIDE), (by_file.get(path, {}), 1.0)):
            whole = sum(by_person.values())
            for person, weight in by_person.items():
                known = found.setdefault(person, {})
                known[path] = max(known.get(path, 0.0), counts * weight / whole)
    return found


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _hours_until_work(calendar: WorkingCalendar | None, now: datetime) -> float:
    if calendar is None:
        return 0.0
    try:
        return (calendar.next_working_moment(now) - now).total_seconds() / 3600
    # a calendar without any further work, like that of somebody who has left for good
    except ValueError:
        return _REACH_HOURS


def _chosen(question: Question, scored: list[Suggestion], rules: Reviewers) -> tuple[Suggestion, ...]:
    best = scored[: max(rules.at_most, 0)]
    if not best or not _spreads(question.change, rules.spread):
        return tuple(best)
    # the second part is expertise
    knows = {found.person: found.parts[1].value for found in scored}
    top = max(knows.values())
    # those left are still in order of score, so the first fits best
    middling = [found for found in scored if MIDDLING[0] * top <= knows[found.person] <= MIDDLING[1] * top]
    if not top or not middling:
        return tuple(best)
    learner = Suggestion(middling[0].person, middling[0].score, middling[0].parts, to_spread=True)
    # The last place is given away: somebody who knows the code well stays, unless there is one place only.
    kept = [found for found in best if found.person != learner.person][: max(rules.at_most - 1, 0)]
    return (*kept, learner)


def _spreads(change: str, share: float) -> bool:
    """Whether a change is among the share given to spreading: decided by its id, so the same each time."""
    drawn = int.from_bytes(hashlib.blake2b(change.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "big")
    # a draw by hash is even over all ids, and nobody can ask again for a luckier one
    return drawn < share * 2**32
