"""Closing patterns: which issues a description says that it closes, by GitLab's default pattern."""

from __future__ import annotations

import re

_WORDS = re.compile(
    r"\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?)(?::?[ \t]+)"
    r"(?P<list>(?:(?:issues?[ \t]+)?(?:[\w./-]{0,255}\#\d{1,18}|https?://\S{1,300}/issues/\d{1,18})"
    r"(?:[ \t]*,?[ \t]*(?:and[ \t]+)?)?){1,50})",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"(?:https?://[^\s/]+/(?P<url>[^\s#]+?)/(?:-/)?issues/|(?P<name>[\w.-]+(?:/[\w.-]+)*)?\#)(?P<number>\d{1,18})"
)
_NOT_TEXT = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|<!--.*?(?:-->|\Z)", re.DOTALL)
_LONGEST = 65_536


def closing_references(text: str, source: str, project: str) -> tuple[str, ...]:
    """Ids of the issues that the text closes, in order. One word closes a whole list.

    >>> closing_references("Closes #4, #6 and acme/web#3", "gitlab", "gitlab:acme/pay")
    ('gitlab:acme/pay#4', 'gitlab:acme/pay#6', 'gitlab:acme/web#3')
    """
    # most descriptions close nothing, and the pattern is dear
    if "#" not in text and "/issues/" not in text:
        return ()
    text = _NOT_TEXT.sub(" ", text[:_LONGEST])
    found: dict[str, None] = {}
    for match in _WORDS.finditer(text):
        for one in _ONE.finditer(match["list"]):
            other = one["url"] or one["name"] or ""
            # `web#3` names a project of the same group, `acme/web#3` one from the top
            if other and "/" not in other:
                other = f"{project.partition(':')[2].rpartition('/')[0]}/{other}"
            found[f"{f'{source}:{other}' if other else project}#{int(one['number'])}"] = None
    return tuple(found)
