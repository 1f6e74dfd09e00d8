"""Rows as text: columns where they fit, a line a value where they do not; nothing is ever cut off.

People copy ids out of tables into the next command, so a cell may be wrapped between words but never within one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style

from fairlead.model.times import iso
from fairlead.reports.plain import plain
from fairlead.reports.wording import Wording

NULL = "-"
"""Shown for no value. Not an empty cell: `cut` and `awk` would take the next column for this one."""
_GAP = "  "
_NARROWEST = 24
"""Columns that wrapped text keeps; a title in a narrower one is a tower that nobody reads."""
_BOLD, _DIM, _USUAL = Style(bold=True), Style(dim=True), Style()


def render(
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    *,
    cut: bool = False,
    width: int = 0,
    colour: bool = False,
    language: str = "en",
) -> str:
    """Rows for a terminal of a width, or, with none, one line a row of whatever length; `cut`: there are more."""
    cells = [[_cell(row.get(name)) for name in columns] for row in rows]
    # A name is what somebody wrote behind `as`: it can command a terminal as well as a cell can.
    names = [_cell(name) for name in columns]
    numbers = [any(_is_number(row.get(name)) for row in rows) for name in columns]
    lines = [*grid(names, cells, numbers, width), (Wording(language)(_counted(cut), n=len(rows)), _DIM)]
    return "".join(_coloured(text, style, colour) + "\n" for text, style in lines)


def grid(
    names: Sequence[str], cells: Sequence[Sequence[str]], numbers: Sequence[bool], width: int
) -> Iterator[tuple[str, Style]]:
    """Lines with their style: a table if that fits a width (0: always), else each row as a list of its values."""
    if not names:
        return
    wanted = [max(map(cell_len, (name, *column))) for name, column in _by_column(names, cells)]
    room = width - len(_GAP) * (len(names) - 1)
    if not width or sum(wanted) <= room:
        yield from _table(names, cells, numbers, wanted)
        return
    needed = [
        min(whole, max(_NARROWEST, *(_longest_word(text) for text in (name, *column))))
        for whole, (name, column) in zip(wanted, _by_column(names, cells), strict=True)
    ]
    if sum(needed) <= room:
        yield from _table(names, cells, numbers, _shared(wanted, needed, room))
    else:
        yield from _lists(names, cells, width)


def _by_column(names: Sequence[str], cells: Sequence[Sequence[str]]) -> list[tuple[str, Sequence[str]]]:
    return list(zip(names, zip(*cells, strict=True) if cells else [()] * len(names), strict=True))


def _table(
    names: Sequence[str], cells: Sequence[Sequence[str]], numbers: Sequence[bool], widths: Sequence[int]
) -> Iterator[tuple[str, Style]]:
    for row, style in ((names, _BOLD), *((row, _USUAL) for row in cells)):
        parts = [_wrapped(text, width) for text, width in zip(row, widths, strict=True)]
        for at in range(max(map(len, parts))):
            shown = (
                _padded(part[at] if at < len(part) else "", width, number)
                for part, width, number in zip(parts, widths, numbers, strict=True)
            )
            yield _GAP.join(shown).rstrip(), style


def _lists(names: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> Iterator[tuple[str, Style]]:
    label = max(map(cell_len, names))
    start = label + len(_GAP)
    for at, row in enumerate(cells):
        if at:
            yield "─" * width, _DIM
        for name, text in zip(names, row, strict=True):
            # A word longer than the room stands whole on its line: the terminal folds it, and it can still be copied.
            first, *more = _wrapped(text, max(width - start, _NARROWEST))
            yield f"{_padded(name, label)}{_GAP}{first}".rstrip(), _USUAL
            yield from ((" " * start + line, _USUAL) for line in more)


def _shared(wanted: Sequence[int], needed: Sequence[int], room: int) -> list[int]:
    """Takes from the column with the most to spare until all fit, so that short columns stay whole."""
    widths = list(wanted)
    while sum(widths) > room:
        spare = [width - least for width, least in zip(widths, needed, strict=True)]
        widths[spare.index(max(spare))] -= 1
    return widths


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of whole words."""
    if cell_len(text) <= width:
        return [text]
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and cell_len(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def _padded(text: str, width: int, right: bool = False) -> str:
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def _coloured(text: str, style: Style, colour: bool) -> str:
    return style.render(text, color_system=ColorSystem.STANDARD) if colour else text


def _counted(cut: bool) -> str:
    return "rows.cut" if cut else "rows.count"


def _is_number(value: Any) -> bool:
    # To Python `true` is a number.
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell(value: Any) -> str:
    text = _text(value)
    # Most text is as it should be, and looking at each sign of a long answer takes seconds.
    return text if text.isprintable() and text == text.strip() else plain(text, len(text))


def _text(value: Any) -> str:
    match value:
        case None:
            return NULL
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return ", ".join(map(_text, value)) or NULL
        case dict():
            return msgspec.json.encode(value).decode()
    if hasattr(value, "astimezone"):
        return iso(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
