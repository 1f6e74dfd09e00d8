"""Commits that say nothing about who knows a file: those that a team lists in `.git-blame-ignore-revs`."""

from __future__ import annotations

import re

FILE = ".git-blame-ignore-revs"
"""GitHub heeds it at the top of a repository; `git blame` by the setting `blame.ignoreRevsFile`."""

# git takes whole names only, one a line, with comments behind `#`; a short one is an error to it and nothing to us.
_WHOLE = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def ignored_revisions(text: str) -> frozenset[str]:
    """The commits that the text of such a file names."""
    named = (line.partition("#")[0].strip().lower() for line in text.splitlines())
    return frozenset(name for name in named if _WHOLE.fullmatch(name))
