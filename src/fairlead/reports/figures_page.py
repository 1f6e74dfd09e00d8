"""Figures as a report of their own, for `fairlead metrics`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fairlead.model.figures import Figure
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Block, Claim, Document, Empty, Section
from fairlead.reports.figure_words import figure_block
from fairlead.reports.plain import plain
from fairlead.reports.proof import of_absence


def figures_page(asked: Asked, found: Sequence[Figure]) -> Document:
    """All figures in order, moments in the reader's zone; the title says how many have a value."""
    teller = asked.teller()
    words = teller.words
    known = [figure for figure in found if figure.value is not None]
    evidence = known[0].rows if known else of_absence("figures", "select * from sources")
    title = teller.claim("figures.title" if found else "figures.none", evidence, n=len(found), known=len(known))
    blocks: tuple[Block, ...] = tuple(figure_block(figure, words) for figure in found)
    aside = ""
    if found:
        # one question, so one window for all of them
        window = found[0].window
        aside = words("aside.compared", start=words.day(window.start), end=words.day(window.end))
    else:
        blocks = (Empty(Claim(key="figures.empty", text=words("figures.empty"), evidence=evidence)),)
    told = document(teller, "metrics", title, (Section("figures", words("section.figures"), blocks, aside=aside),))
    return replace(told, scope=_scope(found, told.scope))


def _scope(found: Sequence[Figure], name: str) -> str:
    """Whose figures: the team or the organisation by name, then what else limits them."""
    limits = sorted(found[0].segment.items()) if found else []
    # the team's name says it already
    said = [f"{plain(kind)} {plain(value)}" for kind, value in limits if kind != "team"]
    return ", ".join([name, *said])
