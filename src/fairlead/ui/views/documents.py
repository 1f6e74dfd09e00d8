"""A report's tree as pages show it: numbered claims with evidence and links, figures as cards, tables, notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from fairlead.model.figures import Evidence
from fairlead.reports.document import Block, Chart, Claim, Document, Empty, FigureBlock, Notice, Section, Table
from fairlead.reports.renderers.walk import digest, numbered, safe_url
from fairlead.reports.weekly_views import AUDIENCES
from fairlead.ui.remembered import remember
from fairlead.ui.rights import allowed
from fairlead.ui.views.cards import Card, card
from fairlead.ui.views.drawn import Picture, picture
from fairlead.ui.views.links import Known, page_for
from fairlead.ui.views.proofs import Proof, addresses, proof
from fairlead.ui.visit import Visit

PAGES = {"fairlead triage": "/triage", "fairlead brief": "/", "fairlead doctor": "/data", "fairlead sync": "/data"}
"""Command of an act -> our page that shows the same."""
OWN_WORDS: Mapping[str, tuple[str, ...]] = {
    "sprint-health": ("sprint",), "flow": ("window",), "reliability": ("service",), "weekly": ("week",),
    "balance": ("window",), "work": ("work_type",), "plan": ("sprint", "epic", "milestone"),
    "forecast": ("items", "by", "epic", "milestone", "sprint", "as_of"),
    "goals": ("quarter", "objective"), "alignment": ("window",), "quarter": ("quarter",),
    **{view.kind: ("week",) for view in AUDIENCES.values()},
}  # fmt: skip
"""Report -> what its page reads from the address beside team and language; its evidence is asked with the same."""
LEVELS = {"information": "neutral", "warning": "watch", "fault": "act"}


@dataclass(frozen=True)
class Line:
    """A claim."""

    number: int | None
    key: str
    text: str
    title: str
    subject: str
    link: str
    out: bool
    tone: str
    proof: Proof | None
    """Not said again for a reason that rests on the same rows as its claim."""
    reasons: tuple[Line, ...]
    act: str
    command: str
    act_link: str


@dataclass(frozen=True)
class Part:
    """One block of a section, or several of a kind that belong together."""

    kind: str
    """`claims`, `figures`, `table`, `charts`, `notice` or `empty`."""
    lines: tuple[Line, ...] = ()
    cards: tuple[Card, ...] = ()
    table: Table | None = None
    pictures: tuple[Picture, ...] = ()
    level: str = "neutral"


@dataclass(frozen=True)
class Chapter:
    """A section."""

    key: str
    heading: str
    aside: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Story:
    """The whole document."""

    title: Line
    scope: str
    freshness: str
    chapters: tuple[Chapter, ...]


def story(document: Document, visit: Visit) -> Story:
    """The document with the addresses of all its records; its sentences open for as long as somebody may read it."""
    remember(visit, document)
    # All claims at once: a query for each would be some hundred on a full brief.
    known = addresses(visit, [claim.evidence for claim in document.claims()])
    teller = _Teller(document.kind, visit, known)
    return Story(
        title=teller.line(document.title, None),
        scope=document.scope,
        freshness=document.freshness,
        chapters=tuple(teller.chapter(section, blocks) for section, blocks in numbered(document)),
    )


def own_words(report: str, visit: Visit) -> dict[str, str]:
    """What the address says to a report alone, like which sprint."""
    # a page of one service says in its path what other pages say in the query
    limits = visit.scope.limits
    return {word: limits.get(word) or visit.path.get(word) or visit.said(word) for word in OWN_WORDS.get(report, ())}


@dataclass(frozen=True)
class _Teller:
    report: str
    visit: Visit
    known: Mapping[str, Known]

    def line(self, claim: Claim, number: int | None, within: Claim | None = None) -> Line:
        """A claim with its reasons."""
        # The first reference is what the sentence is about; the others stand in its evidence.
        subject = claim.refs[0] if claim.refs else None
        out = safe_url(subject.url) if subject else ""
        act = claim.act
        # A command that one of our pages shows is a link there: nobody types what can be clicked.
        act_link = PAGES.get(act.command.partition(" --")[0], "") if act and act.command else ""
        # Where sources are to be named, a page says how: to those whom it lets in.
        if act and act.command == "fairlead init" and allowed(self.visit, "owner"):
            act_link = "/setup"
        act_link = self.visit.scope.link(act_link) if act_link else safe_url(act.url) if act else ""
        # A reason that rests on the rows of its claim would repeat the same list.
        said_above = within is not None and within.evidence.query == claim.evidence.query
        return Line(
            number=number,
            key=claim.key,
            text=claim.text,
            title=claim.title,
            subject=subject.label if subject else "",
            link=out or (page_for(self.visit, subject.id) if subject else ""),
            out=out.startswith("http"),
            tone=claim.tone,
            proof=None if said_above else proof(self.visit, claim.evidence, self.known, self._rows(claim.evidence)),
            reasons=tuple(self.line(reason, None, claim) for reason in claim.reasons),
            act=act.label if act else "",
            command=act.command if act else "",
            # The subject is a link to the same place: once is enough.
            act_link="" if act_link == out else act_link,
        )

    def chapter(self, section: Section, blocks: list[tuple[int | None, Block]]) -> Chapter:
        """A section; claims and figures that follow each other become one list."""
        return Chapter(section.key, section.heading, section.aside, tuple(_joined(self._parts(blocks))))

    def _parts(self, blocks: list[tuple[int | None, Block]]) -> Iterator[Part]:
        for number, block in blocks:
            match block:
                case Claim():
                    yield Part("claims", lines=(self.line(block, number),))
                case FigureBlock():
                    # the report's notes: what it says of all its figures at once it takes from each
                    yield Part("figures", cards=(replace(card(block.figure, self.visit), notes=block.notes),))
                case Table():
                    yield Part("table", lines=(self.line(block.caption, None),), table=block)
                case Chart():
                    drawn = picture(self.visit.services.home, block)
                    yield Part("charts", lines=(self.line(block.table.caption, None),), pictures=(drawn,))
                case Notice():
                    yield Part("notice", lines=(self.line(block.claim, None),), level=LEVELS[block.level])
                case Empty():
                    yield Part("empty", lines=(self.line(block.claim, None),))

    def _rows(self, evidence: Evidence) -> str:
        own = own_words(self.report, self.visit)
        return self.visit.scope.link(f"/evidence/{self.report}/{digest(evidence)}", **own)


def _joined(parts: Iterator[Part]) -> Iterator[Part]:
    held: Part | None = None
    for part in parts:
        if held and held.kind == part.kind and part.kind in ("claims", "figures", "charts"):
            held = Part(
                part.kind, lines=held.lines + part.lines, cards=held.cards + part.cards,
                pictures=held.pictures + part.pictures,
            )  # fmt: skip
            continue
        if held:
            yield held
        held = part
    if held:
        yield held
