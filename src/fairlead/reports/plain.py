"""Makes text from tools harmless before it enters a report.

A title may carry line breaks that forge a line, terminal commands, marks that reverse the reading direction, or
characters that cannot be seen. Letters of every script stay as they are, right-to-left names included.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

LONGEST = 200
"""Characters kept of a title; nothing in a report needs more."""

_JOINERS = {"\u200d", "\u200c"}
"""Needed inside emoji and Indic or Persian words; harmless between letters, removed elsewhere."""


_COMMANDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What rings, moves the cursor, opens an escape sequence (C1 does so by one sign) or turns what stands behind it."""


def harmless(text: str) -> str:
    """The whole text, lines and spaces included, without what commands a terminal or turns the reading direction."""
    return _COMMANDING.sub("", text)


def json_text(value: Any) -> str:
    """Any plain value as indented JSON: whole, but what could command a terminal stands there by its number."""
    import msgspec

    # JSON must escape only the first 32 signs, and a terminal obeys more: in JSON these stand in texts alone.
    said = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    return _COMMANDING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", said)


def plain(text: str | None, longest: int = LONGEST) -> str:
    """One line of visible text; empty for nothing."""
    if not text:
        return ""
    kept: list[str] = []
    # bounded before the work: a title of megabytes costs no more than any other
    for sign in text[: longest * 4]:
        category = unicodedata.category(sign)
        if category in ("Zs", "Zl", "Zp") or sign in "\t\n\r\v\f":
            kept.append(" ")
        elif sign in _JOINERS:
            if kept and kept[-1] != " ":
                kept.append(sign)
        # what commands a terminal, turns the direction or cannot be shown
        elif category not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            kept.append(sign)
    # a joiner at the end would join whatever the report puts behind it
    line = " ".join("".join(kept).split()).rstrip("".join(_JOINERS))
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
