"""The document as a whole HTML page that can be kept and printed, or as a mail: it brings its style and asks nobody.

A mail has less: its readers drop what opens and closes, and show all of it. So evidence is told by its count, a drawn
chart stands without its table, and both are in the page that goes along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Look:
    """In which words, with which drawings, and whether as a mail."""

    words: Wording
    draw: Draw | None
    mail: bool = False


def render(document: Document, draw: Draw | None = None) -> str:
    """A page of its own; charts are drawn by `draw`, else their tables stand alone."""
    return _whole(document, _Look(Wording(document.language), draw), "report.css")


def render_mail(document: Document, draw: Draw | None, foot: Sequence[str]) -> str:
    """A mail with lines at its foot; `draw` names the image of a specification."""
    return _whole(document, _Look(Wording(document.language), draw, mail=True), "mail.css", foot)


def _whole(document: Document, look: _Look, style: str, foot: Sequence[str] = ()) -> str:
    # whoever gets several by mail tells them apart by their titles
    title = ", ".join(filter(None, (document.title.text, document.scope, document.shown_as_of)))
    lines = [
        "<!doctype html>",
        f'<html lang="{escape(document.language)}">',
        '<head><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" />',
        f"<title>{escape(title)}</title>",
        f"<style>\n{_style(style)}</style></head>",
        "<body><main>",
        *_article(document, look),
        *(f'<p class="foot">{escape(line)}</p>' for line in foot),
        "</main></body></html>",
    ]
    return "\n".join(lines) + "\n"


@cache
def _style(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _article(document: Document, look: _Look) -> list[str]:
    lines = [
        f'<article class="report report-{escape(document.kind)}" lang="{escape(document.language)}">',
        f"<header><h1>{escape(document.title.text)}{_evidence(document.title, look)}</h1>",
        f'<p class="scope"><span>{escape(document.scope)}</span>',
        f'<time datetime="{iso(document.as_of)}">{escape(document.shown_as_of)}</time>',
        f'<span class="freshness">{escape(document.freshness)}</span></p></header>',
    ]
    for section, blocks in numbered(document):
        lines += _section(section, blocks, look)
    lines.append("</article>")
    return lines


def _section(section: Section, blocks: list[tuple[int | None, Block]], look: _Look) -> Iterator[str]:
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
            held.append(f'<li class="claim tone-{block.tone}">{_claim(block, look)}</li>')
            continue
        yield from _list(held, first)
        held = []
        yield from _block(block, look)
    yield from _list(held, first)
    yield "</section>"


def _list(items: list[str], first: int | None) -> Iterator[str]:
    if items:
        yield f'<ol class="claims" start="{first}">' if first is not None else '<ul class="claims">'
        yield from items
        yield "</ol>" if first is not None else "</ul>"


def _block(block: Block, look: _Look) -> Iterator[str]:
    match block:
        case FigureBlock():
            yield from _figure(block, look)
        case Table():
            yield from _table(block, look)
        case Chart():
            yield from _chart(block, look)
        case Notice():
            label = escape(look.words(f"level.{block.level}"))
            yield f'<div class="notice notice-{block.level}" role="note"><strong>{label}:</strong> '
            yield f"{_claim(block.claim, look)}</div>"
        case Empty():
            yield f'<div class="empty">{_claim(block.claim, look)}</div>'
        case Claim():
            yield f"<p>{_claim(block, look)}</p>"


def _claim(claim: Claim, look: _Look) -> str:
    parts = [_ref(ref.label, ref.url) for ref in claim.refs[:1]]
    if claim.title:
        # a title in Arabic or Hebrew must not turn the sentence round it
        parts.append(f'<span class="title" dir="auto">{escape(claim.title)}</span>')
    parts.append(f'<span class="text">{escape(claim.text)}</span>{_evidence(claim, look)}')
    if claim.reasons:
        items = "".join(f"<li>{escape(reason.text)}{_evidence(reason, look)}</li>" for reason in claim.reasons)
        parts.append(f'<ul class="reasons">{items}</ul>')
    if claim.act and claim.act.command:
        parts.append(f'<span class="act">{escape(claim.act.label)}: <code>{escape(claim.act.command)}</code></span>')
    elif claim.act and (url := safe_url(claim.act.url)):
        parts.append(f'<a class="act" href="{escape(url)}">{escape(claim.act.label)}</a>')
    return " ".join(parts)


def _ref(label: str, url: str | None) -> str:
    safe = safe_url(url)
    return f'<a href="{escape(safe)}">{escape(label)}</a>' if safe else f"<strong>{escape(label)}</strong>"


def _evidence(claim: Claim, look: _Look) -> str:
    """Record ids and query, behind a quiet count; readable without script."""
    found = claim.evidence
    # what is not there has no rows, but still a query
    label = records(look.words, found) or look.words("evidence.why")
    if look.mail:
        # a reader who doubts opens the page that goes along; an absence has no count that would say anything
        return f' <small class="evidence">({escape(label)})</small>' if found.count else ""
    ids = "".join(f"<li><code>{escape(record)}</code></li>" for record in found.ids)
    return (
        f' <details class="evidence"><summary>{escape(label)}</summary>'
        f"<ul>{ids}</ul><pre><code>{escape(found.query)}</code></pre></details>"
    )


def _figure(block: FigureBlock, look: _Look) -> Iterator[str]:
    figure = block.figure
    facts = ((block.change, "change"), (block.band, "band"), (block.basis, "basis"))
    yield f'<dl class="figure" data-name="{escape(figure.name)}"><dt>{escape(figure.title)}</dt>'
    yield f'<dd class="value">{escape(block.value)}</dd>'
    yield from (f'<dd class="part">{escape(part)}</dd>' for part in block.parts)
    yield from (f'<dd class="{name}">{escape(fact)}</dd>' for fact, name in facts if fact)
    yield from (f'<dd class="note">{escape(note)}</dd>' for note in block.notes)
    # a query of twenty lines behind one word: it is for who doubts, not for who reads
    if not look.mail:
        yield f'<dd class="query"><details class="evidence"><summary>{escape(look.words("evidence.why"))}</summary>'
        yield f"<pre><code>{escape(figure.rows.query)}</code></pre></details></dd>"
    yield "</dl>"


def _chart(chart: Chart, look: _Look) -> Iterator[str]:
    """The drawing, and the same data behind one click; without a drawing the data stand open."""
    drawn = look.draw(chart.spec) if look.draw else None
    if drawn is None:
        yield from _table(chart.table, look)
        return
    said = escape(chart.table.caption.text)
    yield f'<figure class="chart" data-name="{escape(chart.name)}">'
    if look.mail:
        yield f'<img src="{escape(drawn)}" alt="{said}" width="640" />'
        yield f"<figcaption>{said}{_evidence(chart.table.caption, look)}</figcaption></figure>"
        return
    # made from our own specification, in which every text is a value
    yield f'<div role="img" aria-label="{said}">{drawn}</div>'
    yield f"<details><summary>{escape(look.words('chart.table'))}</summary>"
    yield from _table(chart.table, look)
    yield "</details></figure>"


def _table(table: Table, look: _Look) -> Iterator[str]:
    yield f"<table><caption>{escape(table.caption.text)}{_evidence(table.caption, look)}</caption>"
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
