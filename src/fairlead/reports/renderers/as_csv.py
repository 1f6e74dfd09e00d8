"""Rows as CSV that a person opens in a spreadsheet: nothing in a cell is a formula or commands a terminal.

What is exchanged between programs without loss is `fairlead export records`, which changes nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import msgspec

from fairlead.reports.plain import harmless

_FORMULA = ("=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First signs by which a spreadsheet takes a text for a formula, or drops it and looks at the next; the wide forms of
them count where people write Japanese."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def render(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """A line of names and one a row, each ended by a line feed alone, which spreadsheets and `cut` both read."""
    lines: list[str] = []
    # The writer puts a carriage return within a cell into quotes only if lines end with one; ours do not in the end.
    writer = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\r\n")
    # Names come from the asker's aliases: they are cells like the others.
    writer.writerow([_tamed(name) for name in columns])
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return "".join(line.removesuffix("\r\n") + "\n" for line in lines)


def _cell(value: Any) -> Any:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return value
        case list() | tuple():
            return _tamed(", ".join(str(_cell(item)) for item in value))
        case dict():
            return harmless(msgspec.json.encode(value).decode())
    return _tamed(value.isoformat() if hasattr(value, "isoformat") else str(value))


def _tamed(text: str) -> str:
    """The text itself, or marked as text where it would be a formula; a number with its sign stays a number."""
    # First, or a sign that is dropped would hide the `=` behind it.
    text = harmless(text)
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
