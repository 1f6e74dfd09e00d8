"""Git trailers of a commit message: `Key: value` lines of its last paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TRAILER = re.compile(r"^([A-Za-z0-9][A-Za-z0-9-]*)\s*:\s*(\S.*)$")
_CHERRY = re.compile(r"^\(cherry picked from commit [0-9a-f]{7,64}\)$")
_CO_AUTHOR = "co-authored-by"
_LONGEST = 64 * 1024
"""Trailers stand at the end: of longer messages only the tail is looked at."""


@dataclass(frozen=True, slots=True)
class Trailers:
    """What the end of a message says."""

    co_authors: tuple[str, ...] = ()
    """`Name <address>` of each Co-authored-by."""
    others: tuple[str, ...] = ()
    """The other trailers as `Key: value`."""


_NONE = Trailers()


def trailers(message: str) -> Trailers:
    """Reads a message as `git interpret-trailers` does: the last paragraph, if a trailer and mostly trailers.

    Hosts append Co-authored-by after a blank line of its own when they squash, so paragraphs of nothing but
    trailers directly above the last one count too.

    >>> trailers("Fix rounding\\n\\nCo-authored-by: Kim Doe <kim@acme.example>").co_authors
    ('Kim Doe <kim@acme.example>',)
    """
    # A message without a colon below its title has none, and most have none.
    if ":" not in message or "\n" not in message:
        return _NONE
    lines = message[-_LONGEST:].replace("\r\n", "\n").rstrip().split("\n")
    found: list[str] = []
    for block in _last_blocks(lines):
        found = [*block, *found]
    return _sorted_out(found) if found else _NONE


def split_person(text: str) -> tuple[str, str]:
    """`Name <address>` -> name, address; a bare address or name leaves the other empty.

    >>> split_person("Kim Doe <kim@acme.example>")
    ('Kim Doe', 'kim@acme.example')
    """
    name, mark, rest = text.strip().partition("<")
    address, end, _ = rest.partition(">")
    if mark and end:
        return name.strip(), address.strip()
    return ("", text.strip()) if "@" in text else (text.strip(), "")


def _last_blocks(lines: list[str]) -> list[list[str]]:
    """Trailer paragraphs from the last upwards; the title is never one."""
    blocks: list[list[str]] = []
    end = len(lines)
    while end > 1:
        start = end
        while start > 0 and lines[start - 1].strip():
            start -= 1
        # above the last one only paragraphs of nothing but trailers count: prose with one colon does not
        block = _trailer_lines(lines[start:end], strict=bool(blocks))
        if start == 0 or not block:
            return blocks
        blocks.append(block)
        end = start
        while end > 0 and not lines[end - 1].strip():
            end -= 1
    return blocks


def _trailer_lines(lines: list[str], strict: bool) -> list[str]:
    """The folded trailers of a paragraph; empty if it is prose (git wants a quarter of trailers, we half)."""
    found: list[str] = []
    prose = 0
    for line in lines:
        # a folded line belongs to the trailer above it, as in an e-mail
        if line[:1] in (" ", "\t") and found:
            found[-1] = f"{found[-1]} {line.strip()}"
        elif _TRAILER.match(line):
            found.append(line.strip())
        elif not _CHERRY.match(line):
            prose += 1
    return found if prose <= (0 if strict else len(found)) else []


def _sorted_out(lines: list[str]) -> Trailers:
    co_authors: dict[str, None] = {}
    others: dict[str, None] = {}
    for line in lines:
        match = _TRAILER.match(line)
        assert match is not None
        key, value = match.group(1), match.group(2).strip()
        # squashing repeats a co-author for each commit; the order of the first mention stays
        if key.lower() == _CO_AUTHOR:
            co_authors[value] = None
        else:
            others[f"{key}: {value}"] = None
    return Trailers(tuple(co_authors), tuple(others))
