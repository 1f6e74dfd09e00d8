"""A report's chart as a file that stands alone: it says what it shows, wherever it lies or is sent.

On a page the text around a drawing says that; a file in a folder or within a mail has nobody around it.
"""

from __future__ import annotations

import re
import zlib
from html import escape

from fairlead.reports.charts import Charts
from fairlead.reports.document import Chart, Document, Table
from fairlead.reports.drawing import Form

MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
WAIT_S = 15.0
"""How long a report waits for one of its charts: the first one has to load what draws it."""
MOST_ROWS = 60
"""Rows that the description of a chart tells: more are not listened to, and stand in the table."""
_OPENING = re.compile(r"<svg ([^>]*)>")
_SIZE = re.compile(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"')
# A PNG begins with eight bytes of its own and its size, a block of 25; what it says of itself comes behind that.
_PNG_HEAD = 8 + 25


def charts_in(document: Document) -> list[Chart]:
    """The charts of a report, in its order."""
    return [block for section in document.sections for block in section.blocks if isinstance(block, Chart)]


def picture(charts: Charts, chart: Chart, form: Form, wait_s: float = WAIT_S) -> bytes | None:
    """The chart as a file with its finding as title and its data as description; `None` if it cannot be drawn."""
    title, said = chart.table.caption.text, _described(chart.table)
    if form == "svg":
        svg = charts.svg(chart.spec, wait_s)
        return None if svg is None else _titled_svg(svg, title, said).encode()
    png = charts.png(chart.spec, wait_s)
    return None if png is None else _titled_png(png, title, said)


def _described(table: Table) -> str:
    """The data in words, a row a sentence, for those who cannot see the drawing."""
    names = table.columns[1:]
    rows = [
        f"{first.text}: " + ", ".join(f"{name} {cell.text or '–'}" for name, cell in zip(names, rest, strict=True))
        for first, *rest in table.rows[:MOST_ROWS]
    ]
    return "; ".join(rows)


def _titled_svg(svg: str, title: str, said: str) -> str:
    size = _SIZE.search(svg)
    # a page sets the size of what it shows; a file without one fills the whole window
    shape = f' width="{size[1]}" height="{size[2]}"' if size else ""

    def opened(found: re.Match[str]) -> str:
        head = f'<svg {found[1]}{shape} role="img" aria-labelledby="title desc">'
        return f'{head}<title id="title">{escape(title)}</title><desc id="desc">{escape(said)}</desc>'

    return _OPENING.sub(opened, svg, count=1)


def _titled_png(png: bytes, title: str, said: str) -> bytes:
    notes = b"".join(_note(key, text) for key, text in (("Title", title), ("Description", said)))
    return png[:_PNG_HEAD] + notes + png[_PNG_HEAD:]


def _note(key: str, text: str) -> bytes:
    """A block of international text, as the PNG specification has it: not compressed, language not said."""
    block = b"iTXt" + key.encode() + b"\0\0\0\0\0" + text.encode()
    # its length counts the text alone, its checksum the kind as well
    return (len(block) - 4).to_bytes(4) + block + zlib.crc32(block).to_bytes(4)
