"""A report as a tree whose claims hold what they rest on; rendering cannot lose it.

All text in the tree is plain: words from tools have been made harmless (`plain.py`), and every renderer escapes its
own markup. A claim without evidence cannot be made: the report fails to build instead of saying something unfounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from fairlead.model.errors import Fault
from fairlead.model.figures import Evidence, Figure

Tone = Literal["act", "watch", "ok", "neutral"]
Basis = Literal["", "observed", "self-reported", "inferred"]
"""How it is known: a tool saw it happen, somebody said so in a tool, or it follows from several records."""


class Unfounded(Fault):
    """A claim that rests on nothing; whoever builds the report has to say what it rests on."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A record that a claim is about."""

    id: str
    label: str
    """Short name, like `acme/payments#412`."""
    url: str | None = None
    """The tool's own page."""


@dataclass(frozen=True, slots=True)
class Act:
    """What the reader can do about it: a command to type or a page to open."""

    label: str
    command: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """What one part gives to a score."""

    key: str
    points: float
    most: float
    """What it could give at most: its weight in the settings."""


@dataclass(frozen=True, slots=True)
class Score:
    """A score as numbers, so that nobody has to read them out of the sentence."""

    value: float
    most: float
    parts: tuple[ScoreLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence that can be checked."""

    key: str
    """Key of the phrase that it was made from: stable where the words may change."""
    text: str
    evidence: Evidence
    tone: Tone = "neutral"
    """Colour that repeats what the words say."""
    refs: tuple[Ref, ...] = ()
    """What it is about, the first one being its subject."""
    title: str = ""
    """Title that the tool gives the subject."""
    reasons: tuple[Claim, ...] = ()
    """Why it matters or why it stands here."""
    act: Act | None = None
    score: Score | None = None
    """The score that the sentence tells, if it tells one."""
    basis: Basis = ""
    """How it is known, where the report says so of each line; the words are part of `text`."""

    def __post_init__(self) -> None:
        found = self.evidence
        # checked where claims are made, so that no face can show one that slipped through
        if not found.ids or not found.query.strip() or found.count < 0:
            raise Unfounded(f"the claim `{self.key}` rests on nothing", hint="give record ids and the query for all")


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A figure with its words; the object itself goes along for faces that draw it."""

    figure: Figure
    value: str
    """Value with unit, or why there is none."""
    change: str = ""
    """Against the window before, in words."""
    band: str = ""
    basis: str = ""
    """How many rows, and how many were left out."""
    parts: tuple[str, ...] = ()
    """What it consists of, in words."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    text: str
    url: str | None = None
    number: bool = False
    reason: str = ""
    """Why it is empty."""
    sentence: bool = False
    """Whether it is said in the report's words, whose direction holds whatever name it begins with."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under one evidence."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: Claim


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of a table; forms without pictures show the table alone."""

    name: str
    """`burndown`, `cumulative-flow` ...: stable, for file names and addresses."""
    spec: dict[str, Any]
    """Vega-Lite specification."""
    table: Table
    """The same data; its caption is the finding."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the report or its data that the reader must know first."""

    level: Literal["information", "warning", "fault"]
    claim: Claim


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing to show: what will be here, and how it comes."""

    claim: Claim


Block: TypeAlias = Claim | FigureBlock | Table | Chart | Notice | Empty


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks under a heading."""

    key: str
    heading: str
    blocks: tuple[Block, ...]
    aside: str = ""
    """What the heading is limited to, like the window."""
    numbered: bool = False
    """Whether its claims are counted, through all such sections of the document."""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    kind: str
    """`brief`, `triage` ..."""
    title: Claim
    """The finding."""
    scope: str
    """Whose report it is, like a team's name."""
    as_of: datetime
    shown_as_of: str
    freshness: str
    """How old the data are, in words."""
    sections: tuple[Section, ...]
    language: str = "en"
    team: str | None = None

    def claims(self) -> Iterator[Claim]:
        """Every claim of the tree, reasons and notices included."""
        yield self.title
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Claim):
                    yield from _with_reasons(block)
                # rows stand under the evidence of their caption
                elif isinstance(block, Table):
                    yield block.caption
                elif isinstance(block, Chart):
                    yield block.table.caption
                elif isinstance(block, Notice | Empty):
                    yield from _with_reasons(block.claim)

    def figures(self) -> Iterator[Figure]:
        """Every figure of the tree."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, FigureBlock):
                    yield block.figure


def _with_reasons(claim: Claim) -> Iterator[Claim]:
    yield claim
    for reason in claim.reasons:
        yield from _with_reasons(reason)
