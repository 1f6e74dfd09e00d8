"""The document as a whole HTML page that can be mailed, kept and printed: it brings its style and asks nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from fairlead.model.times import iso
from fairlead.reports.document import Block, Chart, Claim, Document, Empty, FigureBlock, Notice, Section, Table
from fairlead.reports.renderers.walk import numbered, records, safe_url
from fairlead.reports.wording import Wording

Draw = Callable[[dict[str, Any]], str | None]
"""A specification -> its drawing as SVG; `None` where there is none."""


def render(document: Document, draw: Draw | None = None) -> str:
    """A page of its own; charts are drawn by `draw`, else their tables stand alone."""
    # whoever gets several by mail tells them apart by their titles
    title = ", ".join(filter(None, (document.title.text, document.scope, document.shown_as_of)))
    lines = [
        "<!doctype html>",
        f'<html lang="{escape(document.language)}">',
        '<head><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" />',
        f"<title>{escape(title)}</title>",
        f"<style>\n{_style()}</style></head>",
        "<body><main>",
        *_article(document, draw),
        "</main></body></html>",
    ]
    return "\n".join(lines) + "\n"


@cache
def _style() -> str:
    return Path(__file__).with_name("report.css").read_text(encoding="utf-8")


def _article(document: Document, draw: Draw | None) -> list[str]:
    words = Wording(document.language)
    lines = [
        f'<article class="report report-{escape(document.kind)}" lang="{escape(document.language)}">',
        f"<header><h1>{escape(document.title.text)}{_evidence(document.title, words)}</h1>",
        f'<p class="scope"><span>{escape(document.scope)}</span>',
        f'<time datetime="{iso(document.as_of)}">{escape(document.shown_as_of)}</time>',
        f'<span class="freshness">{escape(document.freshness)}</span></p></header>',
    ]
    for section, blocks in numbered(document):
        lines += _section(section, blocks, words, draw)
    lines.append("</article>")
    return lines


def _section(
    section: Section, blocks: list[tuple[int | None, Block]], words: Wording, draw: Draw | None
) -> Iterator[str]:
    name = f"section-{escape(section.key)}"
    aside = f" <small>{escape(section.aside)}</small>" if section.aside else ""
    yield f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(section.heading)}{aside}</h2>'
    held: list[str] = []
    first = None
    for number, block in blocks:
        if isinstance(block, Claim):
            # a list goes on with the number at which another block broke it
            first = number if not held else first
            # claims in a row are one list; any other block ends it
            held.append(f'<li class="claim tone-{block.tone}">{_claim(block, words)}</li>')
            continue
        yield from _list(held, first)
        held = []
        yield from _block(block, words, draw)
    yield from _list(held, first)
    yield "</section>"


def _list(items: list[str], first: int | None) -> Iterator[str]:
    if items:
        yield f'<ol class="claims" start="{first}">' if first is not None else '<ul class="claims">'
        yield from items
        yield "</ol>" if first is not None else "</ul>"


def _block(block: Block, words: Wording, draw: Draw | None) -> Iterator[str]:
    match block:
        case FigureBlock():
            yield from _figure(block, words)
        case Table():
            yield from _table(block, words)
        case Chart():
            yield from _chart(block, words, draw(block.spec) if draw else None)
        case Notice():
            label = escape(words(f"level.{block.level}"))
            yield f'<div class="notice notice-{block.level}" role="note"><strong>{label}:</strong> '
            yield f"{_claim(block.claim, words)}</div>"
        case Empty():
            yield f'<div class="empty">{_claim(block.claim, words)}</div>'
        case Claim():
            yield f"<p>{_claim(block, words)}</p>"


def _claim(claim: Claim, words: Wording) -> str:
    parts = [_ref(ref.label, ref.url) for ref in claim.refs[:1]]
    if claim.title:
        # a title in Arabic or Hebrew must not turn the sentence round it
        parts.append(f'<span class="title" dir="auto">{escape(claim.title)}</span>')
    parts.append(f'<span class="text">{escape(claim.text)}</span>{_evidence(claim, words)}')
    if claim.reasons:
        items = "".join(f"<li>{escape(reason.text)}{_evidence(reason, words)}</li>" for reason in claim.reasons)
        parts.append(f'<ul class="reasons">{items}</ul>')
    if claim.act and claim.act.command:
        parts.append(f'<span class="act">{escape(claim.act.label)}: <code>{escape(claim.act.command)}</code></span>')
    elif claim.act and (url := safe_url(claim.act.url)):
        parts.append(f'<a class="act" href="{escape(url)}">{escape(claim.act.label)}</a>')
    return " ".join(parts)


def _ref(label: str, url: str | None) -> str:
    safe = safe_url(url)
    return f'<a href="{escape(safe)}">{escape(label)}</a>' if safe else f"<strong>{escape(label)}</strong>"


def _evidence(claim: Claim, words: Wording) -> str:
    """Record ids and query, behind a quiet count; readable without script."""
    found = claim.evidence
    # what is not there has no rows, but still a query
    label = records(words, found) or words("evidence.why")
    ids = "".join(f"<li><code>{escape(record)}</code></li>" for record in found.ids)
    return (
        f' <details class="evidence"><summary>{escape(label)}</summary>'
        f"<ul>{ids}</ul><pre><code>{escape(found.query)}</code></pre></details>"
    )


def _figure(block: FigureBlock, words: Wording) -> Iterator[str]:
    figure = block.figure
    facts = ((block.change, "change"), (block.band, "band"), (block.basis, "basis"))
    yield f'<dl class="figure" data-name="{escape(figure.name)}"><dt>{escape(figure.title)}</dt>'
    yield f'<dd class="value">{escape(block.value)}</dd>'
    yield from (f'<dd class="part">{escape(part)}</dd>' for part in block.parts)
    yield from (f'<dd class="{name}">{escape(fact)}</dd>' for fact, name in facts if fact)
    yield from (f'<dd class="note">{escape(note)}</dd>' for note in block.notes)
    # a query of twenty lines behind one word: it is for who doubts, not for who reads
    yield f'<dd class="query"><details class="evidence"><summary>{escape(words("evidence.why"))}</summary>'
    yield f"<pre><code>{escape(figure.rows.query)}</code></pre></details></dd></dl>"


def _chart(chart: Chart, words: Wording, svg: str | None) -> Iterator[str]:
    """The drawing, and the same data behind one click; without a drawing the data stand open."""
    if svg is None:
        yield from _table(chart.table, words)
        return
    # made from our own specification, in which every text is a value
    yield f'<figure class="chart" data-name="{escape(chart.name)}">'
    yield f'<div role="img" aria-label="{escape(chart.table.caption.text)}">{svg}</div>'
    yield f"<details><summary>{escape(words('chart.table'))}</summary>"
    yield from _table(chart.table, words)
    yield "</details></figure>"


def _table(table: Table, words: Wording) -> Iterator[str]:
    yield f"<table><caption>{escape(table.caption.text)}{_evidence(table.caption, words)}</caption>"
    yield (
        "<thead><tr>"
        + "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
        + "</tr></thead>"
    )
    yield "<tbody>"
    for row in table.rows:
        cells = []
        for cell in row:
            kind = ' class="number"' if cell.number else ""
            why = f' title="{escape(cell.reason)}"' if cell.reason else ""
            url = safe_url(cell.url)
            text = f'<a href="{escape(url)}">{escape(cell.text)}</a>' if url else escape(cell.text or "–")
            cells.append(f"<td{kind}{why}>{text}</td>")
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table>"
