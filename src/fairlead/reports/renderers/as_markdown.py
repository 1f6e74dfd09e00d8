"""The document as Markdown that reads well unrendered; tools' text opens no tag, heading or disguised link in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead.reports.document import Block, Chart, Claim, Document, Empty, FigureBlock, Notice, Section, Table
from fairlead.reports.renderers.walk import numbered, records, safe_url
from fairlead.reports.wording import Wording

_MARKUP = re.compile(r"([\\`*_\[\]<>|~#])")
_BLOCK_START = re.compile(r"^(\d+)([.)])|^([-+=])")


def render(document: Document) -> str:
    """GitHub-flavoured Markdown."""
    words = Wording(document.language)
    lines = [f"# {escaped(document.title.text)}", ""]
    lines += [" · ".join(filter(None, map(escaped, (document.scope, document.shown_as_of, document.freshness)))), ""]
    for section, blocks in numbered(document):
        lines += [_heading(section), ""]
        for number, block in blocks:
            lines += _block(number, block, words)
        lines.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def escaped(text: str) -> str:
    """Plain text that Markdown shows as it is; `@` and `#` do not ring or link anybody."""
    return _BLOCK_START.sub(
        lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", _within_a_line(text)
    )


def _within_a_line(text: str) -> str:
    # an entity in a title would be read as the sign that it names
    safe = _MARKUP.sub(r"\\\1", text.replace("&", "&amp;"))
    # an invisible joiner: a report that is posted must not call people
    return re.sub(r"(?<!\w)@(?=\w)", "@\u2060", safe)


def _heading(section: Section) -> str:
    return f"## {escaped(section.heading)}" + (f" ({escaped(section.aside)})" if section.aside else "")


def _block(number: int | None, block: Block, words: Wording) -> Iterator[str]:
    match block:
        case Claim():
            yield from _claim(block, words, f"{number}. " if number else "- ")
        case FigureBlock():
            yield from _figure(block)
        case Table():
            yield from _table(block, words)
        case Chart():
            yield from _table(block.table, words)
        case Notice():
            yield f"> **{escaped(words(f'level.{block.level}'))}:** {escaped(block.claim.text)}"
            # each line carries the mark: without it the list would fall out of the quotation
            yield from (f"> {line}" for line in _below(block.claim, words, ""))
            yield ""
        case Empty():
            yield from _claim(block.claim, words, "")
            yield ""


def _claim(claim: Claim, words: Wording, mark: str) -> Iterator[str]:
    subject = _subject(claim)
    yield mark + " ".join(filter(None, (subject, escaped(claim.text)))) + _evidence(claim, words)
    yield from _below(claim, words, " " * len(mark))


def _evidence(claim: Claim, words: Wording) -> str:
    count = records(words, claim.evidence)
    return f" ({escaped(count)})" if count else ""


def _subject(claim: Claim) -> str:
    shown = []
    for ref in claim.refs[:1]:
        url = safe_url(ref.url)
        shown.append(f"[{escaped(ref.label)}](<{_address(url)}>)" if url else f"**{escaped(ref.label)}**")
    if claim.title:
        shown.append(f"*{escaped(claim.title)}*")
    return " ".join(shown) + (":" if shown else "")


def _below(claim: Claim, words: Wording, indent: str) -> Iterator[str]:
    for reason in claim.reasons:
        yield f"{indent}  - {escaped(reason.text)}{_evidence(reason, words)}"
    if claim.act and claim.act.command:
        # nothing can be escaped within a code span, and a backtick would end it
        yield f"{indent}  - {escaped(claim.act.label)}: `{claim.act.command.replace('`', '')}`"
    elif claim.act and (url := safe_url(claim.act.url)) and url not in _linked(claim):
        yield f"{indent}  - [{escaped(claim.act.label)}](<{_address(url)}>)"


def _linked(claim: Claim) -> list[str | None]:
    """Where the subject leads already: the same link twice is noise."""
    return [safe_url(ref.url) for ref in claim.refs[:1]]


def _address(url: str) -> str:
    # an angle bracket would end the address and begin markup
    return url.replace("<", "%3C").replace(">", "%3E")


def _figure(block: FigureBlock) -> Iterator[str]:
    facts = filter(None, (block.value, *block.parts, block.change, block.band, block.basis))
    yield f"- **{escaped(block.figure.title)}**: " + "; ".join(_within_a_line(fact) for fact in facts)
    yield from (f"  - {escaped(note)}" for note in block.notes)


def _table(table: Table, words: Wording) -> Iterator[str]:
    yield f"{escaped(table.caption.text)}{_evidence(table.caption, words)}"
    yield ""
    yield "| " + " | ".join(escaped(column) for column in table.columns) + " |"
    right = [any(row[index].number for row in table.rows) for index in range(len(table.columns))]
    yield "|" + "|".join("---:" if number else "---" for number in right) + "|"
    for row in table.rows:
        cells = (
            f"[{escaped(cell.text)}](<{_address(url)}>)" if (url := safe_url(cell.url)) else escaped(cell.text or "–")
            for cell in row
        )
        yield "| " + " | ".join(cells) + " |"
    yield ""
