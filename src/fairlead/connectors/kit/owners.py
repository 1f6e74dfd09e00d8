"""CODEOWNERS files and their lines; which path a pattern matches is the business of `changes.codeowners`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairlead.connectors.kit.connector import Sweep
from fairlead.connectors.kit.moments import SNAPSHOT
from fairlead.connectors.kit.sheet import Sheet
from fairlead.model.patch import OLDEST
from fairlead.model.records.people import CodeOwner

AT_GITHUB = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks, in this order; the first file found is the only one that counts."""

AT_GITLAB = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where GitLab looks, likewise."""

LOCATIONS = tuple(dict.fromkeys((*AT_GITHUB, *AT_GITLAB)))
"""Where either looks: neither has its order turned round by the other's place."""

SIZE_LIMIT = 3 * 1024 * 1024
"""A larger file is not loaded at all."""

_WORD = re.compile(r"(?:\\.|[^\s\\])+|\\$")
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$")
_OWNER = re.compile(
    # GitLab's groups nest as deep as they like
    r"^(?:@[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9_][\w.-]*)*|[^@\s]+@[^@\s]+\.[^@\s]+)$",
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


def say_code_owners(sheet: Sheet, path: str, blob: str, text: str) -> None:
    """Says the lines of the one file that the host heeds, as of now: all others of the repository are gone."""
    at = sheet.date or OLDEST
    scope = f"{sheet.repository}/codeowners/"
    ids = set()
    for line in code_owner_rows(text):
        owner = CodeOwner(
            # Lines are named by the version of their file, so that yesterday's owners stay yesterday's.
            id=f"{scope}{path}@{(blob or 'unknown')[:12]}:{line.position}",
            source=sheet.source,
            deleted_at=None,
            repository=sheet.repository,
            path=path,
            position=line.position,
            pattern=line.pattern,
            owners=line.owners,
        )
        ids.add(owner.id)
        sheet.say(owner, at, SNAPSHOT)
    # a page without a date could sweep away lines that are younger than it
    if sheet.date:
        sheet.sweeps.append(Sweep(table="code_owners", scope=scope, ids=frozenset(ids), at=at))


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
