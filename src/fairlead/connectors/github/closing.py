"""Closing keywords: which issues a text says that it closes, by GitHub's own rules."""

from __future__ import annotations

import re

_REFERENCE = re.compile(
    r"(?<![A-Za-z0-9_/])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+"
    r"(?:https?://[^\s/]+/(?P<url>[A-Za-z0-9-]+/[A-Za-z0-9._-]+)/issues/|(?P<name>[A-Za-z0-9-]+/[A-Za-z0-9._-]+)#|\#|gh-)"
    r"(?P<number>[0-9]{1,18})(?![0-9A-Za-z_])",
    re.IGNORECASE,
)
_NOT_TEXT = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|<!--.*?(?:-->|\Z)", re.DOTALL)
_LONGEST = 65_536
"""GitHub's own limit of a description."""


def closing_references(text: str, source: str, repository: str) -> tuple[str, ...]:
    """Ids of the issues that the text closes, in order; code and comments do not count.

    >>> closing_references("Fixes #12, closes acme/web#3", "github", "github:acme/payments")
    ('github:acme/payments#12', 'github:acme/web#3')
    """
    if "#" not in text and "/issues/" not in text and "gh-" not in text.lower():
        return ()
    text = text[:_LONGEST]
    if "`" in text or "<!--" in text:
        text = _NOT_TEXT.sub(" ", text)
    found: dict[str, None] = {}
    for match in _REFERENCE.finditer(text):
        other = match["url"] or match["name"]
        found[f"{f'{source}:{other}' if other else repository}#{int(match['number'])}"] = None
    return tuple(found)
