"""A week's facts for one reader: which words, how many lines, and what stands first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from fairlead.model.figures import Evidence, Figure
from fairlead.reports import proof
from fairlead.reports.concerns import Concern, concerns
from fairlead.reports.document import Act, Block, Claim, FigureBlock, Tone
from fairlead.reports.figure_words import figure_block
from fairlead.reports.sentences import Teller
from fairlead.reports.trends import trend_of
from fairlead.reports.weekly_facts import WeekFacts
from fairlead.reports.weekly_views import FIGURES, View
from fairlead.reports.wording import Wording


@dataclass(frozen=True)
class Telling:
    """Facts and the view of them that is told."""

    facts: WeekFacts
    view: View

    @property
    def teller(self) -> Teller:
        """Who puts facts into words."""
        return self.facts.teller

    @property
    def words(self) -> Wording:
        """The phrases of the reader's language."""
        return self.teller.words

    @cached_property
    def concerns(self) -> Sequence[Concern]:
        """What stands in the way, as far as the reader has words for it, what matters most first."""
        return [each for each in concerns(self.facts) if not self.view.plain or self._has_words(each)]

    def said(self, key: str, evidence: Evidence, tone: Tone = "neutral", **args: Any) -> Claim:
        """A claim in the reader's words."""
        return self.teller.claim(self.key(key), evidence, tone, **args)

    def key(self, key: str) -> str:
        """The phrase without words of the trade where the reader wants that and there is one."""
        return f"{key}.plain" if self.view.plain and self.words.knows(f"{key}.plain") else key

    def title_of(self, figure: Figure) -> str:
        """What a figure is called; in plain words it may have no name at all."""
        name = f"plain.{figure.name}"
        if not self.view.plain:
            return figure.title
        return self.words(name) if self.words.knows(name) else ""

    def concern(self, found: Concern) -> Claim:
        """A concern with why it stands where it stands."""
        why = self.said(f"urgency.{found.urgency}", found.evidence)
        return replace(self._about(f"concern.{found.kind}", found), tone=found.tone, reasons=(why,))

    def ask(self, found: Concern) -> Claim:
        """What a concern asks of those who decide."""
        return self._about(f"ask.{found.kind}", found)

    def figures(self, chapter: str, group: Sequence[Figure]) -> list[Block]:
        """A chapter's figures, those that are talked about or, where the reader looks deep, every one of them."""
        known = {figure.name: figure for figure in group}
        names = list(known) if self.view.deep else [name for name in FIGURES[chapter] if name in known]
        return [self._figure(known[name]) for name in names]

    def cut(self, lines: Sequence[Claim], command: str = "") -> list[Block]:
        """As many lines as the reader reads; the others are counted and keep their evidence."""
        shown, rest = lines[: self.view.lines], lines[self.view.lines :]
        if not rest:
            return list(shown)
        more = self.teller.claim("more", proof.of_mixed([line.evidence.ids[0] for line in rest]), n=len(rest))
        act = Act(self.words("act.all"), command=command) if command else None
        return [*shown, replace(more, act=act)]

    def _about(self, key: str, found: Concern) -> Claim:
        said = dict(found.said)
        if found.figure:
            said["figure"] = self._plain_name(found) or said["figure"]
        claim = self.said(key, found.evidence, **said)
        return replace(claim, refs=found.refs, title=found.title)

    def _figure(self, figure: Figure) -> FigureBlock:
        block = figure_block(figure, self.words)
        trend = trend_of(figure, self.facts.scope.setup.thresholds.minimum_n)
        told = (self.words(f"trend.{trend}"),) if trend else ()
        # How a figure is made stands on its page; here a line of it is read, and how sure it is says its n.
        return replace(block, notes=(*told, *(block.notes if self.view.deep else ())))

    def _has_words(self, found: Concern) -> bool:
        if found.figure and not self._plain_name(found):
            return False
        return self.words.knows(f"concern.{found.kind}.plain")

    def _plain_name(self, found: Concern) -> str:
        name = f"plain.{found.figure}"
        return self.words(name) if self.view.plain and self.words.knows(name) else ""
