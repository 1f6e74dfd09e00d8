"""Sprint health: where a sprint stands, what changed in it, what may be carried over, what it will bring.

One sprint in full, or, where a scope has several running, one line for each. Figures count items; points stand beside
them where items have any. Whose items they are is not said: a sprint belongs to its team.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fairlead.metrics import figures
from fairlead.planning.outlook import SURE, Outlook
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Act, Block, Claim, Document, Empty, Ref, Section, Tone
from fairlead.reports.figure_words import figure_block
from fairlead.reports.plain import plain
from fairlead.reports.scope import Scope
from fairlead.reports.sentences import Teller
from fairlead.reports.sprint_facts import Sprint, SprintFacts, load_sprint, load_sprints, named, running
from fairlead.reports.sprint_ledger import ledger_section
from fairlead.reports.sprint_outlook import outlook_of, outlook_section, promised
from fairlead.reports.sprint_risks import risk_section
from fairlead.reports.sprint_standing import of_days, of_items, standing_section

if TYPE_CHECKING:
    pass

FIGURES_DAYS = 90
"""Sprints closed in this time make the figures: a usual team closes six."""


@dataclass(frozen=True)
class Told:
    """A sprint with its outlook."""

    facts: SprintFacts
    outlook: Outlook


def sprint_health(asked: Asked, *, sprint: str = "") -> Document:
    """The sprint of that id, name or number; without one the running sprint of the team, else its last."""
    return told_sprints(asked, sprint=sprint)[0]


def told_sprints(asked: Asked, *, sprint: str = "") -> tuple[Document, list[Told]]:
    """The report, and the sprints that it tells of as numbers."""
    scope = asked.scope
    known = load_sprints(scope)
    chosen = [named(known, sprint)] if sprint else running(known, scope.now) or list(known[:1])
    told = _told(scope, chosen, known)
    # everybody's report of one team's sprint is told in that team's time
    calendar = scope.calendars.of_team(chosen[0].team) if chosen and not scope.team else scope.calendar
    teller = asked.teller(zone=calendar.zone)
    title, sections = _several(teller, told) if len(told) > 1 else _one(teller, told[0]) if told else _none(teller)
    return document(teller, "sprint-health", title, sections), told


def running_sprints(scope: Scope) -> list[Told]:
    """Every running sprint of a scope with its outlook, for reports that tell of sprints among other things."""
    known = load_sprints(scope)
    return _told(scope, running(known, scope.now), known)


def _told(scope: Scope, chosen: Sequence[Sprint], known: Sequence[Sprint]) -> list[Told]:
    loaded = [load_sprint(scope, sprint, known) for sprint in chosen]
    return [Told(found, outlook_of(scope, found)) for found in loaded]


def _one(teller: Teller, told: Told) -> tuple[Claim, tuple[Section, ...]]:
    found = told.facts
    over = found.sprint.closed_at or not found.items
    sections = [
        standing_section(teller, found, told.outlook.fan),
        ledger_section(teller, found),
        # a closed sprint and an empty one have neither a future nor anything at risk
        *(() if over else (risk_section(teller, found, told.outlook), outlook_section(teller, found, told.outlook))),
        _figures(teller, found.sprint),
    ]
    return _title(teller, told), tuple(sections)


def _several(teller: Teller, told: Sequence[Told]) -> tuple[Claim, tuple[Section, ...]]:
    """Every running sprint in a line; each is told in full by its name."""
    blocks = tuple(sprint_line(teller, one) for one in told)
    ids = [one.facts.sprint.id for one in told]
    title = teller.claim("sprint.title_several", proof.of_records("sprint_results", ids, "sprint"), n=len(told))
    return title, (Section("sprints", teller.words("section.sprints"), blocks, numbered=True),)


def sprint_line(teller: Teller, told: Told) -> Claim:
    """A sprint in a sentence, and where all of it is told."""
    sprint = told.facts.sprint
    said = _title(teller, told)
    # the id and not the name: two boards may call their sprints alike
    address = "/sprint?" + urlencode({"sprint": sprint.id})
    act = Act(teller.words("act.sprint"), command=f"fairlead sprint-health --sprint {sprint.id}", url=address)
    # its name stands before the line already
    text = said.text.removeprefix(sprint.name).lstrip(": ")
    return replace(said, text=text, refs=(Ref(sprint.id, sprint.name, sprint.url),), act=act)


def _none(teller: Teller) -> tuple[Claim, tuple[Section, ...]]:
    evidence = proof.of_absence("sprints", "select * from sprint_results")
    act = Act(teller.words("act.bring"), command=teller.scope.bring)
    empty = Claim(key="sprint.empty", text=teller.words("sprint.empty"), evidence=evidence, act=act)
    section = Section("standing", teller.words("section.standing"), (Empty(empty),))
    return teller.claim("sprint.title_none", evidence), (section,)


def _title(teller: Teller, told: Told) -> Claim:
    """What will be done by its end; where that cannot be said, what is done."""
    found, words = told.facts, teller.words
    sprint, scope, done = found.sprint, len(found.items), len(found.done)
    if not found.items:
        # of nothing all is always done: "on course" would praise a sprint that nobody has filled
        key = "sprint.title_empty_closed" if sprint.closed_at else "sprint.title_empty"
        return teller.claim(key, of_items(found), tone="neutral" if sprint.closed_at else "watch", name=sprint.name)
    if sprint.closed_at:
        return teller.claim("sprint.title_closed", of_items(found), name=sprint.name, done=done, n=scope)
    if sprint.end_at and sprint.end_at <= teller.scope.now:
        return teller.claim(
            "sprint.title_over", of_items(found), tone="watch", name=sprint.name, n=scope - done, scope=scope,
            end=words.day(sprint.end_at),
        )  # fmt: skip
    sure = promised(found, told.outlook, SURE)
    if sure is None or not sprint.end_at:
        return teller.claim("sprint.title_now", of_items(found), name=sprint.name, done=done, n=scope)
    added = len(found.of_kind("added"))
    text = words("sprint.title", name=sprint.name, n=scope, sure=sure, end=words.day(sprint.end_at))
    if added:
        text += words("sprint.title_added", n=added)
    tone: Tone = "ok" if sure >= scope else "watch"
    return Claim(key="sprint.title", text=text, evidence=of_days(found), tone=tone)


def _figures(teller: Teller, sprint: Sprint) -> Section:
    """The sprints before it, each figure with its mark: a trend of the team, never a comparison of teams."""
    words, scope = teller.words, teller.scope
    team = scope.team or sprint.team
    segment = {"team": team} if team else {"project": sprint.project} if sprint.project else {}
    blocks: list[Block] = []
    window, language = scope.last_days(FIGURES_DAYS), words.language
    found = [*figures.group(scope.warehouse, "sprint", window, segment, language=language)]
    # what holds a sprint up most, though items outside of sprints are held up by it too
    found.append(figures.figure(scope.warehouse, "blocker_resolution_time", window, segment, language=language))
    for figure in found:
        block = figure_block(figure, words)
        if figure.mark:
            block = replace(block, notes=(words("figure.mark", mark=plain(figure.mark)), *block.notes))
        blocks.append(block)
    # said, since people look for it here: a guess at how busy somebody is would be taken for a measure
    blocks.append(teller.claim("sprint.no_utilisation", proof.of_records("sprints", [sprint.id])))
    return Section(
        "marks", words("section.marks"), tuple(blocks), aside=words("aside.window", n=FIGURES_DAYS)
    )  # fmt: skip
