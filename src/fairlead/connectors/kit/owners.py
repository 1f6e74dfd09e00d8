"""Lines of a CODEOWNERS file; which path a pattern matches is the business of `changes.codeowners`."""

from __future__ import annotations

import re
from dataclasses import dataclass

LOCATIONS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks, in this order; the first file found is the only one that counts."""

SIZE_LIMIT = 3 * 1024 * 1024
"""A larger file is not loaded at all."""

_WORD = re.compile(r"(?:\\.|[^\s\\])+|\\$")
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$")
_OWNER = re.compile(
    r"^(?:@[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9_][\w.-]*)?|[^@\s]+@[^@\s]+\.[^@\s]+)$",
)


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """One rule."""

    position: int
    """Line number, from 1."""
    pattern: str
    """As written, with its escapes."""
    owners: tuple[str, ...]
    """`@login`, `@organisation/team` and addresses as written; empty means: nobody owns these files."""


def code_owner_rows(text: str) -> list[OwnerLine]:
    """The rules of a file in order. Lines with wrong syntax are skipped, as GitHub skips them.

    >>> [(line.position, line.pattern) for line in code_owner_rows("# ours\\n*.js @kim\\n/apps/\\n")]
    [(2, '*.js'), (3, '/apps/')]
    """
    if len(text.encode("utf-8", "replace")) > SIZE_LIMIT:
        return []
    found = []
    # The position stays that of the file: the last line that matches a path wins.
    for position, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        words = _WORD.findall(_COMMENT.sub("", line))
        if words and is_pattern(words[0]) and all(_OWNER.match(owner) for owner in words[1:]):
            found.append(OwnerLine(position, words[0], tuple(words[1:])))
    return found


def is_pattern(pattern: str) -> bool:
    """Whether GitHub takes the pattern: neither negation nor character ranges, nor an escaped `#` at its start.

    GitHub documents these three as things of gitignore that do not work in CODEOWNERS.
    """
    return not pattern.startswith(("!", "\\#")) and "[" not in pattern and "]" not in pattern
