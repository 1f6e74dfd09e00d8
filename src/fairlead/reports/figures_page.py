"""Figures as a report of their own, for `fairlead metrics`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from fairlead.model.figures import Figure
from fairlead.reports.document import Block, Claim, Document, Empty, Section
from fairlead.reports.figure_words import figure_block
from fairlead.reports.plain import plain
from fairlead.reports.proof import of_absence
from fairlead.reports.wording import Wording


def figures_page(
    found: Sequence[Figure], *, language: str = "en", zone: tzinfo = UTC, scope: str = "", rewound: bool = False
) -> Document:
    """All figures in order, moments in the reader's zone; the title says how many have a value."""
    # all figures of a page were made by one refresh
    now = found[0].freshness.as_of if found else datetime.now(UTC)
    words = Wording(language, zone, now)
    known = [figure for figure in found if figure.value is not None]
    evidence = known[0].rows if known else of_absence("figures", "select * from sources")
    key = "figures.title" if found else "figures.none"
    title = Claim(key=key, text=words(key, n=len(found), known=len(known)), evidence=evidence)
    blocks: tuple[Block, ...] = tuple(figure_block(figure, words) for figure in found)
    if not found:
        blocks = (Empty(Claim(key="figures.empty", text=words("figures.empty"), evidence=title.evidence)),)
    window = (
        words("aside.compared", start=words.day(found[0].window.start), end=words.day(found[0].window.end))
        if found
        else ""
    )
    return Document(
        kind="metrics",
        title=title,
        scope=_scope(found, scope),
        as_of=now,
        shown_as_of=words.moment(now, year=True),
        freshness="; ".join(filter(None, (_freshness(found, words), words("freshness.rewound") if rewound else ""))),
        sections=(Section("figures", words("section.figures"), blocks, aside=window),),
        language=words.language,
    )


def _scope(found: Sequence[Figure], name: str) -> str:
    """Whose figures: the team or the organisation by name, then what else limits them."""
    limits = sorted(found[0].segment.items()) if found else []
    if name:
        # the name says it already
        limits = [(kind, value) for kind, value in limits if kind != "team"]
    said = [plain(name), *(f"{plain(kind)} {plain(value)}" for kind, value in limits)]
    return ", ".join(filter(None, said))


def _freshness(found: Sequence[Figure], words: Wording) -> str:
    if not found or not found[0].freshness.silent:
        return ""
    return words("freshness.silent", sources=", ".join(found[0].freshness.silent))
