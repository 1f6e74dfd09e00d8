"""The standup of a team: done, under way and planned, blocked, what other teams did about it, and the trend.

Told of each team in its own zone, since its own last working day began. The subject of every line is work: nobody is
named, nobody's silence is a finding, and who is away is no news. Each line says how it is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from fairlead.metrics import figures
from fairlead.model.figures import Window
from fairlead.model.setup import Setup
from fairlead.model.times import Clock
from fairlead.reports import facts, proof
from fairlead.reports.brief_data import freshness
from fairlead.reports.document import Basis, Block, Claim, Document, Section
from fairlead.reports.figure_words import figure_block
from fairlead.reports.intake import Intake
from fairlead.reports.naming import Names
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller
from fairlead.reports.standup_facts import load_blocked, load_done
from fairlead.reports.standup_lines import blocker_lines, dependency_lines, done_lines, planned_lines
from fairlead.reports.wording import Wording

if TYPE_CHECKING:
    from fairlead.metrics.warehouse import Warehouse

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


def standup(
    warehouse: Warehouse,
    setup: Setup,
    clock: Clock,
    *,
    team: str | None = None,
    language: str = "en",
    intake: Intake | None = None,
) -> Document:
    """The standup of a team (by key, id or name), or of each stated team one after the other."""
    now, names = clock.now(), Names.load(warehouse)
    whole = Scope.of(warehouse, setup, now, team, intake)
    # without stated teams everybody is one
    keys: list[str | None] = [team] if team else [*setup.teams] or [None]
    found = [_team(Scope.of(warehouse, setup, now, key, intake), names, language, len(keys) > 1) for key in keys]
    words = Wording(language, whole.calendar.zone, whole.now)
    teller = Teller(words, names, whole)
    return Document(
        kind="standup",
        title=_title(found[0].teller if len(found) == 1 else teller, found),
        scope=whole.name or words("scope.all"),
        as_of=whole.now,
        shown_as_of=words.moment(whole.now, year=True),
        freshness=freshness(teller, facts.load_sources(whole)),
        sections=tuple(section for part in found for section in part.sections),
        language=words.language,
        team=whole.team,
    )


def _team(scope: Scope, names: Names, language: str, one_of_several: bool) -> _Team:
    words = Wording(language, scope.calendar.zone, scope.now)
    teller = Teller(words, names, scope)
    key = (scope.team or "").removeprefix("team:")

    def section(kind: str, lines: Sequence[Block], aside: str = "") -> Section:
        if not one_of_several:
            return Section(kind, words(f"section.standup_{kind}"), tuple(lines), aside=aside)
        heading = words("standup.of_team", team=scope.name, what=words(f"section.standup_{kind}"))
        return Section(f"{key}-{kind}", heading, tuple(lines), aside=aside)

    since = words("aside.standup", since=words.recent(scope.since), now=words.moment(scope.now))
    sections = (
        section("done", done_lines(teller), since),
        section("planned", planned_lines(teller)),
        section("blockers", blocker_lines(teller)),
        section("dependencies", dependency_lines(teller)),
        section("trend", _trend(teller)),
    )
    done = tuple(item.item for item in load_done(scope))
    blocked = tuple(dict.fromkeys(item.item for item in load_blocked(scope)))
    return _Team(teller, sections, done, blocked)


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
    segment = {"team": scope.team} if scope.team else {}
    blocks: list[Block] = []
    for name, days, basis in TRENDS:
        window = Window(start=scope.now - timedelta(days=days), end=scope.now)
        block = figure_block(figures.figure(scope.warehouse, name, window, segment, language=words.language), words)
        over = words("aside.window", n=days)
        blocks.append(replace(block, notes=(f"{over} ({words(f'basis.{basis}')})", *block.notes)))
    return blocks
