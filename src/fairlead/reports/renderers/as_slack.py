"""The document as Block Kit: every claim with the link to what it rests on, and no text of a tool as markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fairlead.connectors.slack import blocks as kit
from fairlead.model.figures import Evidence
from fairlead.reports.document import Block, Chart, Claim, Document, Empty, FigureBlock, Notice, Table
from fairlead.reports.renderers.as_table import grid
from fairlead.reports.renderers.walk import digest, numbered, records, safe_url
from fairlead.reports.wording import Wording

_TABLE_ROWS = 30
_WIDTH = 76
"""Columns of preformatted text that Slack shows on a laptop without folding them."""


def render(document: Document, address: str = "", page: str = "") -> dict[str, Any]:
    """`text`, the fallback, and `blocks`; `address` is where our pages are reached, `page` that of the report."""
    made = list(_Maker(document, address).blocks())
    title = kit.cut(document.title.text, kit.SECTION)
    words = Wording(document.language)
    more = words("slack.more", page=page) if page else words("slack.more_nowhere", kind=document.kind)
    return {"text": kit.cut(kit.escaped(title), kit.TEXT), "blocks": kit.within(made, kit.MOST_BLOCKS - 2, more)}


@dataclass(frozen=True, slots=True)
class _Maker:
    document: Document
    address: str

    def blocks(self) -> Iterator[kit.Block]:
        document, words = self.document, Wording(self.document.language)
        yield kit.header(document.title.text)
        yield kit.context(" · ".join(filter(None, (document.scope, document.shown_as_of, document.freshness))))
        for section, found in numbered(document):
            if section.heading:
                aside = f" ({section.aside})" if section.aside else ""
                yield kit.paragraph(kit.stretch(section.heading, bold=True), kit.stretch(aside))
            lines = list[tuple[int, list[kit.Block]]]()
            for number, block in found:
                # what is no line ends the list: else a table would slip below what follows it
                if isinstance(block, Table | Chart):
                    yield from kit.lines(lines)
                    lines = []
                    yield from self._table(block.table if isinstance(block, Chart) else block, words)
                else:
                    lines += self._lines(number, block, words)
            yield from kit.lines(lines)

    def _lines(self, number: int | None, block: Block, words: Wording) -> Iterator[tuple[int, list[kit.Block]]]:
        match block:
            case Claim():
                yield from self._claim(block, words, kit.stretch(f"{number}. ", bold=True) if number else None)
            case FigureBlock():
                facts = filter(None, (block.value, *block.parts, block.change, block.band, block.basis))
                yield 0, [kit.stretch(f"{block.figure.title}: ", bold=True), kit.stretch("; ".join(facts))]
                yield from ((1, [kit.stretch(note, italic=True)]) for note in block.notes)
            case Notice():
                yield from self._claim(
                    block.claim, words, kit.stretch(f"{words(f'level.{block.level}')}: ", bold=True)
                )
            case Empty():
                yield from self._claim(block.claim, words, None)

    def _claim(self, claim: Claim, words: Wording, mark: kit.Block | None) -> Iterator[tuple[int, list[kit.Block]]]:
        subject = [mark] if mark else []
        for ref in claim.refs[:1]:
            subject.append(kit.link(safe_url(ref.url), ref.label, bold=True))
        if claim.title:
            subject.append(kit.stretch(f" {claim.title}" if claim.refs else claim.title, italic=True))
        if claim.refs or claim.title:
            subject.append(kit.stretch(": "))
        yield 0, [*subject, kit.stretch(claim.text), *self._evidence(claim.evidence, words)]
        for reason in claim.reasons:
            yield 1, [kit.stretch(reason.text), *self._evidence(reason.evidence, words)]
        if claim.act and claim.act.command:
            yield 1, [kit.stretch(f"{claim.act.label}: "), kit.stretch(claim.act.command, code=True)]

    def _evidence(self, evidence: Evidence, words: Wording) -> list[kit.Block]:
        """How many records stand behind it, and where they are listed."""
        count = records(words, evidence)
        if not count:
            return []
        leads = self._leads(evidence)
        shown = kit.link(leads, count) if leads else kit.stretch(count, italic=True)
        return [kit.stretch(" ("), shown, kit.stretch(")")]

    def _leads(self, evidence: Evidence) -> str:
        if not self.address:
            return ""
        team = f"?team={quote(self.document.team, safe=':')}" if self.document.team else ""
        return f"{self.address.rstrip('/')}/evidence/{quote(self.document.kind)}/{digest(evidence)}{team}"

    def _table(self, table: Table, words: Wording) -> Iterator[kit.Block]:
        yield kit.paragraph(kit.stretch(table.caption.text), *self._evidence(table.caption.evidence, words))
        cells = [[cell.text or "-" for cell in row] for row in table.rows[:_TABLE_ROWS]]
        numbers = [any(row[place].number for row in table.rows) for place in range(len(table.columns))]
        yield kit.preformatted("\n".join(line for line, _ in grid(list(table.columns), cells, numbers, _WIDTH)))
        if len(table.rows) > _TABLE_ROWS:
            yield kit.context(words("slack.rows_left", n=len(table.rows) - _TABLE_ROWS))
