"""The document as lines of a terminal: dense, wrapped to its width; colour and links only repeat what words say."""

from __future__ import annotations

import io

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.style import Style
from rich.text import Text

from fairlead.model.figures import Figure
from fairlead.reports.document import Block, Chart, Claim, Document, Empty, FigureBlock, Notice, Section, Table, Tone
from fairlead.reports.renderers.as_table import grid
from fairlead.reports.renderers.walk import numbered, records, safe_url
from fairlead.reports.wording import Wording

NARROWEST = 40
_INDENT = 4
_GAP = "  "
_LABEL_WIDTH = 17
_STYLES: dict[Tone, str] = {"act": "bold red", "watch": "yellow", "ok": "green", "neutral": ""}
_LEVELS: dict[str, Tone] = {"fault": "act", "warning": "watch", "information": "neutral"}
_GLUE = "\ue000"
"""Stands for a space at which no line may break; rich breaks lines at the usual one too."""
_BARS = "▁▂▃▄▅▆▇█"


def render(document: Document, *, width: int = 80, colour: bool = False) -> str:
    """Text of at most `width` columns."""
    words = Wording(document.language)
    # below this every line would break within a word
    page = _Page(max(width, NARROWEST), colour)
    page.line(Text(_GAP.join(filter(None, (document.scope, document.shown_as_of))), style="bold"))
    page.line(Text(document.freshness, style="dim"))
    page.line(Text())
    page.line(Text(document.title.text, style="bold"))
    for section, blocks in numbered(document):
        page.line(Text())
        page.line(_heading(section, _bars(section, words)))
        for number, block in blocks:
            _block(page, number, block, words)
    return page.text()


class _Page:
    """Collects wrapped lines, each begun by an indent that its later lines keep."""

    def __init__(self, width: int, colour: bool) -> None:
        self.width = width
        self.colour = colour
        self._out = io.StringIO()
        # A fixed width and explicit colour: what is piped looks as it was asked for, whatever the environment says.
        self._console = Console(
            file=self._out, width=width, force_terminal=colour, color_system="standard" if colour else None,
            highlight=False, markup=False, emoji=False, legacy_windows=False, _environ={},
        )  # fmt: skip

    def line(self, text: Text, indent: int = 0, mark: str = "") -> None:
        """Writes a text at an indent; `mark` stands in the first line's indent."""
        start = set_cell_size(mark, indent) if indent else ""
        # an empty text is a line too: it parts sections
        for wrapped in text.wrap(self._console, self.width - indent) or [Text()]:
            wrapped.rstrip()
            wrapped.plain = wrapped.plain.replace(_GLUE, " ")
            # wrapped already: rich would count the indent again and break once more
            self._console.print(Text(start).append_text(wrapped), soft_wrap=True)
            start = " " * indent

    def text(self) -> str:
        """All lines, without spaces at their ends."""
        return "\n".join(line.rstrip() for line in self._out.getvalue().splitlines()) + "\n"


def _heading(section: Section, bars: str) -> Text:
    text = Text(section.heading.upper(), style="bold")
    aside = "; ".join(filter(None, (section.aside, bars)))
    return text.append(_GAP + aside, style="not bold dim") if aside else text


def _bars(section: Section, words: Wording) -> str:
    """What one bar stands for: bars compare within the window, the words beside them with the window before."""
    for block in section.blocks:
        if isinstance(block, FigureBlock) and sparkline(block.figure):
            # a cut period would make weeks look like days
            whole = next(point for point in block.figure.trend if not point.partial)
            days = (whole.end - whole.start).days
            return words(f"figure.bars_{'day' if days <= 1 else 'week' if days <= 7 else 'month'}")
    return ""


def _block(page: _Page, number: int | None, block: Block, words: Wording) -> None:
    match block:
        case Claim():
            _claim(page, block, words, f"{number:>2}" if number else "")
        case FigureBlock():
            _figure(page, block)
        case Table():
            _table(page, block, words)
        case Chart():
            _table(page, block.table, words)
        case Notice():
            tone = _LEVELS[block.level]
            text = Text(words(f"level.{block.level}") + ": ", style=_STYLES[tone]).append(block.claim.text)
            page.line(_with_evidence(text, block.claim, words), _INDENT)
            _below(page, block.claim, words)
        case Empty():
            page.line(_with_evidence(Text(block.claim.text), block.claim, words), _INDENT)
            _below(page, block.claim, words)


def _table(page: _Page, table: Table, words: Wording) -> None:
    page.line(_with_evidence(Text(table.caption.text), table.caption, words), _INDENT)
    cells = [[cell.text or "–" for cell in row] for row in table.rows]
    numbers = [any(row[index].number for row in table.rows) for index in range(len(table.columns))]
    for line, style in grid(table.columns, cells, numbers, page.width - _INDENT):
        page.line(Text(line, style=style, no_wrap=True, overflow="ignore"), _INDENT)


def _claim(page: _Page, claim: Claim, words: Wording, mark: str) -> None:
    """Subject, title and finding on one line where they fit; else the title is cut, the finding never."""
    room = page.width - _INDENT
    subject = claim.refs[0].label if claim.refs else ""
    finding = Text(claim.text, style=_STYLES[claim.tone])
    head = Text()
    if subject:
        head.append(subject, style=_linked(page, claim))
    if claim.title:
        needed = cell_len(subject) + len(_GAP)
        whole = needed + cell_len(claim.title) + len(_GAP) + cell_len(claim.text) <= room
        # at least eight columns: less of a title tells nothing
        head.append(_GAP + (claim.title if whole else _cut(claim.title, max(room - needed, 8))))
    if head.plain and head.cell_len + len(_GAP) + finding.cell_len <= room:
        finding = head.append(_GAP).append_text(finding)
    elif head.plain:
        page.line(head, _INDENT, mark)
        mark = ""
    if not claim.reasons and not claim.act:
        finding = _with_evidence(finding, claim, words)
    page.line(finding, _INDENT, mark)
    _below(page, claim, words)


def _below(page: _Page, claim: Claim, words: Wording) -> None:
    """Reasons as sentences, then what to do and how many records stand behind it."""
    if not claim.reasons and not claim.act:
        return
    text = Text(" ".join(reason.text for reason in claim.reasons))
    if claim.act:
        # With colour the subject itself is a link.
        shown = claim.act.command or ("" if page.colour and claim.refs else claim.act.url)
        text.append((_GAP if text.plain else "") + shown, style="cyan")
    page.line(_with_evidence(text, claim, words), _INDENT)


def _with_evidence(text: Text, claim: Claim, words: Wording) -> Text:
    # A bracket that is torn from its count by a line break reads badly.
    count = records(words, claim.evidence).replace(" ", _GLUE)
    return text.append(f"{_GAP}[{count}]", style="dim") if count else text


def _linked(page: _Page, claim: Claim) -> Style:
    url = safe_url(claim.refs[0].url)
    # a path within Fairlead leads nowhere from a terminal
    return Style(bold=True, link=url if url and page.colour and not url.startswith("/") else None)


def _cut(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def _figure(page: _Page, block: FigureBlock) -> None:
    figure = block.figure
    # a long title keeps a space before its value
    title = figure.title if cell_len(figure.title) <= _LABEL_WIDTH else figure.title + " "
    text = Text(set_cell_size(title, max(_LABEL_WIDTH, cell_len(title))) + " ").append(block.value, style="bold")
    if trend := sparkline(figure):
        text.append(_GAP + trend, style="cyan")
    for fact in (*block.parts, block.change, block.band):
        if fact:
            text.append(_GAP + fact)
    if block.basis:
        text.append(_GAP + block.basis, style="dim")
    page.line(text, _INDENT)
    for note in block.notes:
        page.line(Text(note, style="dim"), _INDENT + _LABEL_WIDTH + 1)


def sparkline(figure: Figure) -> str:
    """The trend as one bar a whole period, from zero; a gap is a dot, never a bar."""
    # a cut period is lower for being short, and would read as a fall
    points = [point for point in figure.trend if not point.partial]
    most = max((point.value for point in points if point.value is not None), default=0.0)
    # one bar compares with nothing
    if len(points) < 2 or most <= 0:
        return ""
    return "".join(
        "·" if point.value is None else _BARS[min(int(point.value / most * len(_BARS)), len(_BARS) - 1)]
        for point in points
    )
