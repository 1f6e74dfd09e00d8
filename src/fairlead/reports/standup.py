"""The standup of a team: done, under way and planned, blocked, what other teams did about it, and the trend.

Told of each team in its own zone, since its own last working day began. The subject of every line is work: nobody is
named, nobody's silence is a finding, and who is away is no news. Each line says how it is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fairlead.metrics import figures
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Basis, Block, Claim, Document, Empty, Section
from fairlead.reports.figure_words import figure_block
from fairlead.reports.sentences import Teller
from fairlead.reports.standup_facts import load_blocked, load_done, load_posted
from fairlead.reports.standup_lines import (
    blocker_lines,
    dependency_lines,
    done_lines,
    planned_lines,
    posted_lines,
)

TREND_DAYS = 30
"""A month against the month before: shorter trends are noise."""
TRENDS: Sequence[tuple[str, int, Basis]] = (
    ("throughput", TREND_DAYS, "self-reported"),
    ("velocity", 90, "self-reported"),
)
"""Figure, its window in days and how its rows are known: items are done when somebody has said so."""


@dataclass(frozen=True)
class _Team:
    """A team's part of the report."""

    teller: Teller
    sections: tuple[Section, ...]
    done: tuple[str, ...]
    blocked: tuple[str, ...]


def standup(asked: Asked) -> Document:
    """The standup of a team, or of each stated team one after the other."""
    # without stated teams everybody is one
    scopes = [asked.scope] if asked.team or not asked.setup.teams else asked.scopes_of([*asked.setup.teams])
    found = [_team(asked.teller(scope), len(scopes) > 1) for scope in scopes]
    title = _title(found[0].teller if len(found) == 1 else asked.teller(), found)
    return document(asked.teller(), "standup", title, [section for part in found for section in part.sections])


def _team(teller: Teller, one_of_several: bool) -> _Team:
    words, scope = teller.words, teller.scope
    key = (scope.team or "").removeprefix("team:")

    def section(kind: str, lines: Sequence[Block], aside: str = "") -> Section:
        if not one_of_several:
            return Section(kind, words(f"section.standup_{kind}"), tuple(lines), aside=aside)
        heading = words("standup.of_team", team=scope.name, what=words(f"section.standup_{kind}"))
        return Section(f"{key}-{kind}", heading, tuple(lines), aside=aside)

    since = words("aside.standup", since=words.recent(scope.since), now=words.moment(scope.now))
    done, blocked, posted = load_done(scope), load_blocked(scope), load_posted(scope)

    def with_posted(lines: list[Block], part: str) -> list[Block]:
        # that nothing was seen is no news where somebody has said something
        own = posted_lines(teller, posted, part)
        return [*(line for line in lines if not own or not isinstance(line, Empty)), *own]

    sections = (
        section("done", with_posted(done_lines(teller, done), "done"), since),
        section("planned", with_posted(planned_lines(teller), "planned")),
        section("blockers", with_posted(blocker_lines(teller, blocked), "blockers")),
        section("dependencies", dependency_lines(teller)),
        section("trend", _trend(teller)),
    )
    stuck = tuple(dict.fromkeys(item.item for item in blocked))
    return _Team(teller, sections, tuple(item.item for item in done), stuck)


def _title(teller: Teller, found: Sequence[_Team]) -> Claim:
    """What is done and what is stuck, in one sentence."""
    # an item that two teams share is one item
    done = list(dict.fromkeys(item for part in found for item in part.done))
    blocked = list(dict.fromkeys(item for part in found for item in part.blocked))
    ids = [*done, *blocked]
    if not ids:
        evidence = proof.of_absence("standup", "select work_item from work_item_cycle_times where false")
        return teller.claim("standup.title_quiet", evidence)
    text = teller.words("standup.title_done", n=len(done))
    if blocked:
        text += teller.words("standup.title_blocked", n=len(blocked))
    # one that is done and blocked still would be counted twice
    evidence = proof.of_mixed(list(dict.fromkeys(ids)))
    return Claim(key="standup.title_done", text=text, evidence=evidence, tone="watch" if blocked else "neutral")


def _trend(teller: Teller) -> list[Block]:
    """Throughput and velocity of the team against its own past, never against another team's."""
    scope, words = teller.scope, teller.words
    blocks: list[Block] = []
    for name, days, basis in TRENDS:
        found = figures.figure(scope.warehouse, name, scope.last_days(days), scope.segment, language=words.language)
        block = figure_block(found, words)
        over = words("aside.window", n=days)
        blocks.append(replace(block, notes=(f"{over} ({words(f'basis.{basis}')})", *block.notes)))
    return blocks
